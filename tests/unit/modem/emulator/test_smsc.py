"""The service centre: fates by number, replacement, deletion."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from estate_sms.modem.emulator.airlog import Aired
from estate_sms.modem.emulator.bench import Bench
from estate_sms.modem.emulator.outcomes import DEMO_MIX, Outcomes, Rule, Share
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.emulator.timing import Delay, Timing
from estate_sms.modem.pdu.command import Command, CommandKind, encode_command
from estate_sms.modem.pdu.status_report import decode_status_report
from estate_sms.modem.pdu.submit import Submit, encode_submit

MakeBench = Callable[..., Bench]
NUMBER = "+8613800138000"
SLOW = Timing(submit=Delay(0.05), report=Delay(10), retry=Delay(10))


def _send(
    bench: Bench, number: str = NUMBER, text: str = "停水通知", pid: int = 0
) -> tuple[int, bytes]:
    """TP-MR and answer."""
    pdu = encode_submit(Submit(number, text, pid=pid))
    bench.say(f"AT+CMGS={pdu.length}\r{pdu.hex}\x1a")
    return bench.aired()[-1].mr, bench.advance(0.06)


def _command(bench: Bench, kind: CommandKind, target: int, number: str = NUMBER) -> bytes:
    pdu = encode_command(Command(kind, target, number))
    bench.say(f"AT+CMGC={pdu.length}\r")
    bench.say(f"{pdu.hex}\x1a")
    return bench.advance(0.06)


def _statuses(said: bytes) -> list[tuple[int, int, bool]]:
    """TP-MR, TP-ST and TP-SRQ of every report."""
    lines = said.decode().split("\r\n")
    pdus = [lines[place + 1] for place, line in enumerate(lines) if line.startswith("+CDS")]
    reports = [decode_status_report(pdu) for pdu in pdus]
    return [(report.tp_mr, report.status, report.for_command) for report in reports]


def _results(aired: Aired) -> list[str]:
    return [outcome.result for outcome in aired.outcomes]


def test_fates_by_rule(make_bench: MakeBench) -> None:
    rules = (
        Rule(number="+8613800138001", cms=38, times=1),
        Rule(number="+8613800138002", reports=(0x20, 0x00)),
        Rule(number="+8613800138003", reports=()),
        Rule(number="+861380013804*", reports=(0x43,)),
    )
    bench = make_bench(Settings(rules=rules))
    assert _send(bench, "+8613800138001")[1] == b"\r\n+CMS ERROR: 38\r\n"
    assert b"+CMGS: " in _send(bench, "13800138001")[1]
    bench.advance(5)
    mr, _ = _send(bench, "+8613800138002")
    assert _statuses(bench.advance(5)) == [(mr, 0x20, False), (mr, 0x00, False)]
    _send(bench, "+8613800138003")
    assert _statuses(bench.advance(3600)) == []
    mr, _ = _send(bench, "+8613800138045")
    assert _statuses(bench.advance(5)) == [(mr, 0x43, False)]
    assert len(bench.smsc.pending) == 1


def test_reports_come_faster_than_life(make_bench: MakeBench) -> None:
    timing = Timing(submit=Delay(0.05), report=Delay(60), report_speed=60)
    bench = make_bench(Settings(timing=timing))
    _send(bench)
    assert bench.advance(0.9) == b""
    assert len(_statuses(bench.advance(0.2))) == 1


def test_delete_while_pending(make_bench: MakeBench) -> None:
    bench = make_bench(Settings(timing=SLOW))
    target, _ = _send(bench)
    answer = _command(bench, "delete", target)
    aired = bench.aired()
    assert answer == f"\r\n+CMGC: {aired[1].mr}\r\n\r\nOK\r\n".encode()
    assert (aired[1].kind, aired[1].target_mr, aired[1].mr) == ("command", target, target + 1)
    assert set(_statuses(bench.advance(60))) == {(target, 0x47, False), (target + 1, 0x47, True)}
    assert _results(bench.aired()[0]) == ["accepted", "deleted", "report"]


def test_delete_after_delivery_or_of_nothing(make_bench: MakeBench) -> None:
    bench = make_bench(Settings(timing=SLOW))
    target, _ = _send(bench)
    _command(bench, "delete", target, "+8613800138009")
    assert (target + 1, 0x49, True) in _statuses(bench.advance(60))
    _command(bench, "delete", target)
    assert _statuses(bench.advance(60)) == [(target + 2, 0x49, True)]
    assert "deleted" not in _results(bench.aired()[0])


def test_only_the_same_sim_deletes(make_bench: MakeBench) -> None:
    bench = make_bench(Settings(timing=SLOW), 2)
    target, _ = _send(bench)
    pdu = encode_command(Command("delete", target, NUMBER))
    bench.say(f"AT+CMGC={pdu.length}\r{pdu.hex}\x1a", 1)
    assert [status for _, status, _ in _statuses(bench.advance(60, 1))] == [0x49]


def test_cancel_the_report(make_bench: MakeBench) -> None:
    bench = make_bench(Settings(timing=SLOW))
    target, _ = _send(bench)
    _command(bench, "cancel_report", target)
    assert [mr for mr, _, _ in _statuses(bench.advance(60))] == [target + 1]


def test_a_service_centre_without_commands(make_bench: MakeBench) -> None:
    bench = make_bench(Settings(timing=SLOW, command_cms=69))
    target, _ = _send(bench)
    assert _command(bench, "delete", target) == b"\r\n+CMS ERROR: 69\r\n"
    assert _statuses(bench.advance(60)) == [(target, 0x00, False)]


@pytest.mark.parametrize(("pid", "replaced"), [(0x41, True), (0x42, False), (0x00, False)])
def test_replacement_takes_the_same_slot_only(
    make_bench: MakeBench, pid: int, replaced: bool
) -> None:
    bench = make_bench(Settings(timing=SLOW))
    first, _ = _send(bench, pid=0x41)
    second, _ = _send(bench, text="此消息已撤回", pid=pid)
    statuses = {(mr, status) for mr, status, _ in _statuses(bench.advance(60))}
    assert statuses == {(first, 0x02 if replaced else 0x00), (second, 0x00)}
    assert ("replaced" in _results(bench.aired()[0])) is replaced
    assert ("delivered" in _results(bench.aired()[0])) is not replaced


def test_sims_of_the_bank_reach_each_other(make_bench: MakeBench) -> None:
    bench = make_bench(count=2)
    _send(bench, bench.devices[1].identity.number)
    assert b'+CMTI: "SM",1' in bench.advance(1, 1)


def test_the_mix_is_stable_and_close_to_its_shares() -> None:
    outcomes = Outcomes(mix=DEMO_MIX, seed=1)
    numbers = [f"+86138001{n:05}" for n in range(20_000)]
    first = [outcomes.choose(number).reports for number in numbers]
    assert first == [outcomes.choose(number).reports for number in numbers]
    assert 0.945 < first.count((0,)) / len(first) < 0.955
    assert 0.012 < first.count((0x43,)) / len(first) < 0.018
    assert first != [Outcomes(mix=DEMO_MIX, seed=2).choose(number).reports for number in numbers]


def test_the_newest_rule_wins_and_wears_out() -> None:
    outcomes = Outcomes([Rule(number="*", cms=8)], [Share(share=1.0, reports=())])
    outcomes.add(Rule(number="13800138000", cms=21, times=2))
    assert [outcomes.choose(NUMBER).cms for _ in range(3)] == [21, 21, 8]
