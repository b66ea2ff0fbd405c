"""What the modem says unasked: reports, messages, and where it keeps them."""

from __future__ import annotations

import re
from collections.abc import Callable

from estate_sms.modem.emulator.bench import Bench
from estate_sms.modem.emulator.control import Inbound
from estate_sms.modem.emulator.faults import Fault
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.pdu.deliver import decode_deliver
from estate_sms.modem.pdu.status_report import StatusReport, decode_status_report
from estate_sms.modem.pdu.submit import Submit, encode_submit

MakeBench = Callable[..., Bench]
RESIDENT = "+8613800138001"
NOTICE = encode_submit(Submit(RESIDENT, "停水通知"))


def _send(bench: Bench) -> None:
    bench.say(f"AT+CMGS={NOTICE.length}\r{NOTICE.hex}\x1a")


def _inbound(bench: Bench, text: str = "退订", order: tuple[int, ...] = ()) -> None:
    imsi = bench.devices[0].identity.imsi
    bench.smsc.inbound(imsi, Inbound(0, RESIDENT, text, reference=9, order=order))


def _reports(said: bytes) -> list[StatusReport]:
    found = re.findall(rb"\r\n\+CDS: (\d+)\r\n([0-9A-F]+)\r\n", said)
    return [decode_status_report(pdu.decode(), length=int(length)) for length, pdu in found]


def test_a_report_names_message_recipient_and_fate(bench: Bench) -> None:
    _send(bench)
    [report] = _reports(bench.advance(1))
    [aired] = bench.aired()
    assert (report.tp_mr, report.recipient, report.status) == (aired.mr, RESIDENT, 0)
    assert report.smsc_at is not None
    assert report.done_at is not None
    assert abs(report.smsc_at.timestamp() - aired.at / 1e6) < 5


def test_no_report_without_the_wish(bench: Bench) -> None:
    silent = encode_submit(Submit(RESIDENT, "x", status_report=False))
    bench.say(f"AT+CMGS={silent.length}\r{silent.hex}\x1a")
    assert b"+CDS" not in bench.advance(5)
    assert [outcome.result for outcome in bench.aired()[0].outcomes] == ["accepted", "delivered"]


def test_reports_into_memory(bench: Bench) -> None:
    bench.say("AT+CNMI=2,1,0,2,0\r")
    _send(bench)
    assert b'\r\n+CDSI: "SR",1\r\n' in bench.advance(1)
    bench.say('AT+CPMS="SR"\r')
    [pdu] = re.findall(rb"\+CMGR: 0,,\d+\r\n([0-9A-F]+)\r\n", bench.say("AT+CMGR=1\r"))
    assert decode_status_report(pdu.decode()).status == 0
    assert b"+CMGR: 1,," in bench.say("AT+CMGR=1\r")


def test_reports_wait_for_somewhere_to_go(bench: Bench) -> None:
    bench.say("AT+CNMI=2,1,0,0,0\r")
    _send(bench)
    assert b"+CDS" not in bench.advance(5)
    assert len(_reports(bench.say("AT+CNMI=2,1,0,1,0\r"))) == 1


def test_nothing_is_said_while_a_pdu_is_typed(bench: Bench) -> None:
    _send(bench)
    bench.advance(0.1)
    bench.say(f"AT+CMGS={NOTICE.length}\r")
    assert bench.advance(5) == b""
    assert b"+CDS: " in bench.say(f"{NOTICE.hex}\x1a")


def test_a_report_may_come_during_the_next_submit(bench: Bench) -> None:
    bench.smsc.pending.clear()
    _send(bench)
    bench.advance(0.24)
    _send(bench)
    said = bench.advance(0.2)
    assert said.index(b"+CDS: ") < said.index(b"+CMGS: ")


def test_unacknowledged_reports_stop_the_next(bench: Bench) -> None:
    bench.say("AT+CSMS=1\r")
    for _ in range(3):
        _send(bench)
        bench.advance(0.06)
    assert len(_reports(bench.advance(5))) == 1
    said = bench.say("AT+CNMA\r")
    assert said.startswith(b"\r\nOK\r\n")
    assert len(_reports(said)) == 1
    assert len(_reports(bench.say("AT+CNMA=0\r"))) == 1
    assert bench.say("AT+CNMA\r") == b"\r\nOK\r\n"
    assert bench.say("AT+CNMA\r") == b"\r\n+CMS ERROR: 340\r\n"


