"""What the doctor makes of what the running service knows: a fix for everything that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from estate_sms.gateway import doctor_modems
from estate_sms.gateway.client import Client
from estate_sms.gateway.config import Config
from estate_sms.gateway.findings import Finding
from estate_sms.gateway.sections import ModemEntry

WELL = {
    "label": "A1", "state": "ready", "operator": "CMCC", "imei": "…0019", "smsc": "+8613800100500",
    "signal": 20, "registration": 1, "storage_used": 1, "storage_total": 20, "device": "/dev/ttyUSB2",
}  # fmt: skip


def told(monkeypatch: pytest.MonkeyPatch, **changes: object) -> list[Finding]:
    class Service:
        def call(self, method: str, path: str) -> dict[str, Any]:
            return {"items": [WELL | changes]}

    def local(data_dir: Path) -> Service:
        return Service()

    monkeypatch.setattr(Client, "local", local)
    return list(doctor_modems.service(Config()))


def test_a_modem_that_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [finding.grade for finding in told(monkeypatch)] == ["ok"]


@pytest.mark.parametrize(
    ("changes", "grade", "fix"),
    [
        ({"state": "no_sim", "reason": "no_sim"}, "error", "put one in"),
        ({"state": "no_sim", "reason": "pin"}, "error", "[[modem]] pin"),
        ({"state": "no_sim", "reason": "puk"}, "error", "PUK in a phone"),
        ({"state": "searching", "reason": "not_registered"}, "warning", "antenna"),
        ({"state": "searching", "reason": "registration_denied"}, "warning", "operator"),
        ({"state": "faulty", "reason": "busy"}, "error", "fuser -v /dev/ttyUSB2"),
        ({"state": "quarantined", "reason": "no_answer"}, "error", "power_command"),
        ({"state": "faulty", "reason": "cme:100"}, "error", "modems probe /dev/ttyUSB2"),
        ({"signal": 5}, "warning", "antenna"),
        ({"smsc": None}, "error", "[[modem]] smsc"),
        ({"storage_used": 19}, "warning", "durable"),
    ],
)
def test_what_is_wrong_comes_with_its_fix(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, object], grade: str, fix: str
) -> None:
    (finding,) = [found for found in told(monkeypatch, **changes) if found.grade != "ok"]
    assert finding.grade == grade
    assert fix in finding.fix


def test_ports_are_looked_at_without_a_service(tmp_path: Path) -> None:
    gone = ModemEntry(port=str(tmp_path / "gone"), label="A1")
    auto = ModemEntry(port="auto", label="A2")
    found = list(doctor_modems.ports(Config(modem=(gone, auto))))
    assert [finding.grade for finding in found][:2] == ["error", "ok"]
    assert list(doctor_modems.service(Config(data_dir=str(tmp_path)))) == []
