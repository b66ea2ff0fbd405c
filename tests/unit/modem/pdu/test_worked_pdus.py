"""PDUs worked out by hand and read by an independent decoder: both ways, to the octet."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from estate_sms.modem.pdu import (
    Absolute,
    Command,
    Concat,
    PduError,
    Relative,
    StatusReport,
    Submit,
    decode_command,
    decode_inbound,
    decode_outbound,
    decode_status_report,
    decode_submit,
    encode_command,
    encode_status_report,
    encode_submit,
    segment,
    tp_status,
)

TO = "+8613912345678"
BEIJING = timezone(timedelta(hours=8))
LONG_LATIN = "a" * 152 + "€" + "b" * 20
LONG_CHINESE = "中" * 65 + "😀" + "尾" * 10
TWO_HOURS = Relative(120)

SUBMITS = {
    "1 validity of two hours": (
        Submit(TO, "Meeting at 10:00", "gsm7", validity=TWO_HOURS),
        29,
        "0031000D91683119325476F800001710CD72999E769F41613A2806D3C160",
    ),
    "2 replacing": (
        Submit(TO, "Meeting moved to 11:00", "gsm7", pid=0x41, validity=TWO_HOURS),
        35,
        "0031000D91683119325476F841001716CD72999E769F41EDB7BD4C06D1DFA0584C078301",
    ),
    "3 replacing, Chinese": (
        Submit(TO, "会议改到11点", "ucs2", pid=0x41, validity=Relative(24 * 60)),
        29,
        "0031000D91683119325476F84108A70E4F1A8BAE653952300031003170B9",
    ),
    "4 flash": (
        Submit(TO, "Alarm", "gsm7", message_class=0),
        19,
        "0021000D91683119325476F8001005417658DE06",
    ),
    "5 flash, Chinese": (
        Submit(TO, "紧急", "ucs2", message_class=0),
        18,
        "0021000D91683119325476F80018047D276025",
    ),
    "6 absolute validity": (
        Submit(
            TO,
            "Hello",
            "gsm7",
            validity=Absolute(datetime(2025, 12, 31, 23, 59, 0, tzinfo=BEIJING)),
        ),
        26,
        "0039000D91683119325476F800005221133295002305C8329BFD06",
    ),
    "7.1 escape pair moves whole": (
        Submit(TO, segment(LONG_LATIN).segments[0], "gsm7", Concat(0x5A, 2, 1)),
        154,
        "0061000D91683119325476F800009F0500035A0201C2" + "E170381C0E87C3" * 18 + "E170381C0E8701",
    ),
    "7.2": (
        Submit(TO, segment(LONG_LATIN).segments[1], "gsm7", Concat(0x5A, 2, 2)),
        40,
        "0061000D91683119325476F800001D0500035A02023665B1582C168BC562B1582C168BC562B1582C06",
    ),
    "8.1 surrogate pair moves whole": (
        Submit(
            TO,
            segment(LONG_CHINESE, reference_bits=16).segments[0],
            "ucs2",
            Concat(0x1234, 2, 1, 16),
        ),
        151,
        "0061000D91683119325476F8000889" + "06080412340201" + "4E2D" * 65,
    ),
    "8.2": (
        Submit(
            TO,
            segment(LONG_CHINESE, reference_bits=16).segments[1],
            "ucs2",
            Concat(0x1234, 2, 2, 16),
        ),
        45,
        "0061000D91683119325476F800081F06080412340202D83DDE00" + "5C3E" * 10,
    ),
}

COMMANDS = {
    "9 delete": (
        Command("delete", 0x2A, TO, tp_mr=0x2B),
        "00222B00022A0D91683119325476F800",
    ),
    "10 enquire": (
        Command("enquire", 0x2A, TO, tp_mr=0x2C),
        "00222C00002A0D91683119325476F800",
    ),
    "11 enable report": (
        Command("enable_report", 0x2A, TO, tp_mr=0x2D),
        "00222D00032A0D91683119325476F800",
    ),
}


@pytest.mark.parametrize(("submit", "length", "expected"), SUBMITS.values(), ids=SUBMITS)
def test_submit(submit: Submit, length: int, expected: str) -> None:
    encoded = encode_submit(submit)
    assert (encoded.hex, encoded.length) == (expected, length)
    assert decode_submit(expected) == submit
    assert decode_outbound(bytes.fromhex(expected)) == submit


@pytest.mark.parametrize(
    ("first", "submit"),
    [
        ("01", Submit(TO, "", "gsm7", status_report=False)),
        ("05", Submit(TO, "", "gsm7", status_report=False, reject_duplicates=True)),
        ("21", Submit(TO, "", "gsm7")),
        ("25", Submit(TO, "", "gsm7", reject_duplicates=True)),
    ],
)
def test_flags(first: str, submit: Submit) -> None:
    pdu = f"00{first}000D91683119325476F8000000"
    assert encode_submit(submit).hex == pdu
    assert decode_submit(pdu) == submit


@pytest.mark.parametrize("kind", ["04", "1F", "E0", "FF"])
def test_commands_of_no_known_type(kind: str) -> None:
    with pytest.raises(PduError, match="TP-CT"):
        decode_command(f"00220000{kind}2A0D91683119325476F800")


def test_a_command_without_report() -> None:
    command = Command("cancel_report", 1, TO, status_report=False)
    assert encode_command(command).hex == "000200" + "0001010D91683119325476F800"
    assert decode_command(encode_command(command).hex) == command


@pytest.mark.parametrize(("command", "expected"), COMMANDS.values(), ids=COMMANDS)
def test_command(command: Command, expected: str) -> None:
    encoded = encode_command(command)
    assert (encoded.hex, encoded.length) == (expected, 15)
    assert decode_command(expected) == command
    assert decode_outbound(expected) == command


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (0x00, "success"),
        (0x20, "pending"),
        (0x43, "permanent"),
        (0x46, "permanent"),
        (0x47, "recalled"),
    ],
)
def test_status_report(status: int, kind: str) -> None:
    pdu = f"0891683108100005F0062A0D91683119325476F85240506070802352405060702123{status:02X}"
    report = StatusReport(
        tp_mr=0x2A,
        recipient=TO,
        smsc_at=datetime(2025, 4, 5, 6, 7, 8, tzinfo=BEIJING),
        done_at=datetime(2025, 4, 5, 6, 7, 12, tzinfo=BEIJING),
        status=status,
        smsc="+8613800100500",
    )
    assert decode_status_report(pdu) == report
    assert decode_inbound(pdu, length=26) == report
    encoded = encode_status_report(report)
    assert (encoded.hex, encoded.length) == (pdu, 26)
    assert tp_status(status).kind == kind


def test_report_on_a_command_is_marked() -> None:
    """TP-SRQ tells the two spaces of message references apart."""
    pdu = "0891683108100005F0262A0D91683119325476F85240506070802352405060702123" + "47"
    report = decode_status_report(pdu)
    assert report.for_command
    assert encode_status_report(report).hex == pdu
