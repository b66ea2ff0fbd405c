"""Many callers at once while the bank sends, and readers that do not read."""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import time
from pathlib import Path
from typing import Any

from estate_sms.modem.emulator.settings import Settings
from tests.acceptance.conftest import Appliance


def _appliance(folder: Path, modems: int) -> Appliance:
    box = Appliance(folder, Settings.fixed(0.1), modems)
    box.start()
    return box


async def _caller(
    box: Appliance, caller: int, calls: int, taken: list[float], wrong: list[object]
) -> None:
    """Posts one after the other over one connection; a client library would take more of the
    machine than the gateway does."""
    host, port = box.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = (
        f"POST /api/v1/messages HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {box.token}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    )
    for call in range(calls):
        to = f"+86138{caller * 1000 + call:08d}"
        body = json.dumps({"to": [to], "text": "停水", "purpose": "service"}).encode()
        began = time.perf_counter()
        writer.write(f"{head}{len(body)}\r\n\r\n".encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        found = re.search(rb"content-length: (\d+)", answer)
        await reader.readexactly(int(found[1]) if found else 0)
        taken.append(time.perf_counter() - began)
        if not answer.startswith(b"http/1.1 202 "):
            wrong.append(answer[:12])
    writer.close()
    await writer.wait_closed()


def test_many_callers_while_it_sends(figures: Any, size: Any, tmp_path: Path) -> None:
    modems, callers, calls = size(16, 64), size(50, 200), size(4, 10)

    def work() -> tuple[list[float], list[object]]:
        box = _appliance(tmp_path, modems)
        try:
            box.send([f"+86139{i:08d}" for i in range(2000)])
            taken: list[float] = []
            wrong: list[object] = []

            async def all_at_once() -> None:
                await asyncio.gather(
                    *(_caller(box, n, calls, taken, wrong) for n in range(callers))
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
