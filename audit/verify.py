"""Verifies an exported file on any machine: no database, no configuration, no network.

Imports nothing of the store. Every byte of the file is covered: by the container's strict form, by
the records' own proofs, and by the manifest that the log's current key signed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from . import archive, notes
from .anchors import Held, Receipt, held, parse_receipts
from .archive import Expected, Member, Unread, lines
from .canonical import encode
from .cosignature import WitnessKey
from .disclosure import EpochKeys, read_keys
from .envelope import is_sealed, open_file
from .errors import FormatError
from .library import CIPHERS
from .manifest import Manifest, note_text, parse_manifest
from .notes import Checkpoint, encode64
from .opened import EveryEpoch, OpenedTable
from .replay import Replay
from .verdict import Outcome, Verdict
from .weighing import Weighed, too_far, weigh

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

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
        self._members = archive.read_members(files[0])
        self._weighed = Weighed()

    def run(self) -> Verdict:
        content = self._content(archive.MANIFEST)
        manifest = parse_manifest(content)
        keys = read_keys(self._content(archive.KEYS), manifest.origin, self._auditor)
        receipts = parse_receipts(self._content(archive.ANCHORS), manifest.size)
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
        manifest = parse_manifest(self._content(archive.MANIFEST))
        keys = read_keys(self._content(archive.KEYS), manifest.origin, self._auditor)
        records, signed, _ = self._files
        Replay(manifest, keys, EveryEpoch(), {}).run(
            lines(records, self._members[archive.RECORDS]),
            lines(signed, self._members[archive.CHECKPOINTS]),
            OpenedTable(out, person),
        )

    def _replay(self, replay: Replay) -> None:
        records, signed, table = self._files
        view = Expected(table, self._members[archive.VIEW]) if CIPHERS else Unread()
        replay.run(
            lines(records, self._members[archive.RECORDS]),
            lines(signed, self._members[archive.CHECKPOINTS]),
            view,
        )
        view.end()

    def _check_rest(
        self, replay: Replay, keys: EpochKeys, content: bytes, receipts: Sequence[Receipt]
    ) -> None:
        manifest = replay.manifest
        if self._content(archive.EPOCHS) != encode(
            [epoch.listed() for epoch in replay.succession.epochs]
        ):
            raise FormatError("the list of epochs is not what the records say")
        if keys.epochs - {epoch.number for epoch in replay.succession.epochs}:
            raise FormatError("a key of an epoch that is not in the log")
        for entry in manifest.files:
            member = self._members[cast("str", entry["name"])]
            found = archive.digest(self._files[0], member)
            if (entry["size"], entry["sha256"]) != (member.size, found):
                raise FormatError(f"{member.name} is not what the manifest lists")
        self._check_signature(replay, manifest, content)
        too_far(manifest, self._held)
        epochs = replay.succession.epochs
        self._weighed = weigh(manifest, epochs, self._held, receipts, self._witnesses)

    def _check_signature(self, replay: Replay, manifest: Manifest, content: bytes) -> None:
        """Signed by the key that signs now: that of the open epoch, or the one announced."""
        number, public = replay.succession.signer()
        note = notes.parse_note(self._content(archive.SIGNATURE))
        name = notes.key_name(manifest.origin, number)
        if note.text != note_text(manifest.origin, content) or not notes.verify(note, name, public):
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
