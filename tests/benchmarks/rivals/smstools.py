"""smstools3: one daemon, a process a modem, a spool of files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .program import CONFIGURATIONS, Program

UNPACKED = Path(sys.prefix) / "smstools"
FOLDERS = ("outgoing", "checked", "incoming", "failed", "sent", "report", "drafts")
POLL_FASTER = 50
LOGLEVEL = 4


class Smstools(Program):
    """Sends without status reports and without looking for incoming messages: its fastest way."""

    name = "smstools3"

    def __init__(self, folder: Path, ports: Sequence[str]) -> None:
        super().__init__(folder, ports)
        for name in FOLDERS:
            (folder / name).mkdir()
        names = [f"GSM{n + 1}" for n in range(len(ports))]
        text = (CONFIGURATIONS / "smsd.conf").read_text()
        text = text.format(
            devices=", ".join(names), folder=folder, poll_faster=POLL_FASTER, loglevel=LOGLEVEL
        )
        text += "".join(f"\n[{n}]\ndevice = {p}\n" for n, p in zip(names, ports, strict=True))
        self._config = folder / "smsd.conf"
        self._config.write_text(text)
        self._given = 0

    @classmethod
    def _command(cls) -> str:
        unpacked = UNPACKED / "usr/sbin/smsd"
        found = str(unpacked) if unpacked.exists() else shutil.which("smsd")
        assert found, "smsd is missing: tests/benchmarks/rivals/unpack.sh .venv fetches it"
        return found

    @classmethod
    def _environment(cls) -> dict[str, str]:
        library = next(UNPACKED.glob("usr/lib/**/libmm.so.14"), None)
        return {"LD_LIBRARY_PATH": str(library.parent)} if library else {}

    @classmethod
    def version(cls) -> str:
        said = subprocess.run(
            [cls._command(), "-V"],
            env={**os.environ, **cls._environment()},
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        found = re.search(r"[0-9]+\.[0-9.]+", said)
        return found.group() if found else "?"

    def start(self) -> None:
        self._spawn([self._command(), "-t", f"-c{self._config}"], self._environment())

    def give(self, numbers: Sequence[str], text: str) -> None:
        drafts, outgoing = self.folder / "drafts", self.folder / "outgoing"
        for number in numbers:
            self._given += 1
            content = f"To: {number.removeprefix('+')}\nAlphabet: UTF-8\n\n{text}"
            (drafts / f"{self._given:06}").write_text(content)
        for draft in sorted(drafts.iterdir()):  # each appears whole, as its manual asks
            draft.rename(outgoing / draft.name)

    def _count(self, *names: str) -> int:
        return sum(1 for name in names for _ in (self.folder / name).iterdir())

    def idle(self) -> bool:
        # `sent` and `failed` hold what is done; a file that is being moved is in neither.
        return self._count("sent", "failed") >= self._given

    def says(self) -> str:
        waiting = self._count("outgoing", "checked")
        said = f"{self._count('sent')} sent, {self._count('failed')} failed"
        return said + (f", {waiting} waiting" if waiting else "")
