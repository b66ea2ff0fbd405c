"""The dialogue that makes a freshly opened port a modem in PDU mode with reports on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .causes import cause_of
from .errors import NoModemError, SimError
from .library import CommandError, TimeoutException
from .modem import GatewayModem

_NEW_MESSAGE_MODES = ("2,1,0,1,0", "1,1,0,1,0", "2,1,0,2,0", "1,1,0,2,0", "2,1,0,0,0")
"""``+CNMI``: reports straight to us; else stored and indicated; else inbound messages only."""

_CARD_QUERIES = ("AT+CCID", "AT+QCCID", "AT+CICCID", "AT^ICCID?")
_IMEI = re.compile(r"\b(\d{14,17})\b")
_IMSI = re.compile(r"\b(\d{6,16})\b")
_ICCID = re.compile(r"\b(\d{18,22})[Ff]?\b")
_REGISTRATION = re.compile(r"\+C(?:|G|E)REG:\s*\d+\s*,\s*(\d{1,2})")
_OPERATOR = re.compile(r'\+COPS:\s*\d+\s*,\s*\d+\s*,\s*"([^"]*)"')
_RETRIES_LEFT = re.compile(r"\+CPINR:\s*\"?SIM PIN\"?\s*,\s*(\d+)(?:\s*,\s*(\d+))?")


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
class Network:
    """How well the modem is connected; None: it does not tell."""

    registration: int | None
    signal: int | None
    operator: str


@dataclass(slots=True)
class Pin:
    """A SIM's PIN and whether it may be tried: never again after it was refused."""

    value: str | None = field(repr=False)
    spent: bool = False


def open_dialogue(modem: GatewayModem, pin: Pin, *, probe: float, timeout: float) -> Identity:
    """Bring an open port into service. Times in seconds.

    Raises NoModemError, SimError, ModemLost, ModemStopped, or the library's exceptions when the
    modem refuses PDU mode.
    """
    _attention(modem, probe)
    _try(modem, "AT+CMEE=1", timeout)
    _power_up(modem, timeout)
    unlock(modem, pin, timeout)
    modem.ask("AT+CMGF=0", timeout)
    _try(modem, "AT+CSMS=0", timeout)  # reports need no +CNMA then, which some modems wait for
    for mode in _NEW_MESSAGE_MODES:
        if _try(modem, f"AT+CNMI={mode}", timeout) is not None:
            break
    _try(modem, "AT+COPS=3,0", timeout)
    _try(modem, "AT+CREG=1", timeout)
    return _identify(modem, timeout)


def network(modem: GatewayModem, timeout: float) -> Network:
    """Ask for registration, signal and operator. Raises ModemLost, ModemStopped, TimeoutException."""
    registration = _registration(modem, timeout)
    operator = _first(_OPERATOR, _try(modem, "AT+COPS?", timeout))
    try:
        signal = modem.signalStrength
    except (CommandError, IndexError):
        signal = -1
    return Network(
        registration=registration, signal=signal if signal >= 0 else None, operator=operator
    )


def unlock(modem: GatewayModem, pin: Pin, timeout: float) -> None:
    """Enter the PIN if, and only if, the SIM asks for it and has no failed try on its counter.

    A PUK is never entered. Raises SimError when the SIM stays locked or is not there.
    """
    try:
        lines = modem.ask("AT+CPIN?", timeout)
    except CommandError as error:
        raise SimError(_sim_code(error)) from error
    state = next((line[6:].strip() for line in lines if line.startswith("+CPIN:")), "READY")
    if state == "READY":
        return
    if state != "SIM PIN":
        raise SimError("puk" if "PUK" in state else "pin")
    if pin.value is None:
        raise SimError("pin")
    left = _RETRIES_LEFT.search("\n".join(_try(modem, "AT+CPINR", timeout) or []))
    if pin.spent or (left is not None and int(left[1]) < int(left[2] or 3)):
        raise SimError("pin_wrong")
    pin.spent = True  # before it is sent: a try whose answer is lost may have been a wrong one
    try:
        modem.ask(f'AT+CPIN="{pin.value}"', timeout)
    except CommandError as error:
        raise SimError("pin_wrong") from error
    pin.spent = False


def _attention(modem: GatewayModem, probe: float) -> None:
    """Leave whatever an earlier program left behind, and silence the echo."""
    modem.write("\x1b", waitForResponse=False)
    for _ in range(3):
        try:
            modem.recover(probe)
            break
        except TimeoutException:
            continue
    else:
        raise NoModemError("no answer to AT")
    _try(modem, "ATE0", probe * 3)


def _power_up(modem: GatewayModem, timeout: float) -> None:
    lines = _try(modem, "AT+CFUN?", timeout) or []
    if any(re.match(r"\+CFUN:\s*[04]", line) for line in lines):
        _try(modem, "AT+CFUN=1", timeout)


def _identify(modem: GatewayModem, timeout: float) -> Identity:
    imsi = _first(_IMSI, _try(modem, "AT+CIMI", timeout))
    if not imsi:
        raise SimError("no_imsi")
    iccid = ""
    for query in _CARD_QUERIES:
        iccid = _first(_ICCID, _try(modem, query, timeout))
        if iccid:
            break
    return Identity(
        imei=_first(_IMEI, _try(modem, "AT+CGSN", timeout)),
        imsi=imsi,
        iccid=iccid,
        smsc=_first(re.compile(r'"([^"]+)"'), _try(modem, "AT+CSCA?", timeout)),
        maker=" ".join(_try(modem, "AT+CGMI", timeout) or [])[:40],
        model=" ".join(_try(modem, "AT+CGMM", timeout) or [])[:40],
        can_command=_try(modem, "AT+CMGC=?", timeout) is not None,
    )


def _registration(modem: GatewayModem, timeout: float) -> int | None:
    """Circuit-switched registration if it carries SMS, else the LTE one."""
    values = [
        int(found)
        for query in ("AT+CREG?", "AT+CEREG?")
        if (found := _first(_REGISTRATION, _try(modem, query, timeout)))
    ]
    usable = [value for value in values if value in (1, 5, 6, 7)]
    return next(iter(usable or values), None)


def _try(modem: GatewayModem, command: str, timeout: float) -> list[str] | None:
    """The answer's lines, or None when the modem refuses the command."""
    try:
        return modem.ask(command, timeout)
    except CommandError:
        return None


def _first(pattern: re.Pattern[str], lines: list[str] | None) -> str:
    for line in lines or []:
        found = pattern.search(line)
        if found:
            return found[1]
    return ""


def _sim_code(error: CommandError) -> str:
    codes = {"10": "no_sim", "11": "pin", "12": "puk", "310": "no_sim", "316": "puk"}
    code = str(error.code if error.code is not None else "")
    return codes.get(code, cause_of(f"+{error.type or 'CME'} ERROR: {code}" if code else "ERROR"))
