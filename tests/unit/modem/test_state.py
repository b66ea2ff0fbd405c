from __future__ import annotations

import pytest

from estate_sms.modem.config import ModemConfig, ModemConfigError
from estate_sms.modem.state import Backoff, ModemStatus, allowed, masked


def test_a_missing_modem_must_start_before_it_serves() -> None:
    assert not allowed("absent", "ready")
    assert not allowed("starting", "sending")
    assert allowed("ready", "ready")
    assert allowed("resting", "ready")


def test_back_off_doubles_up_to_its_ceiling() -> None:
    backoff = Backoff(first=0.5, ceiling=60.0, missing=2.0)
    assert [backoff.delay(n) for n in (1, 2, 3, 8, 2000)] == [0.5, 1.0, 2.0, 60.0, 60.0]
    assert backoff.delay(9, missing=True) == 2.0


def test_identities_do_not_print() -> None:
    status = ModemStatus(
        label="a", port="/dev/x", imei="861234567890123", imsi="460001234567890", iccid="8986001"
    )
    assert "4600" not in repr(status)
    assert "8612" not in repr(status)
    assert masked(status.imsi) == "…7890"


@pytest.mark.parametrize(
    "wrong",
    [
        {"port": "/dev/ttyUSB0", "label": "a", "profile": "nokia"},
        {"port": "/dev/ttyUSB0", "label": "a", "switches": ("warp",)},
        {"port": "/dev/ttyUSB0", "label": "a", "smsc": "13800100500"},
        {"port": "ttyUSB0", "label": "a"},
        {"port": "/dev/ttyUSB0", "label": ""},
        {"port": "/dev/ttyUSB0", "label": "a", "pin": "12"},
        {"port": "/dev/ttyUSB0", "label": "a", "submit_timeout": 0},
    ],
)
def test_a_configuration_that_cannot_work_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ModemConfigError):
        ModemConfig(**wrong)  # type: ignore[arg-type]  # wrong on purpose


def test_the_pin_does_not_print() -> None:
    assert "4711" not in repr(ModemConfig(port="/dev/x", label="a", pin="4711"))
