"""The form of a token: ``esk_<key id>_<43 characters>``, 256 random bits in base64url. Pure."""

from __future__ import annotations

import hashlib
import re
import secrets

_TOKEN = re.compile(r"esk_(k[0-9a-z]{1,20})_[A-Za-z0-9_-]{43}")


def new_token(key_id: str) -> str:
    """A fresh token of the key with this public id."""
    return f"esk_{key_id}_{secrets.token_urlsafe(32)}"


def key_id_of(token: str) -> str | None:
    """The public id of the key that ``token`` claims to be; ``None`` when it is no token."""
    match = _TOKEN.fullmatch(token)
    return match[1] if match else None


def digest(token: str) -> bytes:
    """What is stored of a token. It has 256 bits of its own: no salt, no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
