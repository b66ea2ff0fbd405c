"""SMS-SUBMIT (3GPP TS 23.040 §9.2.2.2)."""

from __future__ import annotations

from dataclasses import dataclass, field

from .dcs import Coding
from .tpdu import Tpdu
from .udh import Concat
from .validity import Validity


@dataclass(frozen=True, slots=True)
class Submit:
    """One segment on its way to the service centre."""

    destination: str = field(repr=False)
    """``+`` and digits (international), or digits, ``*``, ``#`` (short code, national)."""
    text: str = field(repr=False)
    alphabet: Coding | None = None
    """None: the narrowest that holds ``text``; for a part of a long text say which."""
    concat: Concat | None = None
    pid: int = 0
    """TP-PID; 0x41–0x47 replace an earlier message of the same slot."""
    message_class: int | None = None
    """0 (flash) to 3."""
    validity: Validity | None = None
    status_report: bool = True
    """TP-SRR."""
    reject_duplicates: bool = False
    """TP-RD."""
    tp_mr: int = 0
    """Placeholder: the modem assigns its own and tells it in ``+CMGS``."""
    data: bytes = field(default=b"", repr=False)
    """User data of an ``8bit`` message (``text`` is then empty)."""


def encode_submit(submit: Submit) -> Tpdu:
    """Encode for ``AT+CMGS``. Raises PduError if the text does not fit one segment or is not valid."""
    raise NotImplementedError


def decode_submit(pdu: bytes | str) -> Submit:
    """Decode octets or hexadecimal, service centre address first. Raises PduError."""
    raise NotImplementedError
