from __future__ import annotations

import pytest

from estate_sms.modem.at.storage import Stored, indicated, pair

PDU = "07916831082005F0"


def test_a_listing_is_read_pair_by_pair() -> None:
    lines = [
        "+CMGL: 1,0,,7",
        PDU,
        '+CMGL: 2,1,"a",7',
        PDU,
        "+CMGL: 3,2,,7",  # a draft of ours
        PDU,
        "+CMGL: 4,0,,7",  # its PDU is lost
        "+CMGL: x,0,,y",
        PDU,
    ]
    assert pair(lines, "SM") == [
        Stored("SM", 1, PDU, 7),
        Stored("SM", 2, PDU, 7),
        Stored("SM", -1, PDU, None),
    ]


def test_a_single_message_has_no_place_of_its_own() -> None:
    assert pair(["+CMGR: 1,,7", PDU], "ME") == [Stored("ME", -1, PDU, 7)]
    assert pair(["+CMGR: 0,,7", "no PDU"], "ME") == []


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('+CMTI: "SM",3', ("SM", 3)),
        ('+CDSI: "SR", 12', ("SR", 12)),
        ("+CMTI: ME,0", ("ME", 0)),
        ("+CMTI: nonsense", None),
    ],
)
def test_indications(line: str, place: tuple[str, int] | None) -> None:
    assert indicated(line) == place
