"""What makes of modem differ in, as data: texts, parameters, unsolicited lines, quirks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple

Role = Literal["at", "at2", "diag", "nmea", "data"]
"""What a tty of a device is for: commands and sending; commands only; never to be written to;
positions; nothing that answers."""


class Interface(NamedTuple):
    """One tty of a device by its USB interface number."""

    number: int
    role: Role


@dataclass(frozen=True, slots=True)
class Parameter:
    """A setting that is only kept: what ``=?`` says, the default, and what may be set (regex)."""

    offered: str
    default: str
    pattern: str
    ignored: str = r"(?!)"
    """What is answered with OK and not kept (regex)."""
    lasting: bool = False
    """Whether it survives ATZ and power cycles."""


PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
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
)


def parameters(
    extra: Mapping[str, Parameter] | None = None, without: tuple[str, ...] = ()
) -> Mapping[str, Parameter]:
    """The common parameters, some changed or added, some left out."""
    chosen = {**PARAMETERS, **(extra or {})}
    return MappingProxyType({name: chosen[name] for name in chosen if name not in without})


def cnmi(
    modes: str, report_routes: str, *, offered: str, ignored: str = r"(?!)", buffers: str = "01"
) -> Parameter:
    """A ``+CNMI`` that takes these modes, ``ds`` and ``bfr`` values, whatever it offers."""
    pattern = rf"[{modes}](,[0-3](,[02](,[{report_routes}](,[{buffers}])?)?)?)?"
    return Parameter(offered, f"{modes[0]},0,0,0,{buffers[-1]}", pattern, ignored)


_CARD_QUERIES = MappingProxyType(
    {"+CCID": "+CCID: {}", "+QCCID": "+QCCID: {}", "+ICCID": "+ICCID: {}"}
)


@dataclass(frozen=True, slots=True, eq=False)
class Persona:
    """One make of modem. The defaults are those of a well-behaved one."""

    manufacturer: str = "Estate SMS"
    model: str = "Emulated Modem"
    revision: str = "EM1.0"
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: PARAMETERS)
    answers: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType[str, tuple[str, ...]]({})
    )
    """Whole answers by command as typed behind AT, in capitals: ``+QNWINFO``, ``+CPMS=?``."""
    refused: frozenset[str] = frozenset()
    """Commands it does not know, by name."""
    unknown: str = ""
    """What it says to those; empty: ``+CME ERROR: 4``."""
    interfaces: tuple[Interface, ...] = (Interface(0, "at"),)
    line_end: str = "\r\n"
    boot_lines: tuple[str, ...] = ("RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready")
    ready_line: str = "SMS Ready"
    """Said when messages may be sent after boot (``Timing.message_service``)."""
    not_ready: int = 302
    """The CMS code of sending before that."""
    down_lines: tuple[str, ...] = ("NORMAL POWER DOWN",)
    """Said before it restarts by itself."""
    restarts: frozenset[str] = frozenset({"+CFUN=1,1"})
    """Commands that restart it."""
    drops: bool = False
    """Whether its ports vanish while it restarts."""
    noise: tuple[str, ...] = (
        "^RSSI:18",
        "+CREG: 1",
        '^HCSQ:"LTE",44,38,120,20',
        "RING",
        "^MODE:5,4",
        '+CUSD: 4,"",15',
        '+CTZV: "20/11/23,09:00:00+32"',
    )
    chatter: int = 0
    """Every so many answers a line of noise stands right before one; 0: never."""
    silencer: tuple[str, str] = ("", "")
    """The parameter and its value that end noise and chatter."""
    second_urc_port: tuple[str, str] = ("", "")
    """The parameter and its value that send unsolicited lines to the second AT port."""
    sim_out_lines: tuple[str, ...] = ("+CPIN: NOT READY",)
    sim_in_lines: tuple[str, ...] = ("+CPIN: READY",)
    card_queries: Mapping[str, str] = field(default_factory=lambda: _CARD_QUERIES)
    """Commands that tell the ICCID, and how."""
    pin_counter: str = "+CPINR"
    """The command that tells the PIN tries left; see ``card``."""
    memories: tuple[str, ...] = ("SM", "ME", "SR")
    slots: Mapping[str, int] = field(default_factory=lambda: MappingProxyType[str, int]({}))
    """Sizes of memories; the rest has ``Settings.sim_slots``."""
    report_memory: str = "SR"
    """Where ``ds``=2 puts reports."""
    report_header: str = "+CDS: {length}"
    delete_flags: bool = True
    """Whether ``AT+CMGD`` has a second argument."""
    storage_full_line: str = ""
    """Said when a message found no room, with the memory's name in it."""
    full_cms: int | None = None
    """The CMS code of sending while the memory is full; None: it sends."""
    prompt_pause: float = 0.0
    """Seconds behind the prompt during which what is typed is lost."""
    command_cms: int | None = None
    """Refuses every SMS-COMMAND with this code before it is on the air."""
    access: int | None = 7
    """``<AcT>`` in ``+COPS?``; None: does not tell."""
    registered_as: int = 1
    """``<stat>`` of ``+CREG`` when registered: 1, or 6 for messages only."""
    place: str = ',"1A2B","00C0FFEE",7'
    """What follows it in mode 2."""
    wakes_second: bool = False
    """Whether a dead first port wakes when something is typed at the second."""
