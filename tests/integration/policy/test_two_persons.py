"""Whatever people do, in whatever order: no ordinary send leaves without the approvals it needs."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from estate_sms.policy.answers import BatchAnswer
from estate_sms.policy.callers import CLI, Caller
from estate_sms.policy.errors import PolicyError

from .conftest import later, opened

# Some hundred commits, each with its fsync: a disk that others use too makes them slow.
pytestmark = pytest.mark.timeout(400)

T = TypeVar("T")
ABOVE = 3
DAY = 86_400 * 1_000_000

POLICY = """
version = "1"
[approval]
expires_hours = 24
[[rule]]
name = "two for activities"
purposes = ["activity"]
above = 1
approvals = 2
[[rule]]
name = "one of them is Wang"
purposes = ["activity"]
above = 1
approvals = 1
approvers = ["person:王"]
"""

# Held once, on the way out now, and without as many other persons on this digest as were asked.
FEW = """
SELECT b.public_id FROM batch b JOIN message m ON m.batch_id = b.id JOIN part p ON p.message_id = m.id
JOIN approval_need n ON n.batch_id = b.id
WHERE b.priority <> 0
  AND (p.state NOT IN ('held', 'cancelled', 'rejected', 'expired')
       OR EXISTS (SELECT 1 FROM attempt a WHERE a.part_id = p.id))
  AND (SELECT count(DISTINCT d.person_id) FROM decision d JOIN person q ON q.id = d.person_id
       WHERE d.batch_id = b.id AND d.kind = 'approve' AND d.digest = b.digest
         AND d.person_id IS NOT b.submitter_person
         AND d.at < coalesce((SELECT expires_at FROM approval_term WHERE batch_id = b.id), d.at + 1)
         AND q.created_at <= b.created_at
         AND (n.approvers = '[]' OR n.approvers = '["person:' || q.name || '"]')) < n.approvals
