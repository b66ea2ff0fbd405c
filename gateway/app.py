"""A running gateway: starts the rooms in order, and stops them."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import AsyncGenerator
from dataclasses import asdict

import structlog

from ..audit.checkpoints import keep_checkpoints
from ..policy.operations import paused_modems
from ..policy.replies import Replies
from ..policy.terms import Terms
from ..store.errors import StoreError
from ..store.events import Event
from .anchors import Anchoring
from .bank import Ports
from .config import Config
from .effective import record_start
from .house import House
from .rules import policy_file
from .wiring import Gateway, build

GRACE = 4.0
"""Seconds what is on the air gets at SIGTERM before it is recorded as in doubt."""
_LAST_NEWS = 0.5
"""Seconds for what the modems told last to be written; of a late answer the next start knows no more
than that it is in doubt."""
_YOUNG = 5_000
"""Objects that came and did not go, from which the collector looks at them; by default 700."""
_PROBE = 2.0
"""Seconds between tries to write while the store cannot."""


@contextlib.asynccontextmanager
async def running(config: Config, house: House, ports: Ports) -> AsyncGenerator[Gateway]:
    """Everything but HTTP, started; stopped within about five seconds at the end."""
    gateway = build(config, house, ports)
    log = structlog.get_logger("gateway")
    for warning in house.keys.warnings:
        log.warning(warning)
    await house.store.write(lambda uow: record_start(uow, config))
    await gateway.desk.policies.load(policy_file(config))
    await gateway.word_lists.load()
    recovered = await gateway.dispatcher.start()
    log.info("recovered", **asdict(recovered))
    await gateway.timekeeper.begin()
    try:
        gateway.lanes.start(await house.store.read(paused_modems))
        await gateway.bank.start()
        gateway.background(keep_checkpoints(house.store, house.log), "audit.checkpoints")
        anchoring = Anchoring(house, config, gateway.desk)
        gateway.background(anchoring.keep(), "audit.anchors")
        gateway.background(_probe_store(gateway), "gateway.probe")
        gateway.background(gateway.ballast.keep(), "store.ballast")
        gateway.background(gateway.timekeeper.keep(), "gateway.clock")
        gateway.background(gateway.alarms.run(), "gateway.alarms")
        gateway.background(gateway.inbox.run(), "queue.inbox")
        nightly = gateway.privacy.nightly(config.retention.purge_at, config.zone)
        gateway.background(nightly, "privacy.nightly")
        gateway.background(Terms(house.store).run(), "policy.terms")
        gateway.background(Replies(house.store, house.vault).run(), "policy.replies")
        # What was built so far lives as long as the process: full collections, which would stall
        # the event loop for tens of milliseconds, need not look at it again.
        gc.collect()
        gc.freeze()
        # A message makes hardly any cycles, but many objects that live until it is reported on.
        gc.set_threshold(_YOUNG)
        yield gateway
    finally:
        await _stop(gateway)


async def _probe_store(gateway: Gateway) -> None:
    """While the store cannot write, try again, so that readiness returns by itself."""
    while True:
        await asyncio.sleep(_PROBE)
        if not gateway.house.store.writable:
            with contextlib.suppress(StoreError):
                await gateway.house.store.write(lambda uow: None)


async def _stop(gateway: Gateway) -> None:
    """New work is refused at once; what is on the air gets :data:`GRACE`; nothing is lost."""
    began = time.monotonic()
    gateway.closing = True
    gateway.desk.close()
    await gateway.dispatcher.stop(GRACE)
    await gateway.bank.stop(0.0)
    await gateway.board.close(_LAST_NEWS)
    for task in gateway.tasks:
        task.cancel()
    await asyncio.gather(*gateway.tasks, return_exceptions=True)
    with contextlib.suppress(StoreError):
        stopped = Event(kind="sys", action="service.stop")
        await gateway.house.store.write(lambda uow: uow.record(stopped))
    seconds = round(time.monotonic() - began, 3)
    structlog.get_logger("gateway").info("stopped", seconds=seconds)
