"""Modems on the bench: the whole bank without ports, processes or waiting, on a virtual clock."""

from __future__ import annotations

from pathlib import Path

from .agenda import Agenda
from .airlog import Aired, AirLog, read_air_log
from .device import Device
from .make import Interface, Role
from .memory import resume
from .persona import persona
from .settings import Settings
from .smsc import Smsc


class BenchLine:
    """A port that keeps what the modem says."""

    def __init__(self) -> None:
        self.plugged = True
        self.writes: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Keep it, unless nothing is plugged in."""
        if self.plugged:
            self.writes.append(data)

    def unplug(self) -> None:
        """Take note."""
        self.plugged = False

    def replug(self) -> None:
        """Take note."""
        self.plugged = True


class Bench:
    """``count`` modems and their network; time passes only in ``advance``."""

    def __init__(self, directory: Path, settings: Settings | None = None, count: int = 1) -> None:
        settings = settings if settings is not None else Settings()
        self.now: float = 0.0
        self.agenda = Agenda(lambda: self.now)
        self._path = directory / "air.jsonl"
        self._air_log = AirLog(self._path)
        self.smsc = Smsc(settings, self.agenda, self._air_log)
        self.lines = [BenchLine() for _ in range(count)]
        self.others = [
            {
                one: BenchLine()
                for one in persona(settings.make(index)).interfaces
                if one.role != "at"
            }
            for index in range(count)
        ]
        self.devices = [
            Device(
                index, line, self.smsc, self._air_log, self.agenda, settings, list(others.values())
            )
            for index, (line, others) in enumerate(zip(self.lines, self.others, strict=True))
        ]
        sims = frozenset(device.identity.imsi for device in self.devices)
        resume(self.smsc, self._air_log.earlier, sims)

    def close(self) -> None:
        """Close the air log."""
        self._air_log.close()

    def say(self, text: str | bytes, modem: int = 0) -> bytes:
        """Type something; what the modem answers without delay."""
        self.devices[modem].receive(text.encode("latin-1") if isinstance(text, str) else text)
        return self.heard(modem)

    def say_to(self, role: Role, text: str, modem: int = 0) -> bytes:
        """Type something at another port; what is answered there."""
        interface, _ = self._other(role, modem)
        self.devices[modem].siblings.receive(interface, text.encode("latin-1"))
        return self.heard_from(role, modem)

    def heard_from(self, role: Role, modem: int = 0) -> bytes:
        """What another port said since it was last asked."""
        _, line = self._other(role, modem)
        heard = b"".join(line.writes)
        line.writes.clear()
        return heard

    def _other(self, role: Role, modem: int) -> tuple[Interface, BenchLine]:
        return next((one, line) for one, line in self.others[modem].items() if one.role == role)

    def heard(self, modem: int = 0) -> bytes:
        """What the modem said since it was last asked."""
        heard = b"".join(self.lines[modem].writes)
        self.lines[modem].writes.clear()
        return heard

    def advance(self, seconds: float, modem: int = 0) -> bytes:
        """Let time pass; what the modem said meanwhile."""
        end = self.now + seconds
        while (wait := self.agenda.wait()) is not None and self.now + wait <= end:
            self.now += wait
            self.agenda.run_due()
        self.now = end
        return self.heard(modem)

    def aired(self) -> list[Aired]:
        """The air log."""
        return read_air_log(self._path)
