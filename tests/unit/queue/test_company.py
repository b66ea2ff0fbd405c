"""How long a prefetch waits for others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from estate_sms.queue.company import MOST, SHARE, Company


@given(st.lists(st.tuples(st.floats(0.001, 200), st.booleans()), max_size=60))
def test_never_longer_than_its_share(turns: list[tuple[float, bool]]) -> None:
    company = Company()
    for air, late in turns:
        before = company.seconds
        company.note(air, late=late)
        assert 0 <= company.seconds <= min(MOST, SHARE * air)
        assert not (late and company.seconds > before)


def test_grows_while_in_time_and_shrinks_when_late() -> None:
    company = Company()
    for _ in range(20):
        company.note(0.05, late=False)
    assert company.seconds == SHARE * 0.05
    company.note(0.05, late=True)
    assert company.seconds < SHARE * 0.05
    for _ in range(40):
        company.note(0.05, late=True)
    assert company.seconds < 0.001
