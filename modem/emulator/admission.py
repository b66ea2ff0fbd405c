"""What a modem looks at before a PDU goes on the air."""

from __future__ import annotations

from dataclasses import dataclass

from ..pdu.address import encode_number
from ..pdu.command import Command, decode_command
from ..pdu.errors import PduError
from ..pdu.submit import Submit, decode_submit
from .faults import Fault
from .replies import (
    CMS_INVALID_PDU,
    CMS_NO_NETWORK,
    CMS_NO_SMSC,
    CMS_SIM_NOT_INSERTED,
    CMS_SIM_PIN,
    CMS_SIM_PUK,
    cms,
)
from .storage import Storage
from .syntax import Call
from .unit import Unit

LONGEST_TPDU = 164


@dataclass(frozen=True, slots=True)
class Announced:
    """What ``AT+CMGS=n`` said, and what will go wrong with it."""

    name: str
    length: int
    faults: dict[str, Fault]


def announced_length(call: Call) -> int:
    """The TPDU octets a command announces. Raises ``CommandError``."""
    length = call.argument.strip()
    if not (length.isascii() and length.isdigit() and 1 <= int(length) <= LONGEST_TPDU):
        raise cms(CMS_INVALID_PDU)
    return int(length)


def obstacle(unit: Unit, storage: Storage) -> int | None:
    """The CMS code of what stands in the way of sending."""
    if not unit.sim:
        return CMS_SIM_NOT_INSERTED
    if unit.card.state != "READY":
        return CMS_SIM_PIN if unit.card.state == "SIM PIN" else CMS_SIM_PUK
    if not unit.service:
        return unit.persona.not_ready
    if not unit.registered:
        return CMS_NO_NETWORK
    if not unit.smsc:
        return CMS_NO_SMSC
    return unit.persona.full_cms if storage.filled else None


def decode(announced: Announced, text: str) -> Submit | Command:
    """The TPDU typed at the prompt. Raises ``PduError``."""
    try:
        octets = bytes.fromhex(text)
    except ValueError as error:
        raise PduError("not hexadecimal") from error
    if not octets or len(octets) - 1 - octets[0] != announced.length:
        raise PduError("not the announced length")
    content = decode_command(octets) if announced.name == "+CMGC" else decode_submit(octets)
    encode_number(content.destination)  # what no report could name is no number
    return content
