"""The rights through the running service: real emulated modems, the sealed log, the command line."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from estate_sms.audit.reading import Entry, tail
from estate_sms.gateway.anchors import Anchoring
from estate_sms.gateway.app import running
from estate_sms.gateway.bank import ports
from estate_sms.gateway.config import Config
from estate_sms.gateway.house import open_house
from estate_sms.gateway.sections import HttpConfig, PolicyConfig, SimsConfig
from estate_sms.gateway.service import _listen  # pyright: ignore[reportPrivateUsage]
from estate_sms.gateway.wiring import Gateway
from estate_sms.modem.emulator.airlog import read_air_log
from estate_sms.modem.emulator.control import BankControl
from estate_sms.modem.emulator.settings import Settings
from estate_sms.policy.callers import CLI
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.requests import SendRequest

from .conftest import NUMBER, OTHER, THIRD

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "audit-events.md"
COMMAND = str(Path(sys.executable).with_name("estate-sms"))


@dataclass
class Running:
    gateway: Gateway
    config: Config
    file: Path

    async def cli(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A verb of `privacy` in a process of its own."""
        verb, *rest = words
        line = [COMMAND, "privacy", verb, "--config", str(self.file), *rest]
        env = {**os.environ, "COLUMNS": "200"}
        return await asyncio.to_thread(
            subprocess.run, line, capture_output=True, text=True, check=False, env=env
        )

    async def log(self) -> list[Entry]:
        house = self.gateway.house
        return await house.store.read(lambda c: tail(c, house.keys, 5_000))

    async def until(self, action: str) -> Entry:
        """Wait for a record; it has to come within a minute."""
        async with asyncio.timeout(60):
            while True:
                for entry in await self.log():
                    if entry.action == action:
                        return entry
                await self.gateway.house.store.wait_fed(0.2)

    def on_air(self) -> list[str]:
        log = Path(self.config.data_dir) / "emulator" / "air.jsonl"
        return [entry.to for entry in read_air_log(log) if entry.kind == "submit"]


def toml(config: Config) -> str:
    return (
        f'data_dir = "{config.data_dir}"\n[http]\nport = 0\n[policy]\napproval_above = 1000\n'
        f'quiet_hours = ""\n[audit]\nkek_file = "{config.audit.kek_file}"\n'
    )


@pytest.fixture
def registered_only() -> bool:
    return False


@pytest.fixture
async def box(config: Config, tmp_path: Path, registered_only: bool) -> AsyncIterator[Running]:
    config = msgspec.structs.replace(
        config,
        http=HttpConfig(port=0),
        policy=PolicyConfig(approval_above=1000, quiet_hours=""),
        sims=SimsConfig(registered_only=registered_only),
    )
    file = tmp_path / "config.toml"
    file.write_text(toml(config), encoding="utf-8")
    async with (
        open_house(config) as house,
        ports(config, 1, Settings.fixed(0.01, report=0.02)) as found,
        running(config, house, found) as gateway,
    ):
        server = await _listen(gateway)
        yield Running(gateway, config, file)
        await server.stop()


async def test_a_reply_withdraws_within_a_minute(box: Running) -> None:
    """R4, from the air to the proof."""
    await box.until("modem.ready")
    folder = Path(box.config.data_dir) / "emulator"
    await asyncio.to_thread(BankControl(folder).inbound, 0, NUMBER, "退订")
    record = await box.until("withdrawal.confirmed")
    assert record.details["milliseconds"] < 60_000
    answer = await box.gateway.desk.send(
        CLI, SendRequest(to=[NUMBER, OTHER], text="周末活动", purpose="activity")
    )
    assert [(r.to, r.code) for r in answer.rejected] == [(NUMBER, "opted_out")]


