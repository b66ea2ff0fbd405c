"""What API and command line show of a SIM's quotas and pace."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import msgspec
from click.testing import CliRunner

from estate_sms.gateway.cli import modems
from estate_sms.gateway.config import Config
from estate_sms.gateway.modem_view import ModemView
from estate_sms.modem.state import ModemStatus
from estate_sms.queue.dispatch import LaneStatus
from estate_sms.queue.ledger import Quota

if TYPE_CHECKING:
    import pytest

    from estate_sms.gateway.metrics import Metrics


def submits(label: str) -> int:
    return 0


async def test_quotas_used_and_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    lane = LaneStatus("A1", "460001", "idle", {"day": 803, "recipients_month": 12}, 4.0, 0.5)
    view = ModemView(
        lambda: [ModemStatus(label="A1", port="p", state="ready")],
        lambda: [lane],
        {"A1": Quota(per_day=800, distinct_per_month=250)},
        cast("Metrics", SimpleNamespace(submits=submits)),
        {},
    )
    (shown,) = await view.statuses()
    answer: dict[str, Any] = msgspec.to_builtins({"items": [shown]})
    assert answer["items"][0]["quotas"] == {
        "day": {"used": 803, "limit": 800},
        "recipients_month": {"used": 12, "limit": 250},
    }
    assert (shown.gap_seconds, shown.weight) == (4.0, 0.5)

    def call(method: str, path: str) -> dict[str, Any]:
        return answer

    def found(config: object) -> SimpleNamespace:
        return SimpleNamespace(call=call)

    def load(path: object) -> Config:
        return Config()

    monkeypatch.setattr(modems, "load_config", load)
    monkeypatch.setattr(modems, "client", found)
    printed = CliRunner().invoke(modems.command, []).output
    assert "day 803/800!" in printed
    assert "recipients/month 12/250" in printed
    assert "4 s" in printed
