"""Finding a modem again by its IMEI, wherever its port went. One for the whole bank."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Protocol

from .at.whois import imei_at
from .config import ModemConfig
from .discovery import Device, Places, TtyPort, at_ports, birth, devices
from .memory import Memory
from .vendors.profiles import AUTO

_SILENT_AGAIN = 20.0
"""Seconds after which a device that did not answer is asked again: it may have been booting."""


class Ask(Protocol):
    """``at.whois.imei_at``."""

    def __call__(
        self, port: str, baudrate: int, *, probe: float, timeout: float, listen: bool,
        stopping: Callable[[], bool],
    ) -> str | None:  # fmt: skip
        """The IMEI of the modem at ``port``, or None."""
        ...


@dataclass(frozen=True, slots=True)
class _Asked:
    ports: tuple[tuple[str, str], ...]
    imei: str | None
    port: str
    at: float


class Locator:
    """Thread-safe. A port in use by one modem is never opened on behalf of another."""

    def __init__(
        self,
        places: Places,
        configs: Mapping[str, ModemConfig],
        memory: Memory,
        *,
        adopt_after: float = 300.0,
        ask: Ask = imei_at,
    ) -> None:
        """``adopt_after``: seconds an ``auto`` modem is looked for before a stranger replaces it."""
        self._places = places
        self._configs = configs
        self._memory = memory
        self._adopt_after = adopt_after
        self._ask = ask
        self._searching = threading.Lock()
        self._claims: dict[str, str] = {}
        self._asked: dict[str, _Asked] = {}
        self._missing_since: dict[str, float] = {}

    def claim(self, label: str, port: str) -> None:
        """``label`` is about to open ``port``."""
        self._claims[label] = str(Path(port).resolve())
        self._missing_since.pop(label, None)

    def release(self, label: str) -> None:
        """It has closed it again."""
        self._claims.pop(label, None)

    def belongs_elsewhere(self, label: str, imei: str) -> bool:
        """Whether another modem of the bank goes by this IMEI."""
        for other, config in self._configs.items():
            if other == label:
                continue
            if imei == (config.imei or self._memory.recall(other).imei):
                return True
        return False

    def has_sibling(self, port: str) -> bool:
        """Whether the device that ``port`` belongs to has another AT port."""
        return bool(self._siblings(port)[1])

    def sibling(self, label: str, port: str, stopping: Callable[[], bool]) -> str | None:
        """Another port of the same device that answers, while ``port`` itself still does not.

        On some devices speaking to the second port wakes the first.
        """
        device, others = self._siblings(port)
        config = self._configs[label]
        for other in others:
            if device is None or stopping():
                break
            if self._imei(device, other, config, stopping) is not None:
                first = TtyPort(port, port)
                woken = self._imei(device, first, config, stopping)
                return None if woken is not None else other.path
        return None

    def _siblings(self, port: str) -> tuple[Device | None, tuple[TtyPort, ...]]:
        node = str(Path(port).resolve())
        for device in devices(self._places):
            if any(own.node == node for own in device.ports):
                return device, tuple(own for own in at_ports(device) if own.node != node)
        return None, ()

    def signature(self, port: str) -> object:
        """Something that differs when devices came or went, or ``port`` became another node."""
        names: list[object] = [birth(port)]
        for folder in (self._places.by_path, self._places.dev):
            for pattern in ("*",) if folder == self._places.by_path else ("ttyUSB*", "ttyACM*"):
                names += [(str(path), birth(str(path))) for path in sorted(folder.glob(pattern))]
        return tuple(names)

    def find(self, label: str, stopping: Callable[[], bool]) -> str | None:
        """Where the modem called ``label`` is now, claimed for it; None when it is not found.

        Only one search runs at a time; it may take a second for each port that is silent.
        """
        config = self._configs[label]
        wanted = config.imei or self._memory.recall(label).imei
        while not self._searching.acquire(timeout=0.2):
            if stopping():
                return None
        try:
            found = self._look(config, wanted, stopping)
            if found is not None:
                self.claim(label, found)
            return found
        finally:
            self._searching.release()

    def _look(self, config: ModemConfig, wanted: str, stopping: Callable[[], bool]) -> str | None:
        strangers: list[str] = []
        fixed = self._fixed_nodes()
        for device in devices(self._places):
            if stopping():
                return None
            auto = config.port == AUTO
            if self._in_use(device) or (device.foreign and not auto):
                continue
            if auto and not wanted and any(port.node in fixed for port in device.ports):
                continue  # another label has its port in the configuration
            asked = self._identified(device, config, stopping)
            if asked.imei is None:
                continue
            if asked.imei == wanted:
                return asked.port
            if not self.belongs_elsewhere(config.label, asked.imei):
                strangers.append(asked.port)
        if config.port == AUTO and strangers and self._may_adopt(config, wanted):
            return strangers[0]
        return None

    def _may_adopt(self, config: ModemConfig, wanted: str) -> bool:
        if config.imei:
            return False
        if not wanted:
            return True
        since = self._missing_since.setdefault(config.label, monotonic())
        return monotonic() - since >= self._adopt_after

    def _identified(
        self, device: Device, config: ModemConfig, stopping: Callable[[], bool]
    ) -> _Asked:
        signature = tuple((port.path, birth(port.path)) for port in device.ports)
        known = self._asked.get(device.key)
        fresh = known is not None and known.ports == signature
        if known is not None and fresh and (known.imei or monotonic() - known.at < _SILENT_AGAIN):
            return known
        imei, where = None, ""
        for port in at_ports(device):
            if stopping():
                break
            imei = self._imei(device, port, config, stopping)
            if imei is not None:
                where = port.path
                break
        asked = self._asked[device.key] = _Asked(signature, imei, where, monotonic())
        return asked

    def _imei(
        self, device: Device, port: TtyPort, config: ModemConfig, stopping: Callable[[], bool]
    ) -> str | None:
        return self._ask(
            port.path,
            config.baudrate,
            probe=config.probe_timeout,
            timeout=config.probe_timeout * 3,
            listen=not device.roles_known,
            stopping=stopping,
        )

    def _in_use(self, device: Device) -> bool:
        claimed = set(self._claims.values())
        return any(port.node in claimed for port in device.ports)

    def _fixed_nodes(self) -> set[str]:
        return {
            str(Path(config.port).resolve())
            for config in self._configs.values()
            if config.port.startswith("/")
        }
