from __future__ import annotations

import pytest

from estate_sms.modem.encoding import command_part, parts_of
from estate_sms.modem.pdu import PduError, Relative, decode_command, decode_submit
from estate_sms.queue.transmitter import Deletion, Outgoing

NUMBER = "+8613800138000"
NOW = 1_700_000_000_000_000
LONG = "停水" * 60  # 120 characters: two segments


def outgoing(**changes: object) -> Outgoing:
    fields: dict[str, object] = {
        "number": NUMBER,
        "text": LONG,
        "total": 2,
        "seqs": (2,),
        "attempts": (77,),
        "concat_ref": 9,
    }
    return Outgoing(**(fields | changes))  # type: ignore[arg-type]  # by name


def test_only_the_missing_part_with_its_place_in_the_whole() -> None:
    (part,) = parts_of(outgoing(), NOW)
    submit = decode_submit(part.pdu)
    assert part.attempt == 77
    assert part.length == len(part.pdu) // 2 - 1
    assert (submit.destination, submit.text) == (NUMBER, LONG[67:])
    assert submit.concat is not None
    assert (submit.concat.reference, submit.concat.total, submit.concat.seq) == (9, 2, 2)
    assert submit.status_report
    assert submit.validity is None
    assert submit.message_class is None


def test_every_wish_reaches_the_pdu() -> None:
    wishes = outgoing(
        text="hi",
        total=1,
        seqs=(1,),
        pid=0x41,
        flash=True,
        report=False,
        valid_until=NOW + 64 * 60_000_000,
    )
    submit = decode_submit(parts_of(wishes, NOW)[0].pdu)
    assert (submit.pid, submit.message_class, submit.status_report) == (0x41, 0, False)
    assert submit.concat is None
    assert submit.validity == Relative(60)  # never beyond the time asked, in steps of 5 minutes


@pytest.mark.parametrize(
    "wrong",
    [
        {"total": 3},
        {"seqs": (3,)},
        {"number": "zero"},
        {"text": "\ud800", "total": 1, "seqs": (1,)},
    ],
)
def test_what_cannot_be_sent_is_a_pdu_error(wrong: dict[str, object]) -> None:
    with pytest.raises(PduError):
        parts_of(outgoing(**wrong), NOW)


def test_a_deletion_names_its_target() -> None:
    part = command_part(Deletion(number=NUMBER, target_mr=200, attempt=5))
    command = decode_command(part.pdu)
    assert (command.kind, command.target_mr, command.destination) == ("delete", 200, NUMBER)
    assert part.attempt == 5
