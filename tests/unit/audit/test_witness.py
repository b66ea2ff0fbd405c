"""T22: what a witness signs and what it refuses; and that it never goes back."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from estate_sms.audit import notes
from estate_sms.audit.cosignature import parse_cosignature
from estate_sms.audit.errors import KeysError
from estate_sms.audit.notes import Checkpoint, LogKey
from estate_sms.audit.proofs import consistency_proof, root_of
from estate_sms.audit.signers import load_signer
from estate_sms.audit.witness import SIZE_TYPE, Answer, Witness, WitnessError

ORIGIN = "estate-sms/test"
LEAVES = [bytes([i]) * 32 for i in range(64)]
NOW = 1_800_000_000


class Pair:
    """A witness and the log it knows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.signer = Ed25519PrivateKey.generate()
        self.log = LogKey(ORIGIN, self.signer.public_key().public_bytes_raw())
        self.key = Ed25519PrivateKey.generate()
        self.known = [self.log]
        self.witness = self.begin()

    def begin(self) -> Witness:
        return Witness(self.folder, "office", self.key, self.known, lambda: NOW)

    def body(
        self, old: int, size: int, *, leaves: Sequence[bytes] = LEAVES, proof: list[bytes] | None = None,
        signer: Ed25519PrivateKey | None = None, origin: str = ORIGIN,
    ) -> bytes:  # fmt: skip
        text = Checkpoint(origin, size, root_of(leaves[:size])).text()
        note = notes.sign(text, origin, signer or self.signer)
        found = consistency_proof(leaves[:size], old) if proof is None and old <= size else proof
        lines = "".join(base64.b64encode(node).decode() + "\n" for node in found or [])
        return f"old {old}\n{lines}\n".encode() + note

    def add(self, old: int, size: int, **changes: Any) -> Answer:
        return self.witness.add_checkpoint(self.body(old, size, **changes))

    def seen(self) -> int:
        return self.witness.last(ORIGIN).size


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path / "witness")
    yield made
    made.witness.close()


def test_t22_it_signs_what_continues_what_it_saw(pair: Pair) -> None:
    for old, size in ((0, 3), (3, 3), (3, 8), (8, 61)):
        answer = pair.add(old, size)
        assert answer.status == 200
        line = parse_cosignature(answer.body)
        text = Checkpoint(ORIGIN, size, root_of(LEAVES[:size])).text()
        assert line.holds(pair.witness.public, text)
        assert line.seconds == NOW
        assert not line.holds(pair.witness.public, text.replace("test", "rest"))
    assert pair.seen() == 61


def test_t22_a_stale_size_is_a_conflict_that_says_the_right_one(pair: Pair) -> None:
    assert pair.add(0, 9).status == 200
    for old, size in ((0, 12), (4, 12), (10, 12), (4, 7)):
        answer = pair.add(old, size)
        assert (answer.status, answer.body, answer.media_type) == (409, "9\n", SIZE_TYPE)
    assert pair.seen() == 9


def test_t22_a_fork_is_refused(pair: Pair) -> None:
    other = [bytes([255 - i]) * 32 for i in range(64)]
    assert pair.add(0, 9).status == 200
    assert pair.add(9, 12, leaves=other).status == 422
    assert pair.add(9, 9, leaves=other).status == 409
    good = consistency_proof(LEAVES[:12], 9)
    for at in range(len(good)):  # T12: every position matters
        bad = [*good[:at], bytes(32), *good[at + 1 :]]
        assert pair.add(9, 12, proof=bad).status == 422
    assert pair.add(9, 12, proof=good[:-1]).status == 422
    assert pair.add(9, 12, proof=[*good, bytes(32)]).status == 422
    assert pair.seen() == 9


def test_t22_of_two_at_once_exactly_one_wins(pair: Pair) -> None:
    assert pair.add(0, 5).status == 200
    for round_ in range(10):
        old = pair.seen()
        sizes = [old + 1, old + 3]
        answers: list[Answer] = []
        ready = threading.Barrier(len(sizes))

        def ask(
            size: int,
            old: int = old,
            ready: threading.Barrier = ready,
            answers: list[Answer] = answers,
        ) -> None:
            ready.wait()
            answers.append(pair.add(old, size))

        threads = [threading.Thread(target=ask, args=(size,)) for size in sizes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answer.status for answer in answers) == [200, 409], round_
        assert pair.seen() in sizes


def test_strangers_are_told_so(pair: Pair) -> None:
    assert pair.add(0, 3, origin="estate-sms/other").status == 404
    assert pair.add(0, 3, signer=Ed25519PrivateKey.generate()).status == 403
    assert pair.add(9, 3, proof=[]).status == 400
    assert pair.add(0, 3, proof=[bytes(32)]).status == 422
    for body in (
        b"",
        b"old 0",
        b"old 01\n\n",
        b"old 0\n\n\xff",
        b"old 0\nAA==\n\n",
        b"old -1\n\nx\n",
    ):
        assert pair.witness.add_checkpoint(body).status == 400
    good = pair.body(0, 3)
    assert pair.witness.add_checkpoint(good.replace(b"\n3\n", b"\n4\n")).status == 403
    assert pair.seen() == 0


def test_a_log_that_gets_another_key_goes_on_where_it_was(pair: Pair) -> None:
    """Both keys for a while, then the new one alone; the state belongs to the log's name."""
    assert pair.add(0, 5).status == 200
    new = Ed25519PrivateKey.generate()
    assert pair.add(5, 6, signer=new).status == 403, "not before its keeper says so"
    for known in ([pair.log, LogKey(ORIGIN, new.public_key().public_bytes_raw())],) * 2:
        pair.witness.close()
        pair.known = known
        pair.witness = pair.begin()
        assert pair.add(0, 7, signer=new).status == 409, "nobody begins anew under this name"
        assert pair.add(pair.seen(), pair.seen() + 1, signer=new).status == 200
    pair.witness.close()
    pair.known = pair.known[1:]
    pair.witness = pair.begin()
    assert pair.add(7, 8).status == 403
    assert pair.add(7, 8, signer=new).status == 200


def test_what_was_signed_is_known_after_a_restart(pair: Pair) -> None:
    assert pair.add(0, 9).status == 200
    with pytest.raises(WitnessError):
        pair.begin()
    pair.witness.close()
    pair.witness = pair.begin()
    assert pair.add(0, 9).status == 409
    assert pair.add(9, 10).status == 200


def test_nothing_is_signed_that_could_not_be_kept(pair: Pair) -> None:
    assert pair.add(0, 9).status == 200
    state = next(pair.folder.glob("*.json"))
    state.with_suffix(".draft").mkdir()
    with pytest.raises(WitnessError):
        pair.add(9, 10)
    assert pair.seen() == 9
    state.write_text("{}")
    with pytest.raises(WitnessError):
        pair.add(9, 10)


def test_a_signer_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "witness.key"
    first = load_signer(path)
    assert load_signer(path).private_bytes_raw() == first.private_bytes_raw()
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("nonsense")
    with pytest.raises(KeysError):
        load_signer(path)
