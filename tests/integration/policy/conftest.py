"""A desk over a real store, a real vault and the real queue; only time stands still."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from estate_sms.audit.keys import Keys as BoxKeys
from estate_sms.audit.vault import SubjectVault
from estate_sms.modem.pdu.segment import segment_count
from estate_sms.policy.answers import SendAnswer
from estate_sms.policy.callers import CLI, Caller
from estate_sms.policy.desk import Desk
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.filter import WordFilter
from estate_sms.policy.keys import Keys
from estate_sms.policy.optouts import OptOuts
from estate_sms.policy.people import People
from estate_sms.policy.policies import SendPolicies
from estate_sms.policy.requests import SendRequest
from estate_sms.policy.rules.builtin import Floor
from estate_sms.policy.settings import Settings
from estate_sms.policy.terms import Terms
from estate_sms.queue import outcomes
from estate_sms.queue.claim import Claimer
from estate_sms.queue.intents import Sim
from estate_sms.queue.recall import Ladder
from estate_sms.queue.transmitter import PartResult
from estate_sms.store.clock import from_datetime
from estate_sms.store.events import Event
from estate_sms.store.store import Store
from estate_sms.store.unit import UnitOfWork

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
"""12:00 in Shanghai."""


def numbers(count: int, first: int = 0) -> list[str]:
    """Made-up numbers, in E.164."""
    return [f"+86138001{38_000 + first + i:05d}" for i in range(count)]


class Notebook:
    """A recorder that keeps what was sealed, once it is durable."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._open: list[Event] = []

    def seal(self, connection: sqlite3.Connection, events: Sequence[Event], now: int) -> None:
        self._open = list(events)

    def committed(self) -> None:
        self.events += self._open

    def discarded(self) -> None:
        self._open = []

    def actions(self) -> list[str]:
        return [event.action for event in self.events]


@dataclass
class House:
    store: Store
    vault: SubjectVault
    notebook: Notebook
    desk: Desk
    keys: Keys
    people: People
    opt_outs: OptOuts
    ladder: Ladder
    policies: SendPolicies
    terms: Terms
    moment: datetime = NOON
    claimers: list[Claimer] = field(default_factory=list[Claimer])
    approvers: list[Caller] = field(default_factory=list[Caller])

    async def person(self, name: str, *scopes: str) -> Caller:
        """A new person with one key."""
        person = await self.people.add(CLI, name)
        return await self.key(person.id, *scopes)

    async def key(self, person: str | None, *scopes: str, expires_at: int | None = None) -> Caller:
        """A key for a person or a system; where it takes two, an approver of the house agrees."""
        name = "key" if person else "system"
        new = await self.keys.create(CLI, name, scopes, person=person, expires_at=expires_at)
        for approver in self.approvers if new.waits_for else ():
            with contextlib.suppress(PolicyError):
                await self.keys.grants.decide(approver, new.waits_for or "", approve=True)
                break
        caller = await self.keys.verify(new.token)
        if caller.may("approve"):
            self.approvers.append(caller)
        return caller

    async def system(self, *scopes: str) -> Caller:
        """A key that belongs to nobody."""
        return await self.key(None, *scopes)

    async def send(
        self, caller: Caller, count: int = 1, first: int = 0, key: str | None = None, **changes: Any
    ) -> SendAnswer:
        fields: dict[str, Any] = {
            "to": numbers(count, first),
            "text": "6月4日停水",
            "purpose": "service",
        }
        return await self.desk.send(caller, SendRequest(**{**fields, **changes}), key)

    async def rows(self, sql: str, *given: object) -> list[tuple[Any, ...]]:
        return await self.store.read(lambda c: c.execute(sql, given).fetchall())

    async def put_on_air(self) -> int:
        """Hand every queued message over as a modem would; how many."""
        done = 0

        def unit(uow: UnitOfWork) -> bool:
            sim = Sim("A1", "460001234567890", can_command=True)
            intent = self.claimers[0].claim(uow, sim, "any").intent
            if intent is None:
                return False
            results = [
                PartResult(attempt=a, outcome="accepted", tp_mr=a % 256, answered_at=uow.now)
                for a in intent.attempts
            ]
            outcomes.record(uow, results, self.ladder)
            return True

        while await self.store.write(unit):
            done += 1
        return done


@contextlib.asynccontextmanager
async def opened(data_dir: Path, **settings: Any) -> AsyncGenerator[House]:
    """A house in ``data_dir``; opening it again finds what was durable."""
    vault = SubjectVault(BoxKeys.load(data_dir))
    notebook = Notebook()

    def make_recorder(connection: sqlite3.Connection) -> Notebook:
        vault.prepare(connection)
        return notebook

    def clock() -> int:
        return from_datetime(made[0].moment if made else NOON)

    made: list[House] = []
    store = await Store.open(data_dir, make_recorder, clock=clock)
    quiet, text = settings.pop("quiet_hours", "21:00-08:00"), settings.pop("policy", None)
    ladder = Ladder(vault, lambda _: True, segment_count)
    chosen = Settings(**settings)
    policies = SendPolicies(store, Floor(approval_above=chosen.approval_above, quiet_hours=quiet))
    if text is not None:
        (data_dir / "policy.toml").write_text(text, encoding="utf-8")
        await policies.load(data_dir / "policy.toml")
    words = WordFilter.from_files()
    desk = Desk(store, vault, segment_count, words, policies, chosen, ladder, clock, policies)
    keys = Keys(store)
    opened_house = House(
        store,
        vault,
        notebook,
        desk,
        keys,
        People(store, keys),
        OptOuts(store, vault, "CN"),
        ladder,
        policies,
        Terms(store),
        claimers=[Claimer(vault, policies)],
    )
    made.append(opened_house)
    try:
        yield opened_house
    finally:
        await store.close()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(tmp_path) as opened_house:
        yield opened_house


def later(house: House, **delta: float) -> None:
    """Let time pass."""
    house.moment += timedelta(**delta)
