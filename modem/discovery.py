"""Which serial devices there are, and which of a device's several ports take AT commands.

Names come from ``/dev/serial/by-path``, roles from what the USB interface says of itself in sysfs.
Nothing here opens a port.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from .vendors.profile import UsbPorts
from .vendors.profiles import KNOWN

_BY_PATH = re.compile(
    r"(?P<device>.+-usb(?:v\d)?-[^:]+:[^:]+):\d+\.(?P<interface>\d+)(?:-port\d+)?"
)
_BY_ID = re.compile(r"(?P<device>.+?)[-.]if(?P<interface>[0-9a-f]{2})(?:-port\d+)?")
_NODES = ("ttyUSB*", "ttyACM*")

ROLES: Final[dict[tuple[int, int], UsbPorts]] = {
    (usb.vendor, usb.product): usb for profile in KNOWN for usb in profile.usb
}
"""What is known of USB devices' interfaces, by vendor and product."""

_DIAGNOSTIC_VENDORS: Final = frozenset(usb.vendor for usb in ROLES.values() if usb.diagnostic)
MODEM_VENDORS: Final = frozenset({vendor for vendor, _ in ROLES} | {0x1E2D, 0x1199, 0x114F, 0x19D2})
"""Makers of modems; other serial adapters may have anything behind them."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where to look; tests have their own."""

    by_path: Path = field(default=Path("/dev/serial/by-path"))
    dev: Path = field(default=Path("/dev"))
    tty_class: Path = field(default=Path("/sys/class/tty"))


@dataclass(frozen=True, slots=True)
class TtyPort:
    """One port of a device. ``path``: its most lasting name; ``node``: what that is now."""

    path: str
    node: str
    interface: int | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """A USB device and its ports by ascending interface. Numbers are None where sysfs is silent."""

    key: str
    ports: tuple[TtyPort, ...]
    vendor: int | None = None
    product: int | None = None

    @property
    def foreign(self) -> bool:
        """Whether it is known not to be made by a maker of modems."""
        return self.vendor is not None and self.vendor not in MODEM_VENDORS

    @property
    def roles_known(self) -> bool:
        """Whether its product's AT ports are in the tables."""
        return (self.vendor or 0, self.product or 0) in ROLES


def devices(places: Places) -> list[Device]:
    """Every device with a serial port, in the order of its path."""
    grouped: dict[str, list[TtyPort]] = {}
    numbers: dict[str, tuple[int | None, int | None]] = {}
    for name, node in sorted(_names(places)):
        usb, interface = _usb(places, Path(node).name)
        path = _BY_PATH.fullmatch(Path(name).name) or _BY_ID.fullmatch(Path(name).name)
        if usb is not None:
            key, numbers[str(usb)] = str(usb), (_hex(usb, "idVendor"), _hex(usb, "idProduct"))
        else:
            key = str(Path(name).with_name(path["device"] if path else Path(name).name))
        if interface is None and path is not None:
            interface = int(path["interface"], 16)
        grouped.setdefault(key, []).append(TtyPort(name, node, interface))
    return [
        Device(key, tuple(sorted(ports, key=_by_interface)), *numbers.get(key, (None, None)))
        for key, ports in grouped.items()
    ]


def birth(name: str) -> str:
    """What ``name`` stands for now; differs once it was gone, however briefly. Empty: nothing."""
    try:
        link = Path(name).lstat()
        node = Path(name).stat()
        return f"{Path(name).resolve()}/{node.st_rdev}/{link.st_ino}/{link.st_ctime_ns}"
    except OSError:
        return ""


def at_ports(device: Device) -> tuple[TtyPort, ...]:
    """The ports that may be written to, best first. Never one known as DIAG."""
    role = ROLES.get((device.vendor or 0, device.product or 0))
    if role is not None:
        by_number = {port.interface: port for port in device.ports}
        return tuple(by_number[number] for number in role.at if number in by_number)
    if len(device.ports) > 1 and device.vendor in _DIAGNOSTIC_VENDORS:
        return tuple(port for port in device.ports if port.interface != 0)
    return device.ports


def hub(places: Places, port: str) -> str | None:
    """The USB hub, a root hub too, that feeds the device of ``port``; None where sysfs is silent."""
    usb, _ = _usb(places, Path(port).resolve().name)
    return str(usb.parent) if usb is not None and (usb.parent / "idVendor").is_file() else None


def _names(places: Places) -> Iterable[tuple[str, str]]:
    """Names and the nodes behind them; a node is named once, by its path when it has one."""
    seen: set[str] = set()
    for link in sorted(places.by_path.glob("*")) if places.by_path.is_dir() else []:
        node = str(link.resolve())
        if node not in seen and Path(node).exists():
            seen.add(node)
            yield str(link), node
    for pattern in _NODES:
        for node_path in sorted(places.dev.glob(pattern)):
            node = str(node_path.resolve())
            if node not in seen:
                seen.add(node)
                yield str(node_path), node


def _usb(places: Places, tty: str) -> tuple[Path | None, int | None]:
    """The device's folder in sysfs and the interface's number."""
    folder = places.tty_class / tty / "device"
    if not folder.exists():
        return None, None
    folder = folder.resolve()
    interface: int | None = None
    for parent in (folder, *folder.parents):
        if interface is None:
            interface = _hex(parent, "bInterfaceNumber")
        if (parent / "idVendor").is_file():
            return parent, interface
    return None, interface


def _hex(folder: Path, name: str) -> int | None:
    try:
        return int((folder / name).read_text("ascii").strip(), 16)
    except (OSError, ValueError):
        return None


def _by_interface(port: TtyPort) -> tuple[int, str]:
    return (-1 if port.interface is None else port.interface, port.path)
