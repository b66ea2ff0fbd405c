"""The network and the SIMs outlive a bank that died."""

from __future__ import annotations

from pathlib import Path

import pytest

from estate_sms.modem.emulator.bench import Bench
from estate_sms.modem.emulator.outcomes import Rule
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.emulator.timing import Delay, Timing
from estate_sms.modem.pdu.command import Command, encode_command
from estate_sms.modem.pdu.status_report import decode_status_report
from estate_sms.modem.pdu.submit import Submit, encode_submit

NUMBER = "+8613800138000"
SLOW = Timing(submit=Delay(0.05), report=Delay(10), retry=Delay(10))


def _send(bench: Bench) -> int:
    pdu = encode_submit(Submit(NUMBER, "停水通知"))
    bench.say(f"AT+CMGS={pdu.length}\r{pdu.hex}\x1a")
    bench.advance(0.06)
    return bench.aired()[-1].mr


def _restarted(bench: Bench, folder: Path, settings: Settings) -> Bench:
    bench.close()
    again = Bench(folder, settings)
    again.say("ATE0\rAT+CNMI=2,1,0,1,0\r")
    return again


def _statuses(said: bytes) -> list[tuple[int, int]]:
    lines = said.decode().split("\r\n")
    pdus = [lines[place + 1] for place, line in enumerate(lines) if line.startswith("+CDS")]
    return [(report.tp_mr, report.status) for report in map(decode_status_report, pdus)]


@pytest.mark.parametrize(
    ("fate", "before", "reported"),
    [
        ((0x00,), 1, [0x00]),  # not delivered yet
        ((0x00,), 15, []),  # delivered and reported
        ((0x20, 0x43), 15, [0x43]),  # tried once
        ((), 15, []),
    ],
)
def test_what_was_open_goes_on(
    tmp_path: Path, fate: tuple[int, ...], before: float, reported: list[int]
) -> None:
    settings = Settings(timing=SLOW, rules=(Rule(number=NUMBER, reports=fate),))
    bench = Bench(tmp_path, settings)
    bench.say("ATE0\rAT+CNMI=2,1,0,1,0\r")
    mr = _send(bench)
    bench.advance(before)
    again = _restarted(bench, tmp_path, settings)
    assert _statuses(again.advance(60)) == [(mr, status) for status in reported]
    assert len(again.smsc.pending) == (0 if fate else 1)
    again.close()


def test_an_undelivered_report_is_kept(tmp_path: Path) -> None:
    settings = Settings(timing=SLOW)
    bench = Bench(tmp_path, settings)  # reports have nowhere to go
    bench.say("ATE0\r")
    mr = _send(bench)
    bench.advance(60)
    again = _restarted(bench, tmp_path, settings)
    assert _statuses(again.advance(60)) == [(mr, 0x00)]
    again.close()


def test_a_deleted_message_stays_deleted(tmp_path: Path) -> None:
    settings = Settings(timing=SLOW)
    bench = Bench(tmp_path, settings)
    bench.say("ATE0\r")
    mr = _send(bench)
    pdu = encode_command(Command("delete", mr, NUMBER))
    bench.say(f"AT+CMGC={pdu.length}\r{pdu.hex}\x1a")
    bench.advance(0.06)
    again = _restarted(bench, tmp_path, settings)
    assert _statuses(again.advance(60)) == [(mr, 0x47)]
    assert again.smsc.pending == {}
    again.close()


def test_the_sim_counts_on(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Settings())
    bench.say("ATE0\r")
    _send(bench)
    mr = _send(bench)
    again = _restarted(bench, tmp_path, Settings())
    assert _send(again) == (mr + 1) % 256
    again.close()
