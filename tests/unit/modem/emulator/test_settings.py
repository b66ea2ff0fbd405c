"""Settings, delays, identities and the air log's file."""

from __future__ import annotations

import statistics
from pathlib import Path
from random import Random

import pytest

from estate_sms.modem.emulator.airlog import AirLog, read_air_log
from estate_sms.modem.emulator.errors import AirLogError, EmulatorError, SettingsError
from estate_sms.modem.emulator.identity import identity
from estate_sms.modem.emulator.outcomes import Rule
from estate_sms.modem.emulator.persona import persona
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.emulator.timing import Delay
from estate_sms.modem.errors import ModemError


def test_settings_survive_json() -> None:
    settings = Settings(rules=(Rule(number="+8613800138000", cms=38),), tcp=True)
    assert Settings.from_json(settings.to_json()) == settings
    assert Settings.from_json(Settings.demo().to_json()) == Settings.demo()
    assert Settings.from_json("{}") == Settings()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "truncated"),
        ("[]", "array"),
        ('{"tming": {}}', "tming"),
        ('{"timing": {"submit": 3}}', "timing.submit"),
        ('{"timing": {"submit": {"median": -1}}}', "median"),
        ('{"timing": {"report_speed": 0}}', "report_speed"),
        ('{"mix": [{"reports": [0]}]}', "share"),
    ],
)
def test_wrong_settings_are_named(text: str, named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        Settings.from_json(text)


def test_unknown_persona() -> None:
    with pytest.raises(SettingsError, match="plain"):
        persona("no such make")


def test_every_error_is_one_of_the_modem_room() -> None:
    assert issubclass(EmulatorError, ModemError)


def test_delays() -> None:
    rng = Random(1)
    assert Delay(0.05).draw(rng) == 0.05
    draws = sorted(Delay(0.8, 0.4).draw(rng) for _ in range(5000))
    assert statistics.median(draws) == pytest.approx(0.8, rel=0.05)
    assert draws[int(0.84 * len(draws))] == pytest.approx(0.8 * 2.718**0.4, rel=0.07)
    tailed = [Delay(0.8, 0.4, tail_share=0.1).draw(rng) for _ in range(5000)]
    assert sum(10 <= draw <= 30 for draw in tailed) == pytest.approx(500, rel=0.2)


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def test_identities_are_well_formed_and_differ() -> None:
    made = [identity(index) for index in range(64)]
    assert made == [identity(index) for index in range(64)]
    for field in ("imei", "imsi", "iccid", "number"):
        assert len({getattr(one, field) for one in made}) == 64
    for one in made:
        assert len(one.imei) == 15
        assert _luhn(one.imei)
        assert len(one.imsi) == 15
        assert one.imsi.startswith("46000")
        assert len(one.iccid) == 20
        assert _luhn(one.iccid)
        assert one.iccid.startswith("8986")


def test_sims_are_of_the_operators_in_turn() -> None:
    mixed = Settings(operators=("46000", "46011"))
    assert [mixed.operator(index) for index in range(3)] == ["46000", "46011", "46000"]
    assert identity(1, operator=mixed.operator(1)).operator == "46011"
    with pytest.raises(SettingsError):
        Settings.from_json('{"operators": ["CMCC"]}')


def _take(log: AirLog, text: str) -> int:
    return log.take(
        "submit", modem=0, imsi="460001000000001", mr=1, to="+8613800138000", pdu="00", text=text
    )


def test_the_air_log_is_in_the_file_at_once_and_goes_on_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "air.jsonl"
    log = AirLog(path)
    first = _take(log, "一")
    log.outcome(first, "refused", 38)
    [aired] = read_air_log(path)
    assert (aired.text, aired.outcomes[0].status) == ("一", 38)
    log.close()
    log = AirLog(path)
    assert _take(log, "二") == first + 1
    log.close()
    assert [entry.text for entry in read_air_log(path)] == ["一", "二"]


def test_a_torn_last_line_is_left_out_and_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "air.jsonl"
    log = AirLog(path)
    _take(log, "一")
    log.close()
    with path.open("ab") as file:
        file.write(b'{"line":"aired","seq":1')
    assert [entry.text for entry in read_air_log(path)] == ["一"]
    log = AirLog(path)
    _take(log, "二")
    log.close()
    assert [entry.text for entry in read_air_log(path)] == ["一", "二"]


@pytest.mark.parametrize("content", ["something else\n", "something else"])
def test_a_foreign_file_is_refused_and_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "air.jsonl"
    path.write_text(content)
    with pytest.raises(AirLogError):
        AirLog(path)
    assert path.read_text() == content
