"""The opening dialogue: PIN policy, fallbacks, what earlier programs left behind."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from estate_sms.modem.at.errors import NoModemError, SimError
from estate_sms.modem.at.modem import GatewayModem
from estate_sms.modem.at.network import network
from estate_sms.modem.at.opening import Identity, Opening, open_dialogue
from estate_sms.modem.at.sim import Pin
from estate_sms.modem.at.waker import Waker

from .conftest import Act, Peer, PeerFactory, polite

ANSWERS = {
    "AT+CPIN?": b"+CPIN: READY\r\nOK\r\n",
    "AT+CGSN": b"861234567890123\r\n\r\nOK\r\n",
    "AT+CIMI": b"460001234567890\r\n\r\nOK\r\n",
    "AT+CCID": b"ERROR\r\n",
    "AT+QCCID": b"+QCCID: 89860012345678901234\r\nOK\r\n",
    "AT+CSCA?": b'+CSCA: "+8613800100500",145\r\nOK\r\n',
    "AT+CGMI": b"Maker\r\nOK\r\n",
    "AT+CGMM": b"Model 1\r\nOK\r\n",
    "AT+CREG?": b"+CREG: 1,2\r\nOK\r\n",
    "AT+CEREG?": b"+CEREG: 0,6\r\nOK\r\n",
    "AT+COPS?": b'+COPS: 0,0,"CHINA MOBILE",7\r\nOK\r\n',
}

Script = Callable[[str], list[Act]]


def modem_with(**special: bytes) -> Script:
    """``special``: answers by command without ``AT+``, e.g. ``CMGC=?``."""
    answers = ANSWERS | {f"AT+{name}": answer for name, answer in special.items()}

    def script(text: str) -> list[Act]:
        return [answers[text]] if text in answers else polite(text)

    return script


@pytest.fixture
def opened(make_peer: PeerFactory) -> Iterator[Callable[[Script], tuple[GatewayModem, Peer]]]:
    kept: list[tuple[GatewayModem, Waker]] = []

    def make(script: Script) -> tuple[GatewayModem, Peer]:
        peer, waker = make_peer(script), Waker()
        modem = GatewayModem(peer.port, urc=lambda event: True, waker=waker)
        modem.connect()
        kept.append((modem, waker))
        return modem, peer

    yield make
    for modem, waker in kept:
        modem.close()
        waker.close()


Opened = Callable[[Script], tuple[GatewayModem, Peer]]


def dialogue(modem: GatewayModem, pin: Pin | None = None, smsc: str = "") -> Opening:
    return open_dialogue(modem, pin or Pin(None), probe=0.2, timeout=2.0, smsc=smsc)


def test_it_learns_who_it_talks_to(opened: Opened) -> None:
    modem, _ = opened(modem_with(**{"CMGC=?": b"ERROR\r\n"}))
    assert dialogue(modem).identity == Identity(
        imei="861234567890123",
        imsi="460001234567890",
        iccid="89860012345678901234",
        smsc="+8613800100500",
        maker="Maker",
        model="Model 1",
        can_command=False,
    )
    assert "4600" not in repr(dialogue(modem))


def test_sms_only_registration_over_lte_counts(opened: Opened) -> None:
    modem, _ = opened(modem_with())
    found = network(modem, 2.0)
    assert (found.registration, found.signal, found.operator) == (6, 20, "CHINA MOBILE")


def test_a_modem_left_in_text_entry_is_freed(opened: Opened) -> None:
    stuck = True
    base = modem_with()

    def script(text: str) -> list[Act]:
        nonlocal stuck
        if text.endswith("\x1b"):
            stuck = False
        return [b"> "] if stuck else base(text)

    modem, _ = opened(script)
    assert dialogue(modem).identity.imsi == "460001234567890"


def test_what_does_not_answer_is_no_modem(opened: Opened) -> None:
    modem, _ = opened(lambda text: [])
    with pytest.raises(NoModemError):
        dialogue(modem)


ACKNOWLEDGED = {"CSMS?": b"+CSMS: 1,1,1,1\r\nOK\r\n"}


def refusing(*candidates: str) -> dict[str, bytes]:
    return {f"CNMI={candidate}": b"+CMS ERROR: 303\r\n" for candidate in candidates}


@pytest.mark.parametrize(
    ("special", "last", "acknowledged"),
    [
        ({}, "2,1,0,2,0", False),
        (refusing("2,1,0,2,0"), "1,1,0,2,0", False),
        (refusing("2,1,0,2,0", "1,1,0,2,0"), "2,1,0,1,0", False),
        ({"CNMA=?": b"ERROR\r\n", "CSMS=1": b"ERROR\r\n"}, "2,1,0,2,0", False),
        (ACKNOWLEDGED, "2,1,0,1,0", True),
        ({**ACKNOWLEDGED, **refusing("2,1,0,1,0", "1,1,0,1,0")}, "2,1,0,2,0", True),
    ],
)
def test_reports_come_the_way_that_loses_none(
    opened: Opened, special: dict[str, bytes], last: str, acknowledged: bool
) -> None:
    modem, peer = opened(modem_with(**special))
    routing = dialogue(modem).routing
    asked = [text for text in peer.received if text.startswith("AT+CNMI=")]
    assert asked[-1] == f"AT+CNMI={last}\r"
    assert (routing.new_messages, routing.acknowledges) == (last, acknowledged)
    assert ("AT+CNMA=2\r" in peer.received) == acknowledged  # what another program left open


MEMORIES = {
    "CPMS?": b'+CPMS: "SM",1,20,"SM",1,20,"SM",1,20\r\nOK\r\n',
    "CPMS=?": b'+CPMS: ("SM","ME","SR"),("SM","ME"),("SM","ME")\r\nOK\r\n',
    'CPMS="ME"': b"+CPMS: 0,255,1,20,1,20\r\nOK\r\n",
}
BACK = 'AT+CPMS="SM","SM","SM"\r'


@pytest.mark.parametrize(
    ("special", "selected"),
    [
        ({}, ['AT+CPMS="ME"\r', 'AT+CPMS="ME","ME","ME"\r', BACK]),  # OK, and not kept
        ({'CPMS="ME"': b"+CPMS: 0,20,1,20,1,20\r\nOK\r\n"}, ['AT+CPMS="ME"\r', BACK]),
        ({'CPMS="ME"': b"+CMS ERROR: 302\r\n"}, ['AT+CPMS="ME"\r', BACK]),
        ({"CPMS=?": b'+CPMS: ("SM","ME"),("SM","ME"),("SM")\r\nOK\r\n'}, []),
        ({"CPMS?": b'+CPMS: "MT",1,30,"MT",1,30,"MT",1,30\r\nOK\r\n'}, []),
        ({"CPMS?": b"ERROR\r\n"}, []),
    ],
)
def test_what_receives_is_given_back_unless_the_modem_keeps_a_bigger_one(
    opened: Opened, special: dict[str, bytes], selected: list[str]
) -> None:
    modem, peer = opened(modem_with(**MEMORIES | special))
    dialogue(modem)
    assert [text for text in peer.received if text.startswith('AT+CPMS="')] == selected


@pytest.mark.parametrize(
    ("held", "wanted", "written"),
    [
        ("", "+8613800100500", True),
        ("+8613010314500", "+8613800100500", True),
        ("8613800100500", "+8613800100500", False),
        ("+8613010314500", "", False),
        ("", "", False),
    ],
)
def test_the_service_centre_is_written_only_where_told(
    opened: Opened, held: str, wanted: str, written: bool
) -> None:
    base, number = modem_with(), held

    def script(text: str) -> list[Act]:
        nonlocal number
        if text.startswith('AT+CSCA="'):
            number = text.split('"')[1]
        return [f'+CSCA: "{number}",145\r\nOK\r\n'.encode()] if text == "AT+CSCA?" else base(text)

    modem, peer = opened(script)
    assert dialogue(modem, smsc=wanted).identity.smsc == (wanted if written else held)
    told = [text for text in peer.received if text.startswith(("AT+CSCS", "AT+CSCA="))]
    assert told == (['AT+CSCS="GSM"\r', f'AT+CSCA="{wanted}",145\r'] if written else [])


def pins(peer: Peer) -> list[str]:
    return [text for text in peer.received if text.startswith("AT+CPIN=")]


def test_the_pin_is_entered_when_asked_for(opened: Opened) -> None:
    modem, peer = opened(modem_with(**{"CPIN?": b"+CPIN: SIM PIN\r\nOK\r\n"}))
    pin = Pin("4711")
    dialogue(modem, pin)
    assert pins(peer) == ['AT+CPIN="4711"\r']
    assert not pin.refused("89860012345678901234")


def test_a_wrong_pin_is_tried_once(opened: Opened) -> None:
    modem, peer = opened(
        modem_with(**{"CPIN?": b"+CPIN: SIM PIN\r\nOK\r\n", 'CPIN="4711"': b"+CME ERROR: 16\r\n"})
    )
    pin = Pin("4711")
    for _ in range(3):
        with pytest.raises(SimError) as caught:
            dialogue(modem, pin)
        assert caught.value.code == "pin_wrong"
    assert len(pins(peer)) == 1


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"CPIN?": b"+CPIN: SIM PUK\r\nOK\r\n"}, "puk"),
        ({"CPIN?": b"+CPIN: SIM PIN2\r\nOK\r\n"}, "pin"),
        ({"CPIN?": b"+CME ERROR: 10\r\n"}, "no_sim"),
        ({"CPIN?": b"+CME ERROR: SIM failure\r\n"}, "cme:13"),
        (
            {"CPIN?": b"+CPIN: SIM PIN\r\nOK\r\n", "CPINR": b"+CPINR: SIM PIN,2,3\r\nOK\r\n"},
            "pin_wrong",
        ),
        ({"CIMI": b"ERROR\r\n"}, "no_imsi"),
    ],
)
def test_no_pin_is_entered_where_it_could_lock_the_sim(
    opened: Opened, answers: dict[str, bytes], code: str
) -> None:
    modem, peer = opened(modem_with(**answers))
    with pytest.raises(SimError) as caught:
        dialogue(modem, Pin("4711"))
    assert caught.value.code == code
    assert pins(peer) == []
    assert "4711" not in f"{replace(Pin('4711'))!r} {caught.value}"


def test_the_library_imports_under_warnings_as_errors() -> None:
    code = "import sys; sys.dont_write_bytecode = True; import estate_sms.modem.at.library"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
