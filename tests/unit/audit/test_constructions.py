"""T13, T14, T19: what binds keys to epochs. ``box`` is conftest's LogBox."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from estate_sms.audit import keyfiles
from estate_sms.audit.canonical import encode
from estate_sms.audit.errors import FormatError
from estate_sms.audit.keys import AUDITOR_PRIVATE
from estate_sms.audit.sealing import commitment, nonce, open_body, unwrap_as, wrap_for
from estate_sms.audit.verify import verify_file

Box = Any


def _multiply(x: int, y: int) -> int:
    """In GF(2^128) with GCM's bit order (NIST SP 800-38D section 6.3)."""
    z = 0
    for i in range(127, -1, -1):
        if x >> i & 1:
            z ^= y
        y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
    return z


def _inverse(x: int) -> int:
    result, power = 1 << 127, x
    for _ in range(127):
        power = _multiply(power, power)
        result = _multiply(result, power)
    return result


def _block(key: bytes, data: bytes) -> int:
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return int.from_bytes(encryptor.update(data), "big")


def _two_key_ciphertext(first: bytes, second: bytes, iv: bytes, aad: bytes) -> bytes:
    """One ciphertext and tag that both keys accept: a free block levels the two GHASH values."""
    assert len(aad) == 16
    fixed = int.from_bytes(b"\x5a" * 16, "big")
    lengths = 16 * 8 << 64 | 32 * 8

    def parts(key: bytes) -> tuple[int, int]:
        h = _block(key, bytes(16))
        square = _multiply(h, h)
        tag = _multiply(int.from_bytes(aad, "big"), _multiply(square, square))
        tag ^= _multiply(fixed, _multiply(square, h)) ^ _multiply(lengths, h)
        return tag ^ _block(key, iv + b"\0\0\0\1"), square

    (tag_1, square_1), (tag_2, square_2) = parts(first), parts(second)
    free = _multiply(tag_1 ^ tag_2, _inverse(square_1 ^ square_2))
    tag = tag_1 ^ _multiply(free, square_1)
    return b"".join(value.to_bytes(16, "big") for value in (fixed, free, tag))


def test_t14_a_two_key_ciphertext_passes_the_cipher_but_not_the_commitment() -> None:
    first, second = AESGCM.generate_key(256), AESGCM.generate_key(256)
    header = b"sixteen octets.."
    body = _two_key_ciphertext(first, second, nonce(1, 2), header)
    one, two = (open_body(key, 1, 2, header, body) for key in (first, second))
    assert one != two  # without the commitment each auditor would be shown another content
    assert commitment(first, "o", 1) != commitment(second, "o", 1)


def test_t14_a_key_the_log_did_not_commit_to_is_refused(box: Box, read_member: Any) -> None:
    path = box.three_epochs().export()
    disclosed = json.loads(read_member(path, "keys.json"))
    disclosed[0]["key"] = base64.b64encode(AESGCM.generate_key(256)).decode()
    verdict = verify_file(box.repack(path, keys=encode(disclosed)))
    assert verdict.outcome == "INVALID"
    assert verdict.sequence == 0
    assert "committed" in verdict.reason


def test_the_commitment_depends_on_key_log_and_epoch() -> None:
    key = bytes(32)
    values = {commitment(key, "o", 1), commitment(key, "o", 2), commitment(key, "p", 1)}
    assert len(values | {commitment(b"\1" * 32, "o", 1)}) == 4


def test_t13_a_wrap_is_bound_to_log_and_epoch() -> None:
    auditor = X25519PrivateKey.generate()
    key = AESGCM.generate_key(256)
    wrap = wrap_for(auditor.public_key(), key, "o", 1)
    assert len(wrap) == 80
    assert unwrap_as(auditor, wrap, "o", 1) == key
    changed = wrap[:-1] + bytes([wrap[-1] ^ 1])
    for other in [
        (wrap, "o", 2),
        (wrap, "p", 1),
        (changed, "o", 1),
        (wrap[:-1], "o", 1),
        (b"", "o", 1),
    ]:
        with pytest.raises(FormatError):
            unwrap_as(auditor, *other)


def test_t13_swapped_epoch_wraps(box: Box) -> None:
    """The wraps stand in the sealed headers; swapped in the open epoch, the auditor's key tells."""
    box.three_epochs()
    auditor = keyfiles.parse_private((box.data_dir / AUDITOR_PRIVATE).read_bytes())
    assert box.verdict(auditor=auditor).outcome == "VALID-UNANCHORED"
    rows = box.rows()
    opens = [i for i, (header, _) in enumerate(rows) if "open" in header]
    wraps = [rows[i][0]["open"]["wrap"] for i in opens]
    rows[opens[1]][0]["open"]["wrap"], rows[opens[2]][0]["open"]["wrap"] = wraps[2], wraps[1]
    box.rewrite(rows)
    assert box.verdict().outcome == "INVALID"
    # Only in the epoch whose signing key is still there: the signatures fit again, the wrap does not.
    box2 = [(dict(h), b) for h, b in rows]
    box2[opens[1]][0]["open"] = {**box2[opens[1]][0]["open"], "wrap": wraps[1]}
    box.rewrite(box2)
    sizes = [s for (s,) in box.connection.execute("SELECT size FROM audit_checkpoint")]
    box.resign([size for size in sizes if size > opens[2]], 3)
    path = box.export(for_=X25519PrivateKey.generate().public_key())
    assert verify_file(path).outcome == "VALID-UNANCHORED"
    verdict = verify_file(path, auditor=auditor)
    assert verdict.outcome == "INVALID"
    assert "epoch 3" in verdict.reason


def test_t19_an_export_for_an_auditor_opens_for_that_auditor_alone(box: Box) -> None:
    box.three_epochs()
    meant, other = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    path = box.export(for_=meant.public_key())
    assert b"message.queued" not in path.read_bytes()
    closed = verify_file(path)
    assert (closed.outcome, closed.opened) == ("VALID-UNANCHORED", 0)
    wrong = verify_file(path, auditor=other)
    assert wrong.opened == 0
    assert any("does not open" in finding for finding in wrong.findings)
    opened = verify_file(path, auditor=meant)
    assert opened.outcome == "VALID-UNANCHORED"
    assert opened.opened == box.size - 5  # three epoch.open, two epoch.close


def test_disclosed_keys_open_every_body(box: Box) -> None:
    verdict = box.three_epochs().verdict()
    assert verdict.opened == box.size - 5
    assert verdict.epochs == 3
    assert any("beside the database" in finding for finding in verdict.findings)
