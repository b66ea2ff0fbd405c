"""gammu-smsd: a daemon a modem, all on one PostgreSQL outbox, whose server is counted with them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .postgres import Postgres
from .program import CONFIGURATIONS, Program
from .usage import Usage, usage

UNPACKED = Path(sys.prefix) / "gammu-smsd"
LIBRARIES = (UNPACKED / "usr/lib", *UNPACKED.glob("usr/lib/*-linux-gnu*"))
LOOP_SLEEP = 0
SCHEMA = UNPACKED / "usr/share/doc/gammu-smsd/examples/pgsql.sql"
INSERT = """
INSERT INTO outbox
    ("DestinationNumber", "TextDecoded", "Coding", "UDH", "CreatorID", "DeliveryReport") VALUES
"""
ROW = "('{number}', '{text}', 'Unicode_No_Compression', '', 'bench', 'no')"


class GammuSmsd(Program):
    """Sends without status reports and without looking for incoming messages: its fastest way."""

    name = "gammu-smsd"

    def __init__(self, folder: Path, ports: Sequence[str]) -> None:
        super().__init__(folder, ports)
        self._server = Postgres()
        try:
            self._configure()
        except BaseException:
            self._server.stop()
            raise

    def _configure(self) -> None:
        self._server.sql(SCHEMA.read_text().replace("CREATE LANGUAGE plpgsql;", ""))
        template = (CONFIGURATIONS / "gammu-smsdrc").read_text()
        for n, port in enumerate(self.ports):
            text = template.format(
                port=port, server=self._server.port, phone=f"M{n}", loopsleep=LOOP_SLEEP
            )
            (self.folder / f"rc{n}").write_text(text)

    @classmethod
    def _command(cls) -> str:
        unpacked = UNPACKED / "usr/bin/gammu-smsd"
        found = str(unpacked) if unpacked.exists() else shutil.which("gammu-smsd")
        assert found, "gammu-smsd is missing: tests/benchmarks/rivals/unpack.sh .venv fetches it"
        return found

    @classmethod
    def _environment(cls) -> dict[str, str]:
        return {"LD_LIBRARY_PATH": ":".join(map(str, LIBRARIES))}

    @classmethod
    def version(cls) -> str:
        said = subprocess.run(
            [cls._command(), "--version"],
            env={**os.environ, **cls._environment()},
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        found = re.search(r"version ([0-9.]+)", said)
        return found.group(1) if found else "?"

    def start(self) -> None:
        for n in range(len(self.ports)):
            command = [self._command(), "-c", str(self.folder / f"rc{n}")]
            self._spawn(command, self._environment())

    def give(self, numbers: Sequence[str], text: str) -> None:
        rows = ",\n".join(ROW.format(number=number, text=text) for number in numbers)
        self._server.sql(INSERT + rows + ";")

    def idle(self) -> bool:
        return self._server.sql("SELECT count(*) FROM outbox") == [["0"]]

    def says(self) -> str:
        rows = self._server.sql('SELECT "Status", count(*) FROM sentitems GROUP BY 1')
        [[waiting]] = self._server.sql("SELECT count(*) FROM outbox")
        said = ", ".join(f"{n} {status}" for status, n in rows)
        return said + (f", {waiting} waiting" if waiting != "0" else "")

    def usage(self) -> Usage:
        processes = [*self._processes, self._server.process]
        return usage(process.pid for process in processes)

    def __exit__(self, *exit_: object) -> None:
        super().__exit__(*exit_)
        self._server.stop()