"""

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
    activity: bool = False
    """Under the strict policy: two persons, one of them Wang."""
    term: bool = False
    """Leave has to come within a day."""
    approved: bool = False
    leave: set[int] = field(default_factory=set[int])


class TwoPersons(RuleBasedStateMachine):
    """People with every mix of rights against the desk; the database is asked what got out."""

    batches = Bundle("batches")
    callers = st.integers(0, 6)

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.sent: dict[str, Sent] = {}
        self.stack = contextlib.AsyncExitStack()
        self.house = self.run(
            self.stack.enter_async_context(
                opened(Path(self.folder.name), approval_above=ABOVE, policy=POLICY)
            )
        )
        self.people: list[Caller] = [
            self.run(self.house.person("李", "messages:send", "approve")),
            self.run(self.house.person("王", "approve", "messages:send", "recall")),
            self.run(self.house.person("赵", "messages:send", "messages:emergency", "admin")),
            self.run(self.house.system("messages:send", "recall")),
            CLI,
            self.run(self.house.person("孙", "approve")),
            self.run(self.house.person("周", "approve", "messages:emergency")),
        ]
        self.approvers = {0, 1, 5, 6}
        later(self.house, seconds=1)
        self.disabled: set[int] = set()
        self.made = 0
        self.loose = False
        self.reached: Counter[str] = Counter()
        """What happened, and how often: codes of refusals, and ``released`` and ``sent``."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        for what in self.reached:
            event(what)
        self.runner.close()
        self.folder.cleanup()

    @initialize(target=batches, who=st.sampled_from([0, 2, 3, 4]))
    def something_to_decide_about(self, who: int) -> object:
        """An activity for three, which two have to approve."""
        return self.send_it(who, 3, 0, "activity", None, "停水")

    @rule(
        target=batches,
        who=callers,
        count=st.integers(1, ABOVE + 1),
        first=st.integers(0, 6),
        purpose=st.sampled_from(["service", "activity", "activity", "emergency"]),
        priority=st.sampled_from([None, None, "urgent", "bulk"]),
        text=st.sampled_from(["停水", "停水", "有人赌博"]),
    )
    def send(
        self, who: int, count: int, first: int, purpose: str, priority: str | None, text: str
    ) -> object:
        return self.send_it(who, count, first, purpose, priority, text)

    def send_it(
        self, who: int, count: int, first: int, purpose: str, priority: str | None, text: str
    ) -> object:
        caller = self.people[who]
        try:
            answer = self.run(
                self.house.send(caller, count, first, purpose=purpose, priority=priority, text=text)
            )
        except PolicyError:
            assert not caller.may(
                "messages:emergency" if purpose == "emergency" else "messages:send"
            )
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
        activity = purpose == "activity" and not self.loose
        held = not emergency and (len(mine) > (1 if activity else ABOVE) or review)
        assert (answer.batch.state == "held") == held
        people = set(range(first, first + count))
        activity, term = activity and len(mine) > 1, not self.loose
        sent = Sent(answer.batch.id, caller.actor, now, people, emergency, activity, term)
        self.sent[answer.batch.id] = sent
        return answer.batch.id

    @rule(who=callers, batch=batches, wrong=st.sampled_from([False, False, False, True]))
    def approve(self, who: int, batch: str, wrong: bool) -> None:
        self.decide(who, batch, wrong=wrong)

    def decide(self, who: int, batch: str, *, wrong: bool) -> None:
        caller = self.people[who]
        digest = "00" * 32 if wrong else None
        sent = self.sent[batch]
        if self.try_(self.house.desk.approve(caller, batch, digest)):
            assert who in self.approvers - self.disabled
            assert not wrong
            assert sent.who != caller.actor
            assert not sent.term or self.house.store.now < sent.at + DAY
            assert who not in sent.leave
            sent.leave.add(who)
            counted = sent.leave - self.disabled
            sent.approved = not sent.activity or (len(counted) > 1 and 1 in counted)
            (row,) = self.run(self.house.rows("SELECT state FROM batch WHERE public_id = ?", batch))
            assert (row[0] != "held") == sent.approved
            self.reached["released" if sent.approved else "one of two"] += 1

    @rule(batch=batches, some=st.permutations([0, 1, 5, 6]))
    def two_approve(self, batch: str, some: list[int]) -> None:
        for who in some[:2]:
            self.decide(who, batch, wrong=False)

    @rule(batch=batches, some=st.permutations([1, 5, 6]))
    def two_approve_what_others_may_have(self, batch: str, some: list[int]) -> None:
        """The same once more: what this is about has to come up often."""
        self.two_approve(batch, some)

    @rule(who=callers, batch=batches, verb=st.sampled_from(["return_", "reject"]))
    def refuse(self, who: int, batch: str, verb: str) -> None:
        if self.try_(getattr(self.house.desk, verb)(self.people[who], batch, "so")):
            assert who in self.approvers - self.disabled

    @rule(who=callers, batch=batches)
    def countersign(self, who: int, batch: str) -> None:
        if self.try_(self.house.desk.countersign(self.people[who], batch)):
            assert self.sent[batch].emergency
            assert who in self.approvers - self.disabled
            assert self.sent[batch].who != self.people[who].actor

    @rule(batch=batches)
    def a_fresh_approver_decides_nothing(self, batch: str) -> None:
        later(self.house, seconds=1)
        self.made += 1
        fresh = self.run(self.house.person(f"新 {self.made}", "approve"))
        assert not self.try_(self.house.desk.approve(fresh, batch))

    @rule()
    def time_takes_its_course(self) -> None:
        self.run(self.house.terms.once())

    @rule(loose=st.booleans())
    def another_policy(self, loose: bool) -> None:
        text = 'version = "loose"' if loose else POLICY
        with contextlib.suppress(PolicyError):
            proposal = self.run(self.house.policies.propose(CLI, text))
            self.run(self.house.policies.decide(self.people[5], proposal, approve=True))
            self.loose = loose

    @rule(who=callers, batch=batches, verb=st.sampled_from(["cancel", "pause", "resume"]))
    def steer(self, who: int, batch: str, verb: str) -> None:
        self.try_(getattr(self.house.desk, verb)(self.people[who], batch))

    @rule(batch=batches, who=callers)
    def recall(self, who: int, batch: str) -> None:
        with contextlib.suppress(PolicyError):
            self.run(self.house.desk.recall(self.people[who], batch=batch, reason="so"))

    @rule(who=st.sampled_from([0, 1, 6]))
    def disable(self, who: int) -> None:
        if len(self.disabled) == 0:
            self.run(self.house.people.disable(CLI, self.people[who].person))
            self.disabled.add(who)

    @rule(hours=st.sampled_from([1, 12, 25]))
    def wait(self, hours: int) -> None:
        later(self.house, hours=hours)

    @rule()
    def modems_take_what_there_is(self) -> None:
        self.reached["on air"] += self.run(self.house.put_on_air())

    @invariant()
    def nothing_left_without_leave(self) -> None:
        assert self.run(self.house.rows(LOOSE)) == []
        assert self.run(self.house.rows(FEW)) == []

    def try_(self, verb: Coroutine[Any, Any, BatchAnswer]) -> bool:
        try:
            self.run(verb)
        except PolicyError as refusal:
            self.reached[refusal.code] += 1
            return False
        return True


