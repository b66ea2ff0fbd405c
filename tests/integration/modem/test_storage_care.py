"""Storage watched and emptied with care; reports confirmed where the modem insists."""

from __future__ import annotations

import asyncio

from estate_sms.modem.bank import Bank
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.pdu import Deliver, StatusReport, Tpdu, encode_deliver, encode_status_report
from estate_sms.queue.transmitter import PartResult

from .conftest import NUMBER, Act, Ear, Emulate, Peer, PeerFactory, Ring, outgoing
from .test_opening import modem_with
from .test_recovery import QUICK, Watch, banks, start, watch

__all__ = ["banks", "watch"]  # fixtures

TEXT = encode_deliver(Deliver(originator=NUMBER, text="TD", smsc_at=None))
# SMS-DELIVER, 8-bit data, header 05 04 0B84 23F0: WAP push
PUSH = Tpdu("00440B818310000800F0000400000000000000090605040B8423F0010606", 29)


class Shelf:
    """The SIM storage of a scripted modem: places 1 to 10."""

    def __init__(self, *kept: str) -> None:
        self.kept = dict(enumerate(kept, start=1))
        self.deleted: list[int] = []

    def answer(self, text: str) -> list[Act] | None:
        match text:
            case "AT+CPMS?":
                used = len(self.kept)
                return [f'+CPMS: "SM",{used},10,"SM",{used},10,"SM",{used},10\r\nOK\r\n'.encode()]
            case "AT+CMGL=4":
                lines = [
                    f"+CMGL: {place},1,,{len(pdu) // 2 - 1}\r\n{pdu}\r\n"
                    for place, pdu in self.kept.items()
                ]
                return ["".join([*lines, "\r\nOK\r\n"]).encode()]
            case _ if text.startswith('AT+CPMS="') and text != 'AT+CPMS="SM"':
                return [b"+CMS ERROR: 302\r\n"]
            case _ if text.startswith("AT+CMGD="):
                self.deleted.append(int(text.removeprefix("AT+CMGD=")))
                self.kept.pop(self.deleted[-1], None)
            case _:
                pass
        return None


def peer_with(make_peer: PeerFactory, shelf: Shelf, **special: bytes) -> Peer:
    base = modem_with(**{"CREG?": b"+CREG: 0,1\r\nOK\r\n", **special})
    return make_peer(lambda text: shelf.answer(text) or base(text))


async def test_undecodable_messages_are_kept_up_to_a_bound(
    make_peer: PeerFactory, ear: Ear, watch: Watch, banks: list[Bank[PartResult]]
) -> None:
    rubbish = [f"00FF{number:02X}" for number in range(7)]
    shelf = Shelf(*rubbish[:4], TEXT.hex, *rubbish[4:])
    bank = await start(
        banks, ear, watch, peer_with(make_peer, shelf).port, command_timeout=5.0, poll_interval=0.05
    )
    await ear.until(lambda: ear.messages and bank.status("m0").discarded >= 2)
    await ear.until(lambda: 5 in shelf.deleted)
    assert [message.text for message in ear.messages] == ["TD"]
    assert shelf.deleted[:2] == [1, 2]  # the oldest that nobody could read
    assert watch.alarms[:1] == [("m0", "undecodable", True)]
    assert len(shelf.kept) == 5


async def test_filling_storage_is_an_alarm_until_it_is_empty_again(
    make_peer: PeerFactory, ear: Ear, watch: Watch, banks: list[Bank[PartResult]]
) -> None:
    shelf = Shelf(*[TEXT.hex.replace("00", "00", 1)] * 9)
    ear.gate.clear()  # nothing is durable yet
    bank = await start(
        banks, ear, watch, peer_with(make_peer, shelf).port, command_timeout=5.0, poll_interval=0.05
    )
    await ear.until(lambda: bank.status("m0").storage_used == 9)
    assert shelf.deleted == []
    ear.gate.set()
    await ear.until(lambda: bank.status("m0").storage_used == 0)
    assert [(alarm, raised) for _, alarm, raised in watch.alarms] == [
        ("storage_filling", True),
        ("storage_filling", False),
    ]


