"""SMS-DELIVERs as the network sends them to a modem."""

from __future__ import annotations

from datetime import datetime
from random import Random

from ..pdu.deliver import Deliver, encode_deliver
from ..pdu.segment import segment
from ..pdu.submit import Submit
from ..pdu.tpdu import Tpdu
from ..pdu.udh import Concat
from .control import Inbound
from .errors import ControlError


def parts_of(message: Inbound, at: datetime, smsc: str, rng: Random) -> list[Tpdu]:
    """The parts of a message in the order in which they arrive.

    Raises ``PduError`` for a text or sender that cannot be sent, ``ControlError`` for a part
    that does not exist.
    """
    split = segment(message.text)
    total = len(split.segments)
    reference = rng.randrange(256) if message.reference is None else message.reference
    order = message.order or tuple(range(1, total + 1))
    if not set(order) <= set(range(1, total + 1)):
        raise ControlError(f"the text has {total} parts; order names others")
    return [
        encode_deliver(
            Deliver(
                message.sender,
                split.segments[seq - 1],
                at,
                dcs=_dcs(split.alphabet),
                concat=Concat(reference, total, seq) if total > 1 else None,
                more_messages=place < len(order),
                smsc=smsc,
            )
        )
        for place, seq in enumerate(order, 1)
    ]


def as_received(submit: Submit, sender: str, at: datetime, smsc: str) -> Tpdu:
    """What the recipient of a submitted segment gets. Raises ``PduError``."""
    return encode_deliver(
        Deliver(
            sender,
            submit.text,
            at,
            pid=submit.pid,
            dcs=_dcs(submit.alphabet or "gsm7"),
            concat=submit.concat,
            smsc=smsc,
        )
    )


def _dcs(alphabet: str) -> int:
    return 0x08 if alphabet == "ucs2" else 0x00
