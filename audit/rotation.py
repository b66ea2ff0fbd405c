"""A new key-encryption key, and the old one destroyed: what makes an erasure reach old copies.

A wrapped key that was deleted may linger in a backup or in the spare blocks of a memory card. Once
the key-encryption key that wrapped it is gone, it opens nothing. The steps, each safe to die after:

1. the key file gets a new generation beside the old one;
2. one unit begins to use it, and closes the box's short-lived values under a new key;
3. subjects and epochs are brought under it, a slice a unit;
4. the write-ahead log is emptied and the key file loses the old generation.

A rotation that a crash interrupted is finished by the next one.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from ..store.events import Event, Scalar
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from ..store.vault import ANSWERS
from .errors import KeysError
from .keys import AUDIT_HOT, AUDIT_SIGNER, Keys
from .vault import SubjectVault

_SQL = load(__name__, "vault.sql")
SLICE = 100
"""Subjects in one unit: some five milliseconds on a small board."""
_TRIES = 50

Reseal = Callable[[str, bytes], bytes]
Follow = Callable[[UnitOfWork, Reseal], None]
"""What another room does in the unit that begins a generation: bring its values along."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did. ``survivors``: subjects whose keys live on under ``generation``."""

    generation: int
    destroyed: tuple[int, ...]
    survivors: int
    on_file: bool = True
    """Whether the key file has lost the old generations; else its keeper has to take them out."""


async def rotate(
    store: Store, keys: Keys, vault: SubjectVault, follow: Sequence[Follow] = (), actor: str = "cli"
) -> Rotated:
    """Rotate, or finish a rotation. One at a time.

    A key file that this process cannot write has to bring the new generation itself; it is then
    rotated up to the point where the old one is needed for nothing. Raises :class:`KeysError` when
    there is no new generation and none can be written, and leaves both in use when the store cannot
    finish: nothing is lost then, and nothing destroyed.
    """
    content: bytes | None = None
    if not keys.retiring:
        if not keys.replaceable:
            msg = f"the key file {keys.path} cannot be written by this service"
            raise KeysError(msg)
        content = await asyncio.to_thread(keys.begin)
    # With two generations on file the newer one is used already; whether a unit began it is
    # written in the box's own key.
    if content is not None or await store.read(vault.not_renewed):
        await store.write(lambda uow: _begin(uow, keys, vault, content, follow, actor))
    after: int | None = -(2**62)
    while after is not None:
        after = await store.write(partial(_slice, vault=vault, after=after), linger=0.05)
    await store.write(lambda uow: _epochs(uow, keys))
    survivors = await _nothing_left(store, vault)
    destroyed = keys.retiring
    on_file = keys.replaceable
    await asyncio.to_thread(keys.retire if on_file else keys.forget)
    vault.forget_generations()
    done = Rotated(keys.generation, destroyed, survivors, on_file)
    await store.write(lambda uow: uow.record(_event("key.rotated", actor, done)))
    return done


def uncovered(connection: sqlite3.Connection) -> int | None:
    """When the first person's key was destroyed that no rotation has followed (microseconds): until
    one does, an older copy of the database opens it. ``None``: there is none."""
    at: int | None = connection.execute(_SQL["uncovered"]).fetchone()[0]
    return at


def _begin(
    uow: UnitOfWork,
    keys: Keys,
    vault: SubjectVault,
    content: bytes | None,
    follow: Sequence[Follow],
    actor: str,
) -> None:
    if content is not None:
        keys.activate(content)
    uow.execute(_SQL["rotated"], (keys.generation, uow.now))
    reseal = vault.renew(uow, ANSWERS)
    for step in follow:
        step(uow, reseal)
    details: dict[str, Scalar] = {"to": keys.generation, "from": ",".join(map(str, keys.retiring))}
    uow.record(Event(kind="key", action="key.rotate", actor=actor, details=details))


def _slice(uow: UnitOfWork, *, vault: SubjectVault, after: int) -> int | None:
    return vault.rewrap(uow, after, SLICE)


def _epochs(uow: UnitOfWork, keys: Keys) -> None:
    """Signing keys and hot keys of the log's epochs; a row has one generation for both."""
    newest = keys.generation
    for epoch, signer, hot, generation in uow.execute(_SQL["stale_epochs"], (newest,)).fetchall():
        row = (
            _rewrapped(keys, AUDIT_SIGNER, signer, generation),
            _rewrapped(keys, AUDIT_HOT, hot, generation),
            newest,
            epoch,
        )
        uow.execute(_SQL["rewrap_epoch"], row)


def _rewrapped(keys: Keys, label: str, wrapped: bytes | None, generation: int) -> bytes | None:
    if wrapped is None:
        return None
    try:
        key = aes_key_unwrap(keys.derive(label, generation), wrapped)
    except (InvalidUnwrap, ValueError) as error:
        msg = "a key of the log does not open under its generation"
        raise KeysError(msg) from error
    return aes_key_wrap(keys.derive(label), key)


async def _nothing_left(store: Store, vault: SubjectVault) -> int:
    """That no row and no page of the write-ahead log needs an old generation; living subjects."""
    stale, living = await store.read(vault.survivors)
    if stale:
        msg = f"{stale} keys are still wrapped under an old generation; nothing was destroyed"
        raise KeysError(msg)
    for _ in range(_TRIES):
        if await store.empty_wal():
            return living
        await asyncio.sleep(0.1)
    msg = "the write-ahead log is in use; nothing was destroyed, try again"
    raise KeysError(msg)


def _event(action: str, actor: str, done: Rotated) -> Event:
    destroyed = ",".join(map(str, done.destroyed))
    return Event(
        kind="key",
        action=action,
        actor=actor,
        details={
            "generation": done.generation,
            "destroyed": destroyed,
            "survivors": done.survivors,
            "on_file": done.on_file,
        },
    )
