"""The bank as a child process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from estate_sms.modem.emulator.airlog import read_air_log
from estate_sms.modem.emulator.errors import BankStartError
from estate_sms.modem.emulator.process import BankProcess, spawn_bank
from estate_sms.modem.emulator.settings import Settings


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[BankProcess]:
    with spawn_bank(3, tmp_path / "bank") as bank:
        yield bank


def test_ports_are_open_when_it_is_up_and_gone_when_it_is_down(bank: BankProcess) -> None:
    assert bank.ports == [str(bank.directory / f"modem{index}") for index in range(3)]
    assert all(Path(port).is_char_device() for port in bank.ports)
    assert [modem.port for modem in bank.control.status().modems] == bank.ports
    assert bank.stop() == 0
    assert not bank.running
    assert not any(Path(port).is_symlink() for port in bank.ports)
    assert bank.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_cleanly(bank: BankProcess, number: signal.Signals) -> None:
    os.kill(bank.pid, number)
    assert bank.stop() == 0


def test_ctrl_c_at_the_terminal_does_not_reach_it(bank: BankProcess) -> None:
    assert os.getsid(bank.pid) != os.getsid(0)


def test_it_starts_again_where_another_was_killed(bank: BankProcess) -> None:
    os.kill(bank.pid, signal.SIGKILL)
    assert bank.stop() == -signal.SIGKILL
    with spawn_bank(1, bank.directory) as again:
        assert again.control.status().modems[0].state == "on"
        assert read_air_log(again.air_log) == []


PARENT = """
import os, sys
from estate_sms.modem.emulator.process import spawn_bank
bank = spawn_bank(1, sys.argv[1])
os.kill(os.getpid(), 9)
"""


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", PARENT, str(tmp_path)], timeout=30, check=False)
    with socket.socket(socket.AF_UNIX) as watch:
        watch.settimeout(10)
        with suppress(OSError):  # the bank may have removed the socket already
            watch.connect(str(tmp_path / "control"))
            assert watch.recv(1) == b""
    subprocess.run(
        ["/bin/sh", "-c", f"while [ -L '{tmp_path}/modem0' ]; do sleep 0.01; done"],
        timeout=10,
        check=True,
    )


def test_a_very_long_directory(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 100) / ("y" * 100)
    with spawn_bank(1, deep) as bank:
        assert bank.control.status().ok


def test_settings_reach_it(tmp_path: Path) -> None:
    with spawn_bank(1, tmp_path, Settings(tcp=True)) as bank:
        assert bank.ports[0].startswith("socket://127.0.0.1:")


def test_a_bank_that_cannot_start_says_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BankStartError):
        spawn_bank(1, tmp_path, Settings(persona="no such make"))
    assert "no such make" in capfd.readouterr().err
