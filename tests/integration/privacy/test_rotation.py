"""Rotating the key-encryption key: survivors live on, old copies stay closed, crashes are finished."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from pathlib import Path

import pytest

from estate_sms.audit.errors import KeysError
from estate_sms.audit.keyfiles import newest_only, parse_kek, with_next
from estate_sms.audit.keys import Keys
from estate_sms.audit.rotation import rotate
from estate_sms.audit.vault import SubjectVault
from estate_sms.estate.erasure import DAY
from estate_sms.gateway import doctor_record
from estate_sms.gateway.config import Config
from estate_sms.gateway.house import open_house
from estate_sms.gateway.privacy_local import local_privacy
from estate_sms.store.ballast import Ballast
from estate_sms.store.store import DATABASE
from estate_sms.store.unit import UnitOfWork
from estate_sms.store.vault import ANSWERS, BOX, SubjectShreddedError, VaultError

from .conftest import NUMBER, OTHER, raw

NUMBERS = [f"+86138001{38000 + n}" for n in range(450)]


def copied(config: Config, to: Path) -> Path:
    """A backup of the database as it stands, without the key file."""
    to.mkdir()
    with (
        sqlite3.connect(Path(config.data_dir) / DATABASE) as live,
        sqlite3.connect(to / DATABASE) as copy,
    ):
        live.backup(copy)
    live.close()
    copy.close()
    return to


def number_in(backup: Path, keys: Keys, subject: int) -> str:
    connection = sqlite3.connect(backup / DATABASE)
    try:
        return SubjectVault(keys).number(connection, subject)
    finally:
        connection.close()


def never(_: Path) -> bool:
    return False


def on_file(config: Config) -> list[int]:
    """The generations in the key file."""
    path = Path(config.audit.kek_file)
    return sorted(parse_kek(path.read_bytes(), path))


async def test_survivors_live_on_and_old_backups_stay_closed(
    config: Config, tmp_path: Path
) -> None:
    kek = Path(config.audit.kek_file)
    async with open_house(config) as house:
        found = await house.store.write(lambda u: house.vault.subjects(u, NUMBERS))
        gone, kept = found[0], found[1]
        backup = copied(config, tmp_path / "backup")
        old_keys = Keys.load(tmp_path / "aside", Path(shutil.copy(kek, tmp_path / "old")))
        assert number_in(backup, old_keys, gone) == NUMBER
        await house.store.write(lambda u: house.vault.shred(u, gone))
        wrapped = await house.store.read(
            lambda c: [row[0] for row in c.execute("SELECT wrapped_key FROM subject WHERE id > 0")]
        )
        done = await rotate(house.store, house.keys, house.vault)
        assert (done.generation, done.destroyed, done.survivors) == (2, (1,), len(NUMBERS) - 1)
        assert await house.store.read(lambda c: house.vault.find(c, OTHER)) == kept
        assert await house.store.read(lambda c: house.vault.number(c, kept)) == OTHER
        assert await house.store.read(lambda c: house.vault.find(c, NUMBER)) is None
        with pytest.raises(SubjectShreddedError):
            await house.store.read(lambda c: house.vault.number(c, gone))
        again = await house.store.write(lambda u: house.vault.subjects(u, NUMBERS[1:]))
        assert again == found[1:]
        bytes_left = raw(Path(config.data_dir))
        assert not [key for key in wrapped if key is not None and key in bytes_left]
    assert on_file(config) == [2]
    assert b"\x07" * 32 not in raw(tmp_path / "safe")
    # The next start reads all of it with the new key alone, the log included.
    async with open_house(config) as house:
        assert await house.store.read(lambda c: house.vault.number(c, kept)) == OTHER
        for subject in (gone, kept):
            with pytest.raises(VaultError, match="does not belong"):
                number_in(backup, house.keys, subject)


async def test_what_only_the_box_could_read_in_an_old_backup_stays_closed_too(
    config: Config, tmp_path: Path
) -> None:
    async with open_house(config) as house:
        await house.store.write(lambda u: house.vault.seal(u.connection, ANSWERS, "c", NUMBER))
        live = await house.store.read(
            lambda c: dict(c.execute("SELECT id, wrapped_key FROM subject WHERE id <= 0"))
        )
        sealed = await house.store.read(lambda c: house.vault.seal(c, ANSWERS, "c", NUMBER))
        kept = await house.store.read(lambda c: house.vault.seal(c, BOX, "c", "kept"))
        await rotate(house.store, house.keys, house.vault)
        with pytest.raises(VaultError):
            await house.store.read(lambda c: house.vault.open(c, ANSWERS, "c", sealed))
        assert await house.store.read(lambda c: house.vault.open(c, BOX, "c", kept)) == "kept"
        now = await house.store.read(
            lambda c: dict(c.execute("SELECT id, wrapped_key FROM subject WHERE id <= 0"))
        )
        assert now[BOX] != live[BOX]
        assert now[ANSWERS] != live[ANSWERS]


async def test_the_queue_goes_on_while_keys_are_rotated(config: Config) -> None:
    async with open_house(config) as house:
        found = await house.store.write(lambda u: house.vault.subjects(u, NUMBERS))
        done = asyncio.Event()
        seen: list[int] = []

        async def others() -> None:
            n = 0
            while not done.is_set():
                number = NUMBERS[n % len(NUMBERS)]
                seen.append(await house.store.write(lambda u: house.vault.subject(u, number)))  # noqa: B023
                n += 7

        traffic = asyncio.create_task(others())
        await rotate(house.store, house.keys, house.vault)
        done.set()
        await traffic
        assert len(seen) > 3
        assert set(seen) <= set(found), "no number got a second subject"


@pytest.mark.parametrize("slices", [0, 1, 3])
async def test_a_rotation_that_a_crash_cut_short_is_finished_by_the_next(
    config: Config, slices: int
) -> None:
    async with open_house(config) as house:
        found = await house.store.write(lambda u: house.vault.subjects(u, NUMBERS))
        content = house.keys.begin()
        if slices:
            await house.store.write(lambda u: house.keys.activate(content))
            for n in range(slices):
                await house.store.write(lambda u: house.vault.rewrap(u, 50 * n, 50))  # noqa: B023
    assert on_file(config) == [1, 2]
    async with open_house(config) as house:
        # Both generations are read meanwhile.
        assert await house.store.write(lambda u: house.vault.subjects(u, NUMBERS)) == found
        done = await rotate(house.store, house.keys, house.vault)
        assert (done.generation, done.destroyed) == (2, (1,))
    async with open_house(config) as house:
        assert await house.store.write(lambda u: house.vault.subjects(u, NUMBERS)) == found


async def test_nothing_is_destroyed_while_something_still_needs_it(config: Config) -> None:
    async with open_house(config) as house:
        await house.store.write(lambda u: house.vault.subject(u, NUMBER))

        def spoil(uow: UnitOfWork) -> None:
            uow.execute("UPDATE subject SET wrapped_key = zeroblob(60) WHERE id = 1")

        await house.store.write(spoil)
        with pytest.raises(VaultError):
            await rotate(house.store, house.keys, house.vault)
        assert on_file(config) == [1, 2]


async def test_a_key_file_that_cannot_be_written_is_said_before_anything_happens(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_house(config) as house:
        before = on_file(config)
        monkeypatch.setattr("estate_sms.audit.keyfiles.writable", never)
        with pytest.raises(KeysError, match="cannot be written"):
            await rotate(house.store, house.keys, house.vault)
        assert on_file(config) == before == [1]


async def test_a_key_file_that_others_keep_is_rotated_in_two_steps(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with a systemd credential: the service never writes the file."""
    kek = Path(config.audit.kek_file)
    monkeypatch.setattr("estate_sms.audit.keyfiles.writable", never)
    async with open_house(config) as house:
        found = await house.store.write(lambda u: house.vault.subjects(u, NUMBERS[:5]))
        old = await house.store.read(lambda c: house.vault.seal(c, ANSWERS, "c", NUMBER))
    kek.write_bytes(with_next(parse_kek(kek.read_bytes(), kek)))  # noqa: ASYNC240 - the keeper's hand
    async with open_house(config) as house:
        done = await rotate(house.store, house.keys, house.vault)
        assert (done.generation, done.destroyed, done.on_file) == (2, (1,), False)
        assert on_file(config) == [1, 2]
        with pytest.raises(VaultError):
            await house.store.read(lambda c: house.vault.open(c, ANSWERS, "c", old))
        assert house.keys.retiring == (), "nothing of the old key stays in memory"
    kek.write_bytes(newest_only(parse_kek(kek.read_bytes(), kek)))  # noqa: ASYNC240
    async with open_house(config) as house:
        assert await house.store.write(lambda u: house.vault.subjects(u, NUMBERS[:5])) == found


