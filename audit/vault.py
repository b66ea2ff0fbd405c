"""Personal data at rest: a random key per subject, wrapped under the key-encryption key.

Values are AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce in front and ``context|subject``
as associated data. The database row, read inside the caller's transaction, decides which key counts:
a rolled-back subject or a shredded one is never served from memory.
"""

from __future__ import annotations

import hmac
import os
import sqlite3
from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..store.clock import system_clock
from ..store.events import Event
from ..store.sql import load
from ..store.unit import UnitOfWork
from ..store.vault import ANSWERS, BOX, SubjectShreddedError, VaultError
from .ciphers import NONCE, SubjectCiphers, open_value, seal_value
from .keys import FINGERPRINT, SUBJECT_BLIND, Keys

_SQL = load(__name__, "vault.sql")
_BLIND = 16
_NUMBER = "subject.number"
SHRED = "key.shred"
"""The action under which the log knows that a subject's key was destroyed."""


class SubjectVault:
    """Implements :class:`~..store.vault.Vault`. Usable from the writer's and readers' threads."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._ciphers = SubjectCiphers(keys)

    def prepare(self, connection: sqlite3.Connection) -> None:
        """Make the box's own subjects, or check that their keys open.

        ``connection`` is the writer in autocommit mode. Raises :class:`VaultError` when the
        key-encryption key is not the one this database was written with.
        """
        for own in (BOX, ANSWERS):
            if connection.execute(_SQL["key"], (own,)).fetchone() is not None:
                self._cipher(connection, own)
                continue
            _, wrapped, _ = self._ciphers.make(own)
            row = (own, os.urandom(16), None, wrapped, self._keys.generation, None, system_clock())
            connection.execute(_SQL["insert"], row)

    def subject(self, uow: UnitOfWork, number: str) -> int:
        """The subject of an E.164 ``number``, made when it is new."""
        return self.subjects(uow, [number])[0]

    def subjects(self, uow: UnitOfWork, numbers: Sequence[str]) -> list[int]:
        """:meth:`subject` for many at once, in the same order; a duplicate gets the same one."""
        found: dict[str, int] = {}
        new: list[tuple[object, ...]] = []
        execute, find = uow.connection.execute, _SQL["find"]
        retiring = self._keys.retiring
        next_id: int = execute(_SQL["next_id"]).fetchone()[0]
        for number in numbers:
            if number in found:
                continue
            blind = self._blind(number)
            row = execute(find, (blind,)).fetchone()
            if row is None and retiring:
                row = self._find_older(uow.connection, number)
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
        if row is None:
            row = self._find_older(connection, number)
        return None if row is None else int(row[0])

    def number(self, connection: sqlite3.Connection, subject: int) -> str:
        """The subject's number in E.164. Raises :class:`SubjectShreddedError`."""
        row = connection.execute(_SQL["number"], (subject,)).fetchone()
        cipher = self._opened(subject, row and row[:3])
        sealed = row[3]
        if sealed is None:
            msg = f"subject {subject} has no number"
            raise VaultError(msg)
        return open_value(cipher, subject, _NUMBER, sealed)

    def seal(self, connection: sqlite3.Connection, subject: int, context: str, text: str) -> bytes:
        """``text`` encrypted under the subject's key and bound to ``context``."""
        return seal_value(self._cipher(connection, subject), subject, context, text)

    def open(
        self, connection: sqlite3.Connection, subject: int, context: str, sealed: bytes
    ) -> str:
        """The text sealed for ``subject`` and ``context``. Raises :class:`VaultError`."""
        return open_value(self._cipher(connection, subject), subject, context, sealed)

    def ref(self, connection: sqlite3.Connection, subject: int) -> bytes:
        """The subject's random name in the sealed log: 16 octets."""
        row = connection.execute(_SQL["ref"], (subject,)).fetchone()
        if row is None:
            msg = f"there is no subject {subject}"
            raise VaultError(msg)
        return bytes(row[0])

    def fingerprint(self, context: str, *values: str) -> bytes:
        """A keyed hash of ``values``, for finding duplicates without keeping them; 32 octets."""
        parts = [context.encode(), *(value.encode("utf-8", "surrogatepass") for value in values)]
        message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(self._keys.derive(FINGERPRINT), message, "sha256")

    def shred(self, uow: UnitOfWork, subject: int) -> None:
        """Destroy the subject's key and blind index, and record that it was done."""
        row = uow.connection.execute(_SQL["key"], (subject,)).fetchone()
        if row is None or subject <= BOX:
            msg = f"there is no subject {subject} to shred"
            raise VaultError(msg)
        wrapped, _, state = row
        if state == "shredded":
            return
        uow.execute(_SQL["shred"], (uow.now, subject))
        self._ciphers.forget(wrapped)
        # A reader on an older snapshot may have put it back meanwhile.
        uow.on_commit(lambda: self._ciphers.forget(wrapped))
        ref = self.ref(uow.connection, subject).hex()
        uow.record(Event(kind="key", action=SHRED, object=ref))

    def restrict(self, uow: UnitOfWork, subject: int) -> bool:
        """Keep the subject's data, but for storage and protection alone; whether it was active."""
        return uow.execute(_SQL["restrict"], (subject,)).rowcount > 0

    def rewrap(self, uow: UnitOfWork, after: int, limit: int) -> int | None:
        """Bring up to ``limit`` subjects above id ``after`` under the newest generation: key and
        blind index in one row's change. The id to go on from; ``None`` when none was left.
        """
        newest = self._keys.generation
        rows = uow.execute(_SQL["stale"], (after, newest, limit)).fetchall()
        for subject, wrapped, generation, sealed in rows:
            cipher, fresh = self._ciphers.rewrap(subject, wrapped, generation)
            blind = None
            if sealed is not None:
                blind = self._blind(open_value(cipher, subject, _NUMBER, sealed))
            uow.execute(_SQL["rewrap"], (fresh, newest, blind, subject))
        return rows[-1][0] if rows else None

    def renew(self, uow: UnitOfWork, own: int) -> Callable[[str, bytes], bytes]:
        """Give one of the box's own subjects a new key. Returns what seals a value anew:
        ``(context, sealed under the old key)``; it raises :class:`VaultError`."""
        if own > BOX:
            msg = f"subject {own} is not the box's own"
            raise VaultError(msg)
        old = self._cipher(uow.connection, own)
        before = uow.connection.execute(_SQL["key"], (own,)).fetchone()[0]
        new, wrapped, _ = self._ciphers.make(own)
        uow.execute(_SQL["rewrap"], (wrapped, self._keys.generation, None, own))
        uow.on_commit(lambda: self._ciphers.forget(before))
        return lambda context, sealed: seal_value(
            new, own, context, open_value(old, own, context, sealed)
        )

    def survivors(self, connection: sqlite3.Connection) -> tuple[int, int]:
        """Rows that an older generation still wraps, and living subjects in all."""
        stale, living = connection.execute(_SQL["survivors"], (self._keys.generation,)).fetchone()
        return int(stale), int(living)

    def not_renewed(self, connection: sqlite3.Connection) -> bool:
        """Whether no unit began the newest generation yet (:meth:`renew`)."""
        row = connection.execute(_SQL["key"], (ANSWERS,)).fetchone()
        return bool(row[1] < self._keys.generation)

    def forget_generations(self) -> None:
        """Drop what was derived from generations that were destroyed."""
        self._ciphers.forget_generations()

    def _find_older(self, connection: sqlite3.Connection, number: str) -> tuple[int] | None:
        """By the blind index of a generation that a rotation has not come to the end of."""
        for generation in self._keys.retiring:
            blind = self._blind(number, generation)
            row: tuple[int] | None = connection.execute(_SQL["find"], (blind,)).fetchone()
            if row is not None:
                return row
        return None

    def _blind(self, number: str, generation: int | None = None) -> bytes:
        key = self._keys.derive(SUBJECT_BLIND, generation)
        return hmac.digest(key, number.encode("utf-8", "surrogatepass"), "sha256")[:_BLIND]

    def _new_row(self, subject: int, number: str, blind: bytes, now: int) -> tuple[object, ...]:
        cipher, wrapped, entropy = self._ciphers.make(subject)
        sealed = seal_value(cipher, subject, _NUMBER, number, entropy[:NONCE])
        return (subject, entropy[NONCE:], blind, wrapped, self._keys.generation, sealed, now)

    def _cipher(self, connection: sqlite3.Connection, subject: int) -> AESGCM:
        return self._opened(subject, connection.execute(_SQL["key"], (subject,)).fetchone())

    def _opened(self, subject: int, row: tuple[bytes, int, str] | None) -> AESGCM:
        """The cipher of a subject whose wrapped key, generation and state are ``row``."""
        if row is None:
            msg = f"there is no subject {subject}"
            raise VaultError(msg)
        wrapped, generation, state = row
        if state == "shredded":
            msg = f"the key of subject {subject} was destroyed"
            raise SubjectShreddedError(msg)
        return self._ciphers.get(subject, wrapped, generation)
