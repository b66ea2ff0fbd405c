"""The signed tree heads of an export, in their order, as a replay comes to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from . import notes
from .canonical import parse_object
from .errors import FormatError
from .notes import Checkpoint
from .succession import Epoch
from .tree import CompactRange


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
        self, note: notes.Note, checkpoint: Checkpoint, tree: CompactRange, epoch: Epoch
    ) -> None:
        if note.name != notes.key_name(self._origin, epoch.number):
            raise FormatError("a checkpoint signed in the name of another epoch or log")
        if not notes.verify(note, note.name, epoch.public_key):
            raise FormatError("a checkpoint whose signature is not the epoch's")
        if checkpoint != Checkpoint(self._origin, tree.size, tree.root()):
            raise FormatError("the records are not those that the checkpoint signed")

    def _next(self, size: int) -> tuple[notes.Note, Checkpoint] | None:
        line = next(self._signed, None)
        if line is None:
            return None
        raw = parse_object(line[:-1])
        if raw.keys() != {"note"} or not isinstance(raw["note"], str):
            raise FormatError("a checkpoint with missing or unknown fields")
        note = notes.parse_note(raw["note"].encode())
        checkpoint = notes.parse_checkpoint(note.text)
        if checkpoint.size == size:
            raise FormatError("two checkpoints of the same size")
        if checkpoint.size < size:
            raise FormatError("a checkpoint out of order")
        return note, checkpoint
