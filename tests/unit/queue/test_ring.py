from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate_sms.queue.errors import RingError
from estate_sms.queue.ring import FILE, Ring
from estate_sms.queue.ring_format import (
    HEADER_BYTES,
    SLOT_BYTES,
    Remains,
    boot_id,
    decode,
    encode_header,
    encode_slot,
    read_remains,
)

DATABASE = "00112233445566778899aabbccddeeff"
OTHER = "ffeeddccbbaa99887766554433221100"
BOOT = "6f1c2a44-0000-4000-8000-000000000001"

slots = st.lists(
    st.tuples(st.integers(1, 2**63), st.sampled_from([1, 2]), st.integers(0, 255)),
    max_size=12,
    unique_by=lambda s: s[0],
)


def image(used: list[tuple[int, int, int]], boot: str = BOOT) -> bytes:
    body = b"".join(encode_slot(*slot) for slot in used)
    return encode_header(16, DATABASE, boot) + body.ljust(16 * SLOT_BYTES, b"\0")


@given(slots)
def test_what_was_written_is_read(used: list[tuple[int, int, int]]) -> None:
    remains = decode(image(used), DATABASE, BOOT)
    assert remains.trustworthy
    assert remains.entries == {a: (mr if state == 2 else None) for a, state, mr in used}


@given(slots, st.integers(0, HEADER_BYTES + 16 * SLOT_BYTES - 1), st.integers(1, 255))
def test_a_changed_byte_never_makes_up_an_entry(
    used: list[tuple[int, int, int]], at: int, flip: int
) -> None:
    data = bytearray(image(used))
    data[at] ^= flip
    remains = decode(bytes(data), DATABASE, BOOT)
    true = {a: (mr if state == 2 else None) for a, state, mr in used}
    assert remains.entries.items() <= true.items()
    # Whoever is missing must not be taken for unsent.
    assert not remains.trustworthy or remains.entries == true


@given(slots, st.integers(0, HEADER_BYTES + 16 * SLOT_BYTES - 1))
def test_a_torn_file_is_not_trusted(used: list[tuple[int, int, int]], length: int) -> None:
    assert not decode(image(used)[:length], DATABASE, BOOT).trustworthy


@given(st.binary(max_size=400))
def test_any_bytes_are_a_value(data: bytes) -> None:
    assert not decode(data, DATABASE, BOOT).trustworthy


def test_another_database_says_nothing() -> None:
    assert decode(image([(7, 2, 3)]), OTHER, BOOT) == Remains()


@pytest.mark.parametrize("boot", ["6f1c2a44-0000-4000-8000-000000000002", ""])
def test_another_boot_testifies_only_for_what_is_there(boot: str) -> None:
    assert decode(image([(7, 2, 3)]), DATABASE, boot) == Remains(False, {7: 3})


def test_no_boot_id_is_never_trusted() -> None:
    assert not decode(image([], boot=""), DATABASE, "").trustworthy


def test_no_file_says_nothing(tmp_path: Path) -> None:
    assert read_remains(tmp_path / FILE, DATABASE) == Remains()


async def test_the_file_shows_each_step(tmp_path: Path) -> None:
    ring = Ring.create(tmp_path, DATABASE, slots=4)
    path = tmp_path / FILE
    await ring.reserve([1, 2, 3])
    assert read_remains(path, DATABASE) == Remains(bool(boot_id()), {})
    ring.begin(1)
    ring.begin(2)
    ring.answered(2, 255)
    assert read_remains(path, DATABASE).entries == {1: None, 2: 255}
    ring.free([1])
    assert read_remains(path, DATABASE).entries == {2: 255}
    ring.close()
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_full_ring_waits_for_a_commit(tmp_path: Path) -> None:
    ring = Ring.create(tmp_path, DATABASE, slots=2)
    await ring.reserve([1, 2])
    waiting = asyncio.create_task(ring.reserve([3]))
    await asyncio.sleep(0)
    assert not waiting.done()
    ring.free([1])
    await waiting
    ring.begin(3)
    ring.close()


async def test_more_than_it_can_ever_hold_is_an_error(tmp_path: Path) -> None:
    ring = Ring.create(tmp_path, DATABASE, slots=2)
    with pytest.raises(RingError):
        await ring.reserve([1, 2, 3])
    ring.close()


async def test_revoked_attempts_never_begin(tmp_path: Path) -> None:
    ring = Ring.create(tmp_path, DATABASE, slots=4)
    await ring.reserve([1, 2, 3])
    ring.begin(1)
    ring.begin(2)
    ring.answered(2, 9)
    assert ring.revoke([1, 2, 3]) == {1: None, 2: 9}
    with pytest.raises(RingError):
        ring.begin(3)
    ring.answered(1, 10)  # a late answer is still worth noting
    assert read_remains(tmp_path / FILE, DATABASE).entries == {1: 10, 2: 9}
    ring.close()


async def test_as_it_stands(tmp_path: Path) -> None:
    ring = Ring.create(tmp_path, DATABASE, slots=4)
    await ring.reserve([1, 2, 3])
    ring.begin(1)
    ring.answered(1, 9)
    ring.begin(2)
    results = [(r.outcome, r.tp_mr) for r in ring.as_it_stands([1, 2, 3])]
    assert results == [("accepted", 9), ("unknown", None), ("unsent", None)]
    with pytest.raises(RingError):
        ring.begin(3)
    ring.close()


async def test_what_was_not_reserved_never_begins(tmp_path: Path) -> None:
    ring = Ring.create(tmp_path, DATABASE, slots=1)
    with pytest.raises(RingError):
        ring.begin(1)
    ring.close()


async def test_a_new_ring_replaces_the_old_one(tmp_path: Path) -> None:
    old = Ring.create(tmp_path, DATABASE, slots=2)
    await old.reserve([1])
    old.begin(1)
    old.close()
    Ring.create(tmp_path, DATABASE, slots=2).close()
    assert read_remains(tmp_path / FILE, DATABASE).entries == {}


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RingError):
        Ring.create(tmp_path / "nowhere", DATABASE)
