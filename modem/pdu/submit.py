"""SMS-SUBMIT (3GPP TS 23.040 §9.2.2.2)."""

from __future__ import annotations

from dataclasses import dataclass, field

from .address import encode_number, read_number
from .dcs import Coding, decode_dcs, encode_dcs
from .errors import PduError
from .frame import open_pdu
from .octets import octet
from .tpdu import Tpdu, tpdu
from .udh import Concat
from .user_data import UserData, encode_user_data, narrowest, read_user_data
from .validity import Validity, encode_validity, read_validity

MTI = 0x01
_REJECT_DUPLICATES = 0x04
_STATUS_REPORT = 0x20
_HEADER = 0x40


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
    coding = submit.alphabet or narrowest(submit.text)
    validity_bits, validity = encode_validity(submit.validity)
    first = MTI | validity_bits
    if submit.reject_duplicates:
        first |= _REJECT_DUPLICATES
    if submit.status_report:
        first |= _STATUS_REPORT
    if submit.concat:
        first |= _HEADER
    return tpdu(
        bytes((first, octet(submit.tp_mr, "TP-MR"))),
        encode_number(submit.destination),
        bytes((octet(submit.pid, "TP-PID"), encode_dcs(coding, submit.message_class))),
        validity,
        encode_user_data(coding, UserData(submit.text, submit.data, submit.concat)),
    )


def decode_submit(pdu: bytes | str) -> Submit:
    """Decode octets or hexadecimal, service centre address first. Raises PduError.

    Strict, as a service centre is: an enhanced validity period, an invalid time and octets after
    the end are errors. Header elements other than concatenation are dropped.
    """
    _, reader = open_pdu(pdu)
    first = reader.octet("first octet")
    if first & 0x03 != MTI:
        raise PduError("TP-MTI: not an SMS-SUBMIT")
    tp_mr = reader.octet("TP-MR")
    destination = read_number(reader, "TP-DA")
    pid = reader.octet("TP-PID")
    scheme = decode_dcs(reader.octet("TP-DCS"))
    validity = read_validity(first, reader)
    content = read_user_data(reader, scheme.coding, has_header=bool(first & _HEADER))
    reader.finish()
    return Submit(
        destination=destination,
        text=content.text,
        alphabet=scheme.coding,
        concat=content.concat,
        pid=pid,
        message_class=scheme.message_class,
        validity=validity,
        status_report=bool(first & _STATUS_REPORT),
        reject_duplicates=bool(first & _REJECT_DUPLICATES),
        tp_mr=tp_mr,
        data=content.data,
    )