def test_a_report_that_nobody_acknowledges_is_the_networks_again(bench: Bench) -> None:
    def logged() -> list[str]:
        return [outcome.result for outcome in bench.aired()[0].outcomes]

    bench.say("AT+CSMS=1\r")
    _send(bench)
    assert len(_reports(bench.advance(1))) == 1
    assert bench.say("AT+CNMA=2\r") == b"\r\nOK\r\n"  # RP-ERROR
    assert len(_reports(bench.say("AT+CNMI=2,1,0,1,0\r"))) == 1
    assert _reports(bench.advance(20)) == []  # the modem's patience ends
    assert bench.say("AT+CNMI?\r").startswith(b"\r\n+CNMI: 2,0,0,0,0\r\n")
    assert logged() == ["accepted", "delivered"]
    assert len(_reports(bench.say("AT+CNMI=2,1,0,1,0\r"))) == 1
    bench.devices[0].strike(Fault("reset"))
    bench.advance(2)
    assert len(_reports(bench.say("ATE0\rAT+CNMI=2,1,0,1,0\r"))) == 1
    assert logged() == ["accepted", "delivered", "report"]


def test_a_message_is_stored_announced_read_and_deleted(bench: Bench) -> None:
    _inbound(bench)
    assert bench.heard() == b'\r\n+CMTI: "SM",1\r\n'
    [pdu] = re.findall(rb"\+CMGL: 1,0,,\d+\r\n([0-9A-F]+)\r\n", bench.say("AT+CMGL=4\r"))
    message = decode_deliver(pdu.decode())
    assert (message.originator, message.text) == (RESIDENT, "退订")
    assert b'"SM",1,20' in bench.say("AT+CPMS?\r")
    assert b"+CMGL" not in bench.say("AT+CMGL=0\r")
    assert bench.say("AT+CMGD=1\r") == b"\r\nOK\r\n"
    assert b'"SM",0,20' in bench.say("AT+CPMS?\r")


def test_a_message_straight_to_the_terminal(bench: Bench) -> None:
    bench.say("AT+CNMI=2,2\r")
    _inbound(bench, "TD")
    [(length, pdu)] = re.findall(rb"\r\n\+CMT: ,(\d+)\r\n([0-9A-F]+)\r\n", bench.heard())
    assert decode_deliver(pdu.decode(), length=int(length)).text == "TD"


def test_a_silent_message_is_stored(bench: Bench) -> None:
    bench.say("AT+CNMI=2,0\r")
    _inbound(bench)
    assert bench.heard() == b""
    assert b"+CMGL: 1,0" in bench.say("AT+CMGL\r")


def test_a_long_message_comes_in_the_order_scripted(bench: Bench) -> None:
    text = "水" * 150
    _inbound(bench, text, order=(3, 1, 1, 2))
    pdus = re.findall(rb"\+CMGL: \d,0,,\d+\r\n([0-9A-F]+)\r\n", bench.say("AT+CMGL=0\r"))
    parts = [decode_deliver(pdu.decode()) for pdu in pdus]
    places = [part.concat.seq for part in parts if part.concat]
    assert places == [3, 1, 1, 2]
    assert "".join(parts[places.index(seq)].text for seq in (1, 2, 3)) == text


def test_full_storage_keeps_messages_in_the_network(make_bench: MakeBench) -> None:
    bench = make_bench(Settings(sim_slots=2))
    for _ in range(3):
        _inbound(bench)
    assert bench.heard().count(b"+CMTI") == 2
    assert b'+CMTI: "SM",1' in bench.say("AT+CMGD=1\r")


def test_scripted_full_storage(bench: Bench) -> None:
    bench.devices[0].strike(Fault("storage_full"))
    _inbound(bench)
    assert bench.heard() == b""
    assert b'"SM",20,20' in bench.say("AT+CPMS?\r")
    bench.devices[0].strike(Fault("heal"))
    assert b"+CMTI" in bench.heard()


def test_delete_flags(bench: Bench) -> None:
    for _ in range(3):
        _inbound(bench)
    bench.say("AT+CMGR=2\r")
    bench.say("AT+CMGD=1,1\r")
    assert bench.say("AT+CMGD=?\r").startswith(b"\r\n+CMGD: (1,3),(0-4)")
    bench.say("AT+CMGD=1,4\r")
    assert bench.say("AT+CMGD=?\r").startswith(b"\r\n+CMGD: (),(0-4)")


def test_an_unplugged_modem_gets_its_messages_later(bench: Bench) -> None:
    bench.devices[0].unplug()
    _inbound(bench)
    bench.devices[0].plug()
    assert b"+CMTI" in bench.heard()
