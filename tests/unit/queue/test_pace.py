from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from estate_sms.queue.pace import FIRST, LONGEST, Pace
from estate_sms.queue.transmitter import PartOutcome, PartResult
from estate_sms.store.clock import SECOND

NOW = 1_800_000_000 * SECOND


def answer(outcome: PartOutcome, cause: str = "") -> list[PartResult]:
    return [PartResult(attempt=1, outcome=outcome, cause=cause, answered_at=NOW)]


def test_congestion_slows_down_quickly_and_success_speeds_up_slowly() -> None:
    pace = Pace()
    assert pace.free_at(NOW) == NOW
    for doubled in (FIRST, 2 * FIRST, 4 * FIRST):
        pace.note(answer("refused", "cms:42"), NOW)
        assert (pace.gap, pace.free_at(NOW)) == (doubled, NOW + doubled)
    accepted = 0
    while pace.gap:
        pace.note(answer("accepted"), NOW)
        accepted += 1
    assert accepted > 10


def test_what_speaks_of_the_message_does_not_slow_the_sim() -> None:
    pace = Pace()
    pace.note(answer("refused", "cms:195"), NOW)
    pace.note(answer("unknown", "timeout"), NOW)
    assert pace.gap == 0


@given(st.lists(st.sampled_from(["", "cms:42", "cms:38"]), max_size=40), st.integers(-9, 9))
def test_the_wait_is_bounded_whatever_the_clock_does(answers: list[str], hours: int) -> None:
    pace = Pace()
    for cause in answers:
        pace.note(answer("refused" if cause else "accepted", cause), NOW)
    later = NOW + hours * 3600 * SECOND
    assert pace.free_at(later) <= later + LONGEST
