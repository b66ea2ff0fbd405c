"""A dispatcher on a real store, with a bank of modems that the test holds in its hand."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from estate_sms.audit.vault import SubjectVault
from estate_sms.queue.dispatch import Dispatcher
from estate_sms.queue.drafts import AcceptedBatch, NewBatch, NewMessage
from estate_sms.queue.intake import accept
from estate_sms.queue.ledger import Quota
from estate_sms.queue.priorities import Priority
from estate_sms.queue.ring import FILE
from estate_sms.queue.ring_format import Remains, read_remains
from estate_sms.queue.transmitter import Deletion, HandOver, Outgoing, PartResult
from estate_sms.store.clock import system_clock
from estate_sms.store.store import Store

if TYPE_CHECKING:
    from tests.conftest import OpenStore

T = TypeVar("T")
PATIENCE = 20.0


class Radio:
    """Modems in this process. Each hands over at once, then answers when the test lets it."""

    def __init__(self) -> None:
        self.given: list[str] = []
        """Numbers, in the order in which the modems got them, on the air or behind that."""
        self.begun: list[tuple[str, str]] = []
        """Modem and number, in the order in which messages began."""
        self.held: set[str] = set()
        self.answers: defaultdict[str, list[Any]] = defaultdict(list)
        """For a number: what its next parts are answered; a TP-MR by default."""
        self.changed = asyncio.Condition()
        self._busy: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._mr = 0

    def segments(self, text: str) -> int:
        return 1

    async def submit(
        self, modem: str, outgoing: Outgoing, handover: HandOver
    ) -> Sequence[PartResult]:
        async with self.changed:
            self.given.append(outgoing.number)
            self.changed.notify_all()
        async with self._busy[modem]:
            if not handover.may_begin():
                return [_result(attempt, ("unsent", "withdrawn")) for attempt in outgoing.attempts]
            return await self._submit(modem, outgoing, handover)

    async def _submit(
        self, modem: str, outgoing: Outgoing, handover: HandOver
    ) -> Sequence[PartResult]:
        await self._note(modem, outgoing.number)
        results = list[PartResult]()
        for attempt in outgoing.attempts:
            if results and results[-1].outcome != "accepted":
                results.append(_result(attempt, ("unsent", "")))
                continue
            handover.begin(attempt)
            async with self.changed:
                await self.changed.wait_for(lambda: modem not in self.held)
            given = self.answers[outgoing.number]
            answer = given.pop(0) if given else self._next_mr()
            if isinstance(answer, int):
                handover.answered(attempt, answer)
            results.append(_result(attempt, answer))
        return results

    async def command(self, modem: str, deletion: Deletion, handover: HandOver) -> PartResult:
        handover.begin(deletion.attempt)
        return _result(deletion.attempt, self._next_mr())

    async def hold(self, *modems: str) -> None:
        self.held |= set(modems)

    async def let_go(self, *modems: str) -> None:
        async with self.changed:
            self.held -= set(modems)
            self.changed.notify_all()

    async def until_begun(self, n: int) -> None:
        await self.until(lambda: len(self.begun) >= n)

    async def until(self, seen: Callable[[], bool]) -> None:
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(seen), PATIENCE)

    @property
    def numbers(self) -> list[str]:
        return [number for _, number in self.begun]

    async def _note(self, modem: str, number: str) -> None:
        async with self.changed:
            self.begun.append((modem, number))
            self.changed.notify_all()

    def _next_mr(self) -> int:
        self._mr = (self._mr + 1) % 256
        return self._mr


def _result(attempt: int, answer: Any) -> PartResult:
    if isinstance(answer, int):
        now = system_clock()
        return PartResult(attempt=attempt, outcome="accepted", tp_mr=answer, answered_at=now)
    outcome, cause = answer
    return PartResult(attempt=attempt, outcome=outcome, cause=cause, answered_at=system_clock())


class Sender:
    """The dispatcher under test, its store and its radio."""

    def __init__(self, store: Store, vault: SubjectVault, data_dir: Path) -> None:
        self.store = store
        self.vault = vault
        self.data_dir = data_dir
        self.radio = Radio()
        self.quota = Quota()
        self.options: dict[str, Any] = {}
        self.dispatcher = self.new_dispatcher()

    def new_dispatcher(self) -> Dispatcher:
        return Dispatcher(
            self.store,
            self.vault,
            self.radio,
            self.data_dir,
            quota=lambda modem: self.quota,
            **self.options,
        )

    def ready(self, *modems: str) -> None:
        for modem in modems:
            self.dispatcher.modem_ready(modem, imsi(modem), True)

    async def accept(self, *numbers: int, wake: bool = True, **changes: Any) -> AcceptedBatch:
        given: dict[str, Any] = {
            "messages": [NewMessage(number=number(n)) for n in numbers],
            "text": "今晚八点停水",
            "purpose": "service",
            "priority": Priority.NORMAL,
            "submitter": "cli",
        }
        new = NewBatch(**(given | changes))
        accepted = await self.store.write(lambda uow: accept(uow, self.vault, new))
        if wake:
            self.dispatcher.wake(new.priority)
        return accepted

    async def emergency(self, n: int) -> AcceptedBatch:
        return await self.accept(n, priority=Priority.EMERGENCY, purpose="emergency")

    async def rows(self, sql: str) -> list[Any]:
        return await self.store.read(lambda c: c.execute(sql).fetchall())

    async def states(self) -> list[str]:
        return [s for (s,) in await self.rows("SELECT state FROM message ORDER BY id")]

    async def until(self, sql: str, value: object) -> None:
        """Wait until a query's first value is ``value``."""

        async def look() -> None:
            while True:
                fed = asyncio.ensure_future(self.store.wait_fed(0.05))
                if (await self.rows(sql))[0][0] == value:
                    fed.cancel()
                    return
                await fed

        await asyncio.wait_for(look(), PATIENCE)

    async def until_states(self, **counts: int) -> None:
        for state, n in counts.items():
            await self.until(f"SELECT count(*) FROM message WHERE state = '{state}'", n)

    async def remains(self) -> Remains:
        (database,) = (await self.rows("SELECT value FROM fact WHERE name = 'database_id'"))[0]
        return read_remains(self.data_dir / FILE, database)


def imsi(modem: str) -> str:
    return "46000" + str(sum(modem.encode()) * 7919 + len(modem)).zfill(10)


def number(n: int) -> str:
    return f"+861380013{8000 + n:04d}"


@pytest.fixture
def name_number() -> Callable[[int], str]:
    return number


@pytest.fixture
async def make_sender(
    vault: SubjectVault, data_dir: Path
) -> AsyncIterator[Callable[[Store], Awaitable[Sender]]]:
    """Starts a dispatcher on a store; it is stopped after the test."""
    made: list[Sender] = []

    async def make(store: Store) -> Sender:
        made.append(Sender(store, vault, data_dir))
        await made[-1].dispatcher.start()
        return made[-1]

    yield make
    for sender in made:
        await sender.radio.let_go(*sender.radio.held)
        await sender.dispatcher.stop(1.0)


@pytest.fixture
async def sender(
    open_store: OpenStore, make_sender: Callable[[Store], Awaitable[Sender]]
) -> Sender:
    return await make_sender(await open_store())
