"""UCS-2 user data, sent and read as UTF-16 big endian (3GPP TS 23.038 §6.2.3).

Handsets of the last fifteen years take surrogate pairs for what they are, so emoji and rare
Chinese characters go through.
"""

from __future__ import annotations

from .errors import PduError


def encode(text: str) -> bytes:
    """Encode. Raises PduError for a lone surrogate."""
    try:
        return text.encode("utf-16-be")
    except UnicodeEncodeError:
        # The original error quotes the text: it must not travel on as the cause.
        raise PduError("text: a lone surrogate") from None


def decode(octets: bytes) -> str:
    """Decode; total: what is no character (lone surrogate, odd last octet) becomes U+FFFD."""
    return octets.decode("utf-16-be", "replace")
