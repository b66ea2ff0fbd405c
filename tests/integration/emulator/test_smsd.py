"""An independent driver, Debian's smsd (smstools3), takes the emulated modem for a modem."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from estate_sms.modem.emulator.airlog import read_air_log
from estate_sms.modem.emulator.process import BankProcess, spawn_bank
from estate_sms.modem.emulator.settings import Settings

UNPACKED = Path(sys.prefix) / "smstools"
"""Where ./check unpacks the package: installing it would start a daemon."""
PATIENCE = 60.0
NOTICE = "停水通知：明日上午八点至下午五点停水，请提前储水。"
QUESTION = "请问几点来水？"

CONFIGURATION = """
devices = GSM1
logfile = {folder}/log
infofile = {folder}/running
pidfile = {folder}/pid
outgoing = {folder}/outgoing
checked = {folder}/checked
incoming = {folder}/incoming
failed = {folder}/failed
sent = {folder}/sent
report = {folder}/report
delaytime = 1
delaytime_mainprocess = 1
executable_check = no

[GSM1]
device = {port}
init = AT+CNMI={routing}
incoming = yes
report = yes
memory_start = 1
check_network = no
"""


def _smsd() -> list[str]:
    unpacked = UNPACKED / "usr/sbin/smsd"
    found = str(unpacked) if unpacked.exists() else shutil.which("smsd")
    assert found, "smsd is missing: ./check fetches it"
    return [found]


def _environment() -> dict[str, str]:
    library = next(UNPACKED.glob("usr/lib/**/libmm.so.14"), None)
    return {**os.environ, **({"LD_LIBRARY_PATH": str(library.parent)} if library else {})}


@contextmanager
def _running(folder: Path, port: str, routing: str) -> Generator[None]:
    for name in ("outgoing", "checked", "incoming", "failed", "sent", "report"):
        (folder / name).mkdir(parents=True)
    file = folder / "smsd.conf"
    file.write_text(CONFIGURATION.format(folder=folder, port=port, routing=routing))
    process = subprocess.Popen(
        [*_smsd(), "-t", f"-c{file}"],
        env=_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until(folder: Path, ready: Callable[[], bool]) -> None:
    """smsd tells nobody what it did but by files; so look until they are there."""
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > deadline:
            pytest.fail((folder / "log").read_text(errors="replace")[-3000:])
        time.sleep(0.05)


def _files(folder: Path) -> list[bytes]:
    contents: list[bytes] = []
    for file in sorted(folder.iterdir()):
        with suppress(FileNotFoundError):  # smsd renames as it goes
            contents.append(file.read_bytes())
    return contents


def _has(folder: Path, content: bytes) -> bool:
    return any(content in file for file in _files(folder))


@pytest.mark.parametrize(
    ("make", "routing"), [("plain", "2,1,0,0,0"), ("huawei-e173", "1,1,0,2,0")]
)
def test_smsd_sends_and_receives_chinese(tmp_path: Path, make: str, routing: str) -> None:
    settings = Settings(timing=Settings.fixed(0.1).timing, persona=make)
    folder = tmp_path / "spool"
    with (
        spawn_bank(1, tmp_path / "bank", settings) as bank,
        _running(folder, bank.ports[0], routing),
    ):
        bank.control.inbound(0, "+8613800138001", QUESTION)
        _send(folder, NOTICE)
        _until(folder, lambda: _has(folder / "sent", b"Message_id: "))
        _check_sent(bank, _files(folder / "sent")[0])
        question = QUESTION.encode("utf-16-be")
        _until(folder, lambda: _has(folder / "incoming", b"\n\n" + question))
        _check_received(_files(folder / "incoming")[0])
        if routing.split(",")[3] == "2":
            _until(folder, lambda: _has(folder / "report", b"Status: 0"))


def _send(folder: Path, text: str) -> None:
    """Let a whole file appear at once, as smsd's manual asks."""
    draft = folder / "draft"
    draft.write_text(f"To: 8613800138000\nAlphabet: UTF-8\nReport: yes\n\n{text}")
    draft.rename(folder / "outgoing" / "notice")


def _check_sent(bank: BankProcess, file: bytes) -> None:
    [aired] = read_air_log(bank.air_log)
    assert (aired.to, aired.text) == ("+8613800138000", NOTICE)
    assert f"Message_id: {aired.mr}\n".encode() in file


def _check_received(file: bytes) -> None:
    header, _, body = file.partition(b"\n\n")
    assert b"From: 8613800138001" in header
    assert b"Alphabet: UCS2" in header
    assert body.decode("utf-16-be") == QUESTION
