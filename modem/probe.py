"""What is behind a port, and why the bank would treat it as it does. Changes nothing that lasts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .at.errors import ModemLost, ModemStopped, NoModemError, PortError, SimError
from .at.library import CommandError, TimeoutException
from .at.modem import GatewayModem
from .at.network import network
from .at.opening import Opening, about, attention, open_dialogue
from .at.query import attempt
from .at.sim import Pin
from .at.storage import levels
from .at.waker import Waker
from .discovery import Device, Places, at_ports, devices
from .state import REGISTERED, SMS_WEAK, masked
from .vendors.profile import VendorProfile
from .vendors.profiles import AUTO, choose, named

_REGISTRATION = {
    0: "not searching",
    1: "home network",
    2: "searching",
    3: "denied by the network",
    4: "unknown",
    5: "roaming",
    6: "home network, SMS only",
    7: "roaming, SMS only",
}
_PORT = {
    "no_port": "there is no such port",
    "busy": "another program has it open: the service, or ModemManager",
    "denied": "no rights: is this user in the group dialout?",
    "port": "it cannot be opened as a serial port",
}
_SIM = {
    "no_sim": "no SIM, or it is not read",
    "pin": "the SIM wants its PIN; the probe never enters one",
    "puk": "the SIM is blocked and wants its PUK; put it into a phone",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found. ``ok`` is False where sending will not work."""

    what: str
    value: str
    why: str = ""
    ok: bool = True


def probe(
    port: str, *, baudrate: int = 115200, profile: str = AUTO, patience: float = 1.0,
    timeout: float = 5.0, places: Places | None = None,
) -> Iterator[Found]:  # fmt: skip
    """Look at ``port``; findings as they come. Times in seconds. Never enters a PIN."""
    yield from _device(port, places or Places())
    waker = Waker()
    modem = GatewayModem(port, baudrate, urc=lambda event: True, waker=waker)
    try:
        modem.connect()
        attention(modem, patience)
        yield Found("port", port, "answers AT")
        yield from _modem(modem, profile, patience, timeout)
    except PortError as error:
        yield Found("port", error.code, _PORT.get(error.code, ""), ok=False)
    except NoModemError:
        yield Found(
            "port", "silent", "opens, but nothing answers AT: not the AT port, or hung", ok=False
        )
    except (ModemLost, ModemStopped, TimeoutException):
        yield Found("dialogue", "lost", "the modem vanished or fell silent meanwhile", ok=False)
    except CommandError as error:
        yield Found(
            "dialogue", error.command or "", "refused: this modem has no PDU mode", ok=False
        )
    finally:
        modem.close()
        waker.close()


def _device(port: str, places: Places) -> Iterator[Found]:
    for device in devices(places):
        if any(port in (own.path, own.node) for own in device.ports):
            yield Found("device", _usb(device), _role(device, port))


def _usb(device: Device) -> str:
    if device.vendor is None:
        return f"{len(device.ports)} ports"
    return f"USB {device.vendor:04x}:{device.product or 0:04x}, {len(device.ports)} ports"


def _role(device: Device, port: str) -> str:
    good = at_ports(device)
    if any(port in (own.path, own.node) for own in good):
        return "this one takes AT commands" if device.roles_known else "roles not known: asked"
    names = ", ".join(own.path for own in good)
    return f"this one is not an AT port; use {names}"


def _modem(modem: GatewayModem, profile: str, patience: float, timeout: float) -> Iterator[Found]:
    maker, model = about(modem, "AT+CGMI", timeout), about(modem, "AT+CGMM", timeout)
    yield Found("make", f"{maker} {model}".strip() or "unknown", about(modem, "AT+CGMR", timeout))
    vendor = choose(maker, model) if profile == AUTO else named(profile)
    yield Found("profile", vendor.name, _chosen(vendor, profile))
    try:
        opening = open_dialogue(modem, Pin(None), probe=patience, timeout=timeout, profile=profile)
    except SimError as error:
        yield Found("SIM", error.code, _SIM.get(error.code, "the SIM cannot be used"), ok=False)
        return
    yield from _identity(opening)
    yield from _messages(modem, opening, timeout)
    yield from _network(modem, opening, timeout)


def _chosen(vendor: VendorProfile, profile: str) -> str:
    if profile != AUTO:
        return "as told"
    if vendor.name == "generic":
        return "no other profile knows this make: every way is tried"
    return "by what it says of its maker and model"


def _identity(opening: Opening) -> Iterator[Found]:
    who = opening.identity
    yield Found("IMEI", masked(who.imei) if who.imei else "not told", ok=bool(who.imei))
    yield Found("SIM", f"ICCID {masked(who.iccid)}, IMSI {masked(who.imsi)}", "ready")
    yield Found(
        "SMSC",
        who.smsc or "not set",
        ""
        if who.smsc
        else "nothing can be sent: set [[modem]] smsc to the number the operator names",
        ok=bool(who.smsc),
    )


def _messages(modem: GatewayModem, opening: Opening, timeout: float) -> Iterator[Found]:
    routing = opening.routing
    how = "stored and indicated" if routing.reports_stored else "sent straight to us"
    refused = f"; refused or not kept: {' · '.join(routing.refused)}" if routing.refused else ""
    yield Found(
        "CNMI",
        routing.new_messages or "none taken",
        f"reports are {how}{refused}" if routing.new_messages else "no status reports will come",
        ok=bool(routing.new_messages),
    )
    yield Found("CSMS", "1" if routing.acknowledges else "0",
                "each report is confirmed with CNMA" if routing.acknowledges else "no confirmation needed")  # fmt: skip
    can = opening.identity.can_command
    yield Found("CMGC", "yes" if can else "no", "SMS-COMMAND, for recalls at the service centre")
    cmms = attempt(modem, "AT+CMMS=?", timeout) is not None
    yield Found("CMMS", "yes" if cmms else "no", "keeps the radio link between the parts")
    if opening.bearer is not None:
        yield Found("bearer", f"CGSMS {opening.bearer}", "0 packet, 1 circuit, 2 and 3 prefer one")
    kept = levels(attempt(modem, "AT+CPMS?", timeout) or [])
    for level in {level.memory: level for level in kept}.values():
        full = level.used > level.total * 0.8
        yield Found("storage", f"{level.memory} {level.used} of {level.total}",
                    "nearly full: received messages will be lost" if full else "", ok=not full)  # fmt: skip


def _network(modem: GatewayModem, opening: Opening, timeout: float) -> Iterator[Found]:
    found = network(modem, timeout)
    usable = found.registration is None or found.registration in REGISTERED
    yield Found("network", found.operator or "none",
                _REGISTRATION.get(found.registration or 0, ""), ok=usable)  # fmt: skip
    yield Found(
        "technology",
        found.technology or "not told",
        f"an answer may take {opening.profile.submit_timeout(found.technology):g} s",
    )
    weak = found.signal is not None and found.signal < SMS_WEAK
    signal = "not told" if found.signal is None else f"{found.signal} of 31"
    yield Found("signal", signal, "too weak: antenna, place" if weak else "", ok=not weak)
