"""A disk that is really full under a real service: 507 over the wire, emergencies through the ballast, then 507."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from estate_sms.modem.emulator.settings import Settings

from .outside_bank import Station

TEXT = "请注意安全" * 10


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    """A data directory on a file system of its own: twice the ballast and some; the bank elsewhere."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", str(disk)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False).returncode
    except OSError:
        done = 1
    if done:
        pytest.skip("no right to mount a small file system here")
    try:
        made = Station(tmp_path, Settings.fixed(0.05), 2, timeout=60.0)
        config = made.config.read_text().replace(str(made.data_dir), str(disk / "data"))
        made.config.write_text(config)
        made.data_dir = disk / "data"
        yield made
        made.close()
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(folder: Path, name: str) -> Path:
    """Take what space there is."""
    file = folder / name
    with file.open("wb", buffering=0) as target:
        try:
            while True:
                target.write(bytes(65_536))
        except OSError:
            return file


def post(station: Station, purpose: str, first: int) -> httpx.Response:
    numbers = [f"+86138001{38000 + (first + n) % 1900}" for n in range(50)]
    body = {"to": numbers, "text": TEXT, "purpose": purpose, "reason": "火警"}
    return station.call("POST", "/api/v1/messages", body)


def post_until_full(station: Station, purpose: str) -> tuple[int, httpx.Response]:
    """How many calls were taken, and the first that was not."""
    for n in range(2_000):
        answer = post(station, purpose, 50 * n)
        if answer.status_code != 202:
            return n, answer
    raise AssertionError("the disk never was full")


def test_507_over_the_wire(station: Station) -> None:
    station.serve()
    ballast = station.data_dir / "ballast"
    station.wait(ballast.exists, "the ballast")
    for modem in ("M0", "M1"):  # what is sent takes space too: here only calls shall
        assert station.call("POST", f"/api/v1/modems/{modem}/pause", {}).status_code < 300
    filler = fill(station.data_dir.parent, "filler")
    taken, refused = post_until_full(station, "service")
    problem = refused.json()
    assert (refused.status_code, problem["status"], problem["code"]) == (507, 507, "store_full")
    assert refused.headers["content-type"] == "application/problem+json"
    assert "Nothing" in problem["message"] or "nothing" in problem["message"]
    assert ballast.exists(), "an ordinary send does not touch it"
    warning = post(station, "emergency", 0)
    assert warning.status_code == 202, warning.text
    assert not ballast.exists()
    assert post(station, "service", 0).status_code == 507, "what it freed is for warnings"
    again = fill(station.data_dir.parent, "again")
    warnings, full = post_until_full(station, "emergency")
    assert (full.status_code, full.json()["code"]) == (507, "store_full")
    assert station.call("GET", "/livez").status_code == 200
    page = station.call("GET", "/api/v1/batches", params={"limit": 500})
    if page.status_code == 200:
        assert len(page.json()["items"]) == taken + 1 + warnings, "nothing lost, nothing made up"
    filler.unlink()
    again.unlink()
    station.wait(lambda: post(station, "emergency", 0).status_code == 202, "room again")
    station.wait(lambda: "ballast_given" in alarms(station) or ballast.exists(), "the alarm")


def alarms(station: Station) -> set[str]:
    """Codes of those that stand or stood."""
    shown = station.call("GET", "/api/v1/alarms").json()
    return {alarm["code"] for alarm in shown["open"] + shown["recent"]}
