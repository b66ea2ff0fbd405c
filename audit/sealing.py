"""The constructions of the sealed log, shared by its writer and its verifier.

Body: AES-256-GCM (NIST SP 800-38D) under the epoch's key, nonce = u32be(epoch) ‖ u64be(seq), the
header as associated data. AES-GCM does not commit to its key, so every epoch publishes a key
commitment in the clear header of its first record.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
from typing import TYPE_CHECKING

from .errors import FormatError
from .library import CIPHERS

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

if TYPE_CHECKING or CIPHERS:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    _HPKE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)

SUITE = "es1"
"""AES-256-GCM, SHA-256, Ed25519, HPKE with X25519, HKDF-SHA256 and ChaCha20-Poly1305 (RFC 9180)."""

_COMMITMENT = b"estate-sms/audit/kc/v1"
WRAP_OCTETS = 32 + 32 + 16


def leaf_hash(header: bytes, body: bytes) -> bytes:
    """The Merkle leaf of a record: SHA-256(0x00 ‖ u32be(len header) ‖ header ‖ sealed body)."""
    return hashlib.sha256(b"\x00" + len(header).to_bytes(4, "big") + header + body).digest()


def nonce(epoch: int, seq: int) -> bytes:
    """The record's nonce; used once, since a new key is made whenever numbering may repeat."""
    return epoch.to_bytes(4, "big") + seq.to_bytes(8, "big")


def commitment(key: bytes, origin: str, epoch: int) -> bytes:
    """What binds the epoch to this one key."""
    message = _COMMITMENT + origin.encode() + epoch.to_bytes(4, "big")
    return hmac.digest(key, message, "sha256")


@functools.lru_cache(maxsize=4)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def open_body(key: bytes, epoch: int, seq: int, header: bytes, body: bytes) -> bytes:
    """The plain body. Raises :class:`FormatError` when the tag does not fit."""
    try:
        return _cipher(key).decrypt(nonce(epoch, seq), body, header)
    except (InvalidTag, ValueError) as error:
        msg = "the sealed body does not open under the epoch's key"
        raise FormatError(msg) from error


def wrap_for(recipient: X25519PublicKey, key: bytes, origin: str, epoch: int) -> bytes:
    """The epoch's key for the holder of ``recipient``, bound to log and epoch: 80 octets."""
    return _HPKE.encrypt(key, recipient, info=_info(origin, epoch))


def unwrap_as(recipient: X25519PrivateKey, wrap: bytes, origin: str, epoch: int) -> bytes:
    """The epoch's key from :func:`wrap_for`. Raises :class:`FormatError`."""
    try:
        return _HPKE.decrypt(wrap, recipient, info=_info(origin, epoch))
    except (InvalidTag, ValueError) as error:
        msg = "the wrapped epoch key is not for this auditor, log and epoch"
        raise FormatError(msg) from error


def wrap_file_key(recipient: X25519PublicKey, key: bytes, purpose: str) -> bytes:
    """A file's key for the holder of ``recipient``: 80 octets."""
    return _HPKE.encrypt(key, recipient, info=purpose.encode())


def unwrap_file_key(recipient: X25519PrivateKey, wrap: bytes, purpose: str) -> bytes:
    """The file's key from :func:`wrap_file_key`. Raises :class:`FormatError`."""
    try:
        return _HPKE.decrypt(wrap, recipient, info=purpose.encode())
    except (InvalidTag, ValueError) as error:
        msg = "the sealed file is not for this auditor"
        raise FormatError(msg) from error


def _info(origin: str, epoch: int) -> bytes:
    return f"estate-sms/epoch/v1|{origin}|{epoch}".encode()
