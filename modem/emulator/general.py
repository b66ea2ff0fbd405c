"""The commands that only tell or keep something: identity, SIM, network, parameters."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from .card import COUNTERS, counter, iccid, pin
from .identity import NAMES, Identity
from .replies import INCORRECT_PARAMETERS, NOT_SUPPORTED, CommandError
from .syntax import Call
from .traced import ZONE
from .unit import Unit

REGISTRATION = ("+CREG", "+CGREG", "+CEREG")
_QUIETLY_TAKEN = frozenset("EFHLMQVXZ&CDKSW") | {"&C", "&D", "&F", "&K", "&S", "&W", "&H"}


Handler = Callable[[Unit, Call], list[str]]


def answer(unit: Unit, call: Call) -> list[str]:
    """The information lines of one command. Raises ``CommandError``."""
    if call.name in unit.persona.card_queries:
        return iccid(unit, call)
    handler = _HANDLERS.get(call.name)
    if handler is not None:
        return [] if call.operation == "test" and call.name in _TELLS else handler(unit, call)
    if call.name in unit.persona.parameters:
        return _parameter(unit, call)
    if call.name in _QUIETLY_TAKEN or re.fullmatch(r"S\d+", call.name):
        return ["000"] if call.operation == "read" else []
    raise CommandError(NOT_SUPPORTED)


def names(unit: Unit) -> list[str]:
    """Every extended command of this module that this make knows."""
    make = unit.persona
    known = {name for name in _HANDLERS if name[0] == "+"} - (COUNTERS.keys() - {make.pin_counter})
    return sorted((known | make.parameters.keys() | make.card_queries.keys()) - make.refused)


def _parameter(unit: Unit, call: Call) -> list[str]:
    known = unit.persona.parameters[call.name]
    match call.operation:
        case "test":
            return [f"{call.name}: {known.offered}"]
        case "read":
            return [f"{call.name}: {unit.value(call.name)}"]
        case "set" | "run":
            text = call.argument.replace(" ", "")
            if text and re.fullmatch(known.pattern, text) is None:
                raise CommandError(INCORRECT_PARAMETERS)
            if re.fullmatch(known.ignored, text):
                return []
            # Fields left out keep their values: AT+CNMI=2,1 is short for the first two.
            rest = unit.value(call.name).split(",")[text.count(",") + 1 :] if text else []
            unit.values[call.name] = ",".join([text, *rest]) if text else known.default
            return []


def _registration(unit: Unit, call: Call) -> list[str]:
    if call.operation == "test":
        return [f"{call.name}: (0-2)"]
    mode = unit.value(call.name)
    if call.operation == "read":
        place = unit.persona.place if mode == "2" and unit.registered else ""
        return [f"{call.name}: {mode},{unit.registration}{place}"]
    if call.argument not in ("0", "1", "2", ""):
        raise CommandError(INCORRECT_PARAMETERS)
    unit.values[call.name] = call.argument or "0"
    return []


def _operator(unit: Unit, call: Call) -> list[str]:
    code = unit.identity.operator
    long, short = NAMES.get(code, (code, code))
    if call.operation == "test":
        return [f'+COPS: (2,"{long}","{short}","{code}",7),,(0-4),(0-2)']
    form = unit.value("+COPS")
    if call.operation == "read":
        if not unit.registered:
            return ["+COPS: 0"]
        name = {"0": long, "1": short}.get(form, code)
        access = "" if unit.persona.access is None else f",{unit.persona.access}"
        return [f'+COPS: 0,{form},"{name}"{access}']
    mode, _, rest = call.argument.partition(",")
    if mode == "3":
        unit.values["+COPS"] = rest[:1] or "0"
    elif mode not in ("0", "1", "2", "4"):
        raise CommandError(INCORRECT_PARAMETERS)
    return []


def _functionality(unit: Unit, call: Call) -> list[str]:
    if call.operation == "test":
        return ["+CFUN: (0,1,4),(0,1)"]
    if call.operation == "read":
        return [f"+CFUN: {unit.radio}"]
    if call.argument.partition(",")[0] not in ("0", "1", "4"):
        raise CommandError(INCORRECT_PARAMETERS)
    before, unit.radio = unit.radio, call.argument[0]
    if before != unit.radio == "1":
        unit.attaching, unit.radio_stuck = True, False
    return []


def _service_centre(unit: Unit, call: Call) -> list[str]:
    unit.need_unlocked()
    if call.operation == "read":
        return [f'+CSCA: "{unit.smsc}",{145 if unit.smsc.startswith("+") else 129}']
    if call.operation == "set":
        unit.smsc = call.argument.partition(",")[0].strip('" ')
    return []


def _signal(unit: Unit, call: Call) -> list[str]:
    if call.operation == "test":
        return ["+CSQ: (0-31,99),(0-7,99)"]
    return [f"+CSQ: {unit.signal if unit.registered else 99},99"]


def _service(unit: Unit, call: Call) -> list[str]:
    match call.operation:
        case "test":
            return ["+CSMS: (0,1)"]
        case "read":
            return [f"+CSMS: {unit.value('+CSMS')},1,1,1"]
        case "run" | "set":
            if call.argument not in ("0", "1"):
                raise CommandError(INCORRECT_PARAMETERS)
            unit.values["+CSMS"] = call.argument
            return ["+CSMS: 1,1,1"]


def _from_sim(line: Callable[[Identity], str]) -> Handler:
    def tell(unit: Unit, call: Call) -> list[str]:
        unit.need_unlocked()
        return [line(unit.identity)]

    return tell


def _tell(line: Callable[[Unit], str]) -> Handler:
    return lambda unit, call: [line(unit)]


def _clock(unit: Unit, call: Call) -> list[str]:
    at = datetime.now(ZONE)
    return [f'+CCLK: "{at:%y/%m/%d,%H:%M:%S}+32"'] if call.operation == "read" else []


def _about(unit: Unit, call: Call) -> list[str]:
    make = unit.persona
    return [make.manufacturer, make.model, f"Revision: {make.revision}"]


_TELLS: dict[str, Handler] = {
    "+CGMI": _tell(lambda unit: unit.persona.manufacturer),
    "+GMI": _tell(lambda unit: unit.persona.manufacturer),
    "+CGMM": _tell(lambda unit: unit.persona.model),
    "+GMM": _tell(lambda unit: unit.persona.model),
    "+CGMR": _tell(lambda unit: unit.persona.revision),
    "+GMR": _tell(lambda unit: unit.persona.revision),
    "+CGSN": _tell(lambda unit: unit.identity.imei),
    "+GSN": _tell(lambda unit: unit.identity.imei),
    "+CPAS": _tell(lambda unit: "+CPAS: 0"),
    "+CIMI": _from_sim(lambda sim: sim.imsi),
    "+CNUM": _from_sim(lambda sim: f'+CNUM: ,"{sim.number}",145'),
}
_HANDLERS: dict[str, Handler] = {
    **_TELLS,
    **dict.fromkeys(REGISTRATION, _registration),
    **dict.fromkeys(COUNTERS, counter),
    "I": _about,
    "+COPS": _operator,
    "+CPIN": pin,
    "+CFUN": _functionality,
    "+CSCA": _service_centre,
    "+CSMS": _service,
    "+CSQ": _signal,
    "+CCLK": _clock,
}