async def test_the_night_rotates_before_a_destroyed_key_lives_on_in_copies_for_too_long(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the doctor says what is not done: a rotation that is due, one half done, a lost ballast."""

    def said(word: str) -> bool:
        checks = (*doctor_record.rotation(config), *doctor_record.ballast(config))
        return any(word in finding.what for finding in checks)

    async def alarms() -> list[str]:
        return [row.kind for row in await house.store.feed_after(0, topics=("alarm",))]

    async with open_house(config) as house:
        privacy = local_privacy(config, house)
        subject = await house.store.write(lambda u: house.vault.subject(u, NUMBER))
        await privacy.rotate_if_due()
        assert on_file(config) == [1], "nothing was destroyed: old copies may stay"
        await house.store.write(lambda u: house.vault.shred(u, subject))
        await privacy.rotate_if_due()
        assert on_file(config) == [1], "not yet"
        old = house.store.now - 40 * DAY

        def age(uow: UnitOfWork) -> None:
            uow.execute("DROP TRIGGER subject_shredded_for_good")
            uow.execute("UPDATE subject SET shredded_at = ? WHERE id = ?", (old, subject))

        await house.store.write(age)
        assert said("destroyed 40 days ago")
        assert said("emergencies")
        with monkeypatch.context() as patch:
            patch.setattr("estate_sms.audit.keyfiles.writable", never)
            await privacy.rotate_if_due()
        assert (on_file(config), await alarms()) == ([1], ["key_rotation_due"])
        await privacy.rotate_if_due()
        assert (on_file(config), (await alarms())[1:]) == ([2], ["key_rotated"])
        assert not said("days ago")
        house.keys.begin()
        assert said("not finished")
        Ballast(Path(config.data_dir)).fill()
        assert not said("emergencies")
