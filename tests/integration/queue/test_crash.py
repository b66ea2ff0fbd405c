"""Killed in the middle of sending, again and again: nothing accepted is lost, nothing goes twice.

The emulated bank lives in another process and goes on; its air log is the witness.
"""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from estate_sms.modem.emulator.airlog import read_air_log
from estate_sms.modem.emulator.process import BankProcess, spawn_bank
from estate_sms.modem.emulator.settings import Settings
from estate_sms.store.store import DATABASE

CHILD = Path(__file__).with_name("sending_process.py")
MESSAGES, PARTS = 60, 2
PATIENCE = 30.0


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[BankProcess]:
    with spawn_bank(4, tmp_path / "bank", Settings.fixed(0.02, report=60.0)) as process:
        yield process


def start(data_dir: Path, bank: BankProcess) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(CHILD), str(data_dir), str(MESSAGES), *bank.ports]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def wait_aired(bank: BankProcess, n: int, child: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and child.poll() is None:
        if bank.air_log.exists() and bank.air_log.read_bytes().count(b'"aired"') >= n:
            return
        time.sleep(0.002)
    assert child.poll() is None or n >= MESSAGES * PARTS, "the sending process ended"


@pytest.mark.parametrize("seed", [1])
def test_killed_while_sending(data_dir: Path, bank: BankProcess, seed: int) -> None:
    chance = random.Random(seed)
    aired = 0
    for _ in range(4):
        aired += chance.randint(5, 25)
        child = start(data_dir, bank)
        wait_aired(bank, aired, child)
        time.sleep(chance.random() * 0.03)  # not at a step of its own: anywhere
        child.kill()
        child.communicate()
        aired = bank.air_log.read_bytes().count(b'"aired"')
    child = start(data_dir, bank)
    child.communicate(timeout=PATIENCE)
    assert child.returncode == 0

    log = Counter(
        (line.to, line.concat[2]) for line in read_air_log(bank.air_log) if line.concat is not None
    )
    assert [part for part, times in log.items() if times > 1] == []
    with sqlite3.connect(data_dir / DATABASE) as connection:
        parts = Counter(connection.execute("SELECT state FROM part").fetchall())
        moved = connection.execute("SELECT count(*) FROM history").fetchone()[0]
        twice = connection.execute(
            "SELECT count(*) FROM attempt WHERE outcome IN ('accepted', 'unknown') "
            "GROUP BY part_id HAVING count(*) > 1"
        ).fetchall()
    connection.close()
    # A message in doubt keeps its other parts back. Everything else was taken by the network.
    states = {state for (state,) in parts}
    assert states <= {"submitted", "in_doubt", "queued"}
    assert parts[("queued",)] <= parts[("in_doubt",)]
    assert parts.total() == MESSAGES * PARTS
    assert parts[("submitted",)] <= len(log) <= parts[("submitted",)] + parts[("in_doubt",)]
    assert parts[("in_doubt",)] <= 4 * len(bank.ports)
    assert moved >= 2 * len(log)
    assert twice == []
