"""The send policy in force, its versions, and how it changes: one proposes, another approves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from ..queue.priorities import Purpose
from ..store.events import Event
from ..store.ids import new_id
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from .callers import Caller
from .errors import PolicyError
from .explaining import keep_used
from .names import reason as plain_reason
from .proposals import Proposal, decide, of_row, require_reader
from .rules import MAX_BYTES, InForce, builtin, differences, in_force, parse
from .rules.builtin import Floor

_SQL = load(__name__, "policies.sql")
FROM_FILE = "file"
_LISTED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Version(Proposal):
    """A version of the policy: ``proposed``, ``in_force``, ``superseded`` or ``rejected``."""

    version: str
    hash: str
    text: str = field(repr=False)
    """Empty in lists."""


class SendPolicies:
    """One for the process. Implements :class:`~..queue.hours.SendingHours` with the hours of the
    policy that is in force at the time."""

    def __init__(self, store: Store, floor: Floor) -> None:
        """Raises ``setting_invalid``."""
        self._store = store
        self._floor = floor
        self._current = builtin(floor)

    @property
    def current(self) -> InForce:
        """The policy in force."""
        return self._current

    def next(self, purpose: Purpose, at: int) -> int:
        """The first moment from ``at`` on when ``purpose`` may be sent (µs since 1970 UTC)."""
        return self._current.hours.next(purpose, at)

    def why(self, purpose: Purpose, at: int) -> str:
        """Which rules keep ``purpose`` closed at ``at``; empty when none does."""
        return self._current.hours.why(purpose, at)

    async def load(self, file: Path | None) -> None:
        """Take what the database says is in force; see whether ``file`` says something else.

        The first file ever is adopted. One that changed since is a proposal, which a person has to
        approve: whoever can write the file is one of two. Raises ``policy_invalid``; a gateway
        whose policy cannot be read does not start.
        """
        text = await asyncio.to_thread(read, file) if file is not None else None
        found = in_force(text, self._floor, str(file)) if text is not None else None
        kept = await self._store.read(lambda c: c.execute(_SQL["in_force"]).fetchone())
        if kept is not None:
            self._current = in_force(kept[0], self._floor, "in force", granted=kept[1] is not None)
        elif found is not None:
            self._current = found
        new = found if found is not None and await self._is_new(found) else None
        state = "in_force" if kept is None else "proposed"

        def unit(uow: UnitOfWork) -> None:
            if new is not None:
                _insert(uow, new, state, FROM_FILE, None, "")
            keep_used(uow, self._current, self._floor)

        await self._store.write(unit)

    async def _is_new(self, found: InForce) -> bool:
        """Whether no version, no proposal that waits and none that was refused is this one."""
        row = await self._store.read(lambda c: c.execute(_SQL["known"], (found.hash,)).fetchone())
        return not row[0]

    async def propose(self, caller: Caller, text: str, reason: str = "") -> str:
        """Propose a policy; returns the proposal's public id. Scope ``admin``.

        Raises ``policy_invalid`` or ``policy_unchanged``.
        """
        caller.require("admin")
        reason = plain_reason(reason, needed=False)
        found = await asyncio.to_thread(in_force, text, self._floor, "proposed")
        if found.hash == self._current.hash:
            raise PolicyError("policy_unchanged")
        person = caller.person_id
        return await self._store.write(
            lambda uow: _insert(uow, found, "proposed", caller.actor, person, reason)
        )

    async def decide(
        self, caller: Caller, proposal: str, *, approve: bool, reason: str = ""
    ) -> None:
        """Another person's yes or no; a yes takes effect at once, for sends that come after it.

        Scope ``approve``. Raises ``not_found``, ``wrong_state``, ``own_proposal``.
        """
        caller.require("approve")
        reason = plain_reason(reason, needed=not approve)
        row = await self._store.read(lambda c: c.execute(_SQL["text"], (proposal,)).fetchone())
        if row is None:
            raise PolicyError("not_found", what="proposal")
        # What is proposed is immutable: reading it may happen outside the unit.
        found = await asyncio.to_thread(_granted, row[0], self._floor)

        def unit(uow: UnitOfWork) -> None:
            if approve:
                uow.execute(_SQL["supersede"])
            to = "in_force" if approve else "rejected"
            decide(uow, caller, _SQL, proposal, to, reason)
            _tell(uow, found, "approve" if approve else "reject", caller.actor, proposal, reason)
            if approve:
                keep_used(uow, found, self._floor)
                uow.on_commit(lambda: self._swap(found))

        await self._store.write(unit)

    async def versions(self, caller: Caller) -> list[Version]:
        """The newest versions and proposals, newest first, without their texts. Scope ``admin``,
        ``approve`` or ``audit``."""
        require_reader(caller, "approve", "audit")
        rows = await self._store.read(lambda c: c.execute(_SQL["all"], (_LISTED,)).fetchall())
        return [of_row(Version, row) for row in rows]

    async def version(self, caller: Caller, public_id: str) -> tuple[Version, list[str]]:
        """A version with its text, and what it would change in the policy in force. Scopes as
        :meth:`versions`; raises ``not_found``."""
        require_reader(caller, "approve", "audit")
        row = await self._store.read(lambda c: c.execute(_SQL["one"], (public_id,)).fetchone())
        if row is None:
            raise PolicyError("not_found", what="proposal")
        found = of_row(Version, row)
        return found, differences(self._current.policy, parse(found.text))

    def _swap(self, found: InForce) -> None:
        self._current = found


def _granted(text: str, floor: Floor) -> InForce:
    return in_force(text, floor, "proposed", granted=True)


def read(file: Path) -> str:
    """A policy's file. Raises ``policy_invalid``."""
    try:
        with file.open("rb") as opened:
            octets = opened.read(MAX_BYTES + 1)
        return octets.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        what = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise PolicyError("policy_invalid", file=str(file), what=what) from None


def _insert(
    uow: UnitOfWork, found: InForce, state: str, actor: str, person: int | None, reason: str
) -> str:
    public_id, version = new_id("v"), found.policy.version
    row = (public_id, version, found.hash, found.text, state, actor, person, uow.now, reason)
    uow.insert(_SQL["insert"], row)
    verb = "adopt" if state == "in_force" else "propose"
    _tell(uow, found, verb, actor, public_id, reason)
    return public_id


def _tell(uow: UnitOfWork, found: InForce, verb: str, actor: str, ref: str, reason: str) -> None:
    if verb != "adopt":
        uow.feed("alarm", f"policy_{verb}", ref, {"version": found.policy.version})
    uow.record(
        Event(
            kind="config",
            action=f"policy.{verb}",
            actor=actor if actor != FROM_FILE else "system",
            object=ref,
            reason=reason,
            details={"version": found.policy.version, "hash": found.hash},
        )
    )
