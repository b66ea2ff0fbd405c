"""The PDU a modem passes on: service centre address, then the TPDU (3GPP TS 27.005 §4.1)."""

from __future__ import annotations

from .address import read_service_centre
from .octets import Reader, from_hex


def open_pdu(pdu: bytes | str, length: int | None = None) -> tuple[str, Reader]:
    """Return the service centre address and a reader at the TPDU's first octet. Raises PduError.

    ``length``: the TPDU octets the modem announced. When it equals all octets there is no service
    centre address in front: some modems leave even its length octet out.
    """
    octets = from_hex(pdu)
    reader = Reader(octets)
    if length == len(octets):
        return "", reader
    return read_service_centre(reader), reader
