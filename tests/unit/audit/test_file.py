"""Every byte of an exported file is covered; whatever else it is, it is INVALID, never a traceback."""

from __future__ import annotations

import io
import random
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from estate_sms.audit import archive
from estate_sms.audit.verify import verify_file

Box = Any


def _small(box: Box) -> bytes:
    box.start().record(1).sign()
    return bytes(box.export().read_bytes())


def test_a_flip_of_every_byte_is_invalid(box: Box, tmp_path: Path) -> None:
    data = _small(box)
    path = tmp_path / "flipped"
    rng = random.Random(1)
    # In the padding a thousand zeros are alike: every byte of content, every fortieth of the rest.
    positions = [i for i in range(len(data)) if data[i] or i % 40 == 0]
    assert len(positions) > 4000
    for position in positions:
        changed = bytearray(data)
        changed[position] ^= 1 << rng.randrange(8)
        path.write_bytes(changed)
        verdict = verify_file(path)
        assert verdict.outcome == "INVALID", (position, data[position])
        assert verdict.reason


def test_a_flip_in_a_larger_file_is_invalid(box: Box, tmp_path: Path) -> None:
    data = box.three_epochs(60).export().read_bytes()
    path = tmp_path / "flipped"
    rng = random.Random(2)
    for _ in range(150):
        position = rng.randrange(len(data))
        changed = bytearray(data)
        changed[position] ^= 1 << rng.randrange(8)
        path.write_bytes(changed)
        assert verify_file(path).outcome == "INVALID", position


def test_a_missing_or_an_extra_byte_anywhere_is_invalid(box: Box, tmp_path: Path) -> None:
    data = _small(box)
    path = tmp_path / "changed"
    rng = random.Random(3)
    for _ in range(200):
        position = rng.randrange(len(data) + 1)
        path.write_bytes(data[:position] + bytes([rng.randrange(256)]) + data[position:])
        assert verify_file(path).outcome == "INVALID"
        path.write_bytes(
            data[:position] + data[position + 1 :] if position < len(data) else data[:-1]
        )
        assert verify_file(path).outcome == "INVALID"
        path.write_bytes(data[:position] if position < len(data) else data + data)
        assert verify_file(path).outcome == "INVALID"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=2000))
def test_any_bytes_are_a_verdict(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "garbage"
    path.write_bytes(data)
    verdict = verify_file(path)
    assert verdict.outcome == "INVALID"
    assert verdict.reason


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(
        ["records", "epochs", "checkpoints", "anchors", "keys", "view", "manifest"]
    ),
    data=st.sampled_from(
        [
            b"",
            b"\n",
            b"{}",
            b"{}\n",
            b"[]",
            b"[1]",
            b"[{}]",
            b"null",
            b"\xff\n",
            b'{"c":1,"h":1}\n',
            b'{"c":"","h":{}}\n',
            b'{"c":"","h":[]}\n',
            b'{"l":"AA=="}\n',
            b'{"l":""}\n',
            b'{"note":1}\n',
            b'{"note":""}\n',
            b'[{"epoch":1,"key":1}]',
            b'[{"epoch":[],"key":""}]',
            b'{"k":[],"tq":{}}\n',
            b'{"c":"","h":{"boot":[],"ep":1,"k":[],"mono":0,"o":1,"prev":{},"seq":0,"tq":[],"ts":0,"v":1}}\n',
        ]
    ),
)
def test_a_signed_file_with_an_odd_member_is_invalid(box: Box, name: str, data: bytes) -> None:
    """Even when the box itself signed it."""
    if not hasattr(box, "log"):
        box.start().record(1).sign()
    members = {name: data}
    if name == "manifest":
        path = box.export()
        content = path.read_bytes()
        members = {}
        at = content.index(b'{"files"')
        path.write_bytes(content[:at] + data.ljust(300, b" ") + content[at + 300 :])
        assert verify_file(path).outcome == "INVALID"
        return
    if name == "anchors" and data == b"[]":
        return
    assert verify_file(box.repack(box.export(), **members)).outcome == "INVALID"


def test_no_file_a_folder_and_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for path in (tmp_path / "none", tmp_path, tmp_path / "empty"):
        verdict = verify_file(path)
        assert (verdict.outcome, verdict.exit_code) == ("INVALID", 8)
        assert verdict.reason


def test_an_ordinary_tar_of_the_same_members_is_invalid(box: Box, tmp_path: Path) -> None:
    source = box.start().sign().export()
    path = tmp_path / "re-tarred"
    with tarfile.open(source) as old, tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as new:
        for info in old.getmembers():
            content = old.extractfile(info)
            assert content is not None
            info.mtime = 1
            new.addfile(info, content)
    assert verify_file(source).outcome == "VALID-UNANCHORED"
    assert verify_file(path).outcome == "INVALID"


def test_a_sparse_huge_file_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.write(archive.member_header(archive.RECORDS, archive.MAX_MEMBER))
        file.truncate(archive.MAX_MEMBER)
    assert verify_file(path).outcome == "INVALID"
    with path.open("wb") as file:
        file.write(archive.member_header(archive.RECORDS, 1 << 28))
        file.truncate(archive.BLOCK + (1 << 28))
        file.seek(0, io.SEEK_END)
        for name in archive.MEMBERS[1:]:
            file.write(archive.member_header(name, 0))
        file.write(b"\0" * 1024)
    assert verify_file(path).outcome == "INVALID"


def test_ordinary_tools_read_the_file(box: Box) -> None:
    with tarfile.open(box.start().sign().export()) as tar:
        assert tuple(tar.getnames()) == archive.MEMBERS
        assert {(info.mode, info.mtime, info.uid) for info in tar} == {(0o644, 0, 0)}


@pytest.mark.parametrize("seconds", [0, 1])
def test_an_export_is_deterministic(box: Box, seconds: int) -> None:
    box.start().record(3).sign()
    first = box.export().read_bytes()
    box.pass_time(seconds)
    assert box.export().read_bytes() == first
