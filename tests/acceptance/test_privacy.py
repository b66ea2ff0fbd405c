"""No phone number and no text in a log line, a metric, a URL of the log or an error body."""

from __future__ import annotations

import re
from collections.abc import Callable

from estate_sms.modem.emulator.outcomes import Rule
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.emulator.timing import Delay, Timing

from .conftest import Appliance

SECRET = "蓝色大象三零一室欠费"
"""A text that stands nowhere else."""
NUMBER = re.compile(r"1380013\d{4}|138 0013|8613800")
BAD_BODIES: list[object] = [
    {"to": ["138001380"], "text": SECRET, "purpose": "service"},
    {"to": [], "text": SECRET, "purpose": "service"},
    {"to": ["+8613800138001"], "text": SECRET},
    {"to": ["+8613800138001"], "text": SECRET, "purpose": "no such"},
    {"to": "+8613800138001", "text": SECRET, "purpose": "service"},
    {"to": ["+8613800138001"], "text": [SECRET], "purpose": "service"},
    {"to": ["+8613800138001"], "text": SECRET + "\x00", "purpose": "service"},
    {"to": ["+8613800138001"], "text": SECRET + "\u202e", "purpose": "service"},
    {"to": ["+8613800138001"], "text": SECRET * 500, "purpose": "service"},
    {"to": ["+8613800138001"] * 10_001, "text": SECRET, "purpose": "service"},
    {"to": ["+8613800138001"], "text": SECRET, "purpose": "service", SECRET: 1},
    {"to": ["+8613800138001"], "text": SECRET, "purpose": "service", "priority": "emergency"},
    {"to": ["+8613800138001"], "text": SECRET, "purpose": "service", "valid_until": SECRET},
]


def test_nothing_personal_leaves_through_logs_metrics_or_errors(
    appliance: Callable[..., Appliance], numbers: Callable[[int], list[str]]
) -> None:
    settings = Settings(
        timing=Timing(submit=Delay(0.02), report=Delay(0.05)),
        rules=(
            Rule(number="+8613800138000", cms=38, times=1),
            Rule(number="+8613800138001", reports=(0x43,)),
            Rule(number="+8613800138002", cms=21),
        ),
    )
    box = appliance(settings)
    box.start({"PYTHONASYNCIODEBUG": "0"})
    batch = box.send(numbers(10), SECRET)["batch"]["id"]
    box.wait(
        lambda: not {"queued", "submitting", "submitted"} & set(box.counts(batch)),
        "everything to be settled",
    )
    box.call("POST", f"/api/v1/batches/{batch}/recall", {"reason": "x", "correction_text": SECRET})
    seen: list[str] = []
    for body in BAD_BODIES:
        answer = box.call("POST", "/api/v1/messages", body)
        assert 400 <= answer.status_code < 500, answer.text
        problem = answer.json()
        problem.pop("rejected", None)  # the caller's own recipients, given back with the reason
        seen.append(str(problem))
    for path in (
        "/api/v1/numbers/+8613800138000", f"/api/v1/messages?batch={batch}",
        "/api/v1/numbers/13800138", "/api/v1/messages/8613800138000", "/8613800138000",
        "/api/v1/messages?cursor=8613800138000", "/api/v1/inbox",
    ):  # fmt: skip
        answer = box.call("GET", path)
        if answer.is_error:
            problem = answer.json()
            problem.pop("instance", None)  # the path that the caller asked for
            seen.append(str(problem))
    seen.append(box.call("GET", "/metrics").text)
    assert box.end() == 0
    seen.append(box.log.read_text())
    text = "\n".join(seen)
    assert "http.request" in text
    assert "estate_sms_messages_total" in text
    assert [line for line in text.splitlines() if SECRET in line] == []
    assert [line for line in text.splitlines() if NUMBER.search(line)] == []


def test_nothing_personal_lies_in_the_clear_on_disk(
    appliance: Callable[..., Appliance], numbers: Callable[[int], list[str]]
) -> None:
    """Numbers and a personal text are in no table, no WAL and no ring, but under a key."""
    box = appliance(Settings.fixed(0.02, report=0.05))
    box.start()
    personal = box.send(numbers(1), SECRET)["batch"]["id"]
    shared = box.send(numbers(5), "停水通知，各位邻居请储水")["batch"]["id"]
    for batch, count in ((personal, 1), (shared, 5)):
        box.wait(lambda b=batch, n=count: box.counts(b) == {"delivered": n}, "delivery")  # type: ignore[misc]
    raw = b"".join(path.read_bytes() for path in box.data_dir.iterdir() if path.is_file())
    assert box.end() == 0
    raw += b"".join(path.read_bytes() for path in box.data_dir.iterdir() if path.is_file())
    assert "停水通知".encode() in raw, "the shared text is there, so we looked at the right bytes"
    assert SECRET.encode() not in raw
    for number in numbers(5):
        assert number.encode() not in raw
        assert number.removeprefix("+86").encode() not in raw