# The same histories every time, on any machine: what they reach does not depend on luck.
TestTwoPersons = TwoPersons.TestCase
TestTwoPersons.settings = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=(
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ),
)

LI, WANG, ZHAO, SYSTEM, TECHNICIAN, SUN, ZHOU = range(7)


def _by_two(m: TwoPersons) -> None:
    """One leave is withdrawn with its person; a wrong digest, a second yes, a new face do nothing."""
    batch = cast("str", m.send_it(ZHAO, 3, 0, "activity", None, "停水"))
    m.decide(ZHAO, batch, wrong=False)
    m.decide(TECHNICIAN, batch, wrong=False)
    m.decide(LI, batch, wrong=True)
    m.decide(LI, batch, wrong=False)
    m.decide(LI, batch, wrong=False)
    m.a_fresh_approver_decides_nothing(batch)
    m.disable(LI)
    m.decide(LI, batch, wrong=False)
    m.decide(SUN, batch, wrong=False)
    m.modems_take_what_there_is()
    assert m.reached["on air"] == 0
    m.another_policy(loose=True)
    m.decide(WANG, batch, wrong=False)
    m.modems_take_what_there_is()
    m.decide(WANG, batch, wrong=False)


def _own_and_late(m: TwoPersons) -> None:
    """A submitter's own leave, and leave that comes too late."""
    batch = cast("str", m.send_it(LI, 4, 0, "service", None, "停水"))
    m.decide(LI, batch, wrong=False)
    m.wait(25)
    m.decide(SUN, batch, wrong=False)
    m.time_takes_its_course()
    m.decide(SUN, batch, wrong=False)
    m.modems_take_what_there_is()
    assert m.reached["on air"] == 0


def _alone(m: TwoPersons) -> None:
    """An emergency goes, and is countersigned by another; a word waits for review all the same."""
    fire = cast("str", m.send_it(ZHOU, 2, 0, "emergency", None, "火警"))
    m.modems_take_what_there_is()
    assert m.reached["on air"] == 2
    m.countersign(ZHOU, fire)
    m.countersign(SUN, fire)
    m.countersign(SUN, fire)
    word = cast("str", m.send_it(SYSTEM, 1, 3, "service", None, "有人赌博"))
    m.refuse(SYSTEM, word, "reject")
    m.decide(SUN, word, wrong=False)


@pytest.mark.parametrize(
    ("history", "reached"),
    [
        (
            _by_two,
            "missing_scope digest_changed already_approved approver_too_new person_disabled "
            "wrong_state released on+air",
        ),
        (_own_and_late, "own_send approval_expired wrong_state"),
        (_alone, "own_emergency countersign_not_needed missing_scope released on+air"),
    ],
)
def test_what_the_machine_is_about_is_reached(
    history: Callable[[TwoPersons], None], reached: str
) -> None:
    """The machine's own rules and invariants, in histories that have to get somewhere."""
    machine = TwoPersons()
    try:
        history(machine)
        machine.nothing_left_without_leave()
        wanted = {word.replace("+", " ") for word in reached.split()}
        assert wanted <= {what for what, count in machine.reached.items() if count}
    finally:
        machine.run(machine.stack.aclose())
        machine.runner.close()
        machine.folder.cleanup()
