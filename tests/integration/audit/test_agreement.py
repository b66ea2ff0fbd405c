"""What the callers were told and what the log says agree, over random histories.

The real desk, dispatcher and log on a real store; only the modems are a few lines in this process.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from estate_sms.audit.keys import Keys as BoxKeys
from estate_sms.audit.log import AuditLog
from estate_sms.audit.reading import Entry, tail
from estate_sms.audit.vault import SubjectVault
from estate_sms.modem.pdu import segment_count
from estate_sms.policy.callers import CLI, Caller
from estate_sms.policy.desk import Desk
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.filter import WordFilter
from estate_sms.policy.keys import Keys
from estate_sms.policy.people import People
from estate_sms.policy.requests import SendRequest
from estate_sms.policy.settings import Settings
from estate_sms.queue import message_queries
from estate_sms.queue.dispatch import Dispatcher
from estate_sms.queue.recall import Ladder
from estate_sms.queue.transmitter import Deletion, HandOver, Outgoing, PartResult
from estate_sms.store.clock import system_clock
from estate_sms.store.store import Store

SETTLED = frozenset({"submitted", "failed", "cancelled", "rejected", "in_doubt", "recalled"})
deeds = st.lists(
    st.tuples(
        st.sampled_from(["send", "large", "blocked", "emergency", "approve", "reject", "cancel", "recall"]),
        st.integers(0, 7),
        st.lists(st.sampled_from(["accepted", "refused", "unknown"]), min_size=4, max_size=4),
    ),
    min_size=3,
    max_size=10,
)  # fmt: skip


class Radio:
    """Answers what it was told to, a number at a time."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self._mr = 0

    def segments(self, text: str) -> int:
        return segment_count(text)

    async def submit(
        self, modem: str, outgoing: Outgoing, handover: HandOver
    ) -> Sequence[PartResult]:
        assert handover.may_begin()
        results: list[PartResult] = []
        outcome = self.answers.get(outgoing.number, "accepted")
        for attempt in outgoing.attempts:
            handover.begin(attempt)
            results.append(self._result(attempt, outcome, handover))
        return results

    async def command(self, modem: str, deletion: Deletion, handover: HandOver) -> PartResult:
        handover.begin(deletion.attempt)
        return self._result(deletion.attempt, "accepted", handover)

    def _result(self, attempt: int, outcome: Any, handover: HandOver) -> PartResult:
        self._mr = (self._mr + 1) % 256
        tp_mr = self._mr if outcome == "accepted" else None
        if tp_mr is not None:
            handover.answered(attempt, tp_mr)
        cause = {"refused": "cms:38", "unknown": "timeout"}.get(outcome, "")
        now = system_clock()
        return PartResult(
            attempt=attempt, outcome=outcome, tp_mr=tp_mr, cause=cause, answered_at=now
        )


