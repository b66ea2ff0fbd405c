"""An independent driver, Debian's gammu, takes the emulated modem for a modem."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from estate_sms.modem.emulator.airlog import read_air_log
from estate_sms.modem.emulator.process import BankProcess, spawn_bank
from estate_sms.modem.emulator.settings import Settings

GAMMU = "/usr/bin/gammu"
TIMEOUT = 60


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[BankProcess]:
    with spawn_bank(1, tmp_path / "bank", Settings.fixed(0.2)) as bank:
        yield bank


def _gammu(bank: BankProcess, *arguments: str) -> str:
    rc = bank.directory / "gammurc"
    rc.write_text(f"[gammu]\ndevice={bank.ports[0]}\nconnection=at115200\n")
    command = [GAMMU, "-c", str(rc), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_gammu_identifies_the_modem(bank: BankProcess) -> None:
    told = _gammu(bank, "identify")
    assert "Estate SMS" in told
    assert bank.control.status().modems[0].imei in told
    assert bank.control.status().modems[0].imsi in told


def test_gammu_sends_chinese(bank: BankProcess) -> None:
    told = _gammu(bank, "sendsms", "TEXT", "+8613800138000", "-unicode", "-text", "停水通知")
    [aired] = read_air_log(bank.air_log)
    assert (aired.to, aired.text) == ("+8613800138000", "停水通知")
    assert f"reference={aired.mr}" in told
    assert aired.outcomes[0].result == "accepted"


def test_gammu_sends_a_long_text_in_parts(bank: BankProcess) -> None:
    text = "停水通知：" + "明日上午八点至下午五点停水。" * 8
    _gammu(bank, "sendsms", "TEXT", "+8613800138000", "-unicode", "-len", "300", "-text", text)
    aired = read_air_log(bank.air_log)
    assert "".join(part.text for part in aired) == text
    assert [part.concat[1:] for part in aired if part.concat] == [(2, 1), (2, 2)]


def test_gammu_reads_a_message(bank: BankProcess) -> None:
    bank.control.inbound(0, "+8613800138001", "请问几点来水？")
    told = _gammu(bank, "getallsms")
    assert "请问几点来水？" in told
    assert "+8613800138001" in told
