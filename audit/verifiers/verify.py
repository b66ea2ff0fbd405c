#!/usr/bin/env python3
"""Verifies an audit log exported by Estate SMS, on any machine: python3 verify.py --help

Needs Python 3.11 or newer. With the library `cryptography` it opens and compares everything; without
it, it checks hashes and signatures alone and says so. Made from the modules of estate_sms.audit by
audit/verifiers/bundle; do not edit. The format is described in docs/explanation/audit-log.md.

Copyright The Estate SMS authors. SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import argparse
import base64
import binascii
import functools
import hashlib
import hmac
import json
import os
import re
import sys
import tempfile
from binascii import b2a_base64
from collections.abc import Callable, Container, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple, NoReturn, Protocol, TYPE_CHECKING, cast

CIPHERS = find_spec("cryptography") is not None
if TYPE_CHECKING or CIPHERS:
    from cryptography.exceptions import InvalidSignature, InvalidTag
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    from cryptography.hazmat.primitives.serialization import load_pem_private_key


# --- errors
#
# What can go wrong with the sealed log and its keys. Imports nothing: the verifier uses it too.

class AuditError(Exception):
    """Root of every error this room raises of its own."""


class KeysError(AuditError):
    """A key file is missing, unreadable, malformed, or does not fit this database."""


class FormatError(AuditError):
    """Bytes that should be a record, a note or an export are not; says which rule they break."""


class AuditDamagedError(AuditError):
    """The log on disk is not what was sealed. Nothing was repaired.

    ``sequence`` is the first record that is wrong or missing.
    """

    def __init__(self, sequence: int, reason: str) -> None:
        super().__init__(f"the audit log is damaged at record {sequence}: {reason}")
        self.sequence = sequence
        self.reason = reason


# --- library
#
# Whether ``cryptography`` is here. The stand-alone verifier does what it can without it.




# --- canonical
#
# Canonical JSON: the one encoding of a record's header and body.
#
# RFC 8785 restricted to ASCII keys, strings, booleans, null and integers of magnitude below 2^53; no
# floats. Standard library only: the verifier reads with it, independently of the writer's encoder.

MAX_INTEGER = 2**53 - 1
_MAX_DEPTH = 8

_encoder = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def encode(value: object) -> bytes:
    """The canonical bytes of ``value``. Raises :class:`FormatError`."""
    try:
        return _encoder.encode(value).encode()
    except (ValueError, TypeError, RecursionError) as error:
        msg = "a value has no canonical JSON form"
        raise FormatError(msg) from error


def parse(data: bytes) -> object:
    """The value of canonical ``data``. Raises :class:`FormatError` for any other bytes.

    Duplicate keys, white space, needless escapes, a byte-order mark and wrong key order are all
    caught by encoding again and comparing.
    """
    try:
        text = data.decode()
        value = _decoder.decode(text)
        again = _encoder.encode(value)
    except (ValueError, RecursionError) as error:
        msg = "not JSON in UTF-8"
        raise FormatError(msg) from error
    if again != text:
        msg = "JSON that is not in canonical form"
        raise FormatError(msg)
    if not text.isascii():
        _check_keys(value)
    return value


def parse_object(data: bytes) -> dict[str, Any]:
    """:meth:`parse`, for an object. Raises :class:`FormatError`."""
    value = parse(data)
    if not isinstance(value, dict):
        msg = "not a JSON object"
        raise FormatError(msg)
    return cast("dict[str, Any]", value)


def _integer(text: str) -> int:
    value = int(text) if len(text) < 20 else MAX_INTEGER + 1
    if not -MAX_INTEGER <= value <= MAX_INTEGER:
        msg = "an integer of 2^53 or more"
        raise FormatError(msg)
    return value


def _refuse(text: str) -> NoReturn:
    msg = "a number that is no integer"
    raise FormatError(msg)


_decoder = json.JSONDecoder(parse_int=_integer, parse_float=_refuse, parse_constant=_refuse)


def _check_keys(value: object, depth: int = 0) -> None:
    if isinstance(value, dict):
        mapping = cast("dict[str, object]", value)
        if depth > _MAX_DEPTH or not all(key.isascii() for key in mapping):
            msg = "a key that is not ASCII"
            raise FormatError(msg)
        for item in mapping.values():
            _check_keys(item, depth + 1)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            _check_keys(item, depth + 1)


# --- tree
#
# The Merkle tree over the log's leaves (RFC 9162 section 2.1), kept as a compact range.
#
# A tree of *n* leaves is at most 64 hashes: the roots of its perfect subtrees, largest first. Leaf
# hashes are made elsewhere (:func:`.sealing.leaf_hash`); this module only joins them.

HASH = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
_sha256 = hashlib.sha256


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return _sha256(b"\x01" + left + right).digest()


class CompactRange:
    """The tree's state after ``size`` leaves."""

    __slots__ = ("nodes", "size")

    def __init__(self, size: int = 0, nodes: list[bytes] | None = None) -> None:
        self.size = size
        self.nodes: list[bytes] = [] if nodes is None else nodes

    @classmethod
    def decode(cls, size: int, data: bytes) -> CompactRange:
        """From :meth:`encode`. Raises :class:`FormatError` when the length does not fit."""
        if size < 0 or len(data) != HASH * size.bit_count():
            msg = f"{len(data)} octets are no compact range of {size} leaves"
            raise FormatError(msg)
        return cls(size, [data[i : i + HASH] for i in range(0, len(data), HASH)])

    def encode(self) -> bytes:
        """The subtree roots, largest first."""
        return b"".join(self.nodes)

    def copy(self) -> CompactRange:
        """The same state, independent of later leaves."""
        return CompactRange(self.size, self.nodes.copy())

    def append(self, leaf: bytes) -> None:
        """Add the next leaf's hash."""
        nodes, size = self.nodes, self.size
        while size & 1:
            leaf = _sha256(b"\x01" + nodes.pop() + leaf).digest()
            size >>= 1
        nodes.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The tree's root hash; of the empty tree, SHA-256 of nothing."""
        if not self.nodes:
            return EMPTY_ROOT
        root = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            root = node_hash(node, root)
        return root


# --- ed25519
#
# Checks Ed25519 signatures (RFC 8032); without ``cryptography`` in pure Python, some hundred a second.
#
# Only public values are handled here, so nothing needs to run in constant time.

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]
"""Extended coordinates X, Y, Z, T."""


