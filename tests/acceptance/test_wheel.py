"""The wheel alone: in an empty environment, in another folder, without the source tree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
AREAS = ("api", "audit", "estate", "gateway", "modem", "policy", "queue", "store")
DATA = {".mo", ".sql", ".csv", ".toml", ".typed", ".html", ".js", ".css", ".txt", ".json", ".svg"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what git would ship, so that no stray file helps."""
    folder = tmp_path_factory.mktemp("wheel")
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split("\0")
    copy = folder / "source"
    for name in filter(None, names):
        source = ROOT / name
        if source.is_file() and not source.is_symlink():
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "-qq",
            "--no-deps",
            "--no-build-isolation",
            "--disable-pip-version-check",
            "--wheel-dir",
            str(folder),
            str(copy),
        ],
        check=True,
        timeout=120,
    )
    return next(folder.glob("*.whl"))


def _shipped(path: Path) -> bool:
    return path.suffix in DATA | {".py"} and "__pycache__" not in path.parts


def test_the_wheel_holds_every_module_and_data_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if name.startswith("estate_sms/")}
    tree = {
        f"estate_sms/{path.relative_to(ROOT)}"
        for area in AREAS
        for path in (ROOT / area).rglob("*")
        if path.is_file() and _shipped(path)
    }
    assert tree - inside == set()
    assert {name for name in inside if name.startswith("estate_sms/tests")} == set()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command in an environment that holds the locked dependencies and the wheel."""
    folder = tmp_path_factory.mktemp("empty environment")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=120)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq",
           "--disable-pip-version-check"]  # fmt: skip
    lock = str(ROOT / "requirements.lock")
    subprocess.run([*pip, "--require-hashes", "-r", lock], check=True, timeout=300)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True, timeout=120)
    return folder / "bin" / "estate-sms"


@pytest.mark.timeout(400)
def test_serve_emulate_runs_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
    } | {"ESTATE_SMS_HTTP__PORT": "0", "ESTATE_SMS_POLICY__QUIET_HOURS": ""}
    log = tmp_path / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [str(installed), "serve", "--emulate", "4"],
            cwd=tmp_path,
            stdout=stream,
            stderr=stream,
            env=environment,
        )
    try:
        url, token = _reach(process, tmp_path / "estate-sms-data" / "run.json", log)
        http = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, trust_env=False
        )
        with http:
            body = {"to": ["+8613800138000"], "text": "停水通知", "purpose": "service"}
            answer = http.post("/api/v1/messages", json=body)
            assert answer.status_code == 202, answer.text
            assert http.get("/docs").status_code == 200
            assert http.get("/metrics").status_code == 200
    finally:
        process.terminate()
        assert process.wait(20) == 0
    assert "data in" in log.read_text()


def _reach(process: subprocess.Popen[bytes], run_file: Path, log: Path) -> tuple[str, str]:
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        if run_file.exists():
            run = json.loads(run_file.read_text())
            try:
                if httpx.get(f"{run['url']}/readyz", trust_env=False).status_code == 200:
                    return run["url"], run["token"]
            except httpx.TransportError:
                pass
        time.sleep(0.1)
    raise AssertionError(log.read_text())
