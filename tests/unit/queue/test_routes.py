"""Numbers routed by prefix."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from estate_sms.queue.routes import NO_ROUTES, Route, Routes, fits

MOBILE, UNICOM, BOTH = ("46000", "46002"), ("46001",), ("310260",)
ROUTES = Routes(
    [
        Route(("+86134", "+86135"), MOBILE),
        Route(("+86130",), UNICOM),
        Route(("+861340",), BOTH),
    ]
)
digits = st.text("0123456789", min_size=0, max_size=10)


def test_the_longest_prefix_decides() -> None:
    assert ROUTES.of("+8613500138000") == "46000,46002"
    assert ROUTES.of("+8613000138000") == "46001"
    assert ROUTES.of("+8613400138000") == "310260"
    assert ROUTES.of("+8613900138000") is None
    assert NO_ROUTES.of("+8613500138000") is None


@given(digits)
def test_a_route_is_found_for_exactly_those_with_a_prefix(rest: str) -> None:
    number = "+86" + rest
    some = any(number.startswith(p) for p in ("+86134", "+86135", "+86130"))
    assert (ROUTES.of(number) is not None) == some


def test_a_sim_serves_the_routes_of_its_operator() -> None:
    assert ROUTES.served_by("460021111111111") == ["46000,46002"]
    assert ROUTES.served_by("310260111111111") == ["310260"]
    assert ROUTES.served_by("460031111111111") == []
    assert fits("460021111111111", "460021111111111")
    assert not fits("46001", "460021111111111")
