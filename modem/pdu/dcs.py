"""TP-DCS, the data coding scheme (3GPP TS 23.038 §4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .errors import PduError

Coding = Literal["gsm7", "8bit", "ucs2"]
"""How user data is coded."""

_BY_BITS: tuple[Coding, ...] = ("gsm7", "8bit", "ucs2", "gsm7")  # reserved reads as GSM-7
_TO_BITS: dict[Coding, int] = {"gsm7": 0x00, "8bit": 0x04, "ucs2": 0x08}
_HAS_CLASS = 0x10
_COMPRESSED = 0x20


@dataclass(frozen=True, slots=True)
class DataCoding:
    """What a TP-DCS means for reading the user data."""

    coding: Coding
    """Compressed text counts as ``8bit``: nobody implements the compression."""
    message_class: int | None
    """0 shows at once and is not stored, 1 to 3 name a place of storage; None: no class."""


def encode_dcs(coding: Coding, message_class: int | None) -> int:
    """Return the TP-DCS of the general group. Raises PduError for a class outside 0–3."""
    if message_class is None:
        return _TO_BITS[coding]
    if not 0 <= message_class <= 3:
        raise PduError("message class: not 0 to 3")
    return _TO_BITS[coding] | _HAS_CLASS | message_class


def decode_dcs(dcs: int) -> DataCoding:
    """Decode; total over 0–255. Reserved groups read as GSM-7 without class, as the clause asks."""
    match dcs >> 4:
        case 0b1110:  # message waiting, stored, UCS-2; 1100 and 1101 are the GSM-7 ones
            return DataCoding("ucs2", None)
        case 0b1111:
            return DataCoding("8bit" if dcs & 0x04 else "gsm7", dcs & 0x03)
        case group if group >= 0b1000:
            return DataCoding("gsm7", None)
        case _:  # general, and the same marked for automatic deletion
            coding: Coding = "8bit" if dcs & _COMPRESSED else _BY_BITS[(dcs >> 2) & 0x03]
            return DataCoding(coding, dcs & 0x03 if dcs & _HAS_CLASS else None)