def verify_signature(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` over ``message`` is this key's."""
    if not CIPHERS:
        return verify_plain(public_key, signature, message)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def verify_plain(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """The same with the standard library alone (RFC 8032 section 5.1.7)."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key, r = _decode(public_key), _decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= _L:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    h = int.from_bytes(digest, "little") % _L
    left, right = _times(s, _ed25519_BASE), _add(r, _times(h, key))
    return (
        (left[0] * right[2] - right[0] * left[2]) % _P == 0
        and (left[1] * right[2] - right[1] * left[2]) % _P == 0
    )  # fmt: skip


def _decode(octets: bytes) -> _Point | None:
    y = int.from_bytes(octets, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


def _add(p: _Point, q: _Point) -> _Point:
    a = (p[1] - p[0]) * (q[1] - q[0]) % _P
    b = (p[1] + p[0]) * (q[1] + q[0]) % _P
    c = 2 * p[3] * q[3] * _D % _P
    d = 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(factor: int, point: _Point) -> _Point:
    total: _Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = _add(total, point)
        point = _add(point, point)
        factor >>= 1
    return total


def _base() -> _Point:
    point = _decode((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))
    assert point is not None
    return point


_ed25519_BASE = _base()


# --- notes
#
# Signed notes and checkpoints as C2SP ``signed-note`` and ``tlog-checkpoint`` define them.
#
# A note is text that ends in a newline, an empty line, and signature lines ``— name base64``. A
# signature is Ed25519 (RFC 8032) over the text. The epoch stands in the key's name: ``origin/e12``.

_ED25519 = b"\x01"
notes_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})\n")
_NAME = re.compile(r"(.+)/e([1-9][0-9]{0,9})")
_notes_KEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")
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
    match = _notes_KEY.fullmatch(text.strip())
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
    match = notes_SIGNATURE.fullmatch(rest)
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


# --- cosignature
#
# Cosignatures of witnesses as C2SP ``tlog-cosignature`` (``cosignature/v1``) defines them.
#
# A witness signs, under a key name and type of its own, the time and the checkpoint's text: that at
# that time it had seen no other tree under this origin.

COSIGNATURE = b"\x04"
"""Signature type of a timestamped Ed25519 cosignature."""
_cosignature_KEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")


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
    match = _cosignature_KEY.fullmatch(text.strip())
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
    match = notes_SIGNATURE.fullmatch(line)
    blob = decode64(match[2]) if match else b""
    if match is None or len(blob) != 4 + 8 + 64:
        raise FormatError("not a witness's signature line")
    return Cosignature(match[1], blob[:4], int.from_bytes(blob[4:12], "big"), blob[12:])


# --- anchors
#
# Anchors: tree heads that someone outside the box holds.
#
# The box keeps a receipt of each (``anchors.json`` of an export). A receipt alone proves nothing, for
# the box wrote it; what counts is the SMS on a phone, the note on paper, or a witness's signature
# under a key that the verifier knows from elsewhere.

SMS, WITNESS, PAPER = "sms", "witness", "paper"
_KINDS = frozenset([SMS, WITNESS, PAPER])
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_PREFIX = 20
"""Octets of the root in the short SMS: 160 bits."""
_LONG = re.compile(
    r"ESA1 ([1-9]\d{0,14}) ([1-9]\d{0,8}) ([A-Za-z0-9+/]{43}) ([A-Za-z0-9+/]{86})", re.ASCII
)
_SHORT = re.compile(r"审计锚 E([1-9]\d{0,8}) N([1-9]\d{0,14}) ([A-Z2-7]{32})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the box noted about an anchor: ``at`` RFC 3339, ``by`` whom, and the proof it got.

    The proof is a witness's signature line, the SMS's text, or the note that was printed.
    """

    kind: str
    size: int
    root: bytes
    at: str
    by: str
    proof: str

    def listed(self) -> dict[str, str | int]:
        """Its entry in ``anchors.json``."""
        return {
            "at": self.at,
            "by": self.by,
            "kind": self.kind,
            "proof": self.proof,
            "root": encode64(self.root),
            "size": self.size,
        }


def parse_receipts(data: bytes, size: int) -> list[Receipt]:
    """The receipts in ``anchors.json`` of a log of ``size``. Raises :class:`FormatError`."""
    entries = parse(data)
    if not isinstance(entries, list):
        raise FormatError("anchors that are no list")
    found = [_receipt(entry) for entry in cast("list[object]", entries)]
    if any(receipt.size > size for receipt in found):
        raise FormatError("the log was cut: it lists an anchor for more records than it has")
    return found


def _receipt(entry: object) -> Receipt:
    fields = cast("dict[str, object]", entry) if isinstance(entry, dict) else {}
    if fields.keys() != {"at", "by", "kind", "proof", "root", "size"}:
        raise FormatError("an anchor of the wrong form")
    size = fields["size"]
    texts = [fields[name] for name in ("kind", "root", "at", "by", "proof")]
    if not all(isinstance(text, str) for text in texts):
        raise FormatError("an anchor of the wrong form")
    kind, root64, at, by, proof = cast("list[str]", texts)
    root = decode64(root64)
    if kind not in _KINDS or type(size) is not int or size < 1 or len(root) != 32:
        raise FormatError("an anchor of the wrong form")
    if not _TIME.fullmatch(at):
        raise FormatError("an anchor of the wrong form")
    return Receipt(kind, size, root, at, by, proof)


@dataclass(frozen=True, slots=True)
class Held:
    """A tree head that the verifier has from outside; ``root`` may be its first octets only.

    ``signature`` is the log's own, made by the key of ``epoch``; empty when the form has none.
    """

    size: int
    root: bytes
    origin: str = ""
    epoch: int = 0
    signature: bytes = b""
    label: str = "a tree head"

    def signed(self, origin: str) -> tuple[str, str]:
        """Key name and text that :attr:`signature` is over."""
        return key_name(origin, self.epoch), Checkpoint(origin, self.size, self.root).text()


def held(checkpoint: Checkpoint) -> Held:
    """A tree head given as such."""
    return Held(checkpoint.size, checkpoint.root, checkpoint.origin)


def long_text(size: int, epoch: int, root: bytes, signature: bytes) -> str:
    """The SMS without a sender's signature: 148 characters at 7 digits and 4, all GSM 7-bit."""
    return f"ESA1 {size} {epoch} {encode64(root)[:43]} {encode64(signature)[:86]}"


def short_text(size: int, epoch: int, root: bytes) -> str:
    """The SMS that fits one UCS-2 segment beside a 【signature】: the root's first 160 bits."""
    return f"审计锚 E{epoch} N{size} {base64.b32encode(root[:_PREFIX]).decode()}"


def parse_held(text: str) -> Held:
    """An anchor as a person has it: an SMS's text, or a checkpoint note. Raises :class:`FormatError`."""
    if match := _LONG.search(text):
        root, signature = decode64(match[3] + "="), decode64(match[4] + "==")
        label = f"the SMS of {match[1]} records"
        return Held(int(match[1]), root, "", int(match[2]), signature, label)
    if match := _SHORT.search(text):
        try:
            root = base64.b32decode(match[3])
        except binascii.Error as error:
            raise FormatError("an SMS whose root is mistyped") from error
        return Held(int(match[2]), root, label=f"the SMS of {match[2]} records")
    head = text.replace("\r\n", "\n").lstrip("\ufeff\n").split("\n\n")[0].rstrip("\n") + "\n"
    checkpoint = parse_checkpoint(head)
    label = f"the note of {checkpoint.size} records"
    return Held(checkpoint.size, checkpoint.root, checkpoint.origin, label=label)


# --- sealing
#
# The constructions of the sealed log, shared by its writer and its verifier.
#
# Body: AES-256-GCM (NIST SP 800-38D) under the epoch's key, nonce = u32be(epoch) ‖ u64be(seq), the
# header as associated data. AES-GCM does not commit to its key, so every epoch publishes a key
# commitment in the clear header of its first record.

if CIPHERS:
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
def _sealing_cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def open_body(key: bytes, epoch: int, seq: int, header: bytes, body: bytes) -> bytes:
    """The plain body. Raises :class:`FormatError` when the tag does not fit."""
    try:
        return _sealing_cipher(key).decrypt(nonce(epoch, seq), body, header)
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


# --- envelope
#
# An export as a whole sealed for one recipient, in chunks, so that memory stays bounded.
#
# A clear first line of canonical JSON carries a file key wrapped by HPKE; the chunks' key is derived
# from it and from that line (HKDF-SHA256). Each chunk is AES-256-GCM with the nonce ``0³ ‖ u64be(n) ‖
# last``: chunks cannot be moved, dropped or added, nor the file cut.

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
    cipher = _envelope_cipher(key, line)
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
    cipher = _envelope_cipher(unwrap_file_key(recipient, wrap, ENVELOPE), line)
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


def _envelope_cipher(key: bytes, line: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, None, line).derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return bytes(3) + number.to_bytes(8, "big") + bytes([last])


# --- headers
#
# A record's clear header: canonical JSON, strict in every field.
#
# ``v`` version, ``o`` origin, ``seq`` gapless from 0, ``ep`` epoch, ``k`` class, ``ts`` RFC 3339 UTC,
# ``mono`` microseconds since boot, ``boot`` random per start, ``tq`` time source, ``prev`` leaf before.
# The first record of an epoch has ``open`` and the last ``close`` besides; both have no body. Unless an
# epoch ended with the service (``why`` is ``stop``), the next one opens in the same instant.

KINDS = frozenset(
    [
        "send",
        "approve",
        "recall",
        "access",
        "config",
        "key",
        "export",
        "drill",
        "rights",
        "clock",
        "sys",
    ],
)
QUALITIES = frozenset(["ntp", "rtc", "gsm", "none"])
STOP, DAY, headers_RECORDS, START = "stop", "day", "records", "start"
"""Why an epoch ended: the service stopped, the day was over, it was full, it was found unclosed."""
_ENDS = frozenset([STOP, DAY, headers_RECORDS, START])
_headers_BASE = frozenset(["v", "o", "seq", "ep", "k", "ts", "mono", "boot", "tq", "prev"])
_TS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_BOOT = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Opening:
    """What ``epoch.open`` declares: commitment and wrap of the epoch's key, its signing key."""

    commitment: bytes
    public_key: bytes
    wrap: bytes


class Closing(NamedTuple):
    """What ``epoch.close`` declares: the next epoch's public key, and why the epoch ended."""

    next_key: bytes
    why: str


class Header(NamedTuple):
    """A parsed header."""

    origin: str
    seq: int
    epoch: int
    kind: str
    ts: str
    mono: int
    boot: str
    prev: bytes
    opening: Opening | None
    closing: Closing | None

    def instant(self) -> tuple[str, str, int]:
        """Same for records of one group, and for no others."""
        return self.boot, self.ts, self.mono


def parse_header(data: bytes) -> Header:
    """The header in ``data``. Raises :class:`FormatError`."""
    return header_of(parse_object(data))


def header_of(raw: dict[str, object]) -> Header:
    """The header in a decoded JSON object. Raises :class:`FormatError`."""
    extra = raw.keys() - _headers_BASE
    if len(raw) - len(extra) != len(_headers_BASE) or extra not in (set(), {"open"}, {"close"}):
        msg = "a header with missing or unknown fields"
        raise FormatError(msg)
    origin, seq, epoch, prev = raw["o"], raw["seq"], raw["ep"], raw["prev"]
    kind, ts, mono, boot = raw["k"], raw["ts"], raw["mono"], raw["boot"]
    # bool is an int to isinstance
    sound = (
        type(raw["v"]) is int
        and raw["v"] == 1
        and type(seq) is int
        and seq >= 0
        and type(epoch) is int
        and 1 <= epoch < 2**32
        and type(mono) is int
        and isinstance(origin, str)
        and isinstance(prev, str)
        and isinstance(kind, str)
        and kind in KINDS
        and isinstance(ts, str)
        and _TS.fullmatch(ts)
        and _exists(ts)
        and isinstance(boot, str)
        and _BOOT.fullmatch(boot)
        and isinstance(raw["tq"], str)
        and raw["tq"] in QUALITIES
    )
    if not sound:
        msg = "a header with a value of the wrong form"
        raise FormatError(msg)
    return Header(
        cast("str", origin),
        cast("int", seq),
        cast("int", epoch),
        cast("str", kind),
        cast("str", ts),
        cast("int", mono),
        cast("str", boot),
        _headers_octets(prev, 32) if prev else b"",
        _opening(raw["open"]) if "open" in extra else None,
        _closing(raw["close"]) if "close" in extra else None,
    )


def _exists(ts: str) -> bool:
    try:
        datetime.fromisoformat(ts)
    except ValueError:
        return False
    return True


def _opening(raw: object) -> Opening:
    if not isinstance(raw, dict) or raw.keys() != {"kc", "pk", "suite", "wrap"}:  # pyright: ignore[reportUnknownMemberType]
        msg = "an epoch.open with missing or unknown fields"
        raise FormatError(msg)
    fields = cast("dict[str, object]", raw)
    if fields["suite"] != SUITE:
        msg = "an epoch with an unknown suite"
        raise FormatError(msg)
    return Opening(
        _headers_octets(fields["kc"], 32), _headers_octets(fields["pk"], 32), _headers_octets(fields["wrap"], WRAP_OCTETS)
    )


def _closing(raw: object) -> Closing:
    if not isinstance(raw, dict) or raw.keys() != {"next", "why"}:  # pyright: ignore[reportUnknownMemberType]
        msg = "an epoch.close with missing or unknown fields"
        raise FormatError(msg)
    fields = cast("dict[str, object]", raw)
    why = fields["why"]
    if not isinstance(why, str) or why not in _ENDS:
        msg = "an epoch that ended for no known reason"
        raise FormatError(msg)
    return Closing(_headers_octets(fields["next"], 32), why)


def _headers_octets(value: object, length: int) -> bytes:
    data = decode64(value) if isinstance(value, str) else b""
    if len(data) != length:
        msg = f"a header field that should hold {length} octets"
        raise FormatError(msg)
    return data


# --- archive
#
# The export's container: a tar file in which every byte is determined by its content.
#
# POSIX ustar, a fixed list of members in a fixed order, fixed metadata, zero padding, two zero blocks
# and the end. The reader makes each header again and compares, so no byte is free to change.

BLOCK = 512
archive_RECORDS = "records.jsonl"
EPOCHS = "epochs.json"
CHECKPOINTS = "checkpoints.jsonl"
ANCHORS = "anchors.json"
KEYS = "keys.json"
VIEW = "view.csv"
MANIFEST = "MANIFEST.json"
archive_SIGNATURE = "MANIFEST.sig"
MEMBERS = (archive_RECORDS, EPOCHS, CHECKPOINTS, ANCHORS, KEYS, VIEW, MANIFEST, archive_SIGNATURE)
MAX_MEMBER = 8**11 - 1
_OCTAL = re.compile(rb"[0-7]{11}\0")
_CHUNK = 1 << 16
_MAX_LINE = 1 << 22


@dataclass(frozen=True, slots=True)
class Member:
    """Where a member's content lies in the file, and its hash (once written or asked for)."""

    name: str
    offset: int
    size: int


def member_header(name: str, size: int) -> bytes:
    """The 512 octets in front of a member."""
    fields = (
        name.encode().ljust(100, b"\0")
        + b"0000644\0"
        + b"0000000\0" * 2
        + f"{size:011o}\0".encode()
        + b"00000000000\0"
        + b" " * 8
        + b"0"
        + b"\0" * 100
        + b"ustar\x0000"
        + b"\0" * 64
        + b"0000000\0" * 2
    ).ljust(BLOCK, b"\0")
    return fields[:148] + f"{sum(fields):06o}\0 ".encode() + fields[156:]


class ArchiveWriter:
    """Writes members one after the other; sizes need not be known before."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.files: list[dict[str, str | int]] = []
        """Name, size and SHA-256 (hexadecimal) of the members so far."""

    @contextmanager
    def member(self, name: str) -> Generator[MemberWriter]:
        """Write a member through what this yields."""
        start = self._file.tell()
        self._file.write(b"\0" * BLOCK)
        writer = MemberWriter(self._file)
        yield writer
        if writer.size > MAX_MEMBER:
            msg = f"{name} is too large for an export; choose a shorter period"
            raise FormatError(msg)
        self._file.write(b"\0" * (-writer.size % BLOCK))
        end = self._file.tell()
        self._file.seek(start)
        self._file.write(member_header(name, writer.size))
        self._file.seek(end)
        digest = writer.sha256.hexdigest()
        self.files.append({"name": name, "sha256": digest, "size": writer.size})

    def add(self, name: str, content: bytes) -> None:
        """Write a member at once."""
        with self.member(name) as writer:
            writer.write(content)

    def finish(self) -> None:
        """Write the end."""
        self._file.write(b"\0" * (2 * BLOCK))


class MemberWriter:
    """A member being written: counts and hashes."""

    __slots__ = ("_file", "sha256", "size")

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = 0
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes) -> None:
        """Append ``data``."""
        self._file.write(data)
        self.sha256.update(data)
        self.size += len(data)


def read_members(file: BinaryIO) -> dict[str, Member]:
    """The members of an archive. Raises :class:`FormatError` for any byte out of place."""
    length = file.seek(0, os.SEEK_END)
    offset = 0
    members: dict[str, Member] = {}
    for name in MEMBERS:
        file.seek(offset)
        header = file.read(BLOCK)
        octal = header[124:136]
        size = int(octal[:11], 8) if _OCTAL.fullmatch(octal) else -1
        if size < 0 or header != member_header(name, size):
            msg = f"not an export: no member {name} at octet {offset}"
            raise FormatError(msg)
        member = Member(name, offset + BLOCK, size)
        padding = -size % BLOCK
        offset = member.offset + size + padding
        if offset > length:
            msg = f"cut short inside {name}"
            raise FormatError(msg)
        file.seek(member.offset + size)
        if file.read(padding) != b"\0" * padding:
            msg = f"the padding after {name} is not zero"
            raise FormatError(msg)
        members[name] = member
    file.seek(offset)
    if length != offset + 2 * BLOCK or file.read(2 * BLOCK) != b"\0" * (2 * BLOCK):
        msg = "the end is not two zero blocks"
        raise FormatError(msg)
    return members


def digest(file: BinaryIO, member: Member) -> str:
    """The SHA-256 of a member's content, hexadecimal."""
    sha256 = hashlib.sha256()
    file.seek(member.offset)
    left = member.size
    while left:
        chunk = file.read(min(left, _CHUNK))
        if not chunk:
            break
        sha256.update(chunk)
        left -= len(chunk)
    return sha256.hexdigest()


def lines(file: BinaryIO, member: Member) -> Iterator[bytes]:
    """The member's lines with their newlines. Raises :class:`FormatError` for an endless one."""
    file.seek(member.offset)
    left = member.size
    while left:
        line = file.readline(min(left, _MAX_LINE))
        if not line.endswith(b"\n"):
            msg = f"{member.name} has a line that is too long or does not end"
            raise FormatError(msg)
        left -= len(line)
        yield line


class Unread:
    """In place of :class:`Expected`: a member that cannot be compared here."""

    def expect(self, piece: bytes) -> None:
        """Anything will do."""

    def end(self) -> None:
        """Anything will do."""


class Expected:
    """A member's bytes, compared piece by piece with what they must be."""

    def __init__(self, file: BinaryIO, member: Member) -> None:
        self._file = file
        self._name = member.name
        self._left = member.size
        file.seek(member.offset)

    def expect(self, piece: bytes) -> None:
        """Raises :class:`FormatError` when the next bytes are others."""
        self._left -= len(piece)
        if self._left < 0 or self._file.read(len(piece)) != piece:
            msg = f"{self._name} does not say what the record says"
            raise FormatError(msg)

    def end(self) -> None:
        """Raises :class:`FormatError` when something is left."""
        if self._left:
            msg = f"{self._name} has rows that no record has"
            raise FormatError(msg)


# --- manifest
#
# The export's table of contents, and the signed note that binds it to the log's current key.

_manifest_FIELDS = {"files", "first", "format", "from", "last", "origin", "size", "to", "warnings"}
LISTED = tuple(name for name in MEMBERS if name not in {MANIFEST, archive_SIGNATURE})


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export says about itself.

    The log had ``size`` records; those from ``first`` to ``last`` are here in full, of the others
    their leaves. ``from_`` and ``to`` are the period asked for (RFC 3339, or empty); unless the log
    begins or ends there, ``first`` and ``last`` are its neighbours, so that nothing can be left out.
    """

    origin: str
    size: int
    first: int
    last: int
    from_: str
    to: str
    warnings: tuple[str, ...]
    files: tuple[dict[str, str | int], ...]

    def covers(self, seq: int) -> bool:
        """Whether the record ``seq`` is here in full."""
        return self.first <= seq <= self.last

    def in_period(self, ts: str) -> bool:
        """Whether a record of this time (RFC 3339) was asked for."""
        return self.from_ <= ts and (not self.to or ts < self.to)

    def encode(self) -> bytes:
        """The member's content."""
        return encode(
            {
                "files": list(self.files),
                "first": self.first,
                "format": EXPORT_NOTE,
                "from": self.from_,
                "last": self.last,
                "origin": self.origin,
                "size": self.size,
                "to": self.to,
                "warnings": list(self.warnings),
            }
        )


def parse_manifest(data: bytes) -> Manifest:
    """The manifest in ``data``. Raises :class:`FormatError`."""
    raw = parse_object(data)
    texts = [raw.get(name) for name in ("origin", "from", "to")]
    sound = (
        raw.keys() == _manifest_FIELDS
        and raw["format"] == EXPORT_NOTE
        and all(isinstance(text, str) for text in texts)
        and type(raw["size"]) is int
        and raw["size"] > 0
        and _range(raw["first"], raw["last"], raw["size"])
        and isinstance(raw["warnings"], list)
        and all(isinstance(item, str) for item in cast("list[object]", raw["warnings"]))
        and _files(raw["files"])
    )
    if not sound:
        msg = "the manifest does not have the form of this format"
        raise FormatError(msg)
    origin, from_, to = cast("list[str]", texts)
    files = tuple(cast("list[dict[str, str | int]]", raw["files"]))
    warnings = tuple(cast("list[str]", raw["warnings"]))
    return Manifest(origin, raw["size"], raw["first"], raw["last"], from_, to, warnings, files)


def _range(first: object, last: object, size: int) -> bool:
    return type(first) is int and type(last) is int and 0 <= first <= last < size


def _files(raw: Any) -> bool:  # noqa: ANN401 - decoded JSON
    return (
        isinstance(raw, list)
        and all(
            isinstance(item, dict) and item.keys() == {"name", "sha256", "size"}  # pyright: ignore[reportUnknownMemberType]
            for item in cast("list[object]", raw)
        )
        and tuple(item["name"] for item in cast("list[dict[str, object]]", raw)) == LISTED
    )


def note_text(origin: str, manifest: bytes) -> str:
    """The text that the current epoch's key signs."""
    digest = base64.b64encode(hashlib.sha256(manifest).digest()).decode()
    return f"{EXPORT_NOTE}\n{origin}\n{digest}\n"


# --- quick
#
# Reads ordinary records without a JSON parser: what matches here is in canonical form for certain.
#
# Most records are alike. A pattern recognises the canonical bytes of a line and of a body of plain
# ASCII; what does not match may still be sound and takes the long way.

_NUMBER = rb"0|[1-9]\d{0,14}"  # surely below 2^53
_PLAIN = rb'"[ !#-\[\]-~]*"'
_TEXT = rb'"([ !#-\[\]-~]*)"'
_BASE64 = rb'"[0-9A-Za-z+/]+={0,2}"'
_PAIR = rb"%b:(?:%b|-?[1-9]\d{0,14}|0|true|false|null)" % (_PLAIN, _PLAIN)
_BODY = re.compile(
    rb'\{"action":' + _TEXT + rb',"actor":' + _TEXT
    + rb'(?:,"details":(\{' + _PAIR + rb"(?:," + _PAIR + rb")*\}))?"
    + rb'(?:,"object":' + _TEXT + rb")?"
    + rb'(?:,"personal":\{' + _TEXT + rb':\{"\$s":("[0-9A-Za-z+/]{22}==")'
    + rb'(?:,"c":' + _BASE64 + rb',"n":' + _BASE64 + rb")?\}\})?"
    + rb'(?:,"reason":' + _TEXT + rb")?"
    + rb'(?:,"result":' + _TEXT + rb")?\}"
)  # fmt: skip
_KEYS = re.compile(rb'[{,]"([^"]*)":(?:"[^"]*"|[^",}]*)')

Cells = tuple[str, str, str, str, str, str, str]
"""Action, actor, object, result, reason, details and personal of a body, as the table shows them."""


def record_line(origin: str) -> re.Pattern[bytes]:
    """Matches an export's line of an ordinary record of this log, and only its canonical form.

    Groups: sealed body, header, epoch, class, previous leaf, number, time. The first and the last
    record of an epoch are longer and never match.
    """
    fields = (
        rb'"boot":"[0-9a-f]{16}","ep":([1-9]\d{0,8}),"k":"(%(k)b)","mono":(?:%(n)b),"o":"%(o)b",'
        rb'"prev":"([0-9A-Za-z+/]{43}=)","seq":(%(n)b),"tq":"(?:%(q)b)",'
        rb'"ts":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)","v":1'
    ) % {
        b"n": _NUMBER,
        b"k": "|".join(sorted(KINDS)).encode(),
        b"q": "|".join(sorted(QUALITIES)).encode(),
        b"o": re.escape(origin.encode()),
    }
    return re.compile(rb'\{"c":"([0-9A-Za-z+/=]*)","h":(\{' + fields + rb"\})\}\n")


def octets(text: bytes) -> bytes | None:
    """The octets of base64 in its canonical form; ``None`` for any other."""
    try:
        data = binascii.a2b_base64(text)
    except binascii.Error:
        return None
    return data if binascii.b2a_base64(data, newline=False) == text else None


def plain_cells(body: bytes) -> Cells | None:
    """The cells of a body that is canonical beyond doubt; ``None`` when it needs a closer look."""
    match = _BODY.fullmatch(body)
    if match is None:
        return None
    action, actor, details, about, name, ref, reason, result = match.groups(b"")
    if details:
        keys = _KEYS.findall(details)
        if len(keys) > 1 and any(a >= b for a, b in pairwise(keys)):
            return None
    person = ""
    if ref:
        subject = octets(ref[1:-1])
        if subject is None:
            return None
        person = f"{name.decode()}={subject.hex()}"
    return (
        action.decode(), actor.decode(), about.decode(), result.decode(), reason.decode(),
        details.decode(), person,
    )  # fmt: skip


# --- view
#
# The table a person opens: one CSV row per record of the period, made from header and body alone.
#
# The verifier makes it again and compares, so the view cannot say other than the records. Personal
# values stay sealed: only the reference of their subject is shown.

BOM = "\ufeff".encode()
COLUMNS = [
    "seq",
    "time",
    "epoch",
    "class",
    "action",
    "actor",
    "object",
    "result",
    "reason",
    "details",
    "personal",
    "leaf",
]
SEALED: Cells = ("(sealed)", "", "", "", "", "", "")
_view_FIELDS = frozenset(["action", "actor", "object", "result", "reason", "details", "personal"])
_QUOTED = re.compile(r'[",\r\n]').search
_SPECIAL = re.compile(r'["\r\n]').search
_RISKY = re.compile(r"(?:^|,)[=+\-@\t]").search
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def heading() -> bytes:
    """Byte-order mark (Excel needs it for UTF-8) and the row of column names."""
    return BOM + _row(COLUMNS)


def view_row(header: Header, cells: Cells | None, leaf: bytes) -> bytes:
    """The row of a record; ``cells`` is ``None`` when its epoch's key is not disclosed."""
    if header.opening is not None:
        cells = ("epoch.open", "system", "", "", "", "", "")
    elif header.closing is not None:
        cells = ("epoch.close", "system", "", "", "", "", "")
    return plain_row(str(header.seq), header.ts, str(header.epoch), header.kind, cells, leaf)


def plain_row(
    seq: str, ts: str, epoch: str, kind: str, cells: Cells | None, leaf: bytes
) -> bytes:  # fmt: skip
    """:func:`view_row`, from a header's own texts."""
    action, actor, about, result, reason, details, person = SEALED if cells is None else cells
    front = f"{seq},{ts},{epoch},{kind},{action},{actor},{about},{result},{reason}"
    back = f"{person},{leaf.hex()}"
    plain = f"{front},{back}"
    # Nearly every row needs neither quotes nor caution but for its details, which are JSON.
    if _SPECIAL(plain) is None and plain.count(",") == 10 and _RISKY(plain) is None:
        quoted = '"' + details.replace('"', '""') + '"' if details else ""
        return f"{front},{quoted},{back}\r\n".encode("utf-8", "replace")
    return _row([seq, ts, epoch, kind, *(SEALED if cells is None else cells), leaf.hex()])


def cells_of(body: bytes) -> Cells:
    """What a body says, a cell each. Raises :class:`FormatError` for one that is not canonical."""
    cells = plain_cells(body)
    if cells is not None:
        return cells
    found = parse_object(body)
    if not found.keys() <= _view_FIELDS or not {"action", "actor"} <= found.keys():
        raise FormatError("a body with missing or unknown fields")
    texts = [found.get(n, "") for n in ("action", "actor", "object", "result", "reason")]
    details = found.get("details", {})
    if not all(isinstance(text, str) for text in texts) or not isinstance(details, dict):
        raise FormatError("a body with a value of the wrong form")
    action, actor, about, result, reason = cast("list[str]", texts)
    shown = encode(found["details"]).decode("utf-8") if "details" in found else ""
    return action, actor, about, result, reason, shown, _personal(found.get("personal", {}))


def _personal(fields: object) -> str:
    if not isinstance(fields, dict):
        raise FormatError("personal fields of the wrong form")
    cells: list[str] = []
    for name, value in sorted(cast("dict[str, object]", fields).items()):
        ref = cast("dict[str, object]", value).get("$s") if isinstance(value, dict) else None
        if not isinstance(ref, str):
            raise FormatError("a personal field without its subject")
        cells.append(f"{name}={decode64(ref).hex()}")
    return " ".join(cells)


def _row(cells: list[str]) -> bytes:
    """A CSV row (RFC 4180); a cell that a spreadsheet would run as a formula is made text."""
    safe = ["'" + cell if cell.startswith(_FORMULA) else cell for cell in cells]
    quoted = ['"' + cell.replace('"', '""') + '"' if _QUOTED(cell) else cell for cell in safe]
    return (",".join(quoted) + "\r\n").encode("utf-8", "replace")


# --- opened
#
# The table for people with every body that a key opens: how an auditor reads a file made for them.

class EveryEpoch:
    """Shows the bodies of any epoch whose key is there, disclosed in the file or not."""

    def __contains__(self, epoch: object) -> bool:
        return True


class OpenedTable:
    """Writes the rows that a verification goes through; ``person`` (a subject's name in the log,
    hexadecimal): those alone that carry its personal fields."""

    def __init__(self, out: BinaryIO, person: str = "") -> None:
        self._out = out
        self._named = f"={person}".encode() if person else b""
        self._heading = True

    def expect(self, piece: bytes) -> None:
        """The next row."""
        if self._heading or self._named in piece:
            self._out.write(piece)
        self._heading = False


# --- disclosure
#
# Which epoch keys a verifier has: disclosed in the file, or opened with an auditor's private key.

@dataclass
class EpochKeys:
    """``plain`` and ``wrapped`` are from the file; ``refused`` are epochs the auditor's key opened not."""

    origin: str
    auditor: X25519PrivateKey | None
    plain: dict[int, bytes] = field(default_factory=dict[int, bytes])
    wrapped: dict[int, bytes] = field(default_factory=dict[int, bytes])
    refused: list[int] = field(default_factory=list[int])

    @property
    def shown(self) -> frozenset[int]:
        """Epochs whose bodies the file's table shows."""
        return frozenset(self.plain)

    @property
    def epochs(self) -> set[int]:
        """Epochs for which the file has a key in some form."""
        return {*self.plain, *self.wrapped}

    def __call__(self, epoch: int, opening: Opening) -> bytes | None:
        """The data key of ``epoch``, if it can be had."""
        if epoch in self.plain or self.auditor is None:
            return self.plain.get(epoch)
        for wrap in (opening.wrap, self.wrapped.get(epoch)):
            if wrap is not None:
                try:
                    return unwrap_as(self.auditor, wrap, self.origin, epoch)
                except FormatError:
                    continue
        self.refused.append(epoch)
        return None


def read_keys(data: bytes, origin: str, auditor: X25519PrivateKey | None) -> EpochKeys:
    """The keys in ``keys.json``. Raises :class:`FormatError`."""
    entries = parse(data)
    if not isinstance(entries, list):
        raise FormatError("disclosed keys that are no list")
    keys = EpochKeys(origin, auditor)
    before = 0
    for entry in cast("list[object]", entries):
        if not isinstance(entry, dict):
            raise FormatError("a disclosed key of the wrong form")
        fields = cast("dict[str, object]", entry)
        epoch = fields.get("epoch")
        if type(epoch) is not int or epoch <= before:
            raise FormatError("disclosed keys out of order")
        before = epoch
        if fields.keys() == {"epoch", "key"}:
            keys.plain[epoch] = _disclosure_octets(fields["key"], 32)
        elif fields.keys() == {"epoch", "wrap"}:
            keys.wrapped[epoch] = _disclosure_octets(fields["wrap"], WRAP_OCTETS)
        else:
            raise FormatError("a disclosed key of the wrong form")
    return keys


def _disclosure_octets(value: object, length: int) -> bytes:
    data = decode64(value) if isinstance(value, str) else b""
    if len(data) != length:
        raise FormatError("a disclosed key of the wrong length")
    return data


# --- succession
#
# The epochs of a log, each announced by the one before, as the clear headers tell them.

MAX_DAY = 26 * 3600
"""Seconds: the longest local day, and an hour for a store that could not write."""
EpochKey = Callable[[int, Opening], bytes | None]
"""Gives the data key of an epoch, if it is known."""


@dataclass
class Epoch:
    """What the clear headers told of an epoch."""

    number: int
    first: int
    public_key: bytes
    opening: Opening
    key: bytes | None
    began: Header
    last: int | None = None

    @property
    def name(self) -> bytes:
        """Its number, as headers spell it."""
        return b"%d" % self.number

    def listed(self) -> dict[str, Any]:
        """Its entry in ``epochs.json``."""
        public = encode64(self.public_key)
        return {"epoch": self.number, "first": self.first, "last": self.last, "pk": public}


class Succession:
    """The epochs so far; ``announced`` is the next signing key while none is open."""

    def __init__(self, origin: str, epoch_key: EpochKey) -> None:
        self.epochs: list[Epoch] = []
        self.announced: bytes | None = None
        self.findings: list[str] = []
        self._ended: Header | None = None
        self._origin = origin
        self._epoch_key = epoch_key

    def inside(self) -> None:
        """Raises :class:`FormatError` when no epoch is open."""
        if self.announced is not None or not self.epochs:
            raise FormatError("a record outside any epoch")

    def follow(self, header: Header) -> None:
        """Take the next record's header. Raises :class:`FormatError` if it does not belong here."""
        if header.opening is not None:
            self._begin(header, header.opening)
        else:
            self.inside()
        if header.epoch != self.epochs[-1].number:
            raise FormatError("a record of another epoch")
        if header.closing is not None:
            self._end(header, header.closing)

    def end(self) -> None:
        """The log ends here. Raises :class:`FormatError` when the next epoch had already begun."""
        if self._ended is not None and self._cut_after(self._ended):
            raise FormatError("the log was cut: the epoch that followed at once is missing")

    @property
    def current(self) -> Epoch | None:
        """The open epoch."""
        return self.epochs[-1] if self.announced is None and self.epochs else None

    def signer(self) -> tuple[int, bytes]:
        """Number and public key of the epoch that signs now: the open one, or the one announced."""
        last = self.epochs[-1]
        if self.announced is not None:
            return last.number + 1, self.announced
        return last.number, last.public_key

    def _begin(self, header: Header, opening: Opening) -> None:
        if self.epochs:
            if self.announced is None:
                raise FormatError("an epoch begins before the last one was closed")
            if self.announced != opening.public_key:
                raise FormatError("the epoch's signing key is not the one that was announced")
            self._follows(header)
        if header.epoch != len(self.epochs) + 1:
            raise FormatError("an epoch is missing")
        key = self._epoch_key(header.epoch, opening)
        if key is not None and commitment(key, self._origin, header.epoch) != opening.commitment:
            raise FormatError("the epoch's key is not the one the log committed to")
        self.epochs.append(
            Epoch(header.epoch, header.seq, opening.public_key, opening, key, header)
        )
        self.announced = None
        self._ended = None

    def _end(self, header: Header, closing: Closing) -> None:
        epoch = self.epochs[-1]
        epoch.last = header.seq
        self.announced = closing.next_key
        self._ended = header
        began = epoch.began
        ran = (header.mono - began.mono) // 1_000_000
        if closing.why == DAY and header.boot == began.boot and ran > MAX_DAY:
            self.findings.append(
                f"record {header.seq}: the epoch ran for {ran // 3600} hours; a day should end it"
            )

    def _follows(self, header: Header) -> None:
        """That nothing is missing between the last epoch's end and this one's beginning."""
        ended = self._ended
        assert ended is not None
        if self._cut_after(ended) and header.instant() != ended.instant():
            raise FormatError(
                "records are missing: the epoch that followed at once is not this one"
            )
        gap = days_between(ended.ts, header.ts)
        if gap > 1:
            self.findings.append(
                f"record {header.seq}: no record for {gap} days; the machine was off, or an anchor "
                "from those days would tell otherwise"
            )

    @staticmethod
    def _cut_after(ended: Header) -> bool:
        return ended.closing is not None and ended.closing.why != STOP


def days_between(earlier: str, later: str) -> int:
    """Whole days between two times (RFC 3339). Raises :class:`FormatError`."""
    try:
        return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).days
    except ValueError as error:
        raise FormatError("a time that does not exist") from error


# --- heads
#
# The signed tree heads of an export, in their order, as a replay comes to them.

class SignedHeads:
    """``signed``: the lines of ``checkpoints.jsonl``. Every verb raises :class:`FormatError`."""

    def __init__(self, origin: str, signed: Iterator[bytes]) -> None:
        self._origin = origin
        self._signed = signed
        self._due = self._next(0)

    @property
    def left(self) -> bool:
        """Whether one is left that no record came up to."""
        return self._due is not None

    def come_to(self, tree: CompactRange, epochs: Sequence[Epoch]) -> bool:
        """Whether there is a head over just these records; then it holds, under the last epoch's key."""
        if self._due is None or self._due[1].size != tree.size:
            return False
        self._check(*self._due, tree, epochs[-1])
        self._due = self._next(tree.size)
        return True

    def _check(
        self, note: Note, checkpoint: Checkpoint, tree: CompactRange, epoch: Epoch
    ) -> None:
        if note.name != key_name(self._origin, epoch.number):
            raise FormatError("a checkpoint signed in the name of another epoch or log")
        if not verify(note, note.name, epoch.public_key):
            raise FormatError("a checkpoint whose signature is not the epoch's")
        if checkpoint != Checkpoint(self._origin, tree.size, tree.root()):
            raise FormatError("the records are not those that the checkpoint signed")

    def _next(self, size: int) -> tuple[Note, Checkpoint] | None:
        line = next(self._signed, None)
        if line is None:
            return None
        raw = parse_object(line[:-1])
        if raw.keys() != {"note"} or not isinstance(raw["note"], str):
            raise FormatError("a checkpoint with missing or unknown fields")
        note = parse_note(raw["note"].encode())
        checkpoint = parse_checkpoint(note.text)
        if checkpoint.size == size:
            raise FormatError("two checkpoints of the same size")
        if checkpoint.size < size:
            raise FormatError("a checkpoint out of order")
        return note, checkpoint


# --- replay
#
# Goes through an export's records once and checks all that follows from the records themselves.
#
# Chain, numbering, epochs and their keys, the tree at every checkpoint, every body whose key is known,
# and the table for people. Nothing is skipped: chain and tree are each checked in full.

_LEAF_LINE = len('{"l":""}\n') + 44
_BACKWARD = timedelta(seconds=1)


class Table(Protocol):
    """Takes the table for people, piece by piece: compares it with the file's, or writes it."""

    def expect(self, piece: bytes) -> None:
        """The next piece. Raises :class:`FormatError` when it should be another."""
        ...


@dataclass
class Replay:
    """The state after some records; :meth:`run` takes it to the end."""

    manifest: Manifest
    epoch_key: EpochKey
    shown: Container[int]
    """Epochs whose bodies the table shows."""
    anchors: Mapping[int, Sequence[bytes]]
    """Roots, or their first octets, by the size of the tree."""
    seq: int = 0
    tree: CompactRange = field(default_factory=CompactRange)
    opened: int = 0
    checkpoints: int = 0
    anchored: dict[int, str] = field(default_factory=dict[int, str])
    """Sizes at which an anchor agreed, with the time of the last record shown before it."""
    findings: list[str] = field(default_factory=list[str])
    _last: bytes = b""
    _prev64: bytes = b""
    _went_back: bool = False

    def __post_init__(self) -> None:
        self._moment = datetime.min.replace(tzinfo=UTC)
        self._ordinary = record_line(self.manifest.origin).fullmatch
        self.succession = Succession(self.manifest.origin, self.epoch_key)
        # At the edges of a period there is more to check than the quick way does.
        self.inner = range(self.manifest.first + 1, self.manifest.last)

    def run(self, records: Iterator[bytes], signed: Iterator[bytes], view: Table) -> None:
        """Check every record. Raises :class:`FormatError`; :attr:`seq` is then the bad record."""
        view.expect(heading())
        heads = SignedHeads(self.manifest.origin, signed)
        for line in records:
            if self.seq >= self.manifest.size:
                raise FormatError("there are more records than the manifest says")
            closing = self._record(line, view)
            if heads.come_to(self.tree, self.succession.epochs):
                self.checkpoints += 1
            elif closing:
                raise FormatError("the closing checkpoint of the epoch is missing")
            elif self.seq == self.manifest.size - 1:
                raise FormatError("no checkpoint vouches for the last records")
            self._check_anchors()
            self.seq += 1
        if self.seq != self.manifest.size:
            raise FormatError("records are missing at the end")
        if heads.left:
            raise FormatError("a checkpoint vouches for records that are missing")
        self.succession.end()
        self.findings += self.succession.findings

    def _record(self, line: bytes, view: Table) -> bool:
        """Check one line; whether it closes an epoch."""
        if self._quick(line, view):
            return False
        if line.startswith(b'{"l"'):
            self._hidden(line)
            return False
        header, plain, sealed = self._read(line)
        leaf = leaf_hash(plain, sealed)
        self._place(header)
        cells = self._open(header, plain, sealed)
        self._advance(leaf)
        if self.manifest.covers(header.seq):
            self._check_time(header)
            shown = cells if header.epoch in self.shown else None
            view.expect(view_row(header, shown, leaf))
        elif header.opening is None and header.closing is None:
            raise FormatError("a record outside the period that is shown in full")
        return header.closing is not None

    def _quick(self, line: bytes, view: Table) -> bool:
        """Check an ordinary line that continues what came before; ``False``: look closer."""
        match = self._ordinary(line)
        if match is None or self._went_back or not self.inner.start <= self.seq < self.inner.stop:
            return False
        body, plain, number, kind, prev, seq, ts = match.groups()
        epoch = self.succession.current
        if epoch is None or number != epoch.name or seq != b"%d" % self.seq or prev != self._prev64:
            return False
        sealed = octets(body)
        if sealed is None or (ts != self._last and not self._moves_on(ts.decode())):
            return False
        cells = None
        if epoch.key is not None and CIPHERS:
            cells = cells_of(open_body(epoch.key, epoch.number, self.seq, plain, sealed))
            self.opened += 1
        leaf = leaf_hash(plain, sealed)
        self._advance(leaf)
        shown = cells if epoch.number in self.shown else None
        row = plain_row(seq.decode(), ts.decode(), number.decode(), kind.decode(), shown, leaf)
        view.expect(row)
        return True

    def _moves_on(self, ts: str) -> bool:
        """Take a time that is not before the last one."""
        try:
            moment = datetime.fromisoformat(ts)
        except ValueError:
            return False
        if self._moment - moment > _BACKWARD:
            return False
        self._moment, self._last = moment, ts.encode()
        return True

    def _read(self, line: bytes) -> tuple[Header, bytes, bytes]:
        """Header, its bytes, and the sealed body of a record shown in full."""
        raw = parse_object(line[:-1])
        if raw.keys() != {"c", "h"} or not isinstance(raw["c"], str):
            raise FormatError("a record with missing or unknown fields")
        if not isinstance(raw["h"], dict):
            raise FormatError("a record without a header")
        header = header_of(raw["h"])  # pyright: ignore[reportUnknownArgumentType]
        # Canonical JSON has one form, so the header's bytes are the end of the line.
        return header, line[len('{"c":"","h":') + len(raw["c"]) : -2], decode64(raw["c"])

    def _hidden(self, line: bytes) -> None:
        leaf = decode64(line[6:-3].decode("ascii", "replace"))
        if len(line) != _LEAF_LINE or len(leaf) != HASH or line[-3:] != b'"}\n':
            raise FormatError("a leaf that is no leaf")
        if line[:6] != b'{"l":"':
            raise FormatError("a leaf that is no leaf")
        if self.manifest.covers(self.seq):
            raise FormatError("a record of the period is left out")
        self.succession.inside()
        self._advance(leaf)

    def _advance(self, leaf: bytes) -> None:
        self.tree.append(leaf)
        self._prev64 = b2a_base64(leaf, newline=False)

    def _place(self, header: Header) -> None:
        """That the header belongs here: log, number, chain, epoch."""
        if header.origin != self.manifest.origin:
            raise FormatError("a record of another log")
        if header.seq != self.seq:
            raise FormatError(f"record {header.seq} stands where {self.seq} belongs")
        if b2a_base64(header.prev, newline=False) != self._prev64:
            raise FormatError("the chain is broken: the record does not follow the one before")
        self.succession.follow(header)

    def _open(self, header: Header, plain: bytes, sealed: bytes) -> Cells | None:
        if header.opening is not None or header.closing is not None:
            if sealed or header.kind != "sys":
                raise FormatError("an epoch.open or epoch.close with a body")
            return None
        key = self.succession.epochs[-1].key
        if key is None or not CIPHERS:
            return None
        cells = cells_of(open_body(key, header.epoch, header.seq, plain, sealed))
        self.opened += 1
        return cells

    def _check_time(self, header: Header) -> None:
        manifest = self.manifest
        edge = (header.seq == manifest.first != 0) or (
            header.seq == manifest.last != manifest.size - 1
        )
        asked = bool(manifest.from_ or manifest.to)
        if edge and (not asked or manifest.in_period(header.ts)):
            raise FormatError("records of the period are left out")
        if header.ts.encode() != self._last:
            try:
                moment = datetime.fromisoformat(header.ts)
            except ValueError as error:
                raise FormatError("a time that does not exist") from error
            self._went_back = self._went_back or self._moment - moment > _BACKWARD
            self._moment, self._last = moment, header.ts.encode()
        if self._went_back and header.opening is None and header.closing is None:
            if header.kind != "clock":
                self.findings.append(f"record {header.seq}: time goes back without a clock record")
            self._went_back = False

    def _check_anchors(self) -> None:
        roots = self.anchors.get(self.tree.size)
        if roots is None:
            return
        root = self.tree.root()
        if any(root[: len(known)] != known for known in roots):
            raise FormatError("the records are not those that an anchor vouches for")
        self.anchored[self.tree.size] = self._last.decode()


# --- weighing
#
# What the anchors are worth: which of them count, and how far they reach.

@dataclass
class Weighed:
    """``counted`` are size and name of each anchor that is from outside for certain."""

    counted: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    findings: list[str] = field(default_factory=list[str])

    @property
    def reach(self) -> int:
        """Records that the newest of them vouches for."""
        return max((size for size, _ in self.counted), default=0)


def weigh(
    manifest: Manifest,
    epochs: Sequence[Epoch],
    held: Sequence[Held],
    receipts: Sequence[Receipt],
    witnesses: Sequence[WitnessKey],
) -> Weighed:
    """Weigh anchors whose roots agree with the tree. Raises :class:`FormatError`."""
    found = Weighed()
    for anchor in held:
        _check_held(manifest, epochs, anchor)
        found.counted.append((anchor.size, anchor.label))
    rest = [receipt for receipt in receipts if not _cosigned(manifest, receipt, witnesses, found)]
    if rest:
        newest = max(rest, key=lambda receipt: receipt.size)
        found.findings.append(
            f"the box names {len(rest)} more anchors, the newest of {newest.size} records "
            f"({newest.kind}, {newest.by}, {newest.at}): ask those who hold them"
        )
    return found


def too_far(manifest: Manifest, held: Sequence[Held]) -> None:
    """Raises :class:`FormatError` for an anchor beyond the log's end, or of another log."""
    for anchor in held:
        if anchor.origin and anchor.origin != manifest.origin:
            raise FormatError("an anchor is of another log")
        if anchor.size > manifest.size:
            raise FormatError(
                f"the log was cut: an anchor vouches for {anchor.size} records, "
                f"here are {manifest.size}"
            )


def _check_held(manifest: Manifest, epochs: Sequence[Epoch], anchor: Held) -> None:
    """An anchor that carries the log's signature carries the right one."""
    if not anchor.signature:
        return
    public = next((e.public_key for e in epochs if e.number == anchor.epoch), b"")
    _, text = anchor.signed(manifest.origin)
    if not verify_signature(public, anchor.signature, text.encode()):
        raise FormatError(f"{anchor.label} does not carry this log's signature: is it mistyped?")


def _cosigned(
    manifest: Manifest, receipt: Receipt, witnesses: Sequence[WitnessKey], found: Weighed
) -> bool:
    """Count a receipt that a known witness signed."""
    if receipt.kind != WITNESS:
        return False
    line = parse_cosignature(receipt.proof)
    for key in witnesses:
        if line.is_of(key):
            text = Checkpoint(manifest.origin, receipt.size, receipt.root).text()
            if not line.holds(key, text):
                raise FormatError(f"the signature of the witness {key.name} is not its own")
            found.counted.append((receipt.size, f"the witness {key.name}"))
            return True
    return False


# --- verdict
#
# What a verification says: one of three words, why, and what it saw.

Outcome = Literal["VALID-ANCHORED", "VALID-UNANCHORED", "INVALID"]
EXIT_CODES: dict[Outcome, int] = {"VALID-ANCHORED": 0, "VALID-UNANCHORED": 3, "INVALID": 8}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found. ``sequence`` is the first bad record of an INVALID file, if known.

    ``genesis`` is the log's first public key (base64): compare it with the printed one.
    ``anchors`` are those that count; ``residual`` are the records after the newest of them.
    """

    outcome: Outcome
    reason: str
    sequence: int | None = None
    origin: str = ""
    size: int = 0
    first: int = 0
    last: int = 0
    epochs: int = 0
    checkpoints: int = 0
    opened: int = 0
    genesis: str = ""
    anchors: tuple[str, ...] = ()
    residual: int = 0
    findings: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 anchored, 3 unanchored, 8 invalid."""
        return EXIT_CODES[self.outcome]


# --- verify
#
# Verifies an exported file on any machine: no database, no configuration, no network.
#
# Imports nothing of the store. Every byte of the file is covered: by the container's strict form, by
# the records' own proofs, and by the manifest that the log's current key signed.

_SMALL = 1 << 26


def verify_file(
    path: Path,
    *,
    anchors: Sequence[Checkpoint | Held] = (),
    auditor: X25519PrivateKey | None = None,
    witnesses: Sequence[WitnessKey] = (),
    view: BinaryIO | None = None,
    person: str = "",
) -> Verdict:
    """Verify the export at ``path``; never raises for what the file holds.

    ``anchors`` are tree heads that the caller has from elsewhere (paper, an SMS, an earlier
    export), ``witnesses`` the keys of witnesses whose signatures in the file count: without either
    the verdict is at best VALID-UNANCHORED. ``auditor`` opens a sealed file, and bodies whose
    keys the file does not disclose. Into ``view`` goes, once the file is found sound, the table for
    people with every body that could be opened; with ``person`` only the rows about that subject.
    """
    given = [held(anchor) if isinstance(anchor, Checkpoint) else anchor for anchor in anchors]
    try:
        with ExitStack() as stack:
            file = _opened(stack, stack.enter_context(path.open("rb")), auditor)
            again = [stack.enter_context(open(file.name, "rb")) for _ in range(2)]
            verification = _Verification([file, *again], given, auditor, witnesses)
            verdict = verification.run()
            if view is not None and verdict.outcome != "INVALID":
                verification.write_view(view, person)
            return verdict
    except FormatError as error:
        return Verdict("INVALID", str(error))
    except OSError as error:
        return Verdict("INVALID", f"the file cannot be read: {error.strerror}")


def _opened(stack: ExitStack, file: BinaryIO, auditor: X25519PrivateKey | None) -> BinaryIO:
    """The export in ``file``; out of its envelope if it is in one."""
    if not is_sealed(file):
        return file
    if auditor is None:
        raise FormatError("the file is sealed; verify it with the auditor's private key")
    plain = cast("BinaryIO", stack.enter_context(tempfile.NamedTemporaryFile()))  # noqa: SIM115 - the stack closes it
    open_file(file, plain, auditor)
    plain.flush()
    return plain


class _Verification:
    def __init__(
        self,
        files: Sequence[BinaryIO],
        held: Sequence[Held],
        auditor: X25519PrivateKey | None,
        witnesses: Sequence[WitnessKey],
    ) -> None:
        self._files = files
        self._held = held
        self._auditor = auditor
        self._witnesses = witnesses
        self._members = read_members(files[0])
        self._weighed = Weighed()

    def run(self) -> Verdict:
        content = self._content(MANIFEST)
        manifest = parse_manifest(content)
        keys = read_keys(self._content(KEYS), manifest.origin, self._auditor)
        receipts = parse_receipts(self._content(ANCHORS), manifest.size)
        roots: dict[int, list[bytes]] = {}
        known: list[Held | Receipt] = [*self._held, *receipts]
        for anchor in known:
            roots.setdefault(anchor.size, []).append(anchor.root)
        replay = Replay(manifest, keys, keys.shown, roots)
        try:
            self._replay(replay)
        except FormatError as error:
            return self._verdict("INVALID", str(error), replay, replay.seq)
        try:
            self._check_rest(replay, keys, content, receipts)
        except FormatError as error:
            return self._verdict("INVALID", str(error), replay, None)
        return self._conclude(replay, keys)

    def write_view(self, out: BinaryIO, person: str) -> None:
        """Go through a sound file again, and write its table with what the auditor's key opens."""
        manifest = parse_manifest(self._content(MANIFEST))
        keys = read_keys(self._content(KEYS), manifest.origin, self._auditor)
        records, signed, _ = self._files
        Replay(manifest, keys, EveryEpoch(), {}).run(
            lines(records, self._members[archive_RECORDS]),
            lines(signed, self._members[CHECKPOINTS]),
            OpenedTable(out, person),
        )

    def _replay(self, replay: Replay) -> None:
        records, signed, table = self._files
        view = Expected(table, self._members[VIEW]) if CIPHERS else Unread()
        replay.run(
            lines(records, self._members[archive_RECORDS]),
            lines(signed, self._members[CHECKPOINTS]),
            view,
        )
        view.end()

    def _check_rest(
        self, replay: Replay, keys: EpochKeys, content: bytes, receipts: Sequence[Receipt]
    ) -> None:
        manifest = replay.manifest
        if self._content(EPOCHS) != encode(
            [epoch.listed() for epoch in replay.succession.epochs]
        ):
            raise FormatError("the list of epochs is not what the records say")
        if keys.epochs - {epoch.number for epoch in replay.succession.epochs}:
            raise FormatError("a key of an epoch that is not in the log")
        for entry in manifest.files:
            member = self._members[cast("str", entry["name"])]
            found = digest(self._files[0], member)
            if (entry["size"], entry["sha256"]) != (member.size, found):
                raise FormatError(f"{member.name} is not what the manifest lists")
        self._check_signature(replay, manifest, content)
        too_far(manifest, self._held)
        epochs = replay.succession.epochs
        self._weighed = weigh(manifest, epochs, self._held, receipts, self._witnesses)

    def _check_signature(self, replay: Replay, manifest: Manifest, content: bytes) -> None:
        """Signed by the key that signs now: that of the open epoch, or the one announced."""
        number, public = replay.succession.signer()
        note = parse_note(self._content(archive_SIGNATURE))
        name = key_name(manifest.origin, number)
        if note.text != note_text(manifest.origin, content) or not verify(note, name, public):
            raise FormatError("the manifest is not signed by the log's current key")

    def _conclude(self, replay: Replay, keys: EpochKeys) -> Verdict:
        if keys.refused:
            known = any(epoch.key is not None for epoch in replay.succession.epochs)
            replay.findings.append("the auditor's key given does not open this log's epochs")
            if known and not keys.shown:
                reason = f"the wrapped key of epoch {keys.refused[0]} does not open"
                return self._verdict("INVALID", reason, replay, None)
        replay.findings += self._weighed.findings
        if not CIPHERS:
            replay.findings.append(
                "without the library `cryptography` no body was opened and view.csv not compared "
                "with the records; chain, tree, signatures and anchors were checked in full"
            )
        if self._weighed.counted:
            reach = self._weighed.reach
            since = replay.anchored.get(reach, "")
            reason = (
                f"anchored up to record {reach - 1}"
                + (f" ({since})" if since else "")
                + f"; of the {replay.seq - reach} records after it whoever held the machine could "
                "still have rewritten those of the open epoch"
            )
            return self._verdict("VALID-ANCHORED", reason, replay, None)
        reason = (
            "complete and unchanged as far as the log's own keys can tell; without an anchor from "
            "outside, a restored old copy of the machine, or a rewriting of the open epoch on it, "
            "would not show"
        )
        return self._verdict("VALID-UNANCHORED", reason, replay, None)

    def _verdict(
        self, outcome: Outcome, reason: str, replay: Replay, sequence: int | None
    ) -> Verdict:
        return Verdict(
            outcome,
            reason,
            sequence,
            replay.manifest.origin,
            replay.manifest.size,
            replay.manifest.first,
            replay.manifest.last,
            len(replay.succession.epochs),
            replay.checkpoints,
            replay.opened,
            encode64(replay.succession.epochs[0].public_key) if replay.succession.epochs else "",
            tuple(f"{name} (to record {size - 1})" for size, name in self._weighed.counted),
            replay.manifest.size - self._weighed.reach,
            (*replay.manifest.warnings, *replay.findings),
        )

    def _content(self, name: str) -> bytes:
        member: Member = self._members[name]
        if member.size > _SMALL:
            raise FormatError(f"{name} is too large")
        self._files[0].seek(member.offset)
        return self._files[0].read(member.size)


# --- verify_command
#
# The stand-alone verifier's command line, shared in its wording with ``estate-sms audit verify``.

_LONGEST_TEXT = 4096


def given_anchor(text: str) -> Held:
    """An anchor from the command line: an SMS's text, a note, or a file of either."""
    return parse_held(_content(text))


def given_witness(text: str) -> WitnessKey:
    """A witness's key from the command line: ``name+id+key``, or a file of it."""
    return parse_witness_key(_content(text))


def _content(text: str) -> str:
    """The file named ``text``, or else ``text`` itself. Raises :class:`FormatError`."""
    try:
        path = Path(text)
        if len(text) < _LONGEST_TEXT and "\n" not in text and path.is_file():
            return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise FormatError(f"{text[:80]} cannot be read") from error
    return text


def given_auditor(path: Path) -> X25519PrivateKey:
    """The auditor's private key in a PEM file. Raises :class:`FormatError`."""
    if not CIPHERS:
        raise FormatError("a private key needs the Python library `cryptography`")
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise FormatError(f"{path} holds no unencrypted PEM key") from error
    if not isinstance(key, X25519PrivateKey):
        raise FormatError(f"the key in {path} is not an X25519 key")
    return key


def given_view(stack: ExitStack, path: Path) -> BinaryIO:
    """The file that the opened table goes into, for its reader alone. Raises :class:`FormatError`."""
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise FormatError(f"{path} cannot be written: {error.strerror}") from error
    return stack.enter_context(open(fd, "wb"))


def report(verdict: Verdict) -> list[str]:
    """What to tell a person beside the outcome, line by line."""
    told = [verdict.reason] if verdict.sequence is None else [
        f"record {verdict.sequence}: {verdict.reason}"
    ]  # fmt: skip
    told += [f"- anchor: {anchor}" for anchor in verdict.anchors]
    told += [f"- {finding}" for finding in verdict.findings]
    if verdict.outcome != "INVALID":
        told.append(
            f"{verdict.size} records in {verdict.epochs} epochs, {verdict.checkpoints} signed "
            f"checkpoints, {verdict.opened} bodies opened; log {verdict.origin}"
        )
        told.append(
            f"the log's first public key, to compare with the printed one: {verdict.genesis}"
        )
    return told


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify the file named on the command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        description="Verify an exported log. Exit: 0 VALID-ANCHORED, 3 VALID-UNANCHORED, 8 INVALID."
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--anchor", action="append", default=[], metavar="TEXT|FILE")
    parser.add_argument("--witness", action="append", default=[], metavar="KEY|FILE")
    parser.add_argument("--auditor", type=Path, metavar="KEY.pem")
    parser.add_argument("--view", type=Path, metavar="OUT.csv")
    parser.add_argument("--person", default="", metavar="NAME_IN_LOG")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    try:
        with ExitStack() as stack:
            verdict = verify_file(
                given.file,
                anchors=[given_anchor(text) for text in given.anchor],
                auditor=given_auditor(given.auditor) if given.auditor else None,
                witnesses=[given_witness(text) for text in given.witness],
                view=given_view(stack, given.view) if given.view else None,
                person=given.person,
            )
    except FormatError as error:
        parser.error(str(error))
    if given.json:
        sys.stdout.write(json.dumps(asdict(verdict), ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(f"{verdict.outcome}\n")
        sys.stderr.write("".join(f"{line}\n" for line in report(verdict)))
    return verdict.exit_code


if __name__ == "__main__":
    sys.exit(main())
