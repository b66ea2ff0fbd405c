"""Addresses, times, validity periods, coding schemes, headers, statuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate_sms.modem.pdu import (
    Absolute,
    Concat,
    PduError,
    Relative,
    Submit,
    Validity,
    decode_submit,
    encode_submit,
    tp_status,
    within,
)
from estate_sms.modem.pdu.address import (
    encode_name,
    encode_number,
    encode_service_centre,
    read_address,
    read_service_centre,
)
from estate_sms.modem.pdu.dcs import DataCoding, decode_dcs, encode_dcs
from estate_sms.modem.pdu.octets import Reader
from estate_sms.modem.pdu.timestamp import decode_timestamp, encode_timestamp
from estate_sms.modem.pdu.udh import decode_header, encode_header

WEEK = 7 * 24 * 60


@pytest.mark.parametrize(
    ("number", "octets"),
    [
        ("+8613912345678", "0D91683119325476F8"),
        ("10086", "05810180F6"),
        ("*100#", "05811A00FB"),
        ("13800138000", "0B813108108300F0"),
    ],
)
def test_numbers(number: str, octets: str) -> None:
    assert encode_number(number) == bytes.fromhex(octets)
    assert read_address(Reader(bytes.fromhex(octets)), "TP-DA") == (number, False)


@given(st.from_regex(r"\A(\+[0-9]{1,20}|[0-9*#abc]{1,20})\Z"))
def test_numbers_round_trip(number: str) -> None:
    assert read_address(Reader(encode_number(number)), "TP-DA") == (number, False)


@pytest.mark.parametrize(
    "number",
    ["", "+", "138 0013 8000", "+86-138", "1" * 21, "name", "+*1", "１２３", "٣", "10086\n", "++1"],
)
def test_what_is_no_number(number: str) -> None:
    with pytest.raises(PduError) as caught:
        encode_number(number)
    assert len(number) < 3 or number not in str(caught.value)


@pytest.mark.parametrize("name", ["SERVICE", "SERVICES", "A", "China Unico", "€uro", "", "a@"])
def test_names(name: str) -> None:
    assert read_address(Reader(encode_name(name)), "TP-OA") == (name, True)


def test_a_name_of_seven_whose_length_counts_the_padding() -> None:
    octets = bytearray(encode_name("SERVICE"))
    assert octets[0] == 13
    octets[0] = 14
    assert read_address(Reader(bytes(octets)), "TP-OA") == ("SERVICE", True)


def test_a_name_is_at_most_eleven_septets() -> None:
    for name in ("twelve chars", "€" * 6):
        with pytest.raises(PduError):
            encode_name(name)


def test_addresses_have_at_most_twenty_semi_octets() -> None:
    assert read_address(Reader(b"\x14\x81" + bytes(10)), "TP-DA") == ("0" * 20, False)
    with pytest.raises(PduError):
        read_address(Reader(b"\x15\x81" + bytes(11)), "TP-DA")


def test_a_filler_ends_a_number() -> None:
    assert read_address(Reader(bytes.fromhex("0691211FF3")), "TP-OA") == ("+12", False)


def test_service_centres() -> None:
    for number, octets in (
        ("", "00"),
        ("+8613800100500", "0891683108100005F0"),
        ("10086", "04810180F6"),
        ("1" * 20, "0B81" + "11" * 10),
    ):
        assert encode_service_centre(number) == bytes.fromhex(octets)
        assert read_service_centre(Reader(bytes.fromhex(octets))) == number
    with pytest.raises(PduError):
        read_service_centre(Reader(bytes.fromhex("0C81" + "11" * 11)))


def test_a_name_is_no_destination() -> None:
    pdu = "0001 00 07D0C5329B0D 00 00 00".replace(" ", "")
    with pytest.raises(PduError, match="TP-DA"):
        decode_submit(pdu)


@pytest.mark.parametrize(
    "octets",
    [
        "00" * 7,
        "FF" * 7,
        "52311050607080",
        "52405042607080",
        "524050607080FF",
        "52405060709600",
        "524050607080A0",
    ],
)
def test_times_that_are_none(octets: str) -> None:
    assert decode_timestamp(bytes.fromhex(octets)) is None


def test_the_offset_has_a_sign_bit() -> None:
    at = datetime(2025, 4, 5, 6, 7, 8, tzinfo=timezone(-timedelta(hours=3, minutes=30)))
    assert encode_timestamp(at).hex().upper() == "52405060708049"
    decoded = decode_timestamp(bytes.fromhex("52405060708049"))
    assert decoded == at
    assert decoded is not None
    assert decoded.utcoffset() == at.utcoffset()


@pytest.mark.parametrize("offset", [timedelta(hours=8, minutes=7), timedelta(hours=20)])
def test_an_offset_that_cannot_be_sent_becomes_utc(offset: timedelta) -> None:
    at = datetime(2025, 4, 5, 6, 7, 8, tzinfo=timezone(offset))
    decoded = decode_timestamp(encode_timestamp(at))
    assert decoded == at
    assert decoded is not None
    assert decoded.utcoffset() == timedelta(0)


@given(
    st.datetimes(
        datetime(1990, 1, 2),  # noqa: DTZ001 - Hypothesis adds the zone
        datetime(2089, 12, 30),  # noqa: DTZ001
        timezones=st.integers(-79, 79).map(lambda n: timezone(timedelta(minutes=15 * n))),
    )
)
def test_times_round_trip(at: datetime) -> None:
    assert decode_timestamp(encode_timestamp(at)) == at.replace(microsecond=0)


@pytest.mark.parametrize(
    "at",
    [
        datetime(2025, 1, 1),  # noqa: DTZ001 - the point of the test
        datetime(1989, 1, 1, tzinfo=UTC),
        datetime(2090, 1, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1, minutes=1))),
    ],
)
def test_times_that_cannot_be_sent(at: datetime) -> None:
    with pytest.raises(PduError):
        encode_timestamp(at)


def _sent(validity: Validity | None) -> Validity | None:
    return decode_submit(encode_submit(Submit("10086", "x", validity=validity)).hex).validity


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (0, 5),
        (1, 5),
        (5, 5),
        (6, 10),
        (120, 120),
        (720, 720),
        (721, 750),
        (1440, 1440),
        (1441, 2880),
        (36 * 60, 48 * 60),
        (30 * 1440, 30 * 1440),
        (30 * 1440 + 1, 5 * WEEK),
        (63 * WEEK, 63 * WEEK),
        (99 * WEEK, 63 * WEEK),
    ],
)
def test_relative_validity_is_rounded_up(asked: int, given: int) -> None:
    assert _sent(Relative(asked)) == Relative(given)


@given(st.integers(0, 63 * WEEK))
def test_relative_validity_is_never_shorter_and_stable(minutes: int) -> None:
    sent = _sent(Relative(minutes))
    assert isinstance(sent, Relative)
    assert sent.minutes >= minutes
    assert _sent(sent) == sent
    inside = within(minutes)
    assert _sent(inside) == inside
    assert inside == Relative(5) or inside.minutes <= minutes
    assert (
        inside == sent or _sent(Relative(inside.minutes + 1)) == sent
    )  # the next step is too long


@pytest.mark.parametrize(
    ("asked", "given"),
    [(-9, 5), (0, 5), (9, 5), (10, 10), (749, 720), (47 * 60, 1440), (99 * WEEK, 63 * WEEK)],
)
def test_a_period_within(asked: int, given: int) -> None:
    assert within(asked) == Relative(given)


@pytest.mark.parametrize(
    ("octet", "minutes"),
    [
        (0, 5),
        (143, 720),
        (144, 750),
        (167, 1440),
        (168, 2880),
        (196, 30 * 1440),
        (197, 5 * WEEK),
        (255, 63 * WEEK),
    ],
)
def test_relative_validity_received(octet: int, minutes: int) -> None:
    pdu = f"0011000581 0180F60000{octet:02X}00".replace(" ", "")
    assert decode_submit(pdu).validity == Relative(minutes)


@pytest.mark.parametrize(
    ("first", "validity"),
    [("19", "00" * 7), ("19", "FF" * 7), ("09", "52405060708023"), ("09", "01A70000000000")],
)
def test_validity_that_cannot_be_read(first: str, validity: str) -> None:
    """An absolute time that is none; the enhanced format."""
    with pytest.raises(PduError, match="TP-VP"):
        decode_submit(f"00{first}0005810180F60000{validity}00")


def test_validity_that_cannot_be_sent() -> None:
    for validity in (Relative(-1), Absolute(datetime(2025, 1, 1))):  # noqa: DTZ001
        with pytest.raises(PduError):
            _sent(validity)
    assert _sent(None) is None


@pytest.mark.parametrize(
    ("dcs", "scheme"),
    [
        (0x00, DataCoding("gsm7", None)),
        (0x04, DataCoding("8bit", None)),
        (0x08, DataCoding("ucs2", None)),
        (0x0C, DataCoding("gsm7", None)),
        (0x03, DataCoding("gsm7", None)),
        (0x10, DataCoding("gsm7", 0)),
        (0x19, DataCoding("ucs2", 1)),
        (0x20, DataCoding("8bit", None)),
        (0x48, DataCoding("ucs2", None)),
        (0x80, DataCoding("gsm7", None)),
        (0xBF, DataCoding("gsm7", None)),
        (0xC8, DataCoding("gsm7", None)),
        (0xD0, DataCoding("gsm7", None)),
        (0xE0, DataCoding("ucs2", None)),
        (0xF0, DataCoding("gsm7", 0)),
        (0xF4, DataCoding("8bit", 0)),
        (0xF7, DataCoding("8bit", 3)),
    ],
)
def test_coding_schemes(dcs: int, scheme: DataCoding) -> None:
    assert decode_dcs(dcs) == scheme


def test_message_class_out_of_range() -> None:
    assert encode_dcs("ucs2", 3) == 0x1B
    for message_class in (-1, 4):
        with pytest.raises(PduError):
            encode_dcs("gsm7", message_class)


@pytest.mark.parametrize(
    ("elements", "concat"),
    [
        ("00035A0201", Concat(0x5A, 2, 1)),
        ("080412340201", Concat(0x1234, 2, 1, 16)),
        ("0504C35400000003010202", Concat(1, 2, 2)),  # behind a port element
        ("00030102010003050202", Concat(5, 2, 2)),  # the last one counts
        ("00035A0200", None),
        ("00035A0203", None),
        ("00035A0000", None),
        ("00025A02", None),
        ("00035A02", None),  # cut short
        ("00", None),
        ("", None),
    ],
)
def test_headers(elements: str, concat: Concat | None) -> None:
    assert decode_header(bytes.fromhex(elements)) == concat


@pytest.mark.parametrize(
    "concat",
    [
        Concat(256, 2, 1),
        Concat(-1, 2, 1),
        Concat(65536, 2, 1, 16),
        Concat(0, 256, 1),
        Concat(0, 0, 0),
        Concat(0, 2, 0),
        Concat(0, 2, 3),
    ],
)
def test_concatenations_that_cannot_be_sent(concat: Concat) -> None:
    with pytest.raises(PduError):
        encode_header(concat)


KINDS = {
    "success": range(0x20),
    "pending": range(0x20, 0x40),
    "permanent": {*range(0x40, 0x47), 0x48, *range(0x4A, 0x60)},
    "temporary": range(0x60, 0x80),
    "recalled": {0x47},
    "absent": {0x49},
    "unknown": range(0x80, 0x100),
}


def test_every_status_has_its_kind() -> None:
    for kind, codes in KINDS.items():
        assert {code for code in range(256) if tp_status(code).kind == kind} == set(codes)
    assert all(tp_status(code).code == code and tp_status(code).meaning for code in range(256))


def test_values_without_a_meaning_say_whose_they_are() -> None:
    reserved = {code for code in range(256) if "reserved" in tp_status(code).meaning}
    of_the_centre = {c for c in range(256) if "value of the service" in tp_status(c).meaning}
    unassigned = {code for code in range(256) if not tp_status(code).assigned}
    assert of_the_centre == {c for c in range(0x80) if c & 0x10}
    assert reserved == unassigned - of_the_centre


def test_assigned_statuses() -> None:
    assigned = {0, 1, 2, *range(0x20, 0x26), *range(0x40, 0x4A), *range(0x60, 0x66)}
    assert {code for code in range(256) if tp_status(code).assigned} == assigned
    for code in (-1, 256):
        with pytest.raises(PduError):
            tp_status(code)
