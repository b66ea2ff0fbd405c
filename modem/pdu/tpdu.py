"""What every encoder returns."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tpdu:
    """An encoded TPDU as PDU mode wants it (3GPP TS 27.005 §4.1)."""

    hex: str = field(repr=False)
    """Upper-case hexadecimal, service centre address octets first (``00``: use the SIM's)."""
    length: int
    """TPDU octets without the service centre address: the argument of ``AT+CMGS`` / ``AT+CMGC``."""


def tpdu(*parts: bytes, service_centre: bytes = b"\x00") -> Tpdu:
    """Join the encoded fields of a TPDU behind its encoded service centre address."""
    octets = b"".join(parts)
    return Tpdu((service_centre + octets).hex().upper(), len(octets))
