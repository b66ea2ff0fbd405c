"""Which modem an emulated one pretends to be: identity texts, parameters, noise, as data."""

from __future__ import annotations

from dataclasses import dataclass, field

from .errors import SettingsError


@dataclass(frozen=True, slots=True)
class Parameter:
    """A setting that is only kept: what ``=?`` says, the default, and what may be set (regex)."""

    offered: str
    default: str
    pattern: str


PARAMETERS: dict[str, Parameter] = {
    "+CMEE": Parameter("(0-2)", "0", r"[012]"),
    "+CMGF": Parameter("(0)", "0", r"0"),
    "+CSCS": Parameter('("GSM","IRA","UCS2")', '"GSM"', r'"(GSM|IRA|UCS2)"'),
    "+CMMS": Parameter("(0-2)", "0", r"[012]"),
    "+CNMI": Parameter(
        "(0-2),(0-3),(0,2),(0-2),(0,1)", "2,1,0,0,0", r"[012](,[0-3](,[02](,[012](,[01])?)?)?)?"
    ),
    "+CLIP": Parameter("(0,1)", "0", r"[01]"),
    "+CLIR": Parameter("(0-2)", "0", r"[012]"),
    "+CRC": Parameter("(0,1)", "0", r"[01]"),
    "+CVHU": Parameter("(0,1)", "0", r"[01]"),
    "+CGSMS": Parameter("(0-3)", "1", r"[0-3]"),
    "+CSMP": Parameter("", "17,167,0,0", r'[0-9]*(,("[^"]*"|[0-9]*)){0,3}'),
    "+CSDH": Parameter("(0,1)", "0", r"[01]"),
    "+CTZR": Parameter("(0,1)", "0", r"[01]"),
    "+CTZU": Parameter("(0,1)", "0", r"[01]"),
    "+IPR": Parameter("(),(0,9600,115200)", "115200", r"(0|9600|115200)"),
    "+IFC": Parameter("(0,2),(0,2)", "0,0", r"[02](,[02])?"),
    "+ICF": Parameter("(3),(3)", "3,3", r"3(,3)?"),
}


@dataclass(frozen=True, slots=True)
class Persona:
    """One make of modem."""

    manufacturer: str = "Estate SMS"
    model: str = "Emulated Modem"
    revision: str = "EM1.0"
    parameters: dict[str, Parameter] = field(default_factory=lambda: PARAMETERS)
    boot_lines: tuple[str, ...] = ("RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready", "SMS Ready")
    noise: tuple[str, ...] = (
        "^RSSI:18",
        "+CREG: 1",
        '^HCSQ:"LTE",44,38,120,20',
        "RING",
        "^MODE:5,4",
        '+CUSD: 4,"",15',
        '+CTZV: "20/11/23,09:00:00+32"',
    )


PERSONAS: dict[str, Persona] = {"plain": Persona()}


def persona(name: str) -> Persona:
    """The persona called ``name``; raises ``SettingsError``."""
    try:
        return PERSONAS[name]
    except KeyError:
        raise SettingsError(f"no persona {name!r}; there are: {', '.join(PERSONAS)}") from None
