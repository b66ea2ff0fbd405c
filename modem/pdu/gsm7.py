"""GSM 7-bit default alphabet and its packing (3GPP TS 23.038 §6.1.2.1, §6.2.1)."""

from __future__ import annotations

from .errors import PduError

ESC = 0x1B
"""The septet that announces a character of the extension table."""

# Eight rows of sixteen, in septet order. Position 0x1B is the escape, shown here as ESC itself.
_DEFAULT = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
_EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}

_ENCODE: dict[int, str] = {
    ord(character): chr(septet) for septet, character in enumerate(_DEFAULT) if septet != ESC
} | {ord(character): chr(ESC) + chr(septet) for septet, character in _EXTENSION.items()}
_ALPHABET = frozenset(map(chr, _ENCODE))
_BITS = tuple(f"{septet:07b}" for septet in range(128))


def encodable(text: str) -> bool:
    """Tell whether every character is in the default alphabet or its extension table."""
    return _ALPHABET.issuperset(text)


def encode(text: str) -> bytes:
    """Return one octet per septet, unpacked. Raises PduError for a character outside."""
    if not encodable(text):
        raise PduError("text: a character is not in the GSM 7-bit alphabet")
    return text.translate(_ENCODE).encode("latin-1")


def decode(septets: bytes) -> str:
    """Decode unpacked septets; total: every sequence of values 0–127 has a text.

    As §6.2.1.1 asks: an unassigned position of the extension table shows the default alphabet's
    character, an escape to a further table (ESC ESC) a space. So does an escape at the very end.
    """
    if ESC not in septets:
        return "".join([_DEFAULT[septet] for septet in septets])
    characters: list[str] = []
    escaped = False
    for septet in septets:
        if escaped:
            escaped = False
            characters.append(_EXTENSION.get(septet) or _default(septet))
        elif septet == ESC:
            escaped = True
        else:
            characters.append(_DEFAULT[septet])
    if escaped:
        characters.append(" ")
    return "".join(characters)


def _default(septet: int) -> str:
    return " " if septet == ESC else _DEFAULT[septet]


def pack(septets: bytes, fill_bits: int = 0) -> bytes:
    """Pack septets into octets, least significant bit first, after ``fill_bits`` (0–6) zero bits."""
    if not septets:
        return bytes((fill_bits + 7) // 8)
    number = int("".join([_BITS[septet] for septet in reversed(septets)]), 2) << fill_bits
    return number.to_bytes((len(septets) * 7 + fill_bits + 7) // 8, "little")


def unpack(octets: bytes, count: int, fill_bits: int = 0) -> bytes:
    """Return ``count`` septets. Raises PduError if the octets hold fewer."""
    if count * 7 + fill_bits > len(octets) * 8:
        raise PduError("user data: fewer octets than its length says")
    number = int.from_bytes(octets, "little") >> fill_bits
    return bytes([(number >> shift) & 0x7F for shift in range(0, count * 7, 7)])
