"""Memory of the service with a large idle bank: the installed command, as a technician runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from estate_sms.modem.emulator.settings import Settings

MODEMS = 64


@contextmanager
def _serving(folder: Path) -> Generator[int]:
    """``estate-sms serve`` with all its modems ready; its process id."""
    data_dir = folder / "data"
    config, settings = folder / "config.toml", folder / "emulator.json"
    config.write_text(f'data_dir = "{data_dir}"\n[http]\nport = 0\n', encoding="utf-8")
    settings.write_text(Settings.fixed(0.05).to_json(), encoding="utf-8")
    command = [
        str(Path(sys.executable).with_name("estate-sms")), "serve", "--config", str(config),
        "--emulate", str(MODEMS), "--emulate-settings", str(settings),
    ]  # fmt: skip
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as process,
    ):
        try:
            _wait_ready(data_dir / "run.json", process)
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_ready(run_file: Path, process: subprocess.Popen[bytes]) -> None:
    while not run_file.exists():
        assert process.poll() is None, "the service ended"
        time.sleep(0.05)
    run = json.loads(run_file.read_text(encoding="utf-8"))
    headers = {"Authorization": f"Bearer {run['token']}"}
    with httpx.Client(base_url=run["url"], headers=headers, trust_env=False) as client:
        while True:
            answer = client.get("/api/v1/modems").json()
            modems = answer.get("items", answer.get("modems", []))
            if sum(modem["state"] == "ready" for modem in modems) == MODEMS:
                return
            time.sleep(0.1)


def _status(pid: int, field: str) -> float:
    """A size of ``/proc/PID/status`` in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) * 1024 / 1e6


def _cpu(pid: int) -> float:
    """Seconds of processor time that a process, its children not counted, has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_memory_of_an_idle_bank(figures: Any, tmp_path: Path) -> None:
    def idle() -> tuple[float, float, float]:
        with _serving(tmp_path) as pid:
            before = _cpu(pid)
            time.sleep(2)
            return _status(pid, "VmRSS:"), _status(pid, "VmHWM:"), (_cpu(pid) - before) / 2

    resident, peak, cpu = figures.once(idle)
    figures.note(f"{MODEMS} idle modems: RSS of the gateway", resident, "MB", "<= 150")
    figures.note(f"{MODEMS} idle modems: RSS at its highest", peak, "MB")
    figures.note(f"{MODEMS} idle modems: CPU of the gateway", cpu * 100, "% of a core")
    assert resident <= 165
