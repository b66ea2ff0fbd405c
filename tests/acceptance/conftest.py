"""The installed command as processes of its own, on emulated modems."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from estate_sms.modem.emulator.airlog import read_air_log
from estate_sms.modem.emulator.settings import Settings

COMMAND = str(Path(sys.executable).with_name("estate-sms"))
CONFIG = """\
data_dir = "{data_dir}"
[http]
port = 0
[policy]
approval_above = 20000
quiet_hours = ""
"""


class Appliance:
    """One data directory, on which the service may be started, killed and started again."""

    def __init__(self, folder: Path, settings: Settings, modems: int) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self.config = folder / "config.toml"
        self.config.write_text(CONFIG.format(data_dir=self.data_dir))
        self.settings = folder / "emulator.json"
        self.settings.write_text(settings.to_json())
        self.modems = modems
        self.log = folder / "service.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.token = ""
        self.url = ""

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Start the service and wait until it is ready."""
        (self.data_dir / "run.json").unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    COMMAND,
                    "serve",
                    "--config",
                    str(self.config),
                    "--emulate",
                    str(self.modems),
                    "--emulate-settings",
                    str(self.settings),
                ],
                stdout=log,
                stderr=log,
                env={**os.environ, **(environment or {})},
            )
        self.wait(self._is_ready, "the service to be ready")

    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()[-2000:]
        try:
            run = json.loads((self.data_dir / "run.json").read_text())
            self.url, self.token = run["url"], run["token"]
            return httpx.get(f"{self.url}/readyz", trust_env=False).status_code == 200
        except (FileNotFoundError, httpx.TransportError):
            return False

    def wait(self, done: Callable[[], bool], what: str, patience: float = 60.0) -> None:
        """Wait until ``done``; fails after ``patience`` seconds."""
        deadline = time.monotonic() + patience
        while not done():
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            time.sleep(0.05)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)

    def call(
        self, method: str, path: str, body: object = None, token: str | None = None, **options: Any
    ) -> httpx.Response:
        """One HTTP call with the local token or another one."""
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        headers |= options.pop("headers", {})
        return httpx.request(
            method,
            self.url + path,
            json=body,
            headers=headers,
            timeout=30,
            trust_env=False,
            **options,
        )

    def cli(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a verb on this configuration."""
        verb, *rest = arguments
        grouped = {"keys", "people", "batch", "recall", "audit", "policy"}
        sub = [rest.pop(0)] if verb in grouped else []
        return subprocess.run(
            [COMMAND, verb, *sub, "--config", str(self.config), *rest],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def send(
        self, numbers: Sequence[str], text: str = "停水通知", **fields: object
    ) -> dict[str, Any]:
        """Post a notice; returns the answer of a 202."""
        body = {"to": list(numbers), "text": text, "purpose": "service", **fields}
        answer = self.call("POST", "/api/v1/messages", body)
        assert answer.status_code == 202, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def messages(self, batch: str) -> list[dict[str, Any]]:
        """Every message of a batch."""
        found: list[dict[str, Any]] = []
        query: dict[str, str | int] = {"batch": batch, "limit": 500}
        while True:
            page = self.call("GET", "/api/v1/messages", params=query).json()
            found += page["items"]
            if not page["next_cursor"]:
                return found
            query["cursor"] = page["next_cursor"]

    def counts(self, batch: str) -> dict[str, int]:
        """A batch's messages by state."""
        counts: dict[str, int] = self.call("GET", f"/api/v1/batches/{batch}").json()["counts"]
        return {state: n for state, n in counts.items() if n}

    def on_air(self) -> list[str]:
        """The numbers that the emulated network was given a message for, once for each time."""
        log = self.data_dir / "emulator" / "air.jsonl"
        return [entry.to for entry in read_air_log(log) if entry.kind == "submit"]


@pytest.fixture
def appliance(tmp_path: Path) -> Iterator[Callable[..., Appliance]]:
    """Makes appliances; whatever still runs at the end is killed."""
    made: list[Appliance] = []

    def make(settings: Settings | None = None, modems: int = 4) -> Appliance:
        made.append(Appliance(tmp_path, settings or Settings.fixed(0.05), modems))
        return made[-1]

    yield make
    for one in made:
        if one.process is not None and one.process.poll() is None:
            one.process.kill()
            one.process.wait()


@pytest.fixture
def numbers() -> Callable[[int], list[str]]:
    """Made-up numbers, from +86 138 0013 8000 on."""
    return lambda count: [f"+86138001{38000 + n}" for n in range(count)]
