"""Whatever octets come in: a value or a PduError, never anything else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from estate_sms.modem.pdu import (
    Deliver,
    PduError,
    StatusReport,
    Submit,
    decode_command,
    decode_deliver,
    decode_inbound,
    decode_outbound,
    decode_status_report,
    decode_submit,
    encode_submit,
)

DECODERS: list[Callable[[bytes | str], object]] = [
    decode_command,
    decode_deliver,
    decode_inbound,
    decode_outbound,
    decode_status_report,
    decode_submit,
]

# Real PDUs with a few octets changed reach deeper than pure noise.
SEEDS = [
    bytes.fromhex(seed)
    for seed in (
        "0039000D91683119325476F800005221133295002305C8329BFD06",
        "0061000D91683119325476F800081F06080412340202D83DDE005C3E5C3E5C3E5C3E5C3E5C3E5C3E5C3E5C3E5C3E",
        "00222B00022A0D91683119325476F800",
        "0891683108100005F0062A0D91683119325476F8524050607080235240506070212300",
        "0891683108100005F0440DD0D3A2D49A1C16000052405060708023100500035A02013665B1582C168BC562",
    )
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    octets = bytearray(draw(st.sampled_from(SEEDS)))
    for at, value in draw(st.lists(st.tuples(st.integers(0, 47), st.integers(0, 255)), max_size=4)):
        octets[at % len(octets)] = value
    return bytes(octets[: draw(st.integers(0, len(octets)) | st.just(len(octets)))])


@pytest.mark.parametrize("decode", DECODERS)
@given(octets=damaged() | st.binary(max_size=200))
@example(octets=b"")
@example(octets=bytes(300))
def test_octets(decode: Callable[[bytes | str], object], octets: bytes) -> None:
    try:
        value = decode(octets)
    except PduError:
        return
    assert decode(octets.hex()) == value
    if isinstance(value, Deliver | Submit):
        value.text.encode("utf-8")  # no lone surrogate
    if isinstance(value, Submit) and value.destination and not value.destination.startswith("+"):
        assert decode_submit(encode_submit(value).hex) == value


@pytest.mark.parametrize("decode", DECODERS)
@given(text=st.text(max_size=60) | st.text("0123456789abcdefABCDEF \n", max_size=60))
def test_text(decode: Callable[[bytes | str], object], text: str) -> None:
    try:
        decode(text)
    except PduError:
        return


@given(octets=damaged(), length=st.integers(-1, 60))
def test_any_announced_length(octets: bytes, length: int) -> None:
    try:
        assert isinstance(decode_inbound(octets, length=length), Deliver | StatusReport)
    except PduError:
        return
