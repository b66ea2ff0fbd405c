"""Public ids: opaque, 21 URL-safe characters, sortable by the time they were made.

A letter for the kind, 9 characters of milliseconds (45 bits) and 11 random ones (55 bits), in
Crockford's base 32 in lower case, whose characters sort like their values. Ids of one process and
one millisecond count upwards, so a batch's messages sort in the order they were given.
"""

from __future__ import annotations

import secrets
import threading
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_BITS = 55
_lock = threading.Lock()
_last = 0


def new_id(kind: str) -> str:
    """A new id whose first character is the letter ``kind`` (``m`` message, ``b`` batch, …)."""
    global _last
    value = (time.time_ns() // 1_000_000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    with _lock:
        # Within a millisecond count on from the last id, so that order is kept.
        if value >> _RANDOM_BITS <= _last >> _RANDOM_BITS:
            value = _last + 1 + secrets.randbits(20)
        _last = value
    digits = [_ALPHABET[value >> shift & 31] for shift in range(95, -1, -5)]
    return kind + "".join(digits)
