"""An export as a whole sealed for one recipient, in chunks, so that memory stays bounded.

A clear first line of canonical JSON carries a file key wrapped by HPKE; the chunks' key is derived
from it and from that line (HKDF-SHA256). Each chunk is AES-256-GCM with the nonce ``0³ ‖ u64be(n) ‖
last``: chunks cannot be moved, dropped or added, nor the file cut.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO

from .canonical import encode, parse_object
from .errors import FormatError
from .library import CIPHERS
from .notes import decode64, encode64
from .sealing import WRAP_OCTETS, unwrap_file_key, wrap_file_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

if TYPE_CHECKING or CIPHERS:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ENVELOPE = "estate-sms/audit/sealed/v1"
CHUNK = 1 << 16
"""Octets of an export in a chunk; the last one may be shorter."""
_TAG = 16
_FIRST_LINE = len(encode({"chunk": CHUNK, "format": ENVELOPE, "wrap": "A" * 108})) + 1


def is_sealed(file: BinaryIO) -> bool:
    """Whether the file begins as an envelope does."""
    file.seek(0)
    return file.read(1) == b"{"


def seal_file(plain: BinaryIO, sealed: BinaryIO, recipient: X25519PublicKey) -> None:
    """Write all of ``plain`` to ``sealed`` for the holder of ``recipient``."""
    key = os.urandom(32)
    wrap = encode64(wrap_file_key(recipient, key, ENVELOPE))
    line = encode({"chunk": CHUNK, "format": ENVELOPE, "wrap": wrap}) + b"\n"
    sealed.write(line)
    cipher = _cipher(key, line)
    plain.seek(0)
    number, chunk = 0, plain.read(CHUNK)
    while True:
        following = plain.read(CHUNK)
        sealed.write(cipher.encrypt(_nonce(number, last=not following), chunk, None))
        if not following:
            return
        number, chunk = number + 1, following


def open_file(sealed: BinaryIO, plain: BinaryIO, recipient: X25519PrivateKey) -> None:
    """Undo :func:`seal_file`. Raises :class:`FormatError` for any byte out of place."""
    sealed.seek(0)
    line = sealed.read(_FIRST_LINE)
    fields = parse_object(line[:-1])
    if fields.keys() != {"chunk", "format", "wrap"} or fields["format"] != ENVELOPE:
        raise FormatError("not a sealed export of this format")
    wrap = decode64(fields["wrap"]) if isinstance(fields["wrap"], str) else b""
    if len(wrap) != WRAP_OCTETS or fields["chunk"] != CHUNK or line[-1:] != b"\n":
        raise FormatError("not a sealed export of this format")
    cipher = _cipher(unwrap_file_key(recipient, wrap, ENVELOPE), line)
    number, chunk = 0, sealed.read(CHUNK + _TAG)
    while True:
        following = sealed.read(CHUNK + _TAG)
        try:
            plain.write(cipher.decrypt(_nonce(number, last=not following), chunk, None))
        except (InvalidTag, ValueError) as error:
            raise FormatError(f"chunk {number} of the sealed file does not open") from error
        if not following:
            return
        number, chunk = number + 1, following


def _cipher(key: bytes, line: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, None, line).derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return bytes(3) + number.to_bytes(8, "big") + bytes([last])
