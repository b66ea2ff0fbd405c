"""Erasure: active → restricted → shredded, with proof; nothing readable is left anywhere."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from estate_sms.audit.exporting import export_log
from estate_sms.audit.keys import Keys
from estate_sms.audit.rotation import rotate
from estate_sms.audit.vault import SubjectVault
from estate_sms.audit.verify import verify_file
from estate_sms.estate.certificate import in_words
from estate_sms.gateway.config import Config
from estate_sms.policy import idempotency
from estate_sms.policy.callers import CLI, Caller
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.replies import Replies
from estate_sms.queue.inbox_parts import refingerprint
from estate_sms.queue.queries import number as number_view
from estate_sms.store.store import DATABASE
from estate_sms.store.vault import SubjectShreddedError

from .conftest import NUMBER, OTHER, House, raw

SECRET = "张三家的水表读数是三百零七"
REPLY = "我不想再收到这些了谢谢"


async def test_what_nothing_holds_is_shredded_at_once(house: House) -> None:
    await house.store.write(lambda u: house.vault.subject(u, NUMBER))
    done = await house.erasures.erase(CLI, NUMBER, "asked at the desk")
    assert (done.state, done.shredded_at) == ("shredded", done.requested_at)
    assert await house.store.read(lambda c: house.vault.find(c, NUMBER)) is None
    with pytest.raises(PolicyError) as caught:
        await house.erasures.erase(CLI, NUMBER)
    assert caught.value.code == "not_found"


async def test_while_the_ledger_must_be_kept_a_request_restricts(house: House) -> None:
    await house.send(NUMBER, OTHER)
    await house.put_on_air()
    waiting = await house.send(NUMBER, OTHER, text="第二条通知")
    urgent = await house.send(NUMBER, text="火警", purpose="emergency")
    asked = await house.erasures.erase(CLI, NUMBER)
    assert (asked.state, asked.shredded_at, asked.certificate) == ("restricted", None, None)
    assert asked.due_at >= asked.requested_at + 182 * 86_400_000_000
    assert (await house.erasures.erase(CLI, NUMBER)).id == asked.id, "asking twice is one request"
    states = dict(
        await house.rows("SELECT public_id, state || ':' || coalesce(cause, '') FROM message")
    )
    assert [states[m.id] for m in waiting.messages] == ["cancelled:restricted", "queued:"]
    assert states[urgent.messages[0].id] == "queued:", "a warning goes on"
    # Not silently: storage goes on, and the person's history can still be shown to them.
    assert await house.store.read(lambda c: number_view(c, house.vault, NUMBER)) is not None
    house.later(100)
    assert await house.erasures.sweep() == 0


async def test_a_restricted_message_is_not_handed_over(house: House) -> None:
    """Whatever way it came into the queue."""
    await house.send(NUMBER, OTHER)
    subject = await house.store.read(lambda c: house.vault.find(c, NUMBER))
    assert subject is not None
    await house.store.write(lambda u: house.vault.restrict(u, subject))
    assert [task.number for task in await house.put_on_air()] == [OTHER]
    assert await house.rows("SELECT cause FROM message WHERE subject_id = ?", subject) == [
        ("restricted",)
    ]


async def test_when_the_time_is_over_the_key_goes_and_the_certificate_says_so(
    house: House, tmp_path: Path
) -> None:
    await house.send(NUMBER, text=SECRET, key="once")
    await house.put_on_air()
    await house.receive(NUMBER, REPLY)
    asked = await house.erasures.erase(CLI, NUMBER)
    house.later(184)
    assert await house.erasures.sweep() == 1
    done = await house.erasures.get(CLI, asked.id)
    assert done.state == "shredded"
    assert done.certificate is not None
    body = msgspec.json.decode(done.certificate)
    record = next(r for r in await house.records() if r.action == "key.shred")
    assert (body["log"]["sequence"], record.object) == (record.seq, done.ref)
    assert body["subject"] == done.ref
    assert int(body["log"]["checkpoint"].split("\n")[1]) > record.seq
    page = in_words(done.certificate)
    assert done.id in page
    assert "个人信息删除证明" in page
    assert NUMBER[3:] not in page + done.certificate
    assert [e.id for e in await house.erasures.list(CLI)] == [asked.id]
    path = tmp_path / "log.esab"
    await export_log(
        house.store, house.log, house.keys, house.data_dir / DATABASE, path, None, None
    )
    assert verify_file(path).outcome == "VALID-UNANCHORED"


async def test_an_emergency_since_then_postpones_the_day(house: House) -> None:
    await house.send(NUMBER)
    await house.put_on_air()
    asked = await house.erasures.erase(CLI, NUMBER)
    house.later(100)
    await house.send(NUMBER, text="火警", purpose="emergency")
    await house.put_on_air()
    house.later(84)
    assert await house.erasures.sweep() == 1
    assert (await house.erasures.get(CLI, asked.id)).state == "restricted"
    house.later(100)
    await house.erasures.sweep()
    assert (await house.erasures.get(CLI, asked.id)).state == "shredded"


async def test_after_erasure_and_rotation_no_byte_is_left_that_opens(
    house: House, config: Config, tmp_path: Path
) -> None:
    """T18: number, key, wrapped key and texts: no table, no WAL, no free page, no ring, no backup."""
    data = Path(config.data_dir)
    await house.send(NUMBER, text=SECRET, key="once")
    await house.send(NUMBER, OTHER, text="公共通知：明日停水", key="twice")
    # A shared text that names the person is kept under its recipients' keys alone.
    named = await house.send(NUMBER, OTHER, text=f"水表读数请致电{NUMBER[3:]}")
    await house.put_on_air()
    await house.receive(NUMBER, REPLY)
    await house.receive(OTHER, "好的")
    await Replies(house.store, house.vault).read_some()
    fix = f"更正：请改拨{NUMBER[3:]}或前台"
    await house.desk.recall(CLI, batch=named.batch.id, reason="号码写错", correction_text=fix)
    subject = await house.store.read(lambda c: house.vault.find(c, NUMBER))
    assert subject is not None
    traces: list[bytes] = list(
        (
            await house.rows(
                "SELECT wrapped_key, number_sealed, blind FROM subject WHERE id = ?", subject
            )
        )[0]
    )
    traces += [
        r[0]
        for r in await house.rows("SELECT text_sealed FROM inbox WHERE subject_id = ?", subject)
    ]
    traces += [
        r[0]
        for r in await house.rows(
            "SELECT text_sealed FROM inbox_part WHERE subject_id = ?", subject
        )
    ]
    backup = house.backup(tmp_path / "backup")
    assert all(trace in raw(backup) for trace in traces), "we look for the right bytes"
    for words in (NUMBER[3:], "水表读数请致电", "请改拨"):
        assert words.encode() not in raw(data) + raw(backup), "even before anyone asks"
    house.later(200)
    await house.erasures.erase(CLI, NUMBER)
    await rotate(
        house.store, house.keys, house.vault,
        [idempotency.reseal, lambda u, _: refingerprint(u, house.vault)],
    )  # fmt: skip
    left = raw(data)
    assert "公共通知".encode() in left, "the shared text is there, so we look at the right bytes"
    assert [n for n, trace in enumerate(traces) if trace in left] == []
    for words in (SECRET, REPLY, NUMBER, NUMBER[3:]):
        assert words.encode() not in left
        assert words.encode("utf-16-be") not in left
    # What callers were answered is kept a day: with the number masked.
    answers = await house.store.read(
        lambda c: [
            house.vault.open(c, -1, "idempotency.answer", row[0])
            for row in c.execute("SELECT answer FROM idempotency")
        ]
    )
    assert len(answers) == 2
    assert not [answer for answer in answers if NUMBER[3:] in answer]
    assert any(OTHER in answer for answer in answers), "nobody else's was touched"
    # The backup from before, with every key that is left in the world.
    import sqlite3

    now = Keys.load(tmp_path / "aside", Path(config.audit.kek_file))
    old = sqlite3.connect(backup / DATABASE)
    with pytest.raises(Exception, match="does not open"):
        SubjectVault(now).number(old, subject)
    old.close()
    with pytest.raises(SubjectShreddedError):
        await house.store.read(lambda c: house.vault.number(c, subject))
    other = await house.store.read(lambda c: house.vault.find(c, OTHER))
    assert other is not None
    assert await house.store.read(lambda c: house.vault.number(c, other)) == OTHER


async def test_a_repeated_call_is_answered_as_before_after_a_rotation(house: House) -> None:
    first = await house.send(NUMBER, OTHER, key="once")
    await rotate(
        house.store, house.keys, house.vault,
        [idempotency.reseal, lambda u, _: refingerprint(u, house.vault)],
    )  # fmt: skip
    assert await house.send(NUMBER, OTHER, key="once") == first
    assert len(await house.rows("SELECT id FROM batch")) == 1


async def test_a_part_that_comes_again_after_a_rotation_is_dropped(house: House) -> None:
    from estate_sms.queue.inbox import InboxSink

    from .conftest import Seen

    sink = InboxSink(house.store, house.vault)
    for smsc_at in (house.store.now, None):
        await sink.inbound(Seen(NUMBER, "你好", smsc_at=smsc_at))
    await rotate(
        house.store, house.keys, house.vault,
        [idempotency.reseal, lambda u, _: refingerprint(u, house.vault)],
    )  # fmt: skip
    stored = await house.rows("SELECT smsc_at FROM inbox_part ORDER BY id")
    for (smsc_at,) in stored:
        await sink.inbound(Seen(NUMBER, "你好", smsc_at=smsc_at))
    assert len(await house.rows("SELECT id FROM inbox_part")) == 2


async def test_erasing_needs_the_scope(house: House) -> None:
    nobody = Caller(actor="key:x", scopes=frozenset({"messages:send"}))
    with pytest.raises(PolicyError) as caught:
        await house.erasures.erase(nobody, NUMBER)
    assert caught.value.code == "missing_scope"
    with pytest.raises(PolicyError) as caught:
        await house.erasures.erase(CLI, "12")
    assert caught.value.code == "invalid_number"
    with pytest.raises(PolicyError) as caught:
        await house.erasures.get(CLI, "enothing")
    assert caught.value.code == "not_found"
