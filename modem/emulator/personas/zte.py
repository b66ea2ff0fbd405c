"""ZTE sticks: a comma before the length of reports, mode 2 offered and refused."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ..make import Interface, Parameter, Persona, cnmi, parameters

_MF190 = Persona(
    manufacturer="ZTE INCORPORATED",
    model="MF190",
    revision="BD_MF190V1.0.0B04",
    parameters=parameters(
        {
            "+CNMI": cnmi("10", "012", offered="(0-2),(0-3),(0,2),(0-2),(0,1)"),
            "+ZOPRT": Parameter("(0,5,6)", "5", r"[056]"),
            "+ZSNT": Parameter("(0-2),(0-2),(0-2)", "0,0,0", r"[012],[012],[012]", lasting=True),
        },
        without=("+CMMS",),
    ),
    answers=MappingProxyType({"+CPMS=?": ('+CPMS:("SM","ME"),("SM","ME"),("SM","ME")',)}),
    refused=frozenset({"+CMGC", "+CPINR", "+CEREG", "+QCCID", "+ICCID", "+CCID"}),
    unknown="ERROR",
    interfaces=(Interface(0, "diag"), Interface(1, "at2"), Interface(2, "at")),
    line_end="\r\r\n",
    boot_lines=("+ZUSIMR:2",),
    ready_line="",
    not_ready=500,
    down_lines=(),
    drops=True,
    noise=('+ZDONR: "CHINA MOBILE",460,0,"CS_PS","ROAM_OFF"', '+ZPASR: "HSDPA"', "+ZUSIMR:2"),
    sim_out_lines=("+ZUSIMR:0",),
    sim_in_lines=("+ZUSIMR:2",),
    card_queries=MappingProxyType({"+ZGETICCID": "+ZGETICCID: {}"}),
    pin_counter="+ZPINPUK",
    memories=("SM", "ME"),
    slots=MappingProxyType({"ME": 100}),
    report_memory="ME",
    report_header="+CDS: ,{length}",
    storage_full_line='+ZMEMFULL: "{}"',
    full_cms=322,
    access=2,
    place=", 1A2B, 00C0FFEE",
)

PERSONAS: Final = {"zte-mf190": _MF190}
