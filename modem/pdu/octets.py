"""Reading octets without ever running past their end."""

from __future__ import annotations

from binascii import unhexlify

from .errors import PduError

# The longest TPDU is 164 octets and the longest service centre address 12; SIM records are 176.
_MAX_OCTETS = 255


def from_hex(pdu: bytes | str) -> bytes:
    """Return octets of ``pdu``: octets as they are, or hexadecimal. Raises PduError."""
    if isinstance(pdu, str):
        try:
            pdu = unhexlify(pdu.strip())
        except ValueError:
            raise PduError("PDU: not hexadecimal") from None  # the cause may quote a number
    if len(pdu) > _MAX_OCTETS:
        raise PduError(f"PDU: longer than {_MAX_OCTETS} octets")
    return pdu


class Reader:
    """A cursor over octets; every read past the end raises PduError naming the field."""

    __slots__ = ("_at", "_octets")

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._at = 0

    def octet(self, field: str) -> int:
        """Read one octet."""
        return self.take(1, field)[0]

    def take(self, count: int, field: str) -> bytes:
        """Read ``count`` octets."""
        end = self._at + count
        if end > len(self._octets):
            raise PduError(f"{field}: the PDU ends before it")
        taken = self._octets[self._at : end]
        self._at = end
        return taken

    def finish(self) -> None:
        """Raise PduError if anything is left."""
        if self._at != len(self._octets):
            raise PduError("PDU: octets after its end")


def octet(value: int, field: str) -> int:
    """Return ``value`` if it fits one octet, else raise PduError naming ``field``."""
    if not 0 <= value <= 0xFF:
        raise PduError(f"{field}: not 0 to 255")
    return value
