"""What the record says about the configuration, and what it must not."""

from __future__ import annotations

from typing import Any

import msgspec

from estate_sms.gateway.config import Config
from estate_sms.gateway.effective import config_hash, record_start, settings_of
from estate_sms.gateway.sections import AuditConfig, ModemEntry, PolicyConfig
from estate_sms.store.events import Event
from estate_sms.store.store import Store
from estate_sms.store.unit import UnitOfWork

CONFIG = Config(
    modem=(ModemEntry(port="/dev/ttyUSB0", pin="1234"),),
    audit=AuditConfig(anchor_phones=("+8613800138001", "+8613800138002")),
)


def test_every_setting_changes_the_hash_but_secrets_do_not() -> None:
    base = config_hash(CONFIG)
    assert config_hash(msgspec.structs.replace(CONFIG, timezone="UTC")) != base
    policy = PolicyConfig(approval_above=7)
    assert config_hash(msgspec.structs.replace(CONFIG, policy=policy)) != base
    modem = (ModemEntry(port="/dev/ttyUSB0", pin="9999"),)
    assert config_hash(msgspec.structs.replace(CONFIG, modem=modem)) == base
    slower = (ModemEntry(port="/dev/ttyUSB0", pin="1234", submit_timeout=90.0),)
    assert config_hash(msgspec.structs.replace(CONFIG, modem=slower)) != base


def test_settings_are_told_without_secrets_or_numbers() -> None:
    told = settings_of(CONFIG)
    assert told["policy.approval_above"] == 20
    assert told["timezone"] == "Asia/Shanghai"
    assert told["modem"] == 1
    assert told["audit.anchor_phones"] == 2
    assert "1234" not in repr(told)
    assert "13800138" not in repr(told)


async def test_a_changed_configuration_is_on_record_once(open_store: Any) -> None:
    told: list[Event] = []
    store: Store = await open_store()

    def unit(uow: UnitOfWork, config: Config) -> None:
        record_start(uow, config)
        told.extend(uow.finish()[0])

    other = msgspec.structs.replace(CONFIG, timezone="UTC")
    for config in (CONFIG, CONFIG, other):
        await store.write(lambda uow, config=config: unit(uow, config))  # type: ignore[misc]  # bound
    assert [event.action for event in told] == [
        "service.start", "config.first", "service.start", "service.start", "config.changed",
    ]  # fmt: skip
    assert told[-1].details["before"] == config_hash(CONFIG)
    assert told[-1].object == config_hash(other)
