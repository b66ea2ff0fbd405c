"""A gateway whose modems live on when it dies: an emulated bank as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from estate_sms.modem.emulator.airlog import Aired, read_air_log
from estate_sms.modem.emulator.settings import Settings

from .conftest import COMMAND, Appliance

CRASHING = Path(__file__).with_name("crashing.py")
CONFIG = """\
data_dir = "{data_dir}"
[http]
port = 0
[policy]
approval_above = 20000
quiet_hours = ""
"""
MODEM = """\
[[modem]]
port = "{port}"
label = "M{index}"
submit_timeout = {timeout}
per_minute = 0
per_hour = 0
per_day = 0
"""


class Station(Appliance):
    """Gateway and bank apart; the bank's air log is the witness."""

    def __init__(self, folder: Path, settings: Settings, modems: int, timeout: float) -> None:
        super().__init__(folder, settings, modems)
        self.bank_dir = folder / "bank"
        text = CONFIG.format(data_dir=self.data_dir)
        for index in range(modems):
            port = self.bank_dir / f"modem{index}"
            text += MODEM.format(port=port, index=index, timeout=timeout)
        self.config.write_text(text)
        with self.log.open("ab") as log:
            self.bank = subprocess.Popen(
                [COMMAND, "emulate", str(modems), "--dir", str(self.bank_dir),
                 "--settings", str(self.settings)],
                stdout=log, stderr=log,
            )  # fmt: skip
        last = self.bank_dir / f"modem{modems - 1}"
        self.wait(last.exists, "the bank")

    def serve(self, crash_at: str = "", *, ready: bool = True) -> None:
        """Start the gateway; with ``crash_at`` one that ends there."""
        (self.data_dir / "run.json").unlink(missing_ok=True)
        program = [sys.executable, str(CRASHING)] if crash_at else [COMMAND]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*program, "serve", "--config", str(self.config)],
                stdout=log, stderr=log, env={**os.environ, "CRASH_AT": crash_at},
            )  # fmt: skip
        if ready:
            self.wait(self._is_ready, "the service to be ready")

    def aired(self) -> list[Aired]:
        """Every message that went on the air."""
        log = self.bank_dir / "air.jsonl"
        return [a for a in read_air_log(log) if a.kind == "submit"] if log.exists() else []

    def on_air(self) -> list[str]:
        """Its recipients, once for each time."""
        return [aired.to for aired in self.aired()]

    def died(self) -> None:
        """Wait for the gateway's own end."""
        assert self.process is not None
        self.process.wait(60)

    def settled(self, batches: Sequence[str], patience: float = 60.0) -> Counter[str]:
        """Wait until nothing of ``batches`` is queued or on its way; messages by state."""
        busy = ("queued", "scheduled", "submitting")
        self.wait(lambda: not any(map(self._any, busy)), "everything to be sent", patience)
        total: Counter[str] = Counter()
        for batch in batches:
            total.update(self.counts(batch))
        return total

    def _any(self, state: str) -> bool:
        query: dict[str, str | int] = {"state": state, "limit": 1}
        page = self.call("GET", "/api/v1/messages", params=query).json()
        return bool(page["items"])

    def close(self) -> None:
        """End what still runs."""
        for process in (self.process, self.bank):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()


def judge(station: Station, messages: Sequence[dict[str, str]]) -> dict[str, int]:
    """The air log against what the gateway says of each message, in counts.

    ``lost``: accepted, said to be sent, never on the air. ``twice``: on the air more than once.
    """
    air = Counter(station.on_air())
    said = Counter(message["state"] for message in messages)
    gone = {"submitted", "delivered", "undeliverable", "expired"}
    waiting = {"held", "queued", "scheduled", "submitting"}
    return {
        "accepted": len(messages),
        "lost": sum(m["state"] in gone and not air[m["to"]] for m in messages)
        + sum(m["state"] not in gone | waiting | {"in_doubt"} for m in messages),
        "twice": sum(n > 1 for n in air.values()),
        "in_doubt": said["in_doubt"],
        "in_doubt_on_air": sum(m["state"] == "in_doubt" and air[m["to"]] > 0 for m in messages),
        "waiting": sum(said[state] for state in waiting),
    }
