"""The stand-alone verifier's command line, shared in its wording with ``estate-sms audit verify``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from .anchors import Held, parse_held
from .cosignature import WitnessKey, parse_witness_key
from .errors import FormatError
from .library import CIPHERS
from .verdict import Verdict
from .verify import verify_file

if TYPE_CHECKING or CIPHERS:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

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
