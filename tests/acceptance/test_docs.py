"""The reference pages and the running gateway say the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from .conftest import Appliance

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


def test_every_call_and_metric_is_in_the_reference(
    appliance: Callable[..., Appliance], numbers: Callable[[int], list[str]]
) -> None:
    box = appliance(modems=1)
    box.start()
    batch = box.send(numbers(1))["batch"]["id"]
    box.wait(lambda: "delivered" in box.counts(batch), "delivery")
    page = (REFERENCE / "http.md").read_text(encoding="utf-8")
    # A row may shorten a path that begins like the one before it: "`…/approve`, `/return`".
    for path in box.call("GET", "/openapi.json").json()["paths"]:
        short = re.sub(r"\{[a-z_]+\}", "{}", path.removeprefix("/api/v1"))
        shown = re.sub(r"\{[a-z_]+\}", "{}", page)
        assert short in shown or f"`/{short.rpartition('/')[2]}`" in shown, path
    metrics = (REFERENCE / "metrics.md").read_text(encoding="utf-8")
    exposed = re.findall(
        r"^# HELP (estate_sms_\w+)", box.call("GET", "/metrics").text, re.MULTILINE
    )
    assert len(exposed) >= 9
    assert [name for name in exposed if f"`{name}" not in metrics] == []
    assert box.end() == 0
