"""An empty data directory becomes an estate with households, two persons and their keys."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from ...estate import households
from ...modem.emulator.settings import Settings
from ...modem.emulator.timing import Delay, Timing
from ...policy.callers import CLI
from ...policy.keys import Keys
from ...policy.people import People
from ..config import load
from ..house import open_house
from .texts import APPROVER, SUBMITTER

CONFIG = """\
# Written by ./demo.
data_dir = "{data_dir}"
timezone = "Asia/Shanghai"

[http]
port = {port}

[policy]
approval_above = 20
quiet_hours = ""          # the demo works at any hour
"""


@dataclass(frozen=True, slots=True)
class Estate:
    """What the scenes need."""

    folder: Path
    config: Path
    settings: Path
    submitter: str = field(repr=False)
    """Token of the person who writes notices."""
    approver: str = field(repr=False)
    """Token of the person who approves them."""
    numbers: list[str] = field(repr=False)


def emulation(*, fast: bool) -> Settings:
    """Submits log-normal around 0.8 s (``fast``: 0.1 s); reports sixty times faster than life."""
    settings = Settings.demo()
    if not fast:
        return settings
    timing = Timing(submit=Delay(0.1, 0.4), report_speed=settings.timing.report_speed)
    return Settings(timing=timing, mix=settings.mix)


def prepare(folder: Path, households_wanted: int, port: int, *, fast: bool) -> Estate:
    """Make ``folder`` anew and fill it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    config = folder / "config.toml"
    data_dir = str(folder / "data").replace("\\", "\\\\").replace('"', '\\"')
    config.write_text(CONFIG.format(data_dir=data_dir, port=port), encoding="utf-8")
    settings = folder / "emulator.json"
    settings.write_text(emulation(fast=fast).to_json(), encoding="utf-8")
    submitter, approver, numbers = asyncio.run(_fill(config, households_wanted))
    return Estate(folder, config, settings, submitter, approver, numbers)


async def _fill(config: Path, count: int) -> tuple[str, str, list[str]]:
    async with open_house(load(config)) as house:
        await house.store.write(lambda uow: households.load_samples(uow, house.vault, count))
        keys = Keys(house.store)
        people = People(house.store, keys)
        tokens: list[str] = []
        for name, scopes in (
            (
                SUBMITTER,
                ["messages:send", "messages:read", "messages:emergency", "recall", "filter"],
            ),
            (APPROVER, ["messages:read", "approve"]),
        ):
            person = await people.add(CLI, name)
            new = await keys.create(CLI, f"{name} (demo)", scopes, person=person.id)
            tokens.append(new.token)
        numbers = await house.store.read(lambda c: households.numbers(c, house.vault))
    return tokens[0], tokens[1], numbers