class History:
    """What was asked, and what was answered."""

    def __init__(self, store: Store, keys: BoxKeys, vault: SubjectVault, data_dir: Path) -> None:
        self.store, self.keys, self.vault = store, keys, vault
        self.radio = Radio()
        ladder = Ladder(vault, lambda _: False, segment_count)
        self.dispatcher = Dispatcher(store, vault, self.radio, data_dir, ladder=ladder)
        self.desk = Desk(
            store, vault, segment_count, WordFilter.from_files(), _Always(),
            Settings(approval_above=3), ladder,
        )  # fmt: skip
        self.batches: list[str] = []
        self.messages: dict[str, str] = {}
        self.told: Counter[tuple[str, str]] = Counter()
        self.blocked = 0
        self._next = 0

    async def begin(self) -> None:
        keys = Keys(self.store)
        person = await People(self.store, keys).add(CLI, "Li")
        made = await keys.create(CLI, "Li", ["approve"], person=person.id)
        self.approver: Caller = await keys.verify(made.token)
        await self.dispatcher.start()
        self.dispatcher.modem_ready("A1", "460001234567890", True)

    async def do(self, deed: str, which: int, answers: list[str]) -> None:
        if deed in {"send", "large", "blocked", "emergency"}:
            with suppress(PolicyError):
                await self._send(deed, which, answers)
        elif self.batches:
            batch = self.batches[which % len(self.batches)]
            with suppress(PolicyError):
                await self._decide(deed, batch)

    async def _send(self, deed: str, which: int, answers: list[str]) -> None:
        count = 5 if deed == "large" else 1 + which % 3
        to = [f"+86138001{38_000 + self._next + n:05d}" for n in range(count)]
        self._next += count
        self.radio.answers.update(zip(to, answers, strict=False))
        text = "刷单返利" if deed == "blocked" else "6月4日停水"
        purpose = "emergency" if deed == "emergency" else "service"
        try:
            answer = await self.desk.send(CLI, SendRequest(to=to, text=text, purpose=purpose))
        except PolicyError as refusal:
            self.blocked += refusal.code == "text_blocked"
            raise
        self.batches.append(answer.batch.id)
        self.messages.update({message.id: answer.batch.id for message in answer.messages})
        self.told["batch.accepted", answer.batch.id] += 1

    async def _decide(self, deed: str, batch: str) -> None:
        if deed == "approve":
            await self.desk.approve(self.approver, batch)
        elif deed == "reject":
            await self.desk.reject(self.approver, batch, "no")
        elif deed == "cancel":
            await self.desk.cancel(CLI, batch)
        else:
            await self.desk.recall(CLI, batch=batch, reason="wrong")
        self.told[deed, batch] += 1

    async def quiet(self) -> None:
        """Wait until nothing moves any more, or the SIM rests because its operator refused much."""
        sql = "SELECT state FROM part WHERE state IN ('queued', 'submitting')"
        for _ in range(6000):
            rows = await self.store.read(lambda c: c.execute(sql).fetchall())
            rests = all(lane.state == "resting" for lane in self.dispatcher.status())
            if not rows or (rests and ("submitting",) not in rows):
                return
            await asyncio.sleep(0.005)
        raise AssertionError("messages still move")

    async def check(self) -> None:
        entries = (await self.store.read(lambda c: tail(c, self.keys, 10**6)))[::-1]
        assert Counter(e.object for e in entries if e.action == "batch.accepted") == Counter(
            batch for (deed, batch), n in self.told.items() if deed == "batch.accepted" for _ in range(n)
        )  # fmt: skip
        assert sum(e.action == "filter.block" for e in entries) == self.blocked
        for deed, prefix in (("approve", "batch.approve"), ("reject", "batch.reject")):
            logged = Counter(
                e.object for e in entries if e.kind == "approve" and e.action == prefix
            )
            assert logged == Counter({b: n for (d, b), n in self.told.items() if d == deed})
        for message, batch in self.messages.items():
            await self._check_message(entries, message, batch)

    async def _check_message(self, entries: list[Entry], message: str, batch: str) -> None:
        """The state that is answered is the one that the log's last word gives."""
        view = await self.store.read(lambda c: message_queries.message(c, self.vault, message))
        assert view is not None
        own = [e.action.removeprefix("message.") for e in entries if e.object == message]
        moved = [
            e.action.removeprefix("batch.messages_")
            for e in entries
            if e.object == batch and e.action.startswith("batch.messages_")
        ]
        first = [e.result for e in entries if e.object == batch and e.action == "batch.accepted"]
        assert len(first) == 1
        words = {*own[-1:], *moved} if own else {*moved, *first, "queued"}
        assert view.state in words, (view.state, own, moved, first)
        if own and own[-1] in SETTLED and not moved:
            assert view.state == own[-1]


class _Always:
    """No quiet hours."""

    def next(self, purpose: str, at: int) -> int:
        return at


async def _live(history: list[tuple[str, int, list[str]]], folder: Path) -> None:
    keys = BoxKeys.load(folder)
    vault = SubjectVault(keys)

    def recorder(connection: sqlite3.Connection) -> AuditLog:
        return AuditLog.load(connection, keys, system_clock, vault=vault)

    store = await Store.open(folder, recorder)
    told = History(store, keys, vault, folder)
    try:
        await told.begin()
        for deed in history:
            await told.do(*deed)
        await told.quiet()
        await told.check()
    finally:
        await told.dispatcher.stop(1.0)
        await store.close()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deeds)
def test_the_log_and_the_answers_agree(history: list[tuple[str, int, list[str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_live(history, Path(folder)))