async def test_wap_push_is_dropped_and_counted(
    make_peer: PeerFactory, ear: Ear, watch: Watch, banks: list[Bank[PartResult]]
) -> None:
    shelf = Shelf(PUSH.hex, TEXT.hex)
    bank = await start(
        banks, ear, watch, peer_with(make_peer, shelf).port, command_timeout=5.0, poll_interval=0.05
    )
    await ear.until(lambda: ear.messages and bank.status("m0").storage_used == 0)
    assert [message.text for message in ear.messages] == ["TD"]
    assert bank.status("m0").discarded == 1
    assert sorted(shelf.deleted) == [1, 2]


async def test_reports_are_confirmed_once_durable_where_the_modem_insists(
    make_peer: PeerFactory, ear: Ear, watch: Watch, banks: list[Bank[PartResult]]
) -> None:
    peer = peer_with(make_peer, Shelf(), **{"CSMS?": b"+CSMS: 1,1,1,1\r\nOK\r\n"})
    await start(banks, ear, watch, peer.port, command_timeout=5.0)
    await ear.until(lambda: ear.ready)
    report = encode_status_report(
        StatusReport(tp_mr=7, recipient=NUMBER, smsc_at=None, done_at=None, status=0)
    )
    for _ in range(2):
        peer.say(f"\r\n+CDS: {report.length}\r\n{report.hex}\r\n".encode())
    await ear.until(lambda: len(ear.reports) == 2)
    for attempt in (1, 2, 3):  # chores are done between orders
        await banks[0].submit("m0", outgoing(first=attempt), Ring())
    assert peer.received.count("AT+CNMA\r") == 2


async def test_a_modem_that_takes_no_confirmation_stores_its_reports(
    make_peer: PeerFactory, ear: Ear, watch: Watch, banks: list[Bank[PartResult]]
) -> None:
    special = {"CSMS?": b"+CSMS: 1,1,1,1\r\nOK\r\n", "CNMA": b"+CMS ERROR: 340\r\n"}
    peer = peer_with(make_peer, Shelf(), **special)
    await start(banks, ear, watch, peer.port, command_timeout=5.0)
    await ear.until(lambda: ear.ready)
    report = encode_status_report(
        StatusReport(tp_mr=7, recipient=NUMBER, smsc_at=None, done_at=None, status=0)
    )
    for count in (1, 2, 3):
        peer.say(f"\r\n+CDS: {report.length}\r\n{report.hex}\r\n".encode())
        await ear.until(lambda count=count: len(ear.reports) == count)  # type: ignore[misc]
        for attempt in (1, 2, 3):  # chores are done between orders
            await banks[0].submit("m0", outgoing(first=10 * count + attempt), Ring())
    asked = [text for text in peer.received if text.startswith(("AT+CSMS=", "AT+CNMI="))]
    assert asked == ["AT+CSMS=1\r", "AT+CNMI=2,1,0,1,0\r"] * 3 + ["AT+CSMS=0\r", asked[1]]


async def test_the_modems_own_memory_receives_where_it_is_bigger_than_the_sims(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]]
) -> None:
    names = ("quectel-ec25", "huawei-e3372", "zte-mf190")  # ME: 255, as the SIM, 100
    emulated = emulate(3, Settings(timing=QUICK.timing, personas=names))
    inbound = emulated.control.inbound
    await asyncio.to_thread(inbound, 0, NUMBER, "on the SIM before")
    bank = await start(banks, ear, watch, *emulated.ports, command_timeout=5.0)
    ear.gate.clear()  # nothing is durable: nothing is deleted
    for number in range(21):
        await asyncio.to_thread(inbound, 0, NUMBER, f"TD{number}")
    await ear.until(lambda: len(ear.messages) == 22)  # one more than the SIM would hold
    await ear.until(lambda: all(status.storage_total for status in bank.statuses()))
    assert [status.storage_total for status in bank.statuses()] == [255, 20, 100]
    ear.gate.set()
