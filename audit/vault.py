"""Personal data at rest: a random key per subject, wrapped under the key-encryption key.

Values are AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce in front and ``context|subject``
as associated data. The database row, read inside the caller's transaction, decides which key counts:
a rolled-back subject or a shredded one is never served from memory.
"""

from __future__ import annotations

import hmac
import os
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..store.clock import system_clock
from ..store.events import Event
from ..store.sql import load
from ..store.unit import UnitOfWork
from ..store.vault import BOX, SubjectShreddedError, VaultError
from .keys import FINGERPRINT, SUBJECT_BLIND, SUBJECT_WRAP, Keys

_SQL = load(__name__, "vault.sql")
_NONCE = 12
_BLIND = 16
_CACHED = 2048
_NUMBER = "subject.number"


class SubjectVault:
    """Implements :class:`~..store.vault.Vault`. Usable from the writer's and readers' threads."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._wrappers: dict[int, AESGCM] = {}
        self._ciphers: OrderedDict[bytes, AESGCM] = OrderedDict()  # by wrapped key
        self._lock = threading.Lock()

    def prepare(self, connection: sqlite3.Connection) -> None:
        """Make the box's own subject, or check that its key opens.

        ``connection`` is the writer in autocommit mode. Raises :class:`VaultError` when the
        key-encryption key is not the one this database was written with.
        """
        if connection.execute(_SQL["key"], (BOX,)).fetchone() is not None:
            self._cipher(connection, BOX)
            return
        _, wrapped, _ = self._new_key(BOX)
        row = (BOX, os.urandom(16), None, wrapped, self._keys.generation, None, system_clock())
        connection.execute(_SQL["insert"], row)

    def subject(self, uow: UnitOfWork, number: str) -> int:
        """The subject of an E.164 ``number``, made when it is new."""
        return self.subjects(uow, [number])[0]

    def subjects(self, uow: UnitOfWork, numbers: Sequence[str]) -> list[int]:
        """:meth:`subject` for many at once, in the same order; a duplicate gets the same one."""
        found: dict[str, int] = {}
        new: list[tuple[object, ...]] = []
        execute, find = uow.connection.execute, _SQL["find"]
        next_id: int = execute(_SQL["next_id"]).fetchone()[0]
        for number in numbers:
            if number in found:
                continue
            blind = self._blind(number)
            row = execute(find, (blind,)).fetchone()
            if row is not None:
                found[number] = row[0]
                continue
            found[number] = next_id
            new.append(self._new_row(next_id, number, blind, uow.now))
            next_id += 1
        if new:
            uow.connection.executemany(_SQL["insert"], new)
        return [found[number] for number in numbers]

    def find(self, connection: sqlite3.Connection, number: str) -> int | None:
        """The subject of ``number``, or ``None``; reads only."""
        row = connection.execute(_SQL["find"], (self._blind(number),)).fetchone()
        return None if row is None else int(row[0])

    def number(self, connection: sqlite3.Connection, subject: int) -> str:
        """The subject's number in E.164. Raises :class:`SubjectShreddedError`."""
        cipher = self._cipher(connection, subject)
        sealed = connection.execute(_SQL["number"], (subject,)).fetchone()[0]
        if sealed is None:
            msg = f"subject {subject} has no number"
            raise VaultError(msg)
        return _open(cipher, subject, _NUMBER, sealed)

    def seal(self, connection: sqlite3.Connection, subject: int, context: str, text: str) -> bytes:
        """``text`` encrypted under the subject's key and bound to ``context``."""
        return _seal(self._cipher(connection, subject), subject, context, text)

    def open(
        self, connection: sqlite3.Connection, subject: int, context: str, sealed: bytes
    ) -> str:
        """The text sealed for ``subject`` and ``context``. Raises :class:`VaultError`."""
        return _open(self._cipher(connection, subject), subject, context, sealed)

    def ref(self, connection: sqlite3.Connection, subject: int) -> bytes:
        """The subject's random name in the sealed log: 16 octets."""
        row = connection.execute(_SQL["ref"], (subject,)).fetchone()
        if row is None:
            msg = f"there is no subject {subject}"
            raise VaultError(msg)
        return bytes(row[0])

    def by_ref(self, connection: sqlite3.Connection, ref: bytes) -> int | None:
        """The subject that the sealed log calls ``ref``."""
        row = connection.execute(_SQL["by_ref"], (ref,)).fetchone()
        return None if row is None else int(row[0])

    def fingerprint(self, context: str, *values: str) -> bytes:
        """A keyed hash of ``values``, for finding duplicates without keeping them; 32 octets."""
        parts = [context.encode(), *(value.encode("utf-8", "surrogatepass") for value in values)]
        message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(self._keys.derive(FINGERPRINT), message, "sha256")

    def shred(self, uow: UnitOfWork, subject: int) -> None:
        """Destroy the subject's key and blind index, and record that it was done."""
        row = uow.connection.execute(_SQL["key"], (subject,)).fetchone()
        if row is None or subject == BOX:
            msg = f"there is no subject {subject} to shred"
            raise VaultError(msg)
        wrapped, _, state = row
        if state == "shredded":
            return
        uow.execute(_SQL["shred"], (uow.now, subject))
        with self._lock:
            self._ciphers.pop(wrapped, None)
        # A reader on an older snapshot may have put it back meanwhile.
        uow.on_commit(lambda: self._forget(wrapped))
        ref = self.ref(uow.connection, subject).hex()
        uow.record(Event(kind="key", action="subject.shred", object=ref))

    def _forget(self, wrapped: bytes) -> None:
        with self._lock:
            self._ciphers.pop(wrapped, None)

    def _blind(self, number: str) -> bytes:
        key = self._keys.derive(SUBJECT_BLIND)
        return hmac.digest(key, number.encode("utf-8", "surrogatepass"), "sha256")[:_BLIND]

    def _new_row(self, subject: int, number: str, blind: bytes, now: int) -> tuple[object, ...]:
        cipher, wrapped, entropy = self._new_key(subject)
        nonce = entropy[:_NONCE]
        sealed = nonce + cipher.encrypt(nonce, number.encode(), _aad(_NUMBER, subject))
        return (subject, entropy[_NONCE:], blind, wrapped, self._keys.generation, sealed, now)

    def _new_key(self, subject: int) -> tuple[AESGCM, bytes, bytes]:
        """A cipher under a new key, that key wrapped, and 28 random octets more."""
        entropy = os.urandom(32 + _NONCE + _NONCE + 16)
        key, nonce = entropy[:32], entropy[32 : 32 + _NONCE]
        wrapper = self._wrapper(self._keys.generation)
        wrapped = nonce + wrapper.encrypt(nonce, key, _aad("subject.key", subject))
        cipher = AESGCM(key)
        self._remember(wrapped, cipher)
        return cipher, wrapped, entropy[32 + _NONCE :]

    def _wrapper(self, generation: int) -> AESGCM:
        wrapper = self._wrappers.get(generation)
        if wrapper is None:
            wrapper = AESGCM(self._keys.derive(SUBJECT_WRAP, generation))
            self._wrappers[generation] = wrapper
        return wrapper

    def _cipher(self, connection: sqlite3.Connection, subject: int) -> AESGCM:
        row = connection.execute(_SQL["key"], (subject,)).fetchone()
        if row is None:
            msg = f"there is no subject {subject}"
            raise VaultError(msg)
        wrapped, generation, state = row
        if state == "shredded":
            msg = f"the key of subject {subject} was destroyed"
            raise SubjectShreddedError(msg)
        with self._lock:
            cipher = self._ciphers.get(wrapped)
            if cipher is not None:
                self._ciphers.move_to_end(wrapped)
                return cipher
        cipher = self._unwrap(subject, wrapped, generation)
        self._remember(wrapped, cipher)
        return cipher

    def _unwrap(self, subject: int, wrapped: bytes, generation: int) -> AESGCM:
        try:
            aad = _aad("subject.key", subject)
            key = self._wrapper(generation).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], aad)
        except InvalidTag:
            msg = (
                f"the key of subject {subject} does not open: "
                "the key-encryption key does not belong to this database"
            )
            raise VaultError(msg) from None
        return AESGCM(key)

    def _remember(self, wrapped: bytes, cipher: AESGCM) -> None:
        with self._lock:
            self._ciphers[wrapped] = cipher
            if len(self._ciphers) > _CACHED:
                self._ciphers.popitem(last=False)


def _aad(context: str, subject: int) -> bytes:
    return f"{context}|{subject}".encode()


def _seal(cipher: AESGCM, subject: int, context: str, text: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(
        nonce, text.encode("utf-8", "surrogatepass"), _aad(context, subject)
    )


def _open(cipher: AESGCM, subject: int, context: str, sealed: bytes) -> str:
    if len(sealed) < _NONCE + 16:
        msg = "a sealed value is cut short"
        raise VaultError(msg)
    try:
        plain = cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _aad(context, subject))
    except InvalidTag:
        msg = f"a sealed value of subject {subject} does not open"
        raise VaultError(msg) from None
    return plain.decode("utf-8", "surrogatepass")
