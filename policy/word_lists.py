"""The operator's word list: versions, two persons for a change, and the swap of the rules."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..store.events import Event
from ..store.ids import new_id
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from .callers import Caller
from .errors import PolicyError
from .filter import WordFilter
from .filter.canaries import tested
from .filter.changes import changes
from .filter.entries import Entry
from .filter.rules import Rules
from .filter.ruleset import ruleset_of
from .filter.wordlist import MAX_BYTES, default_words, export, parse, read
from .names import reason as plain_reason
from .proposals import Proposal, decide, of_row, require_reader

_SQL = load(__name__, "word_lists.sql")
_LISTED = 50
_MAX_NAME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ListVersion(Proposal):
    """A version of the operator's list: ``proposed``, ``in_force``, ``superseded``, ``rejected``."""

    name: str
    hash: str
    words: int


class WordLists:
    """One for the process: the built-in words, the configured files, and the operator's list.

    Rules are built beside those in force, on a thread, tried on canaries and swapped as a whole;
    a check that began keeps the rules it began with.
    """

    def __init__(self, store: Store, checked: WordFilter, files: Sequence[Path] = ()) -> None:
        self._store = store
        self._filter = checked
        self._files = list(files)
        self._entries: list[Entry] = []
        self._turn = asyncio.Lock()

    @property
    def ruleset(self) -> str:
        """The hash of all rules in force."""
        return self._filter.ruleset

    async def load(self) -> None:
        """Put the list that the database says is in force, and the files, in force.

        Again at any time: files are read anew. Raises ``word_list_invalid``; the rules then stay.
        """
        async with self._turn:
            row = await self._store.read(lambda c: c.execute(_SQL["in_force"]).fetchone())
            if row is not None:
                self._entries = await asyncio.to_thread(_unpacked, row[0], row[1])
            before = self._filter.ruleset
            rules = await asyncio.to_thread(self._built, "word lists", self._entries)
            if rules.ruleset != before:
                await self._store.write(lambda uow: _loaded(uow, before, rules.ruleset))
                self._filter.swap(rules)

    async def propose(self, caller: Caller, name: str, content: bytes, reason: str = "") -> str:
        """Propose another list, CSV or TOML; returns the proposal's public id. Scope ``admin``.

        It is parsed, built and tried first. Raises ``word_list_invalid``, ``word_list_unchanged``.
        """
        caller.require("admin")
        reason = plain_reason(reason, needed=False)
        name = "".join(c for c in name if c.isprintable())[:_MAX_NAME] or "list.csv"
        async with self._turn:
            entries = await asyncio.to_thread(parse, name, content)
            await asyncio.to_thread(self._built, name, entries)
            digest = await asyncio.to_thread(ruleset_of, entries)
            current = await asyncio.to_thread(ruleset_of, self._entries)
        if digest == current:
            raise PolicyError("word_list_unchanged")
        packed = await asyncio.to_thread(_packed, entries)
        public_id = new_id("w")

        def unit(uow: UnitOfWork) -> None:
            row = (public_id, name, digest, len(entries), packed)
            uow.insert(_SQL["insert"], (*row, caller.actor, caller.person_id, uow.now, reason))
            _tell(uow, "propose", caller.actor, public_id, reason, digest, len(entries))

        await self._store.write(unit)
        return public_id

    async def restore(self, caller: Caller, version: str, reason: str = "") -> str:
        """Propose a kept version again; as any proposal it waits for another person. Scope ``admin``."""
        caller.require("admin")
        found = await self._stored(version)
        entries = await asyncio.to_thread(_unpacked, found[1], found[2])
        content = await asyncio.to_thread(export, entries)
        return await self.propose(caller, f"{found[1]}.csv", content.encode(), reason)

    async def decide(
        self, caller: Caller, proposal: str, *, approve: bool, reason: str = ""
    ) -> None:
        """Another person's yes or no; a yes is in force as soon as it is durable.

        Scope ``approve``. Raises ``not_found``, ``wrong_state``, ``own_proposal``.
        """
        caller.require("approve")
        reason = plain_reason(reason, needed=not approve)
        async with self._turn:
            found = await self._stored(proposal)
            entries = await asyncio.to_thread(_unpacked, found[1], found[2])
            rules = (
                await asyncio.to_thread(self._built, str(found[1]), entries) if approve else None
            )

            def put_in_force() -> None:
                if rules is not None:
                    self._entries = entries
                    self._filter.swap(rules)

            def unit(uow: UnitOfWork) -> None:
                if approve:
                    uow.execute(_SQL["supersede"])
                decide(uow, caller, _SQL, proposal, "in_force" if approve else "rejected", reason)
                verb = "approve" if approve else "reject"
                _tell(uow, verb, caller.actor, proposal, reason, found[3], found[4])
                uow.on_commit(put_in_force)

            await self._store.write(unit)

    async def versions(self, caller: Caller) -> list[ListVersion]:
        """The newest versions and proposals, newest first. Scope ``admin``, ``approve``, ``filter``
        or ``audit``."""
        require_reader(caller, "approve", "audit", "filter")
        rows = await self._store.read(lambda c: c.execute(_SQL["all"], (_LISTED,)).fetchall())
        return [of_row(ListVersion, row) for row in rows]

    async def compare(self, caller: Caller, proposal: str) -> list[str]:
        """What ``proposal`` would change in the list in force: + new, - gone, ~ changed."""
        require_reader(caller, "approve", "audit", "filter")
        found = await self._stored(proposal)
        entries = await asyncio.to_thread(_unpacked, found[1], found[2])
        return await asyncio.to_thread(changes, self._entries, entries)

    async def exported(self, caller: Caller, proposal: str | None = None) -> str:
        """A version as CSV; without ``proposal`` the list in force."""
        require_reader(caller, "approve", "audit", "filter")
        if proposal is None:
            return await asyncio.to_thread(export, self._entries)
        found = await self._stored(proposal)
        entries = await asyncio.to_thread(_unpacked, found[1], found[2])
        return await asyncio.to_thread(export, entries)

    async def _stored(self, proposal: str) -> Sequence[Any]:
        row = await self._store.read(lambda c: c.execute(_SQL["by_id"], (proposal,)).fetchone())
        if row is None:
            raise PolicyError("not_found", what="proposal")
        found: Sequence[Any] = row
        return found

    def _built(self, name: str, entries: Sequence[Entry]) -> Rules:
        """Tried rules: of the built-in words, the files and ``entries``."""
        every = [*default_words(), *(e for file in self._files for e in read(file)), *entries]
        return tested(name, Rules(every))


def _packed(entries: Sequence[Entry]) -> bytes:
    return zlib.compress(export(entries).encode())


def _unpacked(name: str, content: bytes) -> list[Entry]:
    opened = zlib.decompressobj()
    plain = opened.decompress(content, 4 * MAX_BYTES)
    return parse(f"{name}.csv", plain)


def _tell(
    uow: UnitOfWork, verb: str, actor: str, ref: str, reason: str, digest: str, words: int
) -> None:
    uow.feed("alarm", f"word_list_{verb}", ref, {"words": words})
    uow.record(
        Event(
            kind="config",
            action=f"word_list.{verb}",
            actor=actor,
            object=ref,
            reason=reason,
            details={"hash": digest, "words": words},
        )
    )


def _loaded(uow: UnitOfWork, before: str, after: str) -> None:
    details = {"before": before, "after": after}
    uow.record(Event(kind="config", action="word_list.load", details=details))
