"""When alarms are raised and cleared: once each, never flapping, also over a restart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.gateway.alarms.book import Row
from estate_sms.gateway.alarms.duty import Sender, through
from estate_sms.gateway.alarms.picture import Key, Modem, Picture
from estate_sms.gateway.alarms.rules import CLEARED_AFTER, Change, Memory, step
from estate_sms.gateway.alarms.words import LISTED, TOLD, sentence
from estate_sms.policy.errors import Language

STEP = 2.0


def bank(*usable: bool, **changes: Any) -> tuple[Modem, ...]:
    return tuple(
        Modem(label=f"M{n}", usable=well, served=well, operator="46000", **changes)
        for n, well in enumerate(usable)
    )


class Run:
    """Pictures one after the other, with what is on record."""

    def __init__(self) -> None:
        self.at = 0.0
        self.memory = Memory()
        self.open: set[Key] = set()
        self.told: list[tuple[Key, bool]] = []

    def see(self, seconds: float = STEP, **picture: Any) -> list[Change]:
        self.at += seconds
        given: dict[str, Any] = {"modems": bank(True), **picture}
        self.memory, changes = step(self.memory, Picture(at=self.at, **given), frozenset(self.open))
        for change in changes:
            (self.open.add if change.raised else self.open.discard)(change.key)
            self.told.append((change.key, change.raised))
        return changes

    def see_for(self, seconds: float, **picture: Any) -> None:
        end = self.at + seconds
        while self.at < end:
            self.see(**picture)

    def restart(self) -> None:
        self.memory = Memory()


CONDITIONS: dict[str, tuple[Key, Callable[[bool], dict[str, Any]]]] = {
    "bank": (("all_modems_offline", ""), lambda ill: {"modems": bank(not ill, not ill)}),
    "quarantine": (
        ("quarantined", "M0"),
        lambda ill: {"modems": bank(True, standing=frozenset({"quarantined"} if ill else ()))},
    ),
    "quota": (
        ("quota_near", "M0"),
        lambda ill: {"modems": bank(True, quotas={"day": (85 if ill else 10, 100)})},
    ),
    "storage": (
        ("storage_filling", "M0"), lambda ill: {"modems": bank(True, storage=(9 if ill else 1, 10))}
    ),
    "queue": (("queue_stale", "urgent"), lambda ill: {"oldest": {"urgent": 700.0 if ill else 1.0}}),
    "doubt": (("in_doubt_old", ""), lambda ill: {"oldest_doubt": 4000.0 if ill else 0.0}),
    "disk": (("disk_low", ""), lambda ill: {"disk_free": (1 if ill else 1024) * 1024**2}),
    "ballast": (("ballast_given", ""), lambda ill: {"ballast_given": ill}),
    "clock": (("clock_unknown", ""), lambda ill: {"clock": "unknown" if ill else "sure"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CONDITIONS)
def test_each_is_raised_once_and_cleared_once(name: str) -> None:
    key, make = CONDITIONS[name]
    run = Run()
    run.see_for(60, **make(False))
    assert run.told == []
    run.see_for(120, **make(True))
    assert run.told == [(key, True)]
    run.restart()
    run.see_for(120, **make(True))
    assert run.told == [(key, True)], "a restart does not raise it again"
    run.see_for(60, **make(False))
    assert run.told == [(key, True), (key, False)]
    assert key[0] in TOLD


@pytest.mark.parametrize("name", CONDITIONS)
@given(states=st.lists(st.booleans(), max_size=120), restarts=st.sets(st.integers(0, 119)))
@settings(max_examples=40)
def test_raised_and_cleared_by_turns(name: str, states: list[bool], restarts: set[int]) -> None:
    """Whatever comes: by turns, and never over before it was gone for a while."""
    key, make = CONDITIONS[name]
    run, well_since = Run(), 0.0
    for n, ill in enumerate(states):
        if n in restarts:
            run.restart()
        if ill:
            well_since = run.at + 2 * STEP
        if Change(key, raised=False) in run.see(**make(ill)):
            assert run.at - well_since >= CLEARED_AFTER
    mine = [raised for told, raised in run.told if told == key]
    assert mine == [n % 2 == 0 for n in range(len(mine))]


def test_a_value_that_swings_around_its_mark_is_one_alarm() -> None:
    run = Run()
    for n in range(200):
        run.see(
            modems=bank(True, quotas={"day": (79 + 2 * (n % 2), 100)}),
            disk_free=(511 + 2 * (n % 2)) * 1024**2,
        )
    assert sorted(run.told) == [(("disk_low", ""), True), (("quota_near", "M0"), True)]
    run.see_for(60, modems=bank(True, quotas={"day": (60, 100)}), disk_free=1 << 40)
    assert len(run.told) == 4


def test_a_minute_of_pacing_is_no_alarm() -> None:
    run = Run()
    run.see_for(60, modems=bank(True, quotas={"minute": (6, 6), "hour": (150, 150)}))
    assert run.told == []


def test_a_modem_that_keeps_restarting() -> None:
    run = Run()
    for n in range(3):
        run.see_for(60, modems=bank(True, resets=n))
    assert run.told == []
    run.see_for(60, modems=bank(True, resets=3))
    assert run.told == [(("modem_resetting", "M0"), True)]
    run.restart()  # it counts from nought then, and so does the bank
    run.see_for(500, modems=bank(True, resets=0))
    assert len(run.told) == 1, "it has to be quiet for the whole window first"
    run.see_for(200, modems=bank(True, resets=0))
    assert run.told[1:] == [(("modem_resetting", "M0"), False)]


def _two_operators(first: bool, second: bool) -> tuple[Modem, ...]:
    return tuple(
        Modem(label=f"M{n}", usable=well, searching=not well, operator=plmn)
        for n, (plmn, well) in enumerate(
            (("46000", first), ("46000", first), ("46001", second), ("46001", second))
        )
    )


def test_one_operator_down() -> None:
    run = Run()
    run.see_for(120, modems=_two_operators(True, False))
    assert run.told == [(("operator_down", "46001"), True)]
    run.see_for(120, modems=_two_operators(False, False))
    assert run.told[1:] == [(("all_modems_offline", ""), True)], "the other one is part of all"
    run.see_for(120, modems=_two_operators(True, True))
    assert sorted(run.told[2:]) == [
        (("all_modems_offline", ""), False),
        (("operator_down", "46001"), False),
    ]


def test_one_broken_modem_is_no_operator() -> None:
    run = Run()
    run.see_for(
        120,
        modems=(
            Modem(label="A", usable=True, operator="46000"),
            Modem(label="B", usable=False, operator="46001"),
        ),
    )
    assert run.told == []


def test_an_alarm_about_a_modem_that_was_removed_ends() -> None:
    run = Run()
    run.open.add(("quarantined", "GONE"))
    run.open.add(("operator_down", "46009"))
    run.see_for(30)
    assert run.open == set()


def _row(code: str, ref: str) -> Row:
    return Row(1, code, ref, {}, 1, None, None, None)


def _senders(*labels: str) -> Iterable[Sender]:
    return [
        Sender(label, f"46000{label}", f"4600{n}", 20 + n, True) for n, label in enumerate(labels)
    ]


def test_nobody_is_told_through_what_is_sick() -> None:
    senders = list(_senders("A", "B"))
    _, found = through([_row("quarantined", "B")], senders, frozenset({("quarantined", "B")}))
    assert found is not None
    assert found.label == "A"
    sick = frozenset({("quarantined", "B"), ("quota_near", "A")})
    assert through([_row("quota_near", "A")], senders, sick) == ([], None)
    _, found = through(
        [_row("operator_down", "46001")], senders, frozenset({("operator_down", "46001")})
    )
    assert found is not None
    assert found.label == "A"
    assert through([_row("all_modems_offline", "")], [], frozenset()) == ([], None)


@pytest.mark.parametrize("code", [*TOLD, *LISTED])
def test_every_alarm_has_words(code: str) -> None:
    languages: tuple[Language, ...] = ("zh", "en")
    for language in languages:
        words = sentence(code, "normal", language)
        assert bool(re.search("[\u4e00-\u9fff]", words)) is (language == "zh")
        assert "{" not in sentence(code, "E01", language, over=True)
    assert sentence("queue_stale", "normal", "zh").startswith("普通")
