"""The screen of ``status --watch``, drawn for narrow and wide terminals."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from estate_sms.gateway.cli.watch import left, look, screen
from estate_sms.gateway.client import ApiError, Client


def answer(modems: int = 12, batches: int = 3) -> dict[str, Any]:
    states = ("scheduled", "paused", "sending", "held")
    return {
        "url": "http://127.0.0.1:8080",
        "in_doubt": 4,
        "in_doubt_more": False,
        "alarms": [{"message": "the disk is nearly full"}],
        "modems": {},
        "batches": [
            {
                "id": f"b1m843hmaxvcvphx0pyj{n}", "state": states[n % 4], "priority": "normal",
                "counts": {"queued": 700, "in_doubt": 1, "delivered": 299}, "eta_seconds": 420.0,
                "done_by": "2026-01-31T06:52:10+08:00", "eta_unknown": None,
            }
            for n in range(batches)
        ],
        "bank": [
            {"label": f"E{n:02}", "state": "paused" if n == 3 else "sending", "signal_dbm": -71}
            for n in range(modems)
        ],
    }  # fmt: skip


def drawn(width: int, height: int = 24, **changes: Any) -> list[str]:
    console = Console(width=width, height=height, file=io.StringIO(), color_system=None)
    with console.capture() as capture:
        console.print(screen(answer(**changes), console))
    return [line.rstrip() for line in capture.get().splitlines()]


@pytest.mark.parametrize("width", [80, 120])
def test_everything_fits(width: int) -> None:
    lines = drawn(width)
    assert max(map(len, lines)) <= width
    text = "\n".join(lines)
    assert "! the disk is nearly full" in lines
    assert "4 in doubt" in lines[0]
    assert "2,100" in text  # what waits of one class, over all batches
    assert text.count("01-31 06:52") == 3
    assert "300/1,000" in text
    assert "E03 paused" in text
    # What is being sent stands first.
    assert next(line.split()[2] for line in lines if line.startswith("b1m")) == "sending"


def test_more_than_fits_is_counted() -> None:
    lines = drawn(80, height=24, batches=30)
    shown = sum(line.startswith("b1m") for line in lines)
    assert f"… {30 - shown} more" in "\n".join(lines)


@pytest.mark.parametrize(("width", "height"), [(100, 30), (80, 24), (48, 24)])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_modems_that_do_not_fit_are_counted(
    width: int, height: int, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESTATE_SMS_LANGUAGE", language)
    lines = drawn(width, height, modems=64)
    assert max(map(cell_len, lines)) <= width
    assert len(lines) <= height
    text = "\n".join(lines)
    more = re.search(r"… (\d+) more|还有 (\d+) 个$", text)
    named = len(re.findall(r"\bE\d\d\b", text))
    assert named + int((more[1] or more[2]) if more else 0) == 64
    assert re.search(r"\nE03 ", text), "the one that is paused stands first"
    assert "63" in text, "of those that send"
    assert "Ctrl-C" in lines[0]


def test_a_narrow_screen_keeps_what_matters() -> None:
    lines = drawn(48)
    assert "4 in doubt   Ctrl-C ends" in lines[0]
    row = next(line for line in lines if line.startswith("…hx0pyj2"))
    assert row.split() == ["…hx0pyj2", "sending", "300/1,000", "01-31", "06:52"]


def test_a_service_that_was_started_anew_is_asked_anew() -> None:
    before, after = Client("http://127.0.0.1:1", "old"), Client("http://127.0.0.1:2", "new")
    clients = iter([before, after])

    def collect(http: Client) -> dict[str, Any]:
        if http is before:
            raise ApiError(401, {"message": "this token is not known"})
        return answer()

    console = Console(width=80, height=24, file=io.StringIO(), color_system=None)
    http, shown = look(None, lambda: next(clients), collect, console)
    with console.capture() as capture:
        console.print(shown)
    assert "this token is not known" in capture.get()
    assert "Ctrl-C ends" in capture.get()
    assert http is None
    http, _shown = look(http, lambda: next(clients), collect, console)
    assert http is after
    assert look(http, lambda: next(clients), collect, console)[0] is after


def test_nothing_waits() -> None:
    assert "nothing waits" in "\n".join(drawn(80, batches=0))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (42, "42 s"), (420, "7 min"), (9000, "2.5 h"), (864_000, "10 d")],
)
def test_durations(seconds: float | None, words: str) -> None:
    assert left(seconds) == words
