"""A PostgreSQL server for gammu-smsd alone: in a folder of its own, on loopback, with fsync off."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
USER = "smsd"


class Postgres:
    """A server that is running when the constructor returns; ``stop`` ends and removes it."""

    def __init__(self) -> None:
        assert PROGRAMS, "initdb is missing: the Debian package postgresql has it"
        self._programs = PROGRAMS[-1]
        self._folder = Path(tempfile.mkdtemp(prefix="rivals-postgres-"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, "nobody", "nogroup")
        data = str(self._folder / "data")
        self._run("initdb", "-D", data, "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C", "-N")
        self.port = _free_port()
        options = [f"port={self.port}", "listen_addresses=127.0.0.1", "fsync=off"]
        options += [f"unix_socket_directories={self._folder}", "synchronous_commit=off"]
        command = self._command("postgres", "-D", data, *(x for o in options for x in ("-c", o)))
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def sql(self, text: str) -> list[list[str]]:
        """The rows of the last statement."""
        command = ["psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-d", "postgres"]
        said = self._run(*command, "-X", "-q", "-A", "-t", given=text)
        return [line.split("|") for line in said.splitlines() if line]

    def stop(self) -> None:
        """End it at once and forget everything."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while not self._answers():
            assert time.monotonic() < deadline, "PostgreSQL does not start"
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return self.sql("SELECT 1") == [["1"]]
        except subprocess.CalledProcessError:
            return False

    def _run(self, *command: str, given: str = "") -> str:
        program, *arguments = command
        return subprocess.run(
            self._command(program, *arguments),
            input=given,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def _command(self, program: str, *arguments: str) -> list[str]:
        """It refuses to run as root."""
        other = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        prefix = other if os.geteuid() == 0 else []
        return [*prefix, str(self._programs / program), *arguments]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
