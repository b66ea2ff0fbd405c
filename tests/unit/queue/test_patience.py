"""When a modem takes longer than it ever did."""

from __future__ import annotations

from estate_sms.queue.patience import MARGIN, UNKNOWN, Patience


def test_a_modem_gets_a_second_more_than_it_ever_needed() -> None:
    patience = Patience()
    assert patience.limit(1) == UNKNOWN
    patience.note(0.8, 1)
    patience.note(6.0, 3)
    assert patience.limit(1) == 2.0 + MARGIN
    assert patience.limit(2) == 4.0 + MARGIN
    assert patience.limit(9) == UNKNOWN


def test_what_is_long_ago_does_not_count() -> None:
    patience = Patience()
    patience.note(5.0, 1)
    for _ in range(16):
        patience.note(0.5, 1)
    assert patience.limit(1) == 0.5 + MARGIN
