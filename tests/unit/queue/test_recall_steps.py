"""The ladder's decisions: nothing is sent to whom nothing reached, and nothing is claimed unproved."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate_sms.queue.recall_steps import (
    NO_ANSWER,
    NO_PROOF,
    NOT_SENT,
    OPEN,
    Decision,
    Facts,
    Outcome,
    Standing,
    command_outcome,
    decide,
    deletion_outcome,
    may_have_reached,
    sending_outcome,
    standing,
)
from estate_sms.queue.states import PartState

S = PartState
AT_SMSC = Facts(
    deleted=False,
    on_way=False,
    at_smsc=True,
    in_doubt=False,
    reached=True,
    can_command=True,
    replaceable=True,
    has_correction=True,
    correction_fits=True,
)
ARRIVED = replace(AT_SMSC, at_smsc=False)
facts = st.builds(
    Facts,
    **{
        name: st.booleans()
        for name in (
            *("deleted", "on_way", "at_smsc", "in_doubt", "reached", "can_command"),
            *("replaceable", "has_correction", "correction_fits"),
        )
    },
    **{name: st.sampled_from(Standing) for name in ("command", "replacement", "correction")},
)


def test_down_the_ladder() -> None:
    known = AT_SMSC
    assert decide(known) is Decision.COMMAND
    known = replace(known, command=Standing.OPEN)
    assert decide(known) is Decision.WAIT
    known = replace(known, command=Standing.OVER)
    assert decide(known) is Decision.REPLACE
    known = replace(known, replacement=Standing.OPEN)
    assert decide(known) is Decision.WAIT
    known = replace(known, replacement=Standing.OVER)
    assert decide(known) is Decision.CORRECT
    known = replace(known, correction=Standing.DONE)
    assert decide(known) is Decision.END


@pytest.mark.parametrize(
    ("known", "decision"),
    [
        (replace(AT_SMSC, can_command=False), Decision.NO_COMMAND),
        (ARRIVED, Decision.REPLACE),
        (replace(ARRIVED, replaceable=False), Decision.CORRECT),
        (replace(ARRIVED, replaceable=False, has_correction=False), Decision.END),
        (replace(ARRIVED, command=Standing.OPEN), Decision.GIVE_UP_COMMAND),
        (replace(ARRIVED, reached=False), Decision.END),
        (replace(ARRIVED, on_way=True), Decision.WAIT),
        (replace(ARRIVED, deleted=True), Decision.CONFIRM),
        (replace(ARRIVED, replacement=Standing.DONE), Decision.END),
        (
            replace(ARRIVED, replacement=Standing.DONE, correction_fits=False),
            Decision.CORRECT,
        ),
        (
            replace(ARRIVED, in_doubt=True, replaceable=False, has_correction=False),
            Decision.WAIT,
        ),
    ],
)
def test_decisions(known: Facts, decision: Decision) -> None:
    assert decide(known) is decision


@given(facts)
def test_never_sends_without_reason(known: Facts) -> None:
    decision = decide(known)
    if decision in {Decision.COMMAND, Decision.REPLACE, Decision.CORRECT}:
        assert known.reached
        assert not known.deleted
        assert not known.on_way
    assert (decision is Decision.CONFIRM) == known.deleted
    if decision is Decision.COMMAND:
        assert known.can_command
        assert known.command is Standing.UNTRIED
    if decision is Decision.REPLACE:
        assert known.replacement is Standing.UNTRIED
    if decision is Decision.CORRECT:
        assert known.correction is Standing.UNTRIED


@given(facts)
def test_always_ends(known: Facts) -> None:
    """However each rung comes out, the ladder ends or waits for the world."""
    for _ in range(6):
        decision = decide(known)
        if decision in {Decision.END, Decision.CONFIRM, Decision.WAIT}:
            return
        known = {
            Decision.COMMAND: replace(known, command=Standing.OVER),
            Decision.NO_COMMAND: replace(known, command=Standing.OVER),
            Decision.GIVE_UP_COMMAND: replace(known, command=Standing.OVER),
            Decision.REPLACE: replace(known, replacement=Standing.OVER),
            Decision.CORRECT: replace(known, correction=Standing.DONE),
        }[decision]
    raise AssertionError


@pytest.mark.parametrize(
    ("state", "cause", "outcome"),
    [
        (S.QUEUED, None, OPEN),
        (S.SUBMITTED, None, OPEN),
        (S.IN_DOUBT, "timeout", OPEN),
        (S.DELIVERED, "tp_st:47", "deletion_confirmed"),
        (S.DELIVERED, None, NO_PROOF),
        (S.FAILED, "cms:304", "deletion_unsupported"),
        (S.FAILED, "cms:69", "deletion_unsupported"),
        (S.FAILED, "command_unsupported", "deletion_unsupported"),
        (S.FAILED, "cms:160", "deletion_refused"),
        (S.FAILED, "cms:175", "deletion_refused"),
        (S.UNDELIVERABLE, "tp_st:49", "deletion_refused"),
        (S.EXPIRED, "no_report", NO_ANSWER),
        (S.EXPIRED, "validity", NOT_SENT),
        (S.CANCELLED, "too_late", NOT_SENT),
    ],
)
def test_what_came_of_a_command(state: PartState, cause: str | None, outcome: str) -> None:
    assert command_outcome(state, cause) == outcome


@given(st.sampled_from(PartState), st.sampled_from([None, "", "cms:38", "tp_st:00", "tp_st:49"]))
def test_deleted_only_with_proof(state: PartState, cause: str | None) -> None:
    assert command_outcome(state, cause) != Outcome.DELETION_CONFIRMED


def test_words_for_several_parts() -> None:
    assert deletion_outcome(["deletion_confirmed", "deletion_refused"]) is Outcome.DELETION_REFUSED
    assert deletion_outcome(["deletion_confirmed", NO_ANSWER]) is Outcome.DELETION_REQUESTED
    assert deletion_outcome(["deletion_unsupported"]) is Outcome.DELETION_UNSUPPORTED
    assert deletion_outcome([NOT_SENT]) is Outcome.PENDING
    assert deletion_outcome(["deletion_confirmed"]) is Outcome.PENDING


def test_sending_and_standing() -> None:
    sent = Outcome.CORRECTION_SENT
    assert sending_outcome(S.SUBMITTED, sent) == "correction_sent"
    assert sending_outcome(S.QUEUED, sent) == OPEN
    assert sending_outcome(S.IN_DOUBT, sent) == OPEN
    assert sending_outcome(S.FAILED, sent) == "failed"
    assert standing([], sent) is Standing.UNTRIED
    assert standing(["failed", OPEN], sent) is Standing.OPEN
    assert standing(["failed"], sent) is Standing.OVER
    assert standing(["correction_sent"], sent) is Standing.DONE


def test_who_may_have_been_reached() -> None:
    reached = {s for s in PartState if may_have_reached(s, None)}
    assert reached == {S.SUBMITTED, S.DELIVERED, S.IN_DOUBT}
    assert may_have_reached(S.EXPIRED, "no_report")
    assert not may_have_reached(S.EXPIRED, "tp_st:46")
    assert may_have_reached(S.FAILED, "closed_unknown")
    assert not may_have_reached(S.FAILED, "cms:38")
