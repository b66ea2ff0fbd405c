"""R31: on a disk that is really full, emergencies go through the ballast; then 507, and no loss."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from estate_sms.gateway.config import Config
from estate_sms.policy.answers import SendAnswer
from estate_sms.store.ballast import Ballast
from estate_sms.store.errors import StoreFullError

from .conftest import House, Opener

MIB = 1024 * 1024
TEXT = "请注意安全" * 10


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False).returncode
    except OSError:
        done = 1
    if done:
        pytest.skip("no right to mount a small file system here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def filler(folder: Path, name: str) -> None:
    """Take what space there is."""
    with (folder / name).open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


async def send_until_full(house: House, **fields: str) -> list[SendAnswer]:
    done: list[SendAnswer] = []
    for n in range(2000):
        numbers = [f"+86138001{38000 + (50 * n + i) % 900}" for i in range(50)]
        try:
            done.append(await house.send(*numbers, text=TEXT, **fields))
        except StoreFullError:
            return done
    raise AssertionError("the disk never was full")


async def test_an_emergency_is_written_on_a_full_disk(
    small_disk: Path, config: Config, open_again: Opener
) -> None:
    config = msgspec.structs.replace(config, data_dir=str(small_disk / "data"))
    async with open_again(config) as house:
        ballast = house.ballast
        assert ballast.fill()
        assert ballast.path.stat().st_blocks * 512 >= 8 * MIB, "blocks, not a hole"
        filler(small_disk, "filler")
        ordinary = await send_until_full(house)
        assert ballast.path.exists(), "an ordinary send does not touch it"
        emergency = await house.send("+8613800138000", text="火警", purpose="emergency")
        assert emergency.messages
        assert (ballast.path.exists(), ballast.released) == (False, True)
        with pytest.raises(StoreFullError):
            await house.send("+8613800138000")
        more = await house.send("+8613800138001", text="火警", purpose="emergency")
        filler(small_disk, "filler2")
        emergencies = await send_until_full(house, purpose="emergency")
        batches = {row[0] for row in await house.rows("SELECT public_id FROM batch")}
        answered = [*ordinary, emergency, more, *emergencies]
        assert batches == {answer.batch.id for answer in answered}, "nothing lost, nothing made up"
        assert not ballast.fill(), "no room for it yet"
        for name in ("filler", "filler2"):
            (small_disk / name).unlink()
        assert ballast.fill()
        assert not ballast.released
        assert (await house.send("+8613800138000")).messages


def test_the_ballast_leaves_as_much_again(tmp_path: Path) -> None:
    huge = Ballast(tmp_path, 1 << 60)
    assert not huge.fill()
    assert not huge.path.exists()
    assert not huge.release()
    assert not huge.released
