"""Quectel EC20, EC25, EG25: four ttys, indications, ports that vanish on restart."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from ..make import Interface, Parameter, Persona, parameters

_TTYS = (Interface(0, "diag"), Interface(1, "nmea"), Interface(2, "at"), Interface(3, "at2"))
_OFFERED_PORTS = '"urcport",("usbat","usbmodem","uart1")'


def _urc_port(default: str) -> Parameter:
    return Parameter(
        _OFFERED_PORTS, f'"urcport","{default}"', r'"urcport"(,"(usbat|usbmodem)")?', lasting=True
    )


_PARAMETERS = {
    "+QURCCFG": _urc_port("usbat"),
    "+QINDCFG": Parameter('"all",(0,1),(0,1)', '"all",1', r'"[a-z]+"(,[01](,[01])?)?'),
    "+QSIMSTAT": Parameter("(0,1)", "0", r"[01]"),
    "+QCFG": Parameter('"ims",(0-2)', '"ims",0', r'"[a-z/]+"(,[0-9]+)*', lasting=True),
}
_EC25 = Persona(
    manufacturer="Quectel",
    model="EC25",
    revision="EC25EFAR06A06M4G",
    parameters=parameters(_PARAMETERS),
    answers=MappingProxyType({"+QNWINFO": ('+QNWINFO: "FDD LTE","46000","LTE BAND 3",1300',)}),
    refused=frozenset({"+CMGC", "+CPINR", "+CLAC"}),
    interfaces=_TTYS,
    boot_lines=("RDY", "+CFUN: 1", "+CPIN: READY"),
    ready_line="+QIND: SMS DONE",
    not_ready=512,
    down_lines=("NORMAL POWER DOWN", "POWERED DOWN"),
    restarts=frozenset({"+CFUN=1,1", "+QPOWD=1", "+QPOWD"}),
    drops=True,
    noise=('+QIND: "csq",23,99', "+QIND: PB DONE", '+QIND: "act","LTE"', "+QUSIM: 1"),
    second_urc_port=("+QURCCFG", '"urcport","usbmodem"'),
    sim_out_lines=("+CPIN: NOT READY", "+QUSIM: 0"),
    sim_in_lines=("+QUSIM: 1", "+CPIN: READY"),
    card_queries=MappingProxyType({"+QCCID": "+QCCID: {}", "+CCID": "+CCID: {}"}),
    pin_counter="+QPINC",
    slots=MappingProxyType({"ME": 255}),
    storage_full_line='+QIND: "smsfull","{}"',
)

PERSONAS: Final = {
    # The port for unsolicited lines is kept in flash: this one comes from another owner.
    "quectel-ec20": replace(
        _EC25,
        model="EC20F",
        revision="EC20CEHCLGR06A05M1G",
        parameters=parameters({**_PARAMETERS, "+QURCCFG": _urc_port("usbmodem")}),
    ),
    "quectel-ec25": _EC25,
    "quectel-eg25": replace(_EC25, model="EG25", revision="EG25GGBR07A08M2G"),
}
