"""What the anchors are worth: which of them count, and how far they reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .anchors import WITNESS, Held, Receipt
from .cosignature import WitnessKey, parse_cosignature
from .ed25519 import verify_signature
from .errors import FormatError
from .manifest import Manifest
from .notes import Checkpoint
from .succession import Epoch


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
