"""The gateway as it is installed: the command, HTTP, default patience; no quota, as for the rivals."""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from .program import Program

COMMAND = str(Path(sys.executable).with_name("estate-sms"))
HEAD = """\
data_dir = "{data_dir}"
[http]
port = 0
[policy]
approval_above = 20000
quiet_hours = ""
"""
MODEM = """
[[modem]]
port = "{port}"
label = "{label}"
per_minute = 0
per_hour = 0
per_day = 0
"""
WAITING = {"held", "scheduled", "queued", "submitting"}


class Ours(Program):
    """Messages ask for status reports, which are received and recorded meanwhile."""

    name = "estate-sms"

    def __init__(self, folder: Path, ports: Sequence[str]) -> None:
        super().__init__(folder, ports)
        self._batches: list[str] = []
        self._http = httpx.Client(trust_env=False, timeout=30)
        modems = (MODEM.format(port=p, label=f"M{n:02}") for n, p in enumerate(self.ports))
        self._config = folder / "config.toml"
        self._config.write_text(HEAD.format(data_dir=folder / "data") + "".join(modems))

    @classmethod
    def version(cls) -> str:
        return importlib.metadata.version("estate-sms")

    def start(self) -> None:
        run = self.folder / "data" / "run.json"
        run.unlink(missing_ok=True)
        self._spawn([COMMAND, "serve", "--config", str(self._config)])
        deadline = time.monotonic() + 60
        while not self._ready(run):
            assert time.monotonic() < deadline, (self.folder / "output").read_text()[-2000:]
            time.sleep(0.05)

    def _ready(self, run: Path) -> bool:
        try:
            found = json.loads(run.read_text())
            self._http.headers["Authorization"] = f"Bearer {found['token']}"
            self._http.base_url = found["url"]
            return self._http.get("/readyz").status_code == 200
        except (FileNotFoundError, httpx.TransportError):
            return False

    def give(self, numbers: Sequence[str], text: str) -> None:
        body = {"to": list(numbers), "text": text, "purpose": "service"}
        answer = self._http.post("/api/v1/messages", json=body)
        assert answer.status_code == 202, answer.text
        self._batches.append(answer.json()["batch"]["id"])

    def _counts(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for batch in self._batches:
            found: dict[str, Any] = self._http.get(f"/api/v1/batches/{batch}").json()
            counts += Counter(found["counts"])
        return counts

    def idle(self) -> bool:
        return not WAITING & set(self._counts())

    def says(self) -> str:
        return ", ".join(f"{n} {state}" for state, n in sorted(self._counts().items()))

    def __exit__(self, *exit_: object) -> None:
        self._http.close()
        super().__exit__(*exit_)
