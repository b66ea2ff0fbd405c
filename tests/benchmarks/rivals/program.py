"""What every program under comparison can be asked to do."""

from __future__ import annotations

import os
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Self

from .usage import Usage, usage

CONFIGURATIONS = Path(__file__).parent


class Program(ABC):
    """One program on one set of ports, with a folder of its own. Ends when the context does."""

    name: ClassVar[str]

    def __init__(self, folder: Path, ports: Sequence[str]) -> None:
        self.folder = folder
        self.ports = list(ports)
        self._processes: list[subprocess.Popen[bytes]] = []
        folder.mkdir(parents=True)

    @classmethod
    @abstractmethod
    def version(cls) -> str:
        """Of the program."""

    @abstractmethod
    def start(self) -> None:
        """Start it, also again after ``kill``."""

    @abstractmethod
    def give(self, numbers: Sequence[str], text: str) -> None:
        """Hand over one message for each number; returns when all are in its own storage."""

    @abstractmethod
    def idle(self) -> bool:
        """Whether it has nothing more to send, as far as it knows."""

    @abstractmethod
    def says(self) -> str:
        """What it says has become of all messages so far."""

    def kill(self) -> None:
        """SIGKILL to everything at once."""
        self._signal(signal.SIGKILL)
        self._processes.clear()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def usage(self) -> Usage:
        """CPU and memory of all its processes."""
        return usage(process.pid for process in self._processes)

    def _spawn(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        with (self.folder / "output").open("ab") as output:
            self._processes.append(
                subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env={**os.environ, "TZ": "UTC", **(environment or {})},
                    start_new_session=True,
                )
            )

    def _signal(self, number: signal.Signals) -> None:
        for process in self._processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
        for process in self._processes:
            process.wait(30)
