"""Faults by script: what may go wrong with a modem, and when."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

SendingFault = Literal[
    "hang_before_ctrl_z",  # prompts, then takes nothing more: not on the air
    "hang_after_ctrl_z",  # on the air, then silence until healed, reset or replugged
    "answer_lost",  # on the air, the answer never comes; later commands are answered
    "late_answer",  # on the air; answers other commands, and this one `seconds` later
    "no_prompt",  # no prompt; only ESC frees the modem
    "slow_prompt",  # the prompt takes `seconds` more
    "unplug_before_ctrl_z",  # the port vanishes instead of prompting; back after `seconds` if > 0
    "unplug_after_ctrl_z",  # on the air, then the port vanishes; back after `seconds` if > 0
    "reset_after_ctrl_z",  # on the air, then the modem boots
    "cms_error",  # refused with `code`
    "duplicate_report",  # the report of this message comes twice
    "split_report",  # the report of this message comes in three pieces, 5 ms apart
    "urc_in_prompt",  # an unsolicited line between the prompt and the PDU
]
"""Strike the next sends (``count`` of them, after ``skip`` more)."""

ReadingFault = Literal["cmgl_hangs"]
"""Strikes the next ``AT+CMGL``: the modem hangs instead of answering."""

ImmediateFault = Literal[
    "hang",  # swallows everything until healed, reset or replugged
    "unplug",  # the port vanishes; back after `seconds` if > 0
    "replug",  # the port comes back (a new pty behind the same link)
    "reset",  # boots: settings lost, echo on, `RDY`
    "brown_out",  # says that it powers down, and boots
    "power_cycle",  # loses power, ports and all; gets it back after `seconds`, and boots
    "renumber",  # the ports vanish and come back under another name after `seconds`
    "port_dead",  # the first port swallows everything; the second AT port still answers
    "radio_stuck",  # searching until the radio is switched off and on, or a restart
    "sms_stuck",  # refuses every message with CMS 500 until restarted
    "sim_swap",  # another SIM in the slot: new ICCID, IMSI and number
    "echo_on",  # echoes again, as after ATZ
    "random_bytes",  # writes `size` random bytes
    "chatter",  # `count` unsolicited lines, `seconds` apart
    "sim_out",  # no SIM until healed
    "network_lost",  # searching until healed
    "storage_full",  # SIM storage takes nothing until healed
    "heal",  # ends every scripted condition but unplug; disarms the rest
]
"""Strike at once."""

FaultKind = SendingFault | ReadingFault | ImmediateFault
SENDING: frozenset[str] = frozenset(get_args(SendingFault))
READING: frozenset[str] = frozenset(get_args(ReadingFault))


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One scripted fault."""

    kind: FaultKind
    count: int = 1
    skip: int = 0
    seconds: float = 0.0
    code: int = 500
    size: int = 4096


class FaultPlan:
    """The armed faults of one modem, for sending or for reading."""

    def __init__(self) -> None:
        self._armed: list[tuple[Fault, int, int]] = []

    def arm(self, fault: Fault) -> None:
        """Let ``fault`` strike coming sends."""
        self._armed.append((fault, fault.skip, fault.count))

    def clear(self) -> None:
        """Disarm everything."""
        self._armed.clear()

    def strike(self) -> dict[str, Fault]:
        """The faults that strike what now begins, by kind; wears them out."""
        striking: dict[str, Fault] = {}
        remaining: list[tuple[Fault, int, int]] = []
        for fault, skip, count in self._armed:
            if skip:
                remaining.append((fault, skip - 1, count))
                continue
            striking[fault.kind] = fault
            if count > 1:
                remaining.append((fault, 0, count - 1))
        self._armed = remaining
        return striking
