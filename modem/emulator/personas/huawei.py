"""Huawei sticks: noise in the middle of answers, and reports only in mode 1 on the older ones."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ..make import Interface, Parameter, Persona, cnmi, parameters

_NOISE = (
    "^RSSI:18",
    "^MODE:5,4",
    "^BOOT:20496137,0,0,0,83",
    "^SRVST:2",
    "^SIMST:1",
    "^CSNR:-78,-5",
    "^DSFLOWRPT:0000000A,00000000,00000000,0000000000000000,0000000000000000,00000000,00000000",
    "^STIN:1,0,0",
    '^NDISSTAT:0,0,,"IPV4"',
)
_OFFERED = "(0-2),(0-3),(0,2),(0-2),(0,1)"
_PARAMETERS = {
    "^CURC": Parameter("(0,1)", "1", r"[01]"),
    "^U2DIAG": Parameter("(0,1)", "1", r"[0-9]+", lasting=True),
}
_ANSWERS = MappingProxyType({"^HCSQ?": ('^HCSQ:"WCDMA",40,38,60',), "^CVOICE?": ("^CVOICE:0",)})
_E173 = Persona(
    manufacturer="huawei",
    model="E173",
    revision="11.126.15.00.44",
    parameters=parameters(
        {**_PARAMETERS, "+CNMI": cnmi("10", "012", offered=_OFFERED)}, without=("+CMMS",)
    ),
    answers=_ANSWERS,
    refused=frozenset({"+CLAC", "+CNMA", "+CPINR", "+CEREG", "+QCCID", "+CCID", "+ICCID"}),
    unknown="COMMAND NOT SUPPORT",
    interfaces=(
        Interface(0, "data"),
        Interface(1, "diag"),
        Interface(3, "at"),
        Interface(4, "at2"),
    ),
    boot_lines=("^BOOT:20496137,0,0,0,83", "^SIMST:1"),
    ready_line="",
    not_ready=302,
    down_lines=("^BOOT:20496138,0,0,0,83",),
    noise=_NOISE,
    chatter=3,
    silencer=("^CURC", "0"),
    sim_out_lines=("^SIMST:255",),
    sim_in_lines=("^SIMST:1",),
    card_queries=MappingProxyType({"^ICCID": "^ICCID: {}"}),
    pin_counter="^CPIN",
    memories=("SM", "ME"),
    report_memory="SM",
    storage_full_line='^SMMEMFULL:"{}"',
    full_cms=322,
    command_cms=304,
    access=2,
    place=',"1A2B","00C0FFEE"',
)
_E3372 = Persona(
    manufacturer="huawei",
    model="E3372",
    revision="21.180.01.00.00",
    parameters=parameters({**_PARAMETERS, "+CNMI": cnmi("210", "012", offered=_OFFERED)}),
    answers=_ANSWERS,
    refused=frozenset({"+CLAC", "+CPINR", "+CMGC", "+QCCID", "+CCID", "+ICCID"}),
    unknown="COMMAND NOT SUPPORT",
    interfaces=(
        Interface(0, "data"),
        Interface(1, "diag"),
        Interface(2, "at"),
        Interface(3, "at2"),
    ),
    boot_lines=("^BOOT:30512347,0,0,0,9", "^SIMST:1"),
    ready_line="",
    not_ready=500,
    down_lines=(),
    restarts=frozenset({"+CFUN=1,1", "^RESET"}),
    drops=True,
    noise=(*_NOISE, '^HCSQ:"LTE",44,38,120,20', "^LTERSRP:-95,-11"),
    chatter=2,
    silencer=("^CURC", "0"),
    sim_out_lines=("^SIMST:255", "+CPIN: NOT READY"),
    sim_in_lines=("^SIMST:1",),
    card_queries=MappingProxyType({"^ICCID": "^ICCID: {}"}),
    pin_counter="^CPIN",
    memories=("SM", "ME", "SR"),
    report_memory="SM",
    storage_full_line='^SMMEMFULL:"{}"',
    full_cms=322,
)

PERSONAS: Final = {"huawei-e173": _E173, "huawei-e3372": _E3372}