async def test_the_verbs_of_a_running_service(box: Running, tmp_path: Path) -> None:
    for text in ("=1+1", "明日停水"):
        await box.gateway.desk.send(CLI, SendRequest(to=[NUMBER], text=text, purpose="service"))
    await box.gateway.desk.send(CLI, SendRequest(to=[OTHER], text="别人的秘密", purpose="service"))
    async with asyncio.timeout(60):
        while len(box.on_air()) < 3:
            await box.gateway.house.store.wait_fed(0.2)
    report = await box.cli("report", NUMBER)
    assert (report.returncode, "明日停水" in report.stdout) == (0, True)
    data = json.loads((await box.cli("report", "--json", NUMBER)).stdout)
    assert [m["text"] for m in data["messages"]] == ["=1+1", "明日停水"]
    assert {m["legal_basis"] for m in data["messages"]} == {"contract"}
    assert {"access.report", "message.submitted"} <= {r["action"] for r in data["log"]}
    assert data["log_readable_since"] == ""
    everything = report.stdout + json.dumps(data, ensure_ascii=False)
    assert OTHER[3:] not in everything
    assert "别人的秘密" not in everything
    file = tmp_path / "ledger.csv"
    assert (await box.cli("ledger", "--output", str(file))).returncode == 0
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert [(r["number"], r["text"]) for r in rows] == [
        ("138****8000", "(personal)"), ("138****8000", "(personal)"), ("138****8001", "(personal)"),
    ]  # fmt: skip
    asked = (await box.cli("disclose", "--purpose", "公安调取")).stdout.strip()
    assert (await box.cli("ledger", "--disclosure", asked, "--output", str(file))).returncode == 4
    person = await box.gateway.people.add(CLI, "王")
    key = await box.gateway.keys.create(CLI, "王", ["approve"], person=person.id)
    wang = await box.gateway.keys.verify(key.token)
    with pytest.raises(PolicyError, match="approver_too_new"):
        await box.gateway.privacy.disclosures.decide(wang, asked, approve=True)
    asked = (await box.cli("disclose", "--purpose", "公安调取")).stdout.strip()
    await box.gateway.privacy.disclosures.decide(wang, asked, approve=True)
    await box.cli("ledger", "--disclosure", asked, "--output", str(file))
    everything = file.read_text(encoding="utf-8-sig")
    assert all(words in everything for words in (NUMBER, "'=1+1", "别人的秘密"))
    listed = json.loads((await box.cli("disclosures", "--json")).stdout)
    assert [(d["state"], d["decided_by"]) for d in listed] == [
        ("used", person.id),
        ("proposed", None),
    ]
    erased = await box.cli("erase", "--yes", "--json", NUMBER)
    assert json.loads(erased.stdout)["state"] == "restricted"
    sims = json.loads((await box.cli("sims", "--json")).stdout)
    assert [(sim["state"], sim["imsi"][0], len(sim["imsi"])) for sim in sims] == [
        ("unknown", "…", 5)
    ]
    done = await box.cli("register-sim", "--holder", "翠湖物业服务有限公司", sims[0]["imsi"][1:])
    assert done.returncode == 0, done.stderr
    assert json.loads((await box.cli("sims", "--json")).stdout)[0]["state"] == "registered"
    assert (await box.cli("correct", OTHER, THIRD)).returncode == 0
    turned = await box.cli("rotate-key", "--json")
    assert json.loads(turned.stdout)["destroyed"] == [1], turned.stderr
    assert (await box.cli("purge", "--json")).returncode == 0
    again = json.loads((await box.cli("report", "--json", OTHER)).stdout)
    assert again["messages"][0]["text"] == "别人的秘密", "all is readable under the new key"
    await anchors_tell_whom_they_reached(box)
    await every_record_is_on_the_page(box)
    unknown = await box.cli("erase", "--yes", "+8613800138999")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    # As after 35 days: what this box can no longer open, it names, and who can.
    old = "UPDATE audit_epoch SET hot = NULL"
    await box.gateway.house.store.write(lambda u: u.execute(old) and None)
    older = await box.gateway.privacy.report(CLI, OTHER)
    assert older.data["log"] == []
    assert older.data["log_readable_since"] != ""
    assert "--person " + older.data["subject"][0]["name_in_log"] in older.text


