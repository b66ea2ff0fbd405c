"""Cosignatures of witnesses as C2SP ``tlog-cosignature`` (``cosignature/v1``) defines them.

A witness signs, under a key name and type of its own, the time and the checkpoint's text: that at
that time it had seen no other tree under this origin.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from .ed25519 import verify_signature
from .errors import FormatError
from .notes import SIGNATURE, decode64, encode64

COSIGNATURE = b"\x04"
"""Signature type of a timestamped Ed25519 cosignature."""
_KEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """Whose cosignatures count: a name and an Ed25519 public key."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """The four octets in front of its signatures."""
        text = self.name.encode() + b"\n" + COSIGNATURE + self.public_key
        return hashlib.sha256(text).digest()[:4]

    def text(self) -> str:
        """``name+id+key``, as C2SP writes verifier keys."""
        return f"{self.name}+{self.key_id.hex()}+{encode64(COSIGNATURE + self.public_key)}"


def parse_witness_key(text: str) -> WitnessKey:
    """The key in ``name+id+key``. Raises :class:`FormatError`."""
    match = _KEY.fullmatch(text.strip())
    raw = decode64(match[3]) if match else b""
    if match is None or raw[:1] != COSIGNATURE or len(raw) != 33:
        raise FormatError("not a witness's public key (name+id+key)")
    key = WitnessKey(match[1], raw[1:])
    if key.key_id.hex() != match[2]:
        raise FormatError("a witness's public key that does not fit its id")
    return key


def signed_message(checkpoint: str, seconds: int) -> bytes:
    """What a witness signs for a checkpoint's text at a time (seconds since 1970 UTC)."""
    return f"cosignature/v1\ntime {seconds}\n{checkpoint}".encode()


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's signature line, taken apart, not verified yet."""

    name: str
    key_id: bytes
    seconds: int
    signature: bytes

    def line(self) -> str:
        """The line as it stands below a note."""
        blob = self.key_id + self.seconds.to_bytes(8, "big") + self.signature
        return f"— {self.name} {encode64(blob)}\n"

    def is_of(self, key: WitnessKey) -> bool:
        """Whether it names this key."""
        return self.name == key.name and self.key_id == key.key_id

    def holds(self, key: WitnessKey, checkpoint: str) -> bool:
        """Whether ``key`` signed the checkpoint's text."""
        message = signed_message(checkpoint, self.seconds)
        return self.is_of(key) and verify_signature(key.public_key, self.signature, message)


def parse_cosignature(line: str) -> Cosignature:
    """The cosignature in a line. Raises :class:`FormatError`."""
    match = SIGNATURE.fullmatch(line)
    blob = decode64(match[2]) if match else b""
    if match is None or len(blob) != 4 + 8 + 64:
        raise FormatError("not a witness's signature line")
    return Cosignature(match[1], blob[:4], int.from_bytes(blob[4:12], "big"), blob[12:])
