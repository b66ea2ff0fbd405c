"""What a TP-ST means, by the ranges of 3GPP TS 23.040 §9.2.3.15."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate_sms.queue.states import PartState
from estate_sms.queue.tp_status import TpKind, ends_in, tp_cause, tp_kind


@pytest.mark.parametrize(
    ("code", "kind", "state"),
    [
        (0x00, TpKind.SUCCESS, PartState.DELIVERED),
        (0x01, TpKind.SUCCESS, PartState.DELIVERED),
        (0x02, TpKind.SUPERSEDED, PartState.UNDELIVERABLE),
        (0x1F, TpKind.SUCCESS, PartState.DELIVERED),
        (0x20, TpKind.PENDING, None),
        (0x3F, TpKind.PENDING, None),
        (0x40, TpKind.PERMANENT, PartState.UNDELIVERABLE),
        (0x45, TpKind.PERMANENT, PartState.UNDELIVERABLE),
        (0x46, TpKind.EXPIRED, PartState.EXPIRED),
        (0x47, TpKind.RECALLED, PartState.RECALLED),
        (0x48, TpKind.PERMANENT, PartState.UNDELIVERABLE),
        (0x49, TpKind.ABSENT, PartState.UNDELIVERABLE),
        (0x5F, TpKind.PERMANENT, PartState.UNDELIVERABLE),
        (0x60, TpKind.TEMPORARY, PartState.UNDELIVERABLE),
        (0x7F, TpKind.TEMPORARY, PartState.UNDELIVERABLE),
        (0x80, TpKind.UNKNOWN, None),
        (0xC3, TpKind.UNKNOWN, None),
        (0xFF, TpKind.UNKNOWN, None),
    ],
)
def test_ranges(code: int, kind: TpKind, state: PartState | None) -> None:
    assert tp_kind(code) is kind
    assert ends_in(kind) is state


@given(st.integers(-1000, 1000))
def test_any_octet_has_a_kind_and_only_47_is_a_recall(code: int) -> None:
    kind = tp_kind(code)
    assert (kind is TpKind.RECALLED) == (code == 0x47)
    if not 0 <= code <= 0xFF:
        assert kind is TpKind.UNKNOWN


def test_cause() -> None:
    assert tp_cause(0x46) == "tp_st:46"
    assert tp_cause(0x02) == "tp_st:02"
