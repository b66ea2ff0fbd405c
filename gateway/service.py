"""``serve``: the gateway with its REST API, until a signal ends it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path

import structlog

from ..api.app import create_app
from ..api.deps import Deps, HttpSettings
from ..api.server import Server
from ..modem.emulator.settings import Settings as Emulation
from ..policy.callers import CLI
from ..policy.optouts import OptOuts
from . import run_file
from .alarms.view import AlarmView
from .anchors import Anchoring
from .app import running
from .audit_door import AuditDoor
from .bank import ports
from .config import Config
from .house import open_house
from .notify import feed_watchdog, notify
from .wiring import Gateway

LOCAL_KEY = "this machine"
"""Name of the key that verbs on this machine use; made anew at each start."""


async def serve(config: Config, emulate: int = 0, emulation: Emulation | None = None) -> None:
    """Run until SIGTERM or SIGINT.

    Raises errors of the rooms that keep it from starting: the caller turns them into words.
    """
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    async with (
        open_house(config) as house,
        ports(config, emulate, emulation) as found,
        running(config, house, found) as gateway,
    ):
        server = await _listen(gateway)
        try:
            gateway.background(feed_watchdog(gateway.alive), "gateway.watchdog")
            notify("READY=1")
            structlog.get_logger("gateway").info("listening", url=server.url)
            await ended.wait()
            notify("STOPPING=1")
            gateway.closing = True
            gateway.desk.close()
        finally:
            run_file.remove(house.data_dir)
            stopping = asyncio.create_task(server.stop())
            gateway.background(_quietly(stopping), "gateway.server")


async def _quietly(task: asyncio.Task[None]) -> None:
    with contextlib.suppress(Exception):
        await task


async def _listen(gateway: Gateway) -> Server:
    """Start the API and leave word of it for verbs on this machine."""
    http = gateway.config.http
    deps = _deps(gateway)
    cert, key = (Path(http.tls_cert), Path(http.tls_key)) if http.tls_cert else (None, None)
    server = Server(
        create_app(deps), http.host, http.port,
        tls_cert=cert, tls_key=key, insecure_lan=http.insecure_lan,
    )  # fmt: skip
    await server.start()
    gateway.server = server
    token = await _local_token(gateway)
    url = server.url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    run = run_file.RunFile(url, token, os.getpid(), http.tls_cert)
    run_file.write(gateway.house.data_dir, run)
    return server


def _deps(gateway: Gateway) -> Deps:
    house, config = gateway.house, gateway.config
    return Deps(
        store=house.store,
        vault=house.vault,
        desk=gateway.desk,
        operations=gateway.operations,
        verifier=gateway.keys,
        keys=gateway.keys,
        people=gateway.people,
        word_lists=gateway.word_lists,
        opt_outs=OptOuts(house.store, house.vault, config.sms.region),
        modems=gateway.view,
        capacity=gateway.dispatcher.capacity,
        audit=AuditDoor(house, Anchoring(house, config, gateway.desk), config.sms.signature),
        privacy=gateway.privacy,
        alarms=AlarmView(house.store, gateway.alarms.duty),
        clock=gateway.timekeeper,
        render_metrics=gateway.metrics.render,
        readiness=gateway.ready,
        region=config.sms.region,
        settings=HttpSettings(open_probes=config.http.open_probes, timezone=config.zone),
    )


async def _local_token(gateway: Gateway) -> str:
    """A fresh key for verbs on this machine; those of earlier runs are revoked."""
    keys = gateway.keys
    for info in await keys.list(CLI):
        if info.name == LOCAL_KEY and info.revoked_at is None:
            await keys.revoke(CLI, info.id)
    return (await keys.create_local(LOCAL_KEY)).token
