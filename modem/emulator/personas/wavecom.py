"""Wavecom Fastrack: RS-232, +WIND indications, own CMS codes, a prompt that wants a pause."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ..make import Parameter, Persona, parameters

_FASTRACK = Persona(
    manufacturer="WAVECOM MODEM",
    model="MULTIBAND  900E  1800",
    revision="651_09gg.Q2406B 1478872 070705 14:15",
    parameters=parameters({"+WIND": Parameter("(0-63)", "0", r"[0-9]{1,5}")}, without=("+CVHU",)),
    refused=frozenset({"+CEREG", "+CPINR", "+QCCID", "+ICCID"}),
    boot_lines=("+WIND: 3", "+WIND: 1", "+WIND: 7"),
    ready_line="+WIND: 4",
    not_ready=515,
    down_lines=(),
    restarts=frozenset({"+CFUN=1", "+CFUN=1,1"}),
    noise=("+WIND: 6,1", "+WIND: 8", "+CREG: 1"),
    sim_out_lines=("+WIND: 0",),
    sim_in_lines=("+WIND: 1",),
    card_queries=MappingProxyType({"+CCID": '+CCID: "{}"'}),
    pin_counter="+CPINC",
    memories=("SM", "BM", "SR"),
    prompt_pause=0.05,
    command_cms=302,
    access=None,
    place=',"1A2B","C0FF"',
)

PERSONAS: Final = {"wavecom-fastrack": _FASTRACK}
