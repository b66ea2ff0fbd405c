"""Crash safety, with the emulated network as the witness: accepted and lost 0, sent twice 0.

``ESTATE_SMS_KILLS=200 pytest tests/acceptance/test_reliability.py -k random`` is the long form;
what it counted stands in docs/reliability.md.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from estate_sms.modem.emulator.settings import Settings
from estate_sms.queue.ring_format import HEADER_BYTES, encode_header

from .conftest import COMMAND
from .outside_bank import Station, judge

KILLS = int(os.environ.get("ESTATE_SMS_KILLS", "5"))
SEED = int(os.environ.get("ESTATE_SMS_SEED", str(random.SystemRandom().randrange(1 << 32))))
Make = Callable[..., Station]
Numbers = Callable[[int], list[str]]

# place -> the states in which the second of three messages may stand after the next start
SENT = {"submitted", "delivered"}
EXPECTED = {
    "intent": SENT,
    "committed": SENT,
    "prompt": SENT,
    "noted": {"in_doubt"},
    "ctrl_z": {"in_doubt"},
    "cmgs": {"in_doubt"},
    "reference": SENT,
    "outcome": SENT,
    "durable": SENT,
    "report": SENT,
    "reported": {"delivered"},
}
NEVER_SENT = {"noted"}
"""Where the air has nothing, and the gateway cannot know it."""


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Make]:
    """Makes stations; whatever still runs at the end is killed."""
    made: list[Station] = []

    def make(settings: Settings, modems: int = 1, timeout: float = 60.0) -> Station:
        made.append(Station(tmp_path, settings, modems, timeout))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize("place", list(EXPECTED))
def test_at_every_step_of_a_submit(station: Make, numbers: Numbers, place: str) -> None:
    """Three messages, one modem, the end when it comes to the second; then an ordinary start."""
    box = station(Settings.fixed(0.5, report=0.3 if place.startswith("report") else 600.0))
    box.serve(f"{place}:2")
    batch = box.send(numbers(3))["batch"]["id"]
    box.died()
    box.serve()
    counts = box.settled([batch])
    messages = box.messages(batch)
    verdict = judge(box, messages)
    assert verdict["lost"] == verdict["twice"] == verdict["waiting"] == 0, (verdict, counts)
    # A third one may have been on its way meanwhile; no more than that is in doubt.
    assert verdict["in_doubt"] <= 1, counts
    second = next(m for m in messages if m["to"] == numbers(2)[1])
    assert second["state"] in EXPECTED[place], counts
    assert (second["to"] in box.on_air()) == (place not in NEVER_SENT)
    assert box.end() == 0


def test_in_doubt_is_cleared_up_by_its_report(station: Make, numbers: Numbers) -> None:
    """The one part in doubt of a recipient: a late report says that it arrived."""
    box = station(Settings.fixed(0.5, report=10.0))
    box.serve("ctrl_z:1")
    batch = box.send(numbers(1))["batch"]["id"]
    box.died()
    box.serve()
    box.wait(lambda: box.counts(batch) == {"delivered": 1}, "the report")
    assert Counter(box.on_air()) == {numbers(1)[0]: 1}
    assert box.end() == 0


@pytest.mark.timeout(60 + 30 * KILLS)
def test_kills_at_random_moments(station: Make, numbers: Numbers) -> None:
    """Broadcasts on four modems, ended again and again."""
    print(f"ESTATE_SMS_SEED={SEED}")
    chance = random.Random(SEED)
    box = station(Settings.fixed(0.05, report=0.3), modems=4)
    everyone = iter(numbers(40 * KILLS))
    batches: list[str] = []
    for _ in range(KILLS):
        box.serve()
        to = list(itertools.islice(everyone, 40))
        batches.append(box.send(to)["batch"]["id"])
        time.sleep(chance.uniform(0.0, 1.2))
        box.end(signal.SIGKILL)
    box.serve()
    box.settled(batches, patience=60 + 3 * KILLS)
    messages = [m for batch in batches for m in box.messages(batch)]
    verdict = judge(box, messages)
    print(f"kills={KILLS} {verdict}")
    assert verdict["accepted"] == 40 * KILLS
    assert verdict["lost"] == verdict["twice"] == verdict["waiting"] == 0, verdict
    assert box.end() == 0
    export = box.folder / "audit.esab"
    assert box.cli("audit", "export", "--output", str(export)).returncode == 0
    assert box.cli("audit", "verify", str(export)).returncode == 3


def power_cut(box: Station, chance: random.Random) -> None:
    """What a disk holds after it: every commit, a torn one behind them, an older hand-over file of
    another boot, whose slots never reached the disk."""
    with (box.data_dir / "estate-sms.db-wal").open("r+b") as wal:
        frame = 24 + struct.unpack(">I", wal.read(12)[8:12])[0]
        wal.seek(0, os.SEEK_END)
        wal.write(chance.randbytes(frame + chance.randrange(frame)))
    ring = box.data_dir / "handover"
    with sqlite3.connect(box.data_dir / "estate-sms.db") as database:
        (name,) = database.execute("SELECT value FROM fact WHERE name = 'database_id'").fetchone()
    database.close()
    size = ring.stat().st_size
    slots = (size - HEADER_BYTES) // 16
    ring.write_bytes(encode_header(slots, name, "another-boot").ljust(size, b"\0"))


@pytest.mark.parametrize("round_", range(max(1, KILLS // 10)))
def test_power_cuts(station: Make, numbers: Numbers, round_: int) -> None:
    """What was on its way is in doubt, all of it and nothing else; nothing goes twice."""
    chance = random.Random(SEED + round_)
    box = station(Settings.fixed(0.3, report=600.0), modems=4)
    box.serve()
    batch = box.send(numbers(40))["batch"]["id"]
    box.wait(lambda: len(box.on_air()) >= 12, "some on the air")
    time.sleep(chance.uniform(0.0, 0.3))
    box.end(signal.SIGKILL)
    power_cut(box, chance)
    box.serve()
    box.settled([batch])
    verdict = judge(box, box.messages(batch))
    assert verdict["lost"] == verdict["twice"] == verdict["waiting"] == 0, verdict
    # On each of four modems one on its way, one fetched before, and one whose answer waited for company.
    assert 1 <= verdict["in_doubt"] <= 12, verdict
    assert box.end() == 0


def _checkpointed(path: Path) -> bool:
    """Have all that is committed moved into the database, so that the WAL begins anew."""
    with contextlib.closing(sqlite3.connect(path, timeout=5)) as database:
        return bool(database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)


def test_a_disk_that_lied(station: Make, numbers: Numbers, tmp_path: Path) -> None:
    """Commits that the disk said were durable are gone: the database is an earlier, whole one."""
    chance = random.Random(SEED)
    box = station(Settings.fixed(0.05), modems=4)
    box.serve()
    batch = box.send(numbers(80))["batch"]["id"]
    box.wait(lambda: _checkpointed(box.data_dir / "estate-sms.db"), "the schema to leave the WAL")
    box.wait(lambda: len(box.on_air()) >= 20, "some on the air")
    box.end(signal.SIGKILL)
    wal = (box.data_dir / "estate-sms.db-wal").read_bytes()
    frame = 24 + struct.unpack(">I", wal[8:12])[0]
    for number in range(10):
        copy = tmp_path / f"copy{number}"
        shutil.copytree(box.data_dir, copy)
        cut = 32 + frame * chance.randrange((len(wal) - 32) // frame)
        (copy / "estate-sms.db-wal").write_bytes(wal[:cut])
        with contextlib.closing(sqlite3.connect(copy / "estate-sms.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert database.execute("PRAGMA foreign_key_check").fetchone() is None
            seen = dict(database.execute("SELECT state, count(*) FROM message GROUP BY state"))
            assert sum(seen.values()) in {0, 80}, seen
    assert batch


def test_one_directory_has_one_gateway(station: Make, numbers: Numbers) -> None:
    box = station(Settings.fixed(0.2))
    box.serve()
    batch = box.send(numbers(5))["batch"]["id"]
    second = subprocess.run(
        [COMMAND, "serve", "--config", str(box.config)], capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert second.returncode == 1
    assert "in use" in second.stderr
    assert "Traceback" not in second.stderr
    box.settled([batch])
    assert max(Counter(box.on_air()).values()) == 1
    assert box.end() == 0


def test_frozen_past_every_time_out(station: Make, numbers: Numbers) -> None:
    """SIGSTOP for longer than a submit may take; the modems answer meanwhile."""
    box = station(Settings.fixed(0.2, report=0.5), modems=4, timeout=2.0)
    box.serve()
    batch = box.send(numbers(40))["batch"]["id"]
    box.wait(lambda: len(box.on_air()) >= 8, "some on the air")
    assert box.process is not None
    box.process.send_signal(signal.SIGSTOP)
    time.sleep(6.0)
    box.process.send_signal(signal.SIGCONT)
    box.settled([batch])
    verdict = judge(box, box.messages(batch))
    assert verdict["lost"] == verdict["twice"] == 0, verdict
    box.wait(lambda: box.counts(batch) == {"delivered": 40}, "reports clear up every doubt")
    assert box.end() == 0


def test_locked_by_another_process(station: Make, numbers: Numbers) -> None:
    """Longer than the writer waits: calls are refused, nothing is lost, sending goes on after it."""
    box = station(Settings.fixed(0.1, report=0.3), modems=2)
    box.serve()
    batch = box.send(numbers(60))["batch"]["id"]
    box.wait(lambda: len(box.on_air()) >= 6, "some on the air")
    locker = sqlite3.connect(box.data_dir / "estate-sms.db", isolation_level=None, timeout=30)
    locker.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    body: dict[str, Any] = {"to": numbers(61)[60:], "text": "迟", "purpose": "service"}
    refused = box.call("POST", "/api/v1/messages", body)
    assert refused.status_code == 503, refused.text
    assert "retry-after" in refused.headers
    locker.execute("ROLLBACK")
    locker.close()
    assert time.monotonic() - began > 4  # it did wait
    box.settled([batch])
    verdict = judge(box, box.messages(batch))
    assert verdict["lost"] == verdict["twice"] == verdict["in_doubt"] == 0, verdict
    box.wait(lambda: box.counts(batch) == {"delivered": 60}, "reports")
    assert box.end() == 0
