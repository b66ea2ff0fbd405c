"""SIMCom SIM800 (2G, one tty, reports straight or not at all) and SIM7600 (LTE, five ttys)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ..make import Interface, Parameter, Persona, cnmi, parameters

_SIM800 = Persona(
    manufacturer="SIMCOM_Ltd",
    model="SIMCOM_SIM800L",
    revision="1418B05SIM800L24",
    parameters=parameters(
        {
            "+CNMI": cnmi("210", "01", offered="(0-3),(0-3),(0,2,3),(0,1),(0,1)"),
            "+CLTS": Parameter("(0,1)", "0", r"[01]"),
        }
    ),
    refused=frozenset({"+CMGC", "+CEREG", "+CVHU", "+CPINR", "+QCCID", "+ICCID"}),
    boot_lines=("RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready"),
    down_lines=("UNDER-VOLTAGE POWER DOWN",),
    not_ready=512,
    restarts=frozenset({"+CFUN=1,1", "+CPOWD=1"}),
    noise=('*PSUTTZ: 2020,11,23,1,0,0,"+32",0', "DST: 0", '+CIEV: 10,"46000"'),
    sim_out_lines=("+CPIN: NOT READY",),
    sim_in_lines=("+CPIN: READY",),
    card_queries=MappingProxyType({"+CCID": "{}"}),
    pin_counter="+SPIC",
    memories=("SM", "ME", "SM_P", "ME_P"),
    report_memory="SM",
    storage_full_line='+CIEV: "SMSFULL",1',
    access=None,
    place=',"1A2B","C0FF"',
)
_SIM7600 = Persona(
    manufacturer="SIMCOM INCORPORATED",
    model="SIMCOM_SIM7600CE",
    revision="SIM7600CE_V1.0",
    parameters=parameters(
        {
            "+CNMI": cnmi("210", "02", offered="(0-2),(0-3),(0,2),(0-2),(0,1)"),
            "+MSTK": Parameter("(0,1)", "0,0", r"[01](,[01])?"),
            "+UIMHOTSWAPON": Parameter("(0,1)", "0", r"[01]"),
            "+CVOLTE": Parameter("(0,1)", "1", r"[01]"),
            "+CNMP": Parameter("(2,13,14,38)", "2", r"(2|13|14|38)", lasting=True),
        }
    ),
    refused=frozenset({"+CMGC", "+CPINR", "+QCCID", "+CCID", "+CLAC"}),
    interfaces=(
        Interface(0, "diag"),
        Interface(1, "nmea"),
        Interface(2, "at"),
        Interface(3, "at2"),
        Interface(4, "data"),
    ),
    line_end="\r\r\n",
    boot_lines=("RDY", "+CPIN: READY", "PB DONE"),
    ready_line="SMS DONE",
    not_ready=517,
    restarts=frozenset({"+CFUN=1,1", "+CRESET"}),
    drops=True,
    noise=("+STIN: 25", "+CGEV: ME PDN ACT 1", "MISSED_CALL: 01:05PM 10086"),
    sim_out_lines=("+SIMCARD: NOT AVAILABLE", "+CPIN: NOT READY"),
    sim_in_lines=("+SIMCARD: AVAILABLE", "+CPIN: READY"),
    card_queries=MappingProxyType({"+CICCID": "+ICCID: {}", "+ICCID": "+ICCID: {}"}),
    pin_counter="+SPIC",
    storage_full_line='+SMS FULL: "{}"',
    wakes_second=True,
)

PERSONAS: Final = {"simcom-sim800": _SIM800, "simcom-sim7600": _SIM7600}