async def anchors_tell_whom_they_reached(box: Running) -> None:
    """The SMS with the tree head goes out like any other; the list says to whom it came."""
    house = box.gateway.house
    audit = msgspec.structs.replace(box.config.audit, anchor_phones=(THIRD,))
    config = msgspec.structs.replace(box.config, audit=audit)
    ours = Anchoring(house, config, box.gateway.desk)
    await ours.by_sms()
    async with asyncio.timeout(60):
        while not (await ours.listed(1))[0].held:
            await house.store.wait_fed(0.2)
    line = [COMMAND, "audit", "anchor", "list", "--config", str(box.file), "--json"]
    done = await asyncio.to_thread(subprocess.run, line, capture_output=True, check=False)
    listed = json.loads(done.stdout)
    ((reached,),) = [a["deliveries"] for a in listed["items"]]
    assert reached["state"] == "delivered"
    assert (reached["to"], listed["items"][0]["kind"]) == ("138****8002", "sms")
    assert listed["unanchored"] == listed["records"] - listed["items"][0]["size"]


async def every_record_is_on_the_page(box: Running) -> None:
    """`docs/reference/audit-events.md` knows what a running house records, and in which class."""
    rows = [line.split("|") for line in PAGE.read_text("utf-8").splitlines() if line[:3] == "| `"]
    known = {
        (row[1].strip(" `"), re.sub(r"\{\w+\}", r"\\w+", name))
        for row in rows
        for name in re.findall(r"`([^`]+)`", row[2])
    }
    found = {(e.kind, e.action) for e in await box.log() if not e.action.startswith("epoch.")}
    assert len(found) > 20
    assert [
        event for event in found
        if not any(event[0] == kind and re.fullmatch(name, event[1]) for kind, name in known)
    ] == []  # fmt: skip


@pytest.mark.parametrize("registered_only", [True])
async def test_a_sim_nobody_declared_is_refused_where_the_settings_say_so(box: Running) -> None:
    record = await box.until("sim.seen")
    assert record.result == "refused"
    await box.gateway.desk.send(CLI, SendRequest(to=[NUMBER], text="停水", purpose="service"))
    alarms = await box.gateway.house.store.feed_after(0, topics=("alarm",))
    assert "sim_unregistered" in {row.kind for row in alarms}
    assert box.gateway.dispatcher.status() == []
    assert box.on_air() == []
    (shown,) = await box.gateway.view.statuses()
    assert (shown.state, shown.reason) == ("refused", "sim_unregistered")
    assert box.gateway.ready().reasons == ("no_modem",)
    (status,) = box.gateway.bank.statuses()
    register = box.gateway.privacy.register
    await register.register(CLI, status.imsi, "翠湖物业服务有限公司")  # and it is used at once
    async with asyncio.timeout(60):
        while not box.on_air():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert box.gateway.ready().ready
    strange = ("E01", "866666000000001", status.imsi, status.iccid)
    assert await register.seen(*strange) == "modem_unregistered"
    await register.register(CLI, status.imsi, "翠湖物业服务有限公司")  # somebody stands for it
    assert await register.seen(*strange) == ""
    await register.retire(CLI, status.imsi)
    async with asyncio.timeout(60):
        while box.gateway.dispatcher.status():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert box.gateway.admission.refused == {status.label: "sim_unregistered"}


async def test_without_a_service_the_verbs_open_the_store(config: Config, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(toml(config), encoding="utf-8")
    async with open_house(config) as house:
        await house.store.write(lambda u: house.vault.subject(u, NUMBER))

    async def cli(*words: str) -> Any:
        line = [COMMAND, "privacy", words[0], "--config", str(file), *words[1:]]
        return await asyncio.to_thread(
            subprocess.run, line, capture_output=True, text=True, check=False
        )

    done = await cli("erase", "--yes", NUMBER)
    assert done.returncode == 0, done.stderr
    assert "个人信息删除证明" in done.stdout
    assert NUMBER[3:] not in done.stdout + done.stderr
    assert "shredded" in (await cli("erasures")).stdout
    assert (await cli("rotate-key")).returncode == 0
