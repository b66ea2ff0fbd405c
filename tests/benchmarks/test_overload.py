"""Many callers at once while the bank sends, and readers that do not read."""

from __future__ import annotations

import asyncio
import statistics
import time
from pathlib import Path
from typing import Any

import httpx

from estate_sms.gateway.run_file import read
from estate_sms.modem.emulator.settings import Settings
from tests.acceptance.conftest import Appliance


def _appliance(folder: Path, modems: int) -> Appliance:
    box = Appliance(folder, Settings.fixed(0.1), modems)
    box.start()
    return box


async def _post(
    client: httpx.AsyncClient, caller: int, calls: int, taken: list[float], wrong: list[object]
) -> None:
    for call in range(calls):
        number = f"+86138{caller * 1000 + call:08d}"
        body = {"to": [number], "text": "停水", "purpose": "service"}
        began = time.perf_counter()
        try:
            answer = await client.post("/api/v1/messages", json=body)
        except httpx.TransportError as error:
            wrong.append(type(error).__name__)
            continue
        taken.append(time.perf_counter() - began)
        if answer.status_code != 202:
            wrong.append((answer.status_code, answer.json().get("code")))


def test_many_callers_while_it_sends(figures: Any, size: Any, tmp_path: Path) -> None:
    modems, callers, calls = size(16, 64), size(50, 200), size(4, 10)

    def work() -> tuple[list[float], list[object]]:
        box = _appliance(tmp_path, modems)
        try:
            box.send([f"+86139{i:08d}" for i in range(2000)])
            run = read(box.data_dir)
            taken: list[float] = []
            wrong: list[object] = []

            async def all_at_once() -> None:
                async with httpx.AsyncClient(
                    base_url=run.url, headers={"Authorization": f"Bearer {run.token}"}, timeout=60,
                    trust_env=False, limits=httpx.Limits(max_connections=callers),
                ) as client:  # fmt: skip
                    await asyncio.gather(
                        *(_post(client, n, calls, taken, wrong) for n in range(callers))
                    )

            asyncio.run(all_at_once())
            return taken, wrong
        finally:
            box.end()

    taken, wrong = figures.once(work)
    name = f"{callers} callers while {modems} modems send"
    figures.note(f"{name}: p50", statistics.median(taken) * 1000, "ms")
    figures.note(f"{name}: p99", statistics.quantiles(taken, n=100)[98] * 1000, "ms")
    figures.note(f"{name}: errors", len(wrong), "", "0")
    assert wrong == []


def test_readers_that_do_not_read(figures: Any, size: Any, tmp_path: Path) -> None:
    """Event streams that are opened and never read: sending takes as long as without them."""
    count, readers = size(400, 2000), 32

    def seconds(box: Appliance, first: int) -> float:
        began = time.perf_counter()
        batch = box.send([f"+86138{first + i:08d}" for i in range(count)])["batch"]["id"]
        box.wait(lambda: box.counts(batch).get("delivered", 0) == count, "delivery")
        return time.perf_counter() - began

    async def _stalled(box: Appliance) -> tuple[float, float]:
        alone = await asyncio.to_thread(seconds, box, 0)
        host, port = box.url.removeprefix("http://").split(":")
        head = (
            f"GET /api/v1/events HTTP/1.1\r\nHost: {host}\r\n"
            f"Authorization: Bearer {box.token}\r\n\r\n"
        ).encode()
        writers: list[asyncio.StreamWriter] = []
        for _ in range(readers):
            _, writer = await asyncio.open_connection(host, int(port), limit=1)
            writer.write(head)
            writers.append(writer)
        beside = await asyncio.to_thread(seconds, box, 100_000)
        for writer in writers:
            writer.transport.abort()
        return alone, beside

    def work() -> tuple[float, float]:
        box = _appliance(tmp_path, 16)
        try:
            return asyncio.run(_stalled(box))
        finally:
            box.end()

    alone, beside = figures.once(work)
    figures.note(f"sending beside {readers} readers that do not read", beside / alone, "×", "1 ×")
    assert beside < 3 * alone
