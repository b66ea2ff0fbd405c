"""Reading octets without ever running past their end."""

from __future__ import annotations

from binascii import unhexlify

from .errors import PduError

# The longest TPDU is 164 octets and the longest service centre address 12; SIM records are 176.
_MAX_OCTETS = 255

_SWAPPED = bytes([(octet & 0x0F) << 4 | octet >> 4 for octet in range(256)])


def semi_octets(octets: bytes) -> str:
    """The two halves of each octet as hexadecimal digits, the lower half first."""
    return octets.translate(_SWAPPED).hex()


def from_semi_octets(digits: str) -> bytes:
    """The other way; an even number of hexadecimal digits."""
    return bytes.fromhex(digits).translate(_SWAPPED)


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
        at = self._at
        if at >= len(self._octets):
            raise PduError(f"{field}: the PDU ends before it")
        self._at = at + 1
        return self._octets[at]

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
