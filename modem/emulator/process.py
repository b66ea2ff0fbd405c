"""The bank as a child process: what ``serve --emulate``, the demo and the tests use."""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from .airlog import AIR_LOG
from .control import BankControl
from .errors import BankStartError
from .settings import Settings


class BankProcess:
    """A running bank; it ends with ``stop()``, and by itself when this process dies.

    ``ports`` are what a driver opens: ``D/modem0`` … or ``socket://127.0.0.1:…``.
    """

    def __init__(self, process: subprocess.Popen[bytes], directory: Path, ports: list[str]) -> None:
        self._process = process
        self.directory = directory
        self.ports = ports
        self.control = BankControl(directory)

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def air_log(self) -> Path:
        """Where the bank writes its air log (``airlog.read_air_log``)."""
        return self.directory / AIR_LOG

    @property
    def running(self) -> bool:
        """Whether the child is still alive."""
        return self._process.poll() is None

    def stop(self, timeout: float = 5.0) -> int:
        """End the child within ``timeout`` seconds; returns its exit status. May be repeated."""
        if self.running:
            self._process.terminate()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        return self._process.returncode

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def spawn_bank(
    count: int, directory: Path | str, settings: Settings | None = None, *, timeout: float = 20.0
) -> BankProcess:
    """Start a bank of ``count`` modems in ``directory`` and wait until its ports are open.

    Blocking (about 0.3 s): call it in a thread from asyncio. Raises ``BankStartError``.
    """
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    settings = settings if settings is not None else Settings()
    command = [sys.executable, "-P", "-m", "estate_sms.modem.emulator", str(count)]
    command += ["--dir", str(directory), "--settings", settings.to_json(), "--die-with-stdin"]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the gateway: its last submits still want answers
    )
    assert process.stdout is not None
    line = _first_line(process.stdout, timeout)
    try:
        ready = json.loads(line)
        return BankProcess(process, directory, [str(port) for port in ready["ports"]])
    except (ValueError, KeyError, TypeError) as error:
        BankProcess(process, directory, []).stop()
        raise BankStartError(f"no modem bank came up in {directory}") from error


def _first_line(pipe: IO[bytes], timeout: float) -> bytes:
    """The first line of ``pipe``, or what came of it within ``timeout`` seconds."""
    deadline = time.monotonic() + timeout
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        if not selector.select(max(0.0, deadline - time.monotonic())):
            return b""
    return pipe.readline()
