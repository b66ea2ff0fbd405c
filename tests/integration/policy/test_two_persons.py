"""Whatever people do, in whatever order: no ordinary send leaves without the approvals it needs."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from estate_sms.policy.answers import BatchAnswer
from estate_sms.policy.callers import CLI, Caller
from estate_sms.policy.errors import PolicyError

from .conftest import later, opened

T = TypeVar("T")
ABOVE = 3
DAY = 86_400 * 1_000_000

LOOSE = """
SELECT b.public_id FROM batch b JOIN message m ON m.batch_id = b.id JOIN part p ON p.message_id = m.id
WHERE b.priority <> 0
  AND (p.state NOT IN ('held', 'cancelled', 'rejected', 'expired')
       OR EXISTS (SELECT 1 FROM attempt a WHERE a.part_id = p.id))
  AND EXISTS (SELECT 1 FROM hold h WHERE h.batch_id = b.id AND h.kind IN ('approval', 'review'))
  AND NOT EXISTS (SELECT 1 FROM decision d JOIN person q ON q.id = d.person_id
                  WHERE d.batch_id = b.id AND d.kind = 'approve' AND d.digest = b.digest
                    AND d.person_id IS NOT b.submitter_person)
"""


@dataclass
class Sent:
    """What the test knows of a batch by itself."""

    id: str
    who: str
    at: int
    people: set[int]
    emergency: bool
    approved: bool = False


class TwoPersons(RuleBasedStateMachine):
    """People with every mix of rights against the desk; the database is asked what got out."""

    batches = Bundle("batches")
    callers = st.integers(0, 4)

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.sent: dict[str, Sent] = {}
        self.stack = contextlib.AsyncExitStack()
        self.house = self.run(
            self.stack.enter_async_context(opened(Path(self.folder.name), approval_above=ABOVE))
        )
        self.people: list[Caller] = [
            self.run(self.house.person("李", "messages:send", "approve")),
            self.run(self.house.person("王", "approve", "messages:send", "recall")),
            self.run(self.house.person("赵", "messages:send", "messages:emergency", "admin")),
            self.run(self.house.system("messages:send", "recall")),
            CLI,
        ]
        self.disabled: set[int] = set()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()
        self.folder.cleanup()

    @rule(
        target=batches,
        who=callers,
        count=st.integers(1, ABOVE + 1),
        first=st.integers(0, 6),
        purpose=st.sampled_from(["service", "service", "emergency"]),
        priority=st.sampled_from([None, None, "urgent", "bulk"]),
        text=st.sampled_from(["停水", "停水", "有人赌博"]),
    )
    def send(
        self, who: int, count: int, first: int, purpose: str, priority: str | None, text: str
    ) -> object:
        caller = self.people[who]
        try:
            answer = self.run(
                self.house.send(caller, count, first, purpose=purpose, priority=priority, text=text)
            )
        except PolicyError:
            assert purpose == "emergency"
            assert not caller.may("messages:emergency")
            return cast("object", multiple())
        emergency = purpose == "emergency" and priority is None
        now = self.house.store.now
        mine = set(range(first, first + count)).union(
            *(
                s.people
                for s in self.sent.values()
                if s.who == caller.actor and not (s.approved or s.emergency) and s.at > now - DAY
            )
        )
        review = "赌博" in text and purpose != "emergency"
        held = not emergency and (len(mine) > ABOVE or review)
        assert (answer.batch.state == "held") == held
        people = set(range(first, first + count))
        self.sent[answer.batch.id] = Sent(answer.batch.id, caller.actor, now, people, emergency)
        return answer.batch.id

    @rule(who=callers, batch=batches, wrong=st.sampled_from([False, False, False, True]))
    def approve(self, who: int, batch: str, wrong: bool) -> None:
        caller = self.people[who]
        digest = "00" * 32 if wrong else None
        if self.try_(self.house.desk.approve(caller, batch, digest)):
            assert who in {0, 1} - self.disabled
            assert not wrong
            assert self.sent[batch].who != caller.actor
            self.sent[batch].approved = True

    @rule(who=callers, batch=batches, verb=st.sampled_from(["return_", "reject"]))
    def refuse(self, who: int, batch: str, verb: str) -> None:
        if self.try_(getattr(self.house.desk, verb)(self.people[who], batch, "so")):
            assert who in {0, 1} - self.disabled

    @rule(who=callers, batch=batches, verb=st.sampled_from(["cancel", "pause", "resume"]))
    def steer(self, who: int, batch: str, verb: str) -> None:
        self.try_(getattr(self.house.desk, verb)(self.people[who], batch))

    @rule(batch=batches, who=callers)
    def recall(self, who: int, batch: str) -> None:
        with contextlib.suppress(PolicyError):
            self.run(self.house.desk.recall(self.people[who], batch=batch, reason="so"))

    @rule(who=st.sampled_from([0, 1]))
    def disable(self, who: int) -> None:
        if len(self.disabled) == 0:
            self.run(self.house.people.disable(CLI, self.people[who].person))
            self.disabled.add(who)

    @rule(hours=st.sampled_from([1, 12, 25]))
    def wait(self, hours: int) -> None:
        later(self.house, hours=hours)

    @rule()
    def modems_take_what_there_is(self) -> None:
        self.run(self.house.put_on_air())

    @invariant()
    def nothing_left_without_leave(self) -> None:
        assert self.run(self.house.rows(LOOSE)) == []

    def try_(self, verb: Coroutine[Any, Any, BatchAnswer]) -> bool:
        try:
            self.run(verb)
        except PolicyError:
            return False
        return True


TestTwoPersons = TwoPersons.TestCase
TestTwoPersons.settings = settings(
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
