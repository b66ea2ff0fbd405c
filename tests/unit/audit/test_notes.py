from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.audit import notes
from estate_sms.audit.errors import FormatError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
CHECKPOINT = notes.Checkpoint("estate-sms/00ff", 12, bytes(32))
NAME = notes.key_name("estate-sms/00ff", 3)
NOTE = notes.sign(CHECKPOINT.text(), NAME, KEY)


def test_a_checkpoint_is_a_c2sp_note() -> None:
    text, _, signature = NOTE.decode().partition("\n\n")
    assert text.split("\n") == ["estate-sms/00ff", "12", base64.b64encode(bytes(32)).decode()]
    assert signature.startswith("— estate-sms/00ff/e3 ")
    note = notes.parse_note(NOTE)
    assert note.epoch == 3
    assert notes.verify(note, NAME, PUBLIC)
    assert notes.parse_checkpoint(note.text) == CHECKPOINT


def test_c2sp_signed_note_key_id() -> None:
    # The example of the specification's reference implementation (golang.org/x/mod/sumdb/note).
    public = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
    assert notes.key_id("PeterNeumann", public).hex() == "c74f20a3"


def test_every_changed_byte_of_a_note_is_noticed() -> None:
    for position in range(len(NOTE)):
        changed = bytearray(NOTE)
        changed[position] ^= 1
        try:
            note = notes.parse_note(bytes(changed))
            good = notes.verify(note, NAME, PUBLIC)
            assert not good or notes.parse_checkpoint(note.text) != CHECKPOINT
            assert not good
        except FormatError:
            pass


def test_another_name_or_key_is_noticed() -> None:
    note = notes.parse_note(NOTE)
    assert not notes.verify(note, notes.key_name("estate-sms/00ff", 4), PUBLIC)
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert not notes.verify(note, NAME, other)


@pytest.mark.parametrize(
    "text",
    ["", "o\n1\n", "o\n01\nAAAA\n", "o\n-1\nAAAA\n", "\n1\nAAAA\n", "o\n1\nAA==\n", "o\n1\nA\n2\n"],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        notes.parse_checkpoint(text)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=80).map(str.encode))
def test_any_bytes_are_a_note_or_a_format_error(data: bytes) -> None:
    try:
        note = notes.parse_note(data)
        notes.parse_checkpoint(note.text)
    except FormatError:
        pass
