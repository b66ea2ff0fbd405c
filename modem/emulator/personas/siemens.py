"""Siemens TC35 and its Cinterion successors: RS-232, a prompt that wants a pause."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ..make import Parameter, Persona, cnmi, parameters

_TC35 = Persona(
    manufacturer="SIEMENS",
    model="TC35i",
    revision="REVISION 03.10",
    parameters=parameters(
        {
            "+CNMI": cnmi("210", "02", offered="(0-3),(0,1),(0,2,3),(0,2),(1)", buffers="1"),
            "^SSMSS": Parameter("(0,1)", "0", r"[01]"),
        },
        without=("+CMMS", "+CVHU"),
    ),
    answers=MappingProxyType(
        {"+CPMS=?": ('+CPMS: ("MT","SM","ME"),("MT","SM","ME"),("MT","SM","ME")',)}
    ),
    refused=frozenset({"+CLAC", "+CMGC", "+CEREG", "+CPINR", "+CCID", "+QCCID", "+ICCID"}),
    unknown="ERROR",
    boot_lines=("^SYSSTART",),
    ready_line="",
    not_ready=532,
    down_lines=("^SHUTDOWN",),
    restarts=frozenset({"+CFUN=1,1", "^SMSO"}),
    noise=("^SCKS: 1", "^SBC: Undervoltage", "+CIEV: 2"),
    sim_out_lines=("^SCKS: 0",),
    sim_in_lines=("^SCKS: 1",),
    card_queries=MappingProxyType({"^SCID": "^SCID: {}"}),
    pin_counter="^SPIC",
    memories=("SM", "ME", "MT"),
    report_memory="SM",
    delete_flags=False,
    storage_full_line="^SMGO: 1",
    prompt_pause=0.05,
    access=None,
    place=',"1A2B","C0FF"',
)
_BGS2 = Persona(
    manufacturer="Cinterion",
    model="BGS2-W",
    revision="REVISION 02.000",
    parameters=parameters(
        {
            "+CNMI": cnmi("210", "012", offered="(0-2),(0,1),(0,2),(0-2),(1)", buffers="1"),
            "^SSET": Parameter("(0,1)", "0", r"[01]"),
            "^SCFG": Parameter("", "", r'"[A-Za-z/]+"(,"[a-z]+")*', lasting=True),
            # Phase 2+ from the factory: whoever does not acknowledge gets one report and no more.
            "+CSMS": Parameter("(0,1)", "1", r"[01]"),
        }
    ),
    refused=frozenset({"+CMGC", "+CPINR", "+QCCID", "+ICCID"}),
    boot_lines=("^SYSSTART",),
    ready_line="^SSIM READY",
    not_ready=532,
    down_lines=("^SHUTDOWN",),
    restarts=frozenset({"+CFUN=1,1", "^SMSO"}),
    noise=("^SCKS: 1", "+CIEV: rssi,3", "^SBC: Undervoltage Warning"),
    sim_out_lines=("^SCKS: 0",),
    sim_in_lines=("^SCKS: 1",),
    card_queries=MappingProxyType({"^SCID": "^SCID: {}", "+CCID": "+CCID: {}"}),
    pin_counter="^SPIC",
    memories=("SM", "ME", "MT"),
    report_memory="SM",
    storage_full_line="^SMGO: 1",
    prompt_pause=0.02,
    access=0,
    place=',"1A2B","C0FF",0',
)

PERSONAS: Final = {"siemens-tc35": _TC35, "cinterion-bgs2": _BGS2}
