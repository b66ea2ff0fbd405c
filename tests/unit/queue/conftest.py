"""A queue on a real SQLite in memory, one unit at a time, on a clock that the test sets."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from estate_sms.audit.keys import Keys
from estate_sms.audit.vault import SubjectVault
from estate_sms.queue.claim import Claimer
from estate_sms.queue.drafts import AcceptedBatch, NewBatch, NewMessage
from estate_sms.queue.hours import AlwaysOpen, SendingHours
from estate_sms.queue.intake import accept
from estate_sms.queue.intents import Intent, Sim
from estate_sms.queue.outcomes import record
from estate_sms.queue.priorities import Priority
from estate_sms.queue.recall import Ladder
from estate_sms.queue.recall_opening import RecallRequest, StartedRecall
from estate_sms.queue.reports import take_reports
from estate_sms.queue.routes import NO_ROUTES, Routes
from estate_sms.queue.standing import Standing
from estate_sms.queue.transmitter import PartOutcome, PartResult
from estate_sms.store.clock import SECOND
from estate_sms.store.events import Event
from estate_sms.store.migrate import migrate
from estate_sms.store.unit import UnitOfWork

T = TypeVar("T")
START = 1_800_000_000 * SECOND


class Queue:
    """Runs units; keeps the events they recorded."""

    def __init__(self, keys: Keys) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.execute("PRAGMA foreign_keys = ON")
        migrate(self.connection)
        self.vault = SubjectVault(keys)
        self.vault.prepare(self.connection)
        self.now = START
        self.events: list[Event] = []
        self.callbacks: list[Callable[[], None]] = []

    @contextmanager
    def unit(self) -> Generator[UnitOfWork]:
        uow = UnitOfWork(self.connection, self.now)
        self.connection.execute("BEGIN")
        try:
            yield uow
            events, callbacks, _ = uow.finish()
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        self.events += events
        for callback in callbacks:
            callback()

    def run(self, work: Callable[[UnitOfWork], T]) -> T:
        with self.unit() as uow:
            return work(uow)

    def rows(self, sql: str, *parameters: object, **named: object) -> list[Any]:
        return self.connection.execute(sql, named or parameters).fetchall()

    def value(self, sql: str, *parameters: object) -> Any:
        return self.connection.execute(sql, parameters).fetchone()[0]

    def accept(
        self, n: int = 1, *, hours: SendingHours | None = None, **changes: Any
    ) -> AcceptedBatch:
        return self.run(
            lambda uow: accept(uow, self.vault, notice(n, **changes), hours or AlwaysOpen())
        )

    def states(self) -> list[str]:
        return [row[0] for row in self.rows("SELECT state FROM message ORDER BY id")]

    def close(self) -> None:
        self.connection.close()


def notice(n: int = 1, **changes: Any) -> NewBatch:
    """A batch of the same text for ``n`` recipients."""
    given: dict[str, Any] = {
        "messages": [NewMessage(number=f"+861380013{8000 + i:04d}") for i in range(n)],
        "text": "今晚八点停水",
        "purpose": "service",
        "priority": Priority.NORMAL,
        "submitter": "cli",
    }
    return NewBatch(**(given | changes))


@pytest.fixture(scope="session")
def session_keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys.load(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def queue(session_keys: Keys) -> Iterator[Queue]:
    queue = Queue(session_keys)
    yield queue
    queue.close()


@pytest.fixture
def make_queue(session_keys: Keys) -> Callable[[], Queue]:
    """For tests that need a fresh one for each example; they close it."""
    return lambda: Queue(session_keys)


@pytest.fixture
def new_notice() -> Callable[..., NewBatch]:
    return notice


@pytest.fixture
def root() -> Path:
    return Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Seen:
    """A status report as a bank sees it."""

    imsi: str
    tp_mr: int
    recipient: str
    tp_st: int
    smsc_at: int | None
    done_at: int | None


class Air:
    """Modems without modems: takes messages from a queue, answers for them, reports on them."""

    IMSI = "460001234567890"

    def __init__(self, queue: Queue, routes: Routes = NO_ROUTES) -> None:
        self.queue = queue
        self.commanding: set[str] = set()
        """SIMs whose modems know SMS-COMMAND."""
        self.ladder = Ladder(
            queue.vault,
            lambda imsi: imsi in self.commanding,
            lambda text: 1 if len(text) <= 70 else -(-len(text) // 67),
        )
        self._claimer = Claimer(queue.vault, AlwaysOpen(), routes)
        self._sims: dict[str, Standing] = {}

    def present(self, *imsis: str) -> dict[str, Standing]:
        """These SIMs can send, too; what claims know of them all."""
        self._sims |= {imsi: Standing() for imsi in imsis}
        self._claimer.candidates.present(self._sims)
        return self._sims

    def take(self, imsi: str = IMSI) -> Intent:
        """The next message, in ``submitting``."""
        sim = Sim("A1", imsi, can_command=imsi in self.commanding)
        claimed = self.queue.run(lambda uow: self._claimer.claim(uow, sim, "any"))
        assert claimed.intent is not None, "nothing to send"
        return claimed.intent

    def idle(self, imsi: str = IMSI) -> bool:
        """Whether there is nothing for this SIM to send."""
        sim = Sim("A1", imsi, can_command=imsi in self.commanding)
        with pytest.raises(_UndoError) as undo, self.queue.unit() as uow:
            raise _UndoError(self._claimer.claim(uow, sim, "any").intent is None)
        return bool(undo.value.args[0])

    def answer(self, intent: Intent, *answers: int | str | None) -> None:
        """For each part: its TP-MR, a refusal (``cms:38``), ``timeout`` (unknown), None (unsent)."""
        self.queue.run(
            lambda uow: record(
                uow,
                [
                    _result(attempt, answer, uow.now)
                    for attempt, answer in zip(intent.attempts, answers, strict=True)
                ],
                self.ladder,
            )
        )

    def send(self, *answers: int | str | None, imsi: str = IMSI) -> Intent:
        intent = self.take(imsi)
        self.answer(intent, *answers)
        return intent

    def report(
        self,
        tp_mr: int,
        tp_st: int = 0,
        recipient: str = "+8613800138000",
        *,
        imsi: str = IMSI,
        smsc_at: int | None = -1,
        done_at: int | None = None,
    ) -> bool:
        """Whether it was new. ``smsc_at`` is now unless given."""
        at = self.queue.now if smsc_at == -1 else smsc_at
        seen = Seen(imsi, tp_mr, recipient, tp_st, at, done_at or self.queue.now)
        (new,) = self.queue.run(
            lambda uow: take_reports(uow, self.queue.vault, self.ladder, [seen])
        )
        return new

    def recall(self, **changes: Any) -> StartedRecall:
        given: dict[str, Any] = {"reason": "写错了", "actor": "cli", **changes}
        return self.queue.run(lambda uow: self.ladder.start(uow, RecallRequest(**given)))

    def outcomes(self) -> list[str]:
        return [row[0] for row in self.queue.rows("SELECT outcome FROM recall_item ORDER BY id")]

    def steps(self) -> list[tuple[str, str]]:
        return self.queue.rows("SELECT step, outcome FROM recall_step ORDER BY id")


class _UndoError(Exception):
    pass


def _result(attempt: int, answer: int | str | None, at: int) -> PartResult:
    if isinstance(answer, int):
        return PartResult(attempt=attempt, outcome="accepted", tp_mr=answer, answered_at=at)
    if answer is None:
        return PartResult(attempt=attempt, outcome="unsent", cause="displaced", answered_at=at)
    outcome: PartOutcome = "unknown" if answer == "timeout" else "refused"
    return PartResult(attempt=attempt, outcome=outcome, cause=answer, answered_at=at)


@pytest.fixture
def air(queue: Queue) -> Air:
    return Air(queue)
