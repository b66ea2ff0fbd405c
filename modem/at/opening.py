"""The dialogue that makes a freshly opened port a modem in PDU mode with reports on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..vendors.profile import VendorProfile
from ..vendors.profiles import AUTO, choose, named
from .capacity import choose_receiving
from .centre import service_centre
from .errors import NoModemError, SimError
from .library import TimeoutException
from .modem import GatewayModem
from .query import attempt, first
from .routing import Routing, route
from .sim import Pin, card_number, subscriber, unlock

IMEI = re.compile(r"\b(\d{14,17})\b")
_BEARER = re.compile(r"\+CGSMS:\s*(\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who modem and SIM are."""

    imei: str = field(repr=False)
    imsi: str = field(repr=False)
    iccid: str = field(repr=False)
    smsc: str = field(repr=False)
    maker: str
    model: str
    can_command: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a finished opening found."""

    identity: Identity
    profile: VendorProfile
    routing: Routing
    bearer: int | None


def open_dialogue(
    modem: GatewayModem,
    pin: Pin,
    *,
    probe: float,
    timeout: float,
    profile: str = AUTO,
    switches: tuple[str, ...] = (),
    attempts: int = 3,
    smsc: str = "",
) -> Opening:
    """Bring an open port into service. Times in seconds; ``smsc``: see ``service_centre``.

    Raises NoModemError, SimError, ModemLost, ModemStopped, or the library's exceptions when the
    modem refuses PDU mode.
    """
    attention(modem, probe, attempts)
    attempt(modem, "AT+CMEE=1", timeout)
    maker, model = about(modem, "AT+CGMI", timeout), about(modem, "AT+CGMM", timeout)
    vendor = choose(maker, model) if profile == AUTO else named(profile)
    modem.adopt(vendor)
    _power_up(modem, timeout)
    imei = first(IMEI, attempt(modem, "AT+CGSN", timeout))
    unlock(modem, pin, timeout, profile=vendor, sim=card_number(modem, vendor, timeout) or imei)
    modem.ask("AT+CMGF=0", timeout)
    _prepare(modem, vendor, switches, timeout)
    choose_receiving(modem, timeout)
    routing = route(modem, vendor, timeout)
    attempt(modem, "AT+COPS=3,0", timeout)
    attempt(modem, "AT+CREG=1", timeout)
    bearer = first(_BEARER, attempt(modem, "AT+CGSMS?", timeout))
    return Opening(
        identity=_identify(
            modem, vendor, timeout, imei=imei, maker=maker, model=model, wanted=smsc
        ),
        profile=vendor,
        routing=routing,
        bearer=int(bearer) if bearer else None,
    )


def attention(modem: GatewayModem, probe: float, attempts: int = 3) -> None:
    """Leave whatever an earlier program left behind, and silence the echo. Raises NoModemError."""
    modem.write("\x1b", waitForResponse=False)
    for _ in range(attempts):
        try:
            modem.recover(probe)
            break
        except TimeoutException:
            continue
    else:
        raise NoModemError("no answer to AT")
    attempt(modem, "ATE0", probe * 3)


def _prepare(
    modem: GatewayModem, profile: VendorProfile, switches: tuple[str, ...], timeout: float
) -> None:
    for command in profile.init:
        attempt(modem, command.command, timeout)
    for name in switches:
        setting = profile.switch(name)
        if setting is not None:
            attempt(modem, setting, timeout)


def _power_up(modem: GatewayModem, timeout: float) -> None:
    lines = attempt(modem, "AT+CFUN?", timeout) or []
    if any(re.match(r"\+CFUN:\s*[04]", line) for line in lines):
        attempt(modem, "AT+CFUN=1", timeout)


def about(modem: GatewayModem, query: str, timeout: float) -> str:
    """What the modem answers to ``AT+CGMI``, ``AT+CGMM`` and the like, on one line."""
    name = query.removeprefix("AT") + ":"
    lines = attempt(modem, query, timeout) or []
    text = " ".join(line.removeprefix(name).strip().strip('"') for line in lines)
    return text.strip()[:40]


def _identify(
    modem: GatewayModem,
    profile: VendorProfile,
    timeout: float,
    *,
    imei: str,
    maker: str,
    model: str,
    wanted: str,
) -> Identity:
    imsi = subscriber(modem, timeout)
    if not imsi:
        raise SimError("no_imsi")
    return Identity(
        imei=imei,
        imsi=imsi,
        iccid=card_number(modem, profile, timeout),
        smsc=service_centre(modem, wanted, timeout),
        maker=maker,
        model=model,
        can_command=attempt(modem, "AT+CMGC=?", timeout) is not None,
    )
