"""A running house has its log anchored: by a witness over HTTP, by SMS through the desk, on paper."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from estate_sms.audit.anchoring import AnchorConflictError, AnchorError
from estate_sms.audit.anchors import parse_held
from estate_sms.audit.exporting import export_log
from estate_sms.audit.notes import parse_log_key
from estate_sms.audit.reading import tail
from estate_sms.audit.verdict import Verdict
from estate_sms.audit.verify import verify_file
from estate_sms.audit.witness import Witness
from estate_sms.audit.witness_client import log_key
from estate_sms.audit.witness_server import WitnessServer
from estate_sms.gateway.anchors import Anchoring
from estate_sms.gateway.config import Config
from estate_sms.gateway.house import House, open_house
from estate_sms.policy.answers import BatchAnswer, MessageAnswer, SendAnswer
from estate_sms.policy.callers import Caller
from estate_sms.policy.requests import SendRequest
from estate_sms.store.feed import FeedRow
from estate_sms.store.store import DATABASE
from estate_sms.store.unit import UnitOfWork

PHONES = ("+8613800138001", "+8613800138002")


def config_of(data_dir: Path, **audit: Any) -> Config:
    config = Config(data_dir=str(data_dir))
    return msgspec.structs.replace(config, audit=msgspec.structs.replace(config.audit, **audit))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(config_of(tmp_path / "data")) as opened:
        yield opened


class Office:
    """A witness on loopback."""

    def __init__(self, folder: Path, house: House) -> None:
        _, log = log_key(house.data_dir, house.log.origin)
        self.key = Ed25519PrivateKey.generate()
        known = [parse_log_key(log.text())]
        self.witness = Witness(folder, "office", self.key, known, lambda: 1_800_000_000)
        self.server = WitnessServer(("127.0.0.1", 0), self.witness)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        self.witness.close()


@pytest.fixture
def office(tmp_path: Path, house: House) -> Iterator[Office]:
    made = Office(tmp_path / "office", house)
    yield made
    made.close()


async def verdict(house: House, **options: Any) -> Verdict:
    path = house.data_dir / "out.esab"
    await export_log(house.store, house.log, house.keys, house.data_dir / DATABASE, path)
    return await asyncio.to_thread(verify_file, path, **options)


async def actions(house: House) -> list[str]:
    return [entry.action for entry in await house.store.read(lambda c: tail(c, house.keys, 50))]


def anchoring(house: House, office: Office | None = None, **audit: Any) -> Anchoring:
    if office is not None:
        audit = {
            "witness_url": office.server.url,
            "witness_key": office.witness.public.text(),
            **audit,
        }
    return Anchoring(house, config_of(house.data_dir, **audit))


async def test_a_witness_signs_and_the_export_is_anchored(house: House, office: Office) -> None:
    ours = anchoring(house, office)
    for _ in range(3):
        head = await ours.by_witness()
        assert office.witness.last(house.log.origin) == head
    known = await verdict(house, witnesses=[office.witness.public])
    assert known.outcome == "VALID-ANCHORED"
    assert len(known.anchors) == 3
    assert (await verdict(house)).outcome == "VALID-UNANCHORED"
    assert "anchor.witness" in await actions(house)


async def test_a_witness_that_saw_more_is_caught_up_with(house: House, office: Office) -> None:
    """The answer got lost: the witness is ahead of our receipts, and says so."""
    ours = anchoring(house, office)
    head = await ours.by_witness()
    await house.store.write(lambda uow: uow.execute("DROP TRIGGER audit_anchor_stays") and None)
    await house.store.write(lambda uow: uow.execute("DELETE FROM audit_anchor") and None)
    again = await ours.by_witness()
    assert again.size > head.size


async def test_a_witness_that_saw_another_log_raises_the_alarm(
    house: House, office: Office, tmp_path: Path
) -> None:
    ours = anchoring(house, office)
    await ours.by_witness()
    state = next((tmp_path / "office").glob("*.json"))
    wrong = state.read_text().replace('"size":', '"size":9')
    state.write_text(wrong)
    with pytest.raises(AnchorConflictError):
        await ours.by_witness()
    task = asyncio.create_task(ours.keep(poll=0.01))
    fed: list[FeedRow] = []
    try:
        for _ in range(500):
            fed = await house.store.feed_after(0, topics=("alarm",))
            if fed:
                break
            await asyncio.sleep(0.01)
    finally:
        task.cancel()
    assert [row.kind for row in fed] == ["anchor_conflict"]


async def test_a_stranger_in_the_witness_s_place_is_not_believed(
    house: House, office: Office
) -> None:
    other = replace(office.witness.public, public_key=bytes(range(32)))
    with pytest.raises(AnchorError):
        await anchoring(house, office, witness_key=other.text()).by_witness()
    with pytest.raises(AnchorError):
        await anchoring(house, witness_url="http://127.0.0.1:9/").by_witness()
    with pytest.raises(AnchorError):
        await anchoring(house).by_witness()


class Desk:
    """Stands for the desk: what it is given is what phones get."""

    def __init__(self) -> None:
        self.sent: list[tuple[Caller, SendRequest]] = []

    async def send(self, caller: Caller, request: SendRequest) -> SendAnswer:
        self.sent.append((caller, request))
        return SendAnswer(
            batch=BatchAnswer(id="b1", state="sending", counts={}, starts_at=None),
            messages=[MessageAnswer(id="m1", to=n, state="queued", parts=1) for n in request.to],
            rejected=[],
        )


@pytest.mark.parametrize("signature", ["", "【翠湖物业】"])
async def test_the_daily_sms_is_sent_once_a_day_and_anchors(house: House, signature: str) -> None:
    config = config_of(house.data_dir, anchor_phones=PHONES)
    config = msgspec.structs.replace(
        config, sms=msgspec.structs.replace(config.sms, signature=signature)
    )
    desk: Any = Desk()
    ours = Anchoring(house, config, desk)
    task = asyncio.create_task(ours.keep(poll=0.005))
    for _ in range(500):
        await asyncio.sleep(0.01)
        if "anchor.sms" in await actions(house):
            break
    await asyncio.sleep(0.05)
    task.cancel()
    assert len(desk.sent) == 1
    caller, request = desk.sent[0]
    assert caller.actor == "system"
    assert request.to == PHONES
    assert request.purpose == "service"
    held = parse_held(signature + request.text)
    assert (await verdict(house, anchors=[held])).outcome == "VALID-ANCHORED"


async def test_an_sms_that_reached_no_phone_raises_the_alarm_the_next_day(house: House) -> None:
    desk: Any = Desk()
    ours = Anchoring(house, config_of(house.data_dir, anchor_phones=PHONES), desk)
    await ours.by_sms()
    (first,) = await ours.listed(10)
    assert (first.kind, first.deliveries, first.held) == ("sms", [], False)

    def yesterday(uow: UnitOfWork) -> None:
        uow.execute("DROP TRIGGER audit_anchor_fixed")
        uow.execute("UPDATE audit_anchor SET at = 1")

    await house.store.write(yesterday)
    task = asyncio.create_task(ours.keep(poll=0.01))
    async with asyncio.timeout(30):
        while len(await ours.listed(10)) < 2:
            await house.store.wait_fed(0.05)
    task.cancel()
    fed = await house.store.feed_after(0, topics=("alarm",))
    assert [row.kind for row in fed] == ["anchor_unseen"]


async def test_paper_needs_a_name_and_leaves_a_receipt(house: House) -> None:
    ours = anchoring(house)
    with pytest.raises(AnchorError):
        await ours.on_paper("  ", "cli")
    head = await ours.anchor("paper", "Li and Wang", "cli")
    assert head.size > 0
    found = await verdict(house)
    assert found.outcome == "VALID-UNANCHORED"
    assert any("Li and Wang" in finding for finding in found.findings)
    with pytest.raises(AnchorError):
        await ours.anchor("sms")
    with pytest.raises(AnchorError):
        await ours.anchor("tweet")


async def test_no_number_is_recorded_with_an_anchor(house: House) -> None:
    desk: Any = Desk()
    await Anchoring(house, config_of(house.data_dir, anchor_phones=PHONES), desk).by_sms()
    rows = await house.store.read(lambda c: c.execute("SELECT * FROM audit_anchor").fetchall())
    assert len(rows) == 1
    assert "1380013800" not in repr(rows)
    with contextlib.suppress(AnchorError):
        await anchoring(house).by_sms()
