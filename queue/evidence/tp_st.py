"""TP-ST codes as evidence about the number (3GPP TS 23.040 §9.2.3.15). Pure.

What happens to the message is :mod:`..tp_status`'s affair.
"""

from __future__ import annotations

from types import MappingProxyType

from .kinds import Code, Kind

_K = Kind
_DEFINED = (
    Code(0x00, "received by the handset", _K.SUCCESS),
    Code(0x01, "forwarded, not confirmed", _K.SUCCESS),
    Code(0x02, "replaced by the SMSC", _K.ENDED),
    Code(0x20, "congestion, still trying", _K.PENDING),
    Code(0x21, "handset busy, still trying", _K.PENDING),
    Code(0x22, "no response, still trying", _K.PENDING),
    Code(0x23, "service rejected, still trying", _K.PENDING),
    Code(0x24, "quality of service not available, still trying", _K.PENDING),
    Code(0x25, "error in handset, still trying", _K.PENDING),
    Code(0x40, "remote procedure error", _K.DESTINATION, 2.0),
    Code(0x41, "incompatible destination", _K.DESTINATION, 3.0),
    Code(0x42, "connection rejected by the handset", _K.BARRED),
    Code(0x43, "not obtainable", _K.DESTINATION, 3.0),
    Code(0x44, "quality of service not available", _K.MESSAGE),
    Code(0x45, "no interworking available", _K.MESSAGE),
    Code(0x46, "validity period expired", _K.UNREACHABLE, 0.5),
    Code(0x47, "deleted by us", _K.ENDED),
    Code(0x48, "deleted by the SMSC's administration", _K.ENDED),
    Code(0x49, "no such message", _K.ENDED),
    Code(0x60, "congestion, given up", _K.TEMPORARY),
    Code(0x61, "handset busy, given up", _K.TEMPORARY),
    Code(0x62, "no response, given up", _K.TEMPORARY),
    Code(0x63, "service rejected, given up", _K.TEMPORARY),
    Code(0x64, "quality of service not available, given up", _K.TEMPORARY),
    Code(0x65, "error in handset, given up", _K.TEMPORARY),
)
TP_ST = MappingProxyType({row.code: row for row in _DEFINED})
"""Every code that is defined, by number."""

_RANGES = (
    (0x20, _K.SUCCESS, "reserved or the SMSC's own: done"),
    (0x40, _K.PENDING, "reserved or the SMSC's own: still trying"),
    (0x60, _K.UNKNOWN, "reserved or the SMSC's own: permanent"),
    (0x80, _K.TEMPORARY, "reserved or the SMSC's own: given up"),
)


def tp_st(code: int) -> Code:
    """What ``code`` is evidence of. Above 0x7F nothing is defined, and no bit is guessed from."""
    found = TP_ST.get(code)
    if found is not None:
        return found
    for end, kind, meaning in _RANGES:
        if 0 <= code < end:
            return Code(code, meaning, kind)
    return Code(code, "reserved", Kind.UNKNOWN)
