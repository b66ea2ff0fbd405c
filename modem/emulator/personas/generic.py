"""Makes no profile knows: one dull, one that breaks every promise software can meet."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ..make import Interface, Persona, cnmi, parameters

_DULL = Persona(
    manufacturer="Unbranded",
    model="GSM Modem",
    revision="1.0",
    parameters=parameters(without=("+CMMS",)),
    refused=frozenset({"+CLAC", "+CMGC", "+CEREG", "+CPINR"}),
    unknown="ERROR",
)
_LIAR = Persona(
    manufacturer="Unbranded",
    model="LTE Stick",
    revision="1.0",
    # Offers reports straight to the terminal, says OK, and stores nothing of it.
    parameters=parameters(
        {
            "+CNMI": cnmi(
                "210",
                "012",
                offered="(0-2),(0-3),(0,2),(0-2),(0,1)",
                ignored=r"[012],[0-3],[02],1(,.)?",
            )
        },
        without=("+CMMS",),
    ),
    answers=MappingProxyType({"+CPMS=?": ('+CPMS:("SM","ME"),("SM","ME"),("SM","ME")',)}),
    refused=frozenset({"+CLAC", "+CPINR"}),
    interfaces=(
        Interface(0, "diag"),
        Interface(1, "data"),
        Interface(2, "at"),
        Interface(3, "at2"),
    ),
    line_end="\r\r\n",
    noise=("+CGEV: NW DETACH", "+CEREG: 1", "+CTZV: +32,0"),
    memories=("SM", "ME"),
    report_memory="ME",
    command_cms=304,
    registered_as=6,
    place=',1A2B",00C0FFEE",7',
)

PERSONAS: Final = {"generic": _DULL, "generic-qualcomm": _LIAR}
