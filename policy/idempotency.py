"""Idempotency keys: the first answer is kept a day, sealed, in the transaction of what it answers."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
import unicodedata
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from ..store.clock import SECOND
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from ..store.vault import ANSWERS, Vault
from .answers import MessageAnswer, Rejection, SendAnswer
from .callers import Caller
from .errors import PolicyError
from .numbers import masked
from .requests import SendRequest

_SQL = load(__name__, "idempotency.sql")
Shown = TypeVar("Shown", MessageAnswer, Rejection)

MAX_KEY = 255
_KEY = re.compile(rf"[\x21-\x7e]{{1,{MAX_KEY}}}")
_CONTEXT = "idempotency.answer"
_LATER = {"reason", "accept_late"}
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(SendAnswer).decode


@dataclass(frozen=True, slots=True)
class Claim:
    """A caller's key and what it was sent with."""

    actor: str
    key: str
    request_hash: bytes = field(repr=False)


class Idempotency:
    """Finds, keeps and guards answers. Only accepted sends are kept: a refused one had no effect,
    and its key may be used again once the request is mended."""

    def __init__(self, vault: Vault, hours: int) -> None:
        self._vault = vault
        self._age = hours * 3_600 * SECOND
        self._in_flight: set[tuple[str, str]] = set()

    def claim(self, caller: Caller, key: str | None, request: SendRequest) -> Claim | None:
        """``None`` without a key. Raises ``idempotency_key_invalid``."""
        if key is None:
            return None
        if not _KEY.fullmatch(key):
            raise PolicyError("idempotency_key_invalid", limit=MAX_KEY)
        fields = msgspec.structs.asdict(request)
        # Requests from before there were these keep their hash.
        fields = {k: v for k, v in fields.items() if v or k not in _LATER}
        # The standard library's encoder escapes half surrogates, which UTF-8 cannot hold.
        body = json.dumps(fields, default=str, sort_keys=True)
        return Claim(caller.actor, key, self._vault.fingerprint("idempotency.request", body))

    @contextlib.contextmanager
    def in_flight(self, claim: Claim | None) -> Generator[None]:
        """Hold the key while its request is worked on. Raises ``idempotency_in_flight``."""
        if claim is None:
            yield
            return
        held = (claim.actor, claim.key)
        if held in self._in_flight:
            raise PolicyError("idempotency_in_flight")
        self._in_flight.add(held)
        try:
            yield
        finally:
            self._in_flight.discard(held)

    async def first(self, store: Store, claim: Claim | None) -> SendAnswer | None:
        """The first answer, if there was one; a repeat shall cost as little as that. Raises
        ``idempotency_mismatch``."""
        if claim is None:
            return None
        now = store.now
        return await store.read(lambda c: self.find(c, claim, now))

    def find(self, connection: sqlite3.Connection, claim: Claim, now: int) -> SendAnswer | None:
        """The first answer, if there was one. Raises ``idempotency_mismatch``."""
        asked = (claim.actor, claim.key, now - self._age)
        row = connection.execute(_SQL["find"], asked).fetchone()
        if row is None:
            return None
        # Empty: what it was sent with was forgotten with the key that hashed it.
        if row[0] and bytes(row[0]) != claim.request_hash:
            raise PolicyError("idempotency_mismatch")
        return _decode(self._vault.open(connection, ANSWERS, _CONTEXT, row[1]))

    def keep(self, uow: UnitOfWork, claim: Claim, answer: SendAnswer) -> None:
        """Keep the answer in the unit that makes it true; old ones go."""
        uow.execute(_SQL["purge"], (uow.now - self._age,))
        sealed = self._vault.seal(uow.connection, ANSWERS, _CONTEXT, _encode(answer).decode())
        row = (claim.actor, claim.key, claim.request_hash, sealed, uow.now)
        uow.execute(_SQL["insert"], row)


def reseal(uow: UnitOfWork, again: Callable[[str, bytes], bytes]) -> None:
    """Bring the kept answers under a new key of the box's (``again``: context and old value)."""
    for caller, key, answer in uow.execute(_SQL["all"]).fetchall():
        uow.execute(_SQL["replace"], (b"", again(_CONTEXT, answer), caller, key))


def mask_number(uow: UnitOfWork, vault: Vault, number: str) -> int:
    """Mask an E.164 ``number`` wherever a kept answer shows it; in how many answers."""
    digits, changed = number[-8:], 0
    for caller, key, sealed in uow.execute(_SQL["all"]).fetchall():
        answer = _decode(vault.open(uow.connection, ANSWERS, _CONTEXT, sealed))
        messages = [_masked(message, digits) for message in answer.messages]
        rejected = [_masked(refused, digits) for refused in answer.rejected]
        if messages == answer.messages and rejected == answer.rejected:
            continue
        shown = msgspec.structs.replace(answer, messages=messages, rejected=rejected)
        again = vault.seal(uow.connection, ANSWERS, _CONTEXT, _encode(shown).decode())
        uow.execute(_SQL["replace_answer"], (again, caller, key))
        changed += 1
    return changed


def _masked(entry: Shown, digits: str) -> Shown:
    """``entry`` with its number masked when it ends with ``digits``, however it was written."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", entry.to) if c.isdecimal())
    return msgspec.structs.replace(entry, to=masked(plain)) if plain.endswith(digits) else entry
