"""Signed notes and checkpoints as C2SP ``signed-note`` and ``tlog-checkpoint`` define them.

A note is text that ends in a newline, an empty line, and signature lines ``— name base64``. A
signature is Ed25519 (RFC 8032) over the text. The epoch stands in the key's name: ``origin/e12``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .ed25519 import verify_signature
from .errors import FormatError
from .tree import HASH

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_ED25519 = b"\x01"
SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})\n")
_NAME = re.compile(r"(.+)/e([1-9][0-9]{0,9})")
_KEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
EXPORT_NOTE = "estate-sms/audit/export/v1"
"""First line of the note over an export's manifest; no origin looks like it."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: that the log named ``origin`` has ``size`` records and this root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note's text."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A signed text and its one signature, not verified yet."""

    text: str
    name: str
    key_id: bytes
    signature: bytes

    @property
    def epoch(self) -> int:
        """The epoch in the key's name. Raises :class:`FormatError`."""
        match = _NAME.fullmatch(self.name)
        if match is None:
            msg = "a signature's key name carries no epoch"
            raise FormatError(msg)
        return int(match[2])


@dataclass(frozen=True, slots=True)
class LogKey:
    """The lasting key by which witnesses know a log; its name is the log's origin."""

    origin: str
    public_key: bytes

    def text(self) -> str:
        """``name+id+key``, as C2SP writes verifier keys."""
        identity = key_id(self.origin, self.public_key).hex()
        return f"{self.origin}+{identity}+{encode64(_ED25519 + self.public_key)}"

    def signed(self, text: str, name: str, blob: bytes) -> bool:
        """Whether a signature line's name and content are this key's over ``text``."""
        known = name == self.origin and blob[:4] == key_id(name, self.public_key)
        return known and verify_signature(self.public_key, blob[4:], text.encode())


def parse_log_key(text: str) -> LogKey:
    """The key in ``name+id+key``. Raises :class:`FormatError`."""
    match = _KEY.fullmatch(text.strip())
    raw = decode64(match[3]) if match else b""
    if match is None or raw[:1] != _ED25519 or len(raw) != 33:
        raise FormatError("not a log's public key (name+id+key)")
    key = LogKey(match[1], raw[1:])
    if key_id(key.origin, key.public_key).hex() != match[2]:
        raise FormatError("a log's public key that does not fit its id")
    return key


def key_name(origin: str, epoch: int) -> str:
    """The name of an epoch's signing key."""
    return f"{origin}/e{epoch}"


def key_id(name: str, public_key: bytes) -> bytes:
    """The four octets that tell keys of one name apart."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def sign(text: str, name: str, key: Ed25519PrivateKey) -> bytes:
    """The note of ``text``, which ends in a newline."""
    public = key.public_key().public_bytes_raw()
    blob = base64.b64encode(key_id(name, public) + key.sign(text.encode())).decode()
    return f"{text}\n— {name} {blob}\n".encode()


def parse_note(data: bytes) -> Note:
    """Take a note with exactly one signature apart. Raises :class:`FormatError`."""
    try:
        text, separator, rest = data.decode().rpartition("\n\n")
    except UnicodeDecodeError as error:
        msg = "a note that is not UTF-8"
        raise FormatError(msg) from error
    match = SIGNATURE.fullmatch(rest)
    if not separator or match is None:
        msg = "not a note with one signature"
        raise FormatError(msg)
    blob = decode64(match[2])
    if len(blob) != 4 + 64:
        msg = "a signature of the wrong length"
        raise FormatError(msg)
    return Note(text + "\n", match[1], blob[:4], blob[4:])


def verify(note: Note, name: str, public_key: bytes) -> bool:
    """Whether ``note`` was signed under this name by this key."""
    if note.name != name or note.key_id != key_id(name, public_key):
        return False
    return verify_signature(public_key, note.signature, note.text.encode())


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in a note's text; no extension lines. Raises :class:`FormatError`."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0] or not _SIZE.fullmatch(lines[1]):
        msg = "not a checkpoint of origin, size and root"
        raise FormatError(msg)
    root = decode64(lines[2])
    if len(root) != HASH:
        msg = "a root of the wrong length"
        raise FormatError(msg)
    return Checkpoint(lines[0], int(lines[1]), root)


def encode64(data: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(data).decode()


def decode64(text: str) -> bytes:
    """Standard base64 in its one canonical form. Raises :class:`FormatError`."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        msg = "not base64"
        raise FormatError(msg) from error
    if base64.b64encode(data).decode() != text:
        msg = "base64 that is not canonical"
        raise FormatError(msg)
    return data
