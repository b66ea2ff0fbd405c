"""Messages received, as networks and modems really send them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate_sms.modem.pdu import (
    Concat,
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
    encode_command,
    encode_deliver,
    encode_status_report,
    encode_submit,
)
from estate_sms.modem.pdu.command import Command

AT = datetime(2025, 4, 5, 6, 7, 8, tzinfo=timezone(timedelta(hours=8)))
FROM = "+8613800138001"
HEAD = "00040D91683108108300F1"  # no service centre, DELIVER, from +8613800138001
SCTS = "52405060708023"


def test_to_the_octet() -> None:
    pdu = "0891683108100005F0" + HEAD[2:] + "0000" + SCTS + "05E8329BFD06"
    message = Deliver(FROM, "hello", AT, dcs=0, smsc="+8613800100500")
    assert decode_deliver(pdu) == message
    encoded = encode_deliver(message)
    assert (encoded.hex, encoded.length) == (pdu, 25)


@pytest.mark.parametrize("text", ["1234567@", "@", "@" * 8, "@" * 160, "a" * 7, "a" * 15 + "@"])
def test_a_trailing_at_sign_stays(text: str) -> None:
    assert decode_deliver(encode_deliver(Deliver(FROM, text, AT)).hex).text == text


@pytest.mark.parametrize("concat", [Concat(7, 3, 2), Concat(300, 3, 2, 16)])
@pytest.mark.parametrize("text", ["First character", "@", "", "x" * 152, "你好😀", "中" * 66])
def test_nothing_is_lost_behind_a_header(concat: Concat, text: str) -> None:
    decoded = decode_deliver(encode_deliver(Deliver(FROM, text, AT, concat=concat)).hex)
    assert (decoded.text, decoded.concat) == (text, concat)


def test_a_lone_escape_at_the_end() -> None:
    assert decode_deliver(HEAD + "0000" + SCTS + "02E10D").text == "a "


def test_lone_surrogates_become_the_replacement_character() -> None:
    decoded = decode_deliver(HEAD + "0008" + SCTS + "044E2DD83D")
    assert decoded.text == "中\ufffd"
    assert decode_deliver(HEAD + "0008" + SCTS + "034E2DD8").text == "中\ufffd"


def test_message_waiting_in_ucs2() -> None:
    assert decode_deliver(HEAD + "00E0" + SCTS + "044F60597D").text == "你好"


def test_octets_are_no_text() -> None:
    decoded = decode_deliver(HEAD + "00F4" + SCTS + "03010203")
    assert (decoded.text, decoded.data, decoded.message_class) == ("", b"\x01\x02\x03", 0)
    assert decode_deliver(encode_deliver(decoded).hex) == decoded


def test_a_broken_time_does_not_lose_the_message() -> None:
    for scts in ("00" * 7, "FF" * 7):
        decoded = decode_deliver(HEAD + "0000" + scts + "05E8329BFD06")
        assert (decoded.text, decoded.smsc_at) == ("hello", None)


def test_a_broken_time_does_not_lose_the_report() -> None:
    pdu = "00062A0D91683108108300F1" + "00" * 7 + "F" * 14 + "46"
    report = decode_status_report(pdu)
    assert (report.status, report.smsc_at, report.done_at) == (0x46, None, None)


def test_what_follows_the_status_is_ignored() -> None:
    report = StatusReport(1, FROM, AT, AT, 0)
    pdu = encode_status_report(report).hex
    assert decode_status_report(pdu + "0300AABBCC") == report


def test_padding_after_the_message_is_ignored() -> None:
    pdu = encode_deliver(Deliver(FROM, "hello", AT)).hex
    assert decode_deliver(pdu + "FF" * 20).text == "hello"
    with pytest.raises(PduError):
        decode_submit(encode_submit(Submit(FROM, "hello")).hex + "FF")


def test_a_pdu_without_service_centre_octet() -> None:
    """Some modems send ``+CDS`` so; the length they announce tells."""
    whole = encode_deliver(Deliver(FROM, "hello", AT))
    for decode in (decode_deliver, decode_inbound):
        assert decode(whole.hex[2:], length=whole.length) == decode_deliver(whole.hex)
        assert decode(whole.hex, length=whole.length) == decode_deliver(whole.hex)


def test_a_sender_with_a_name() -> None:
    message = Deliver("SERVICE", "hi", AT, dcs=0, alphanumeric=True)
    assert decode_deliver(encode_deliver(message).hex) == message


@pytest.mark.parametrize(
    "pdu",
    [
        "",
        "0",
        "zz",
        "00",
        "00 04",
        "０0",
        "00" * 256,
        HEAD,
        HEAD + "0000" + SCTS,
        HEAD + "0000" + SCTS + "05E8329BFD",  # one octet short
        HEAD + "0000" + SCTS + "A1" + "00" * 141,  # 161 septets
        HEAD + "0008" + SCTS + "8D" + "00" * 141,  # 141 octets
        "0044" + HEAD[4:] + "0000" + SCTS + "00",  # header announced, none there
        "0044" + HEAD[4:] + "0000" + SCTS + "0205FF",  # header longer than the data
        "0044" + HEAD[4:] + "0000" + SCTS + "070600030102",
        "0044" + HEAD[4:] + "0000" + SCTS + "0706080412340201",  # header of 8 septets in 7
        "00041791" + "00" * 12 + "0000" + SCTS + "00",  # an address of 23 semi-octets
        "0F" + "91" * 40,  # a service centre address of 15 octets
    ],
)
def test_malformed(pdu: str) -> None:
    for decode in (decode_deliver, decode_inbound):
        with pytest.raises(PduError) as caught:
            decode(pdu)
        assert caught.value.__cause__ is None


def test_each_decoder_refuses_the_other_types() -> None:
    deliver = encode_deliver(Deliver(FROM, "x", AT)).hex
    report = encode_status_report(StatusReport(1, FROM, AT, AT, 0)).hex
    submit = encode_submit(Submit(FROM, "x")).hex
    command = encode_command(Command("delete", 1, FROM)).hex
    for decode, foreign in (
        (decode_deliver, [report, submit, command]),
        (decode_status_report, [deliver, submit]),
        (decode_submit, [deliver, report, command]),
        (decode_command, [deliver, submit]),
        (decode_inbound, [submit, "0003"]),
        (decode_outbound, [deliver, "0003"]),
    ):
        for pdu in foreign:
            with pytest.raises(PduError):
                decode(pdu)


OUT_OF_RANGE: list[Callable[[], object]] = [
    lambda: encode_submit(Submit(FROM, "x", pid=256)),
    lambda: encode_submit(Submit(FROM, "x", tp_mr=-1)),
    lambda: encode_submit(Submit(FROM, "x", data=b"x")),
    lambda: encode_submit(Submit(FROM, "x", alphabet="8bit")),
    lambda: encode_submit(Submit(FROM, "中", alphabet="gsm7")),
    lambda: encode_deliver(Deliver(FROM, "x", AT, dcs=256)),
    lambda: encode_command(Command("delete", 256, FROM)),
    lambda: encode_status_report(StatusReport(1, FROM, AT, AT, 256)),
]


@pytest.mark.parametrize("encode", OUT_OF_RANGE)
def test_values_that_do_not_fit(encode: Callable[[], object]) -> None:
    with pytest.raises(PduError):
        encode()


def test_numbers_and_texts_stay_out_of_repr() -> None:
    shown = repr(
        [
            Deliver(FROM, "secret", AT, smsc="+8613800100500"),
            StatusReport(1, FROM, AT, AT, 0, smsc="+8613800100500"),
            Submit(FROM, "secret", data=b"secret"),
            Command("delete", 1, FROM),
            encode_submit(Submit(FROM, "secret")),
        ]
    )
    assert "138" not in shown
    assert "secret" not in shown
    assert "3108" not in shown


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60).filter(
    lambda text: len(text.encode("utf-16-be")) <= 132
)


def _concat(bits: Literal[8, 16], reference: int, total: int, seq: int) -> Concat:
    return Concat(reference % (1 << bits), total, 1 + seq % total, bits)


BITS: list[Literal[8, 16]] = [8, 16]
OCTETS = st.integers(0, 255)
CONCAT = st.builds(
    _concat, st.sampled_from(BITS), st.integers(0, 65535), st.integers(1, 255), OCTETS
)
TIMES = st.none() | st.datetimes(
    datetime(1990, 1, 2),  # noqa: DTZ001 - Hypothesis adds the zone
    datetime(2089, 12, 30),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda at: at.replace(microsecond=0))


@given(TEXT, CONCAT | st.none(), TIMES, st.booleans(), OCTETS)
def test_round_trip(
    text: str, concat: Concat | None, at: datetime | None, more: bool, pid: int
) -> None:
    decoded = decode_deliver(
        encode_deliver(Deliver(FROM, text, at, pid=pid, concat=concat, more_messages=more)).hex
    )
    assert (decoded.originator, decoded.text, decoded.smsc_at) == (FROM, text, at)
    assert (decoded.pid, decoded.concat, decoded.more_messages) == (pid, concat, more)
