"""Ends of the process at the worst moment: nothing accepted is lost, nothing is sent twice."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable

import httpx

from estate_sms.modem.emulator.settings import Settings

from .conftest import Appliance

ACCOUNTED = {"submitted", "delivered", "in_doubt"}


def test_a_stop_in_the_middle_loses_nothing_and_is_quick(
    appliance: Callable[..., Appliance], numbers: Callable[[int], list[str]]
) -> None:
    """Modems that take 30 s: what is on the air at SIGTERM is in doubt, the rest goes on later."""
    box = appliance(Settings.fixed(30.0), modems=4)
    box.start()
    batch = box.send(numbers(12))["batch"]["id"]
    box.wait(lambda: len(box.on_air()) == 4, "four messages on the air")
    began = time.monotonic()
    assert box.end(signal.SIGTERM) == 0
    assert time.monotonic() - began <= 5.5  # the promise is 5 s; the process has to exit, too
    box.settings.write_text(Settings.fixed(0.05).to_json())
    box.start()
    box.wait(lambda: box.counts(batch).get("queued", 0) == 0, "the rest to be sent")
    box.wait(lambda: not box.counts(batch).get("submitting", 0), "the rest to be answered")
    counts = box.counts(batch)
    assert counts["in_doubt"] == 4
    assert sum(counts.values()) == 12
    assert set(counts) <= ACCOUNTED
    assert max(Counter(box.on_air()).values()) == 1
    assert box.cli("status").returncode == 9
    assert box.end() == 0


def test_new_work_is_refused_once_the_stop_began(
    appliance: Callable[..., Appliance], numbers: Callable[[int], list[str]]
) -> None:
    box = appliance(Settings.fixed(30.0), modems=1)
    box.start()
    box.send(numbers(1))
    box.wait(lambda: len(box.on_air()) == 1, "a message on the air")
    assert box.process is not None
    box.process.send_signal(signal.SIGTERM)
    refused = False
    for _ in range(40):
        try:
            answer = box.call(
                "POST",
                "/api/v1/messages",
                {"to": numbers(2)[1:], "text": "迟到", "purpose": "service"},
            )
        except httpx.TransportError:  # the listener is closed: refused, too
            refused = True
            break
        if answer.status_code == 503:
            assert answer.json()["code"] == "closing"
            refused = True
            break
        time.sleep(0.05)
    assert refused
    assert box.process.wait(60) == 0


def test_kill_9_during_a_broadcast(
    appliance: Callable[..., Appliance], numbers: Callable[[int], list[str]]
) -> None:
    """Three times, each on a running broadcast; the emulator's air log is the witness."""
    box = appliance(Settings.fixed(0.05, report=0.1), modems=4)
    box.start()
    batch = box.send(numbers(120))["batch"]["id"]
    for want in (20, 50, 80):
        box.wait(lambda want=want: len(box.on_air()) >= want, f"{want} on the air")  # type: ignore[misc]
        box.end(signal.SIGKILL)
        box.start()
    box.wait(lambda: not {"queued", "submitting"} & set(box.counts(batch)), "everything to be sent")
    counts = box.counts(batch)
    assert sum(counts.values()) == 120
    assert set(counts) <= ACCOUNTED
    sent = Counter(box.on_air())
    assert max(sent.values()) == 1, "sent twice"
    assert len(sent) + counts.get("in_doubt", 0) >= 120, "accepted and lost"
    assert box.end() == 0
    export = box.folder / "audit.esab"
    assert box.cli("audit", "export", "--output", str(export)).returncode == 0
    assert box.cli("audit", "verify", str(export)).returncode == 3
