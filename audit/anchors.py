"""Anchors: tree heads that someone outside the box holds.

The box keeps a receipt of each (``anchors.json`` of an export). A receipt alone proves nothing, for
the box wrote it; what counts is the SMS on a phone, the note on paper, or a witness's signature
under a key that the verifier knows from elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import cast

from .canonical import parse
from .errors import FormatError
from .notes import Checkpoint, decode64, encode64, key_name, parse_checkpoint

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
