"""The nightly purge: what must be kept is kept, what may not be kept longer goes (R6, R23, R25)."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from estate_sms.audit.exporting import export_log
from estate_sms.audit.verify import verify_file
from estate_sms.estate import retention
from estate_sms.estate.retention import FLOORS, Purge, Retention, RetentionError
from estate_sms.policy.callers import CLI
from estate_sms.policy.optouts import OptOuts
from estate_sms.store.store import DATABASE
from estate_sms.store.unit import UnitOfWork
from estate_sms.store.vault import SubjectShreddedError

from .conftest import NUMBER, OTHER, THIRD, House, raw


async def test_the_feed_forgets_and_goes_on_counting(house: House) -> None:
    for _ in range(2):
        await house.send(NUMBER, text="公共通知：明日停水")
    head = await house.store.feed_head()
    house.later(29)
    assert (await purge(house).run()).events == 0
    house.later(2)
    assert (await purge(house).run()).events > 0
    assert await house.rows("SELECT sequence FROM feed") == [(head,)]
    with pytest.raises(sqlite3.IntegrityError, match="used twice"):
        await house.store.write(lambda uow: uow.execute("DELETE FROM feed"))
    await house.send(OTHER, text="公共通知：明日停水")
    assert (await house.store.feed_after(head))[0].sequence == head + 1


@pytest.mark.parametrize("name", FLOORS)
def test_no_floor_can_be_lowered(name: str) -> None:
    assert getattr(Retention(**{name: FLOORS[name]}), name) == FLOORS[name]
    with pytest.raises(RetentionError, match=rf"retention\.{name} is {FLOORS[name] - 1}, but"):
        Retention(**{name: FLOORS[name] - 1})


def test_the_floors_are_those_of_the_law() -> None:
    assert dict(FLOORS) == {
        "message_days": 183, "inbox_days": 183, "security_days": 183, "text_days": 1095,
        "audit_days": 1095, "opt_out_days": 153,
    }  # fmt: skip


def purge(house: House, **days: int) -> Purge:
    return Purge(house.store, house.vault, Retention(**days))


async def test_day_150_is_there_and_day_184_is_gone(house: House, tmp_path: Path) -> None:
    await house.send(NUMBER, OTHER, text="公共通知：明日停水")
    await house.send(NUMBER, text="您的水表读数")
    await house.put_on_air()
    await house.receive(NUMBER, "收到")
    subject = await house.store.read(lambda c: house.vault.find(c, NUMBER))
    assert subject is not None
    house.later(150)
    assert (await purge(house).run()).messages == 0
    assert len(await house.rows("SELECT id FROM message")) == 3
    house.later(34)
    done = await purge(house).run()
    assert (done.messages, done.received, done.subjects, done.texts) == (3, 1, 2, 0)
    for table in ("message", "part", "attempt", "history", "inbox", "inbox_part", "replace_slot"):
        assert await house.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    assert await house.rows("SELECT sum(messages) FROM ledger_summary") == [(3,)]
    assert await house.rows("SELECT text FROM batch WHERE text IS NOT NULL") == [
        ("公共通知：明日停水",)
    ]
    with pytest.raises(SubjectShreddedError):
        await house.store.read(lambda c: house.vault.number(c, subject))
    assert [r.action for r in await house.records()].count("key.shred") == 2
    path = tmp_path / "log.esab"
    await export_log(
        house.store, house.log, house.keys, house.data_dir / DATABASE, path, None, None
    )
    assert verify_file(path).outcome == "VALID-UNANCHORED"
    house.later(1095 - 184 + 1)
    assert (await purge(house).run()).texts == 1
    assert "公共通知".encode() not in raw(house.data_dir)


async def test_residents_and_withdrawals_outlive_their_messages(house: House) -> None:
    await house.send(NUMBER, OTHER, THIRD)
    await house.put_on_air()

    def moves_in(uow: UnitOfWork) -> None:
        uow.execute(
            "INSERT INTO household (public_id, building, unit, room) VALUES ('h', '1', '1', '1')"
        )
        subject = house.vault.find(uow.connection, NUMBER)
        uow.execute(
            "INSERT INTO resident (household_id, subject_id, role) VALUES (1, ?, 'owner')",
            (subject,),
        )

    await house.store.write(moves_in)
    await OptOuts(house.store, house.vault, "CN").add(CLI, OTHER, "activity")
    house.later(184)
    assert (await purge(house).run()).subjects == 1

    def known(connection: sqlite3.Connection) -> list[bool]:
        return [house.vault.find(connection, n) is not None for n in (NUMBER, OTHER, THIRD)]

    assert await house.store.read(known) == [True, True, False]
    house.later(1095)
    assert (await purge(house).run()).subjects == 1
    assert await house.rows("SELECT count(*) FROM opt_out") == [(0,)]


async def test_what_still_waits_is_never_purged(house: House) -> None:
    await house.send(NUMBER)
    house.later(400)
    assert (await purge(house).run()).messages == 0
    assert len(await house.put_on_air()) == 1


async def test_a_purge_goes_in_slices_and_may_stop_anywhere(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.send(*[f"+86138001{38000 + n}" for n in range(25)])
    await house.put_on_air()
    house.later(184)
    monkeypatch.setattr(retention, "SLICE", 10)
    sizes: list[int] = []
    whole = retention._messages  # pyright: ignore[reportPrivateUsage]

    def counted(uow: UnitOfWork, before: int, after: int) -> tuple[int, int | None]:
        if len(sizes) == 2:
            sizes.append(-1)
            raise sqlite3.IntegrityError("the power goes here")
        found = whole(uow, before, after)
        sizes.append(found[0])
        return found

    monkeypatch.setattr(retention, "_messages", counted)
    with pytest.raises(sqlite3.IntegrityError):
        await purge(house).run()
    assert sizes == [10, 10, -1]
    done = await purge(house).run()
    assert (done.messages, done.subjects) == (5, 25)


async def test_recalls_and_their_steps_go_with_their_messages(house: House) -> None:
    answer = await house.send(NUMBER, OTHER)
    await house.put_on_air()
    await house.desk.recall(CLI, message=answer.messages[0].id, reason="x", correction_text="更正")
    await house.put_on_air()
    house.later(184)
    await purge(house).run()
    assert await house.rows("SELECT count(*) FROM message WHERE state <> 'held'") == [(0,)]


async def test_every_table_that_names_a_person_is_known_to_the_purge(house: House) -> None:
    """A new table that refers to `subject` must decide: is it a tie, and what does erasure do?"""
    tables = await house.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
    naming = {
        name
        for (name,) in tables
        if any(row[2] == "subject" for row in await house.rows(f"PRAGMA foreign_key_list({name})"))
    }
    assert naming == {
        "message", "status_report", "replace_slot", "inbox", "inbox_part", "opt_out", "resident",
        "erasure",
    }, "say in estate/retention.sql, estate/erasure.py and estate/report.py what becomes of it"  # fmt: skip
