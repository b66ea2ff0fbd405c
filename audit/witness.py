"""A witness: vouches for a log's tree heads as long as each continues the last one it saw.

The server side of C2SP ``tlog-witness``. For each log it keeps size and root of the newest tree
head; a new one is on disk before the answer leaves, and checked and stored under one lock.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .canonical import encode, parse_object
from .cosignature import Cosignature, WitnessKey, signed_message
from .errors import AuditError, FormatError
from .notes import SIGNATURE, Checkpoint, LogKey, decode64, encode64, parse_checkpoint
from .proofs import verify_consistency

SIZE_TYPE = "text/x.tlog.size"
_OLD = re.compile(r"old (0|[1-9][0-9]{0,15})")
_MAX_PROOF = 63
MAX_BODY = 16_384
"""Octets of a request: a proof of 63 hashes and a note fit several times."""


class WitnessError(AuditError):
    """The witness cannot keep its state."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over HTTP."""

    status: int
    body: str = ""
    media_type: str = "text/plain; charset=utf-8"


class Witness:
    """Holds the lock on ``folder`` until :meth:`close`."""

    def __init__(
        self,
        folder: Path,
        name: str,
        key: Ed25519PrivateKey,
        logs: Sequence[LogKey],
        clock: Callable[[], int],
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._key = key
        self.public = WitnessKey(name, key.public_key().public_bytes_raw())
        self._logs: Mapping[str, list[LogKey]] = {
            log.origin: [other for other in logs if other.origin == log.origin] for log in logs
        }
        self._clock = clock
        self._lock = threading.Lock()
        self._held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._held)
            raise WitnessError(f"another witness works in {folder}") from error

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._held)

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer a request for a cosignature. Raises :class:`WitnessError`, and has then not signed."""
        try:
            old, proof, note = _request(body)
            text, signatures = _note(note)
            checkpoint = parse_checkpoint(text)
        except (FormatError, UnicodeDecodeError):
            return Answer(400, "the request is malformed\n")
        keys = self._logs.get(checkpoint.origin)
        if keys is None:
            return Answer(404, "a log that this witness does not know\n")
        if not any(key.signed(text, *signature) for key in keys for signature in signatures):
            return Answer(403, "no signature of this log's key\n")
        if old > checkpoint.size:
            return Answer(400, "the old size is beyond the new one\n")
        with self._lock:
            return self._advance(old, proof, checkpoint)

    def _advance(self, old: int, proof: list[bytes], new: Checkpoint) -> Answer:
        last = self.last(new.origin)
        conflict = Answer(409, f"{last.size}\n", SIZE_TYPE)
        if old != last.size:
            return conflict
        if old == new.size and old and new.root != last.root:
            return conflict
        fits = not proof if old == 0 else verify_consistency(
            old, last.root, new.size, new.root, proof
        )  # fmt: skip
        if not fits:
            return Answer(422, "the new tree does not continue the one this witness saw\n")
        if new != last:
            self._keep(new)
        seconds = self._clock()
        signature = self._key.sign(signed_message(new.text(), seconds))
        line = Cosignature(self.public.name, self.public.key_id, seconds, signature).line()
        return Answer(200, line)

    def last(self, origin: str) -> Checkpoint:
        """The newest tree head seen of a log; of size 0 when there is none."""
        try:
            data = self._path(origin).read_bytes()
        except FileNotFoundError:
            return Checkpoint(origin, 0, hashlib.sha256(b"").digest())
        except OSError as error:
            raise WitnessError(f"the state cannot be read: {error.strerror}") from error
        try:
            fields = parse_object(data)
            return Checkpoint(fields["origin"], fields["size"], decode64(fields["root"]))
        except (FormatError, KeyError, AttributeError) as error:
            raise WitnessError("the state is damaged") from error

    def _keep(self, new: Checkpoint) -> None:
        """Written beside, durable, then put in place: a power cut leaves the old state or the new."""
        path = self._path(new.origin)
        draft = path.with_suffix(".draft")
        content = encode({"origin": new.origin, "root": encode64(new.root), "size": new.size})
        try:
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            os.fsync(self._held)
        except OSError as error:
            raise WitnessError(f"the state cannot be written: {error.strerror}") from error

    def _path(self, origin: str) -> Path:
        return self._folder / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.json"


def _request(body: bytes) -> tuple[int, list[bytes], str]:
    """Old size, proof and note. Raises :class:`FormatError`."""
    head, separator, note = body.decode().partition("\n\n")
    first, *lines = head.split("\n")
    match = _OLD.fullmatch(first)
    if match is None or not separator or len(lines) > _MAX_PROOF:
        raise FormatError("no old size, or too long a proof")
    proof = [decode64(line) for line in lines]
    if any(len(node) != 32 for node in proof):
        raise FormatError("a proof of other than hashes")
    return int(match[1]), proof, note


def _note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The note's text, and name and content of each signature. Raises :class:`FormatError`."""
    text, separator, rest = note.partition("\n\n")
    found = [(match[1], decode64(match[2])) for match in SIGNATURE.finditer(rest)]
    if not separator or not found:
        raise FormatError("a note without a signature")
    return text + "\n", found
