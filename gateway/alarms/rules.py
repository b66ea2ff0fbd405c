"""When an alarm is raised and when it is over. Pure: a picture of the gateway in, changes out.

Two things keep an alarm from flapping. A measured value has to come well below the mark that
raised it before the alarm is over; and a condition has to hold for a while, each way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .picture import Key, Modem, Picture

RAISED_AFTER = MappingProxyType(
    {
        "all_modems_offline": 20.0,
        "operator_down": 60.0,
        "storage_filling": 30.0,
        "queue_stale": 5.0,
        "in_doubt_old": 5.0,
    }
)
"""Seconds a condition must hold before its alarm is raised; the others are raised at once."""
CLEARED_AFTER = 10.0
"""Seconds it must be gone before the alarm is over."""
QUOTA = (0.8, 0.7)
"""Shares of a SIM's long quotas that raise and clear; a minute's and an hour's are for pacing."""
STORAGE = (0.8, 0.6)
"""Shares of a modem's message storage."""
RESETS, RESET_WINDOW = 3, 600.0
"""So many unasked restarts within so many seconds are a brown-out."""
DISK = (512 * 1024**2, 768 * 1024**2)
"""Octets free below and above which."""
STALE = MappingProxyType({"emergency": 60.0, "urgent": 600.0, "normal": 7_200.0, "bulk": 21_600.0})
"""Seconds that the oldest message of a class may wait after its hour came."""
IN_DOUBT = 3_600.0
"""Seconds a message may be in doubt before somebody should decide."""
OF_MODEM = frozenset(
    {"quarantined", "pin_refused", "quota_near", "storage_filling", "modem_resetting"}
)
"""Alarms about one modem: no duty phone is told of them through it."""
_SHORT = frozenset({"minute", "hour"})


@dataclass(frozen=True, slots=True)
class Memory:
    """What the rules remember from one picture to the next; lost at a restart, which only delays."""

    since: Mapping[Key, float] = field(default_factory=dict[Key, float])
    """Since when a condition says otherwise than the alarm."""
    resets: Mapping[str, tuple[int, tuple[float, ...]]] = field(
        default_factory=dict[str, tuple[int, tuple[float, ...]]]
    )
    """By modem: how many were counted, and when the latest were."""
    first: float | None = None
    """When the first picture was taken."""


@dataclass(frozen=True, slots=True)
class Change:
    """An alarm to raise or to clear."""

    key: Key
    raised: bool
    detail: Mapping[str, str | int] = field(default_factory=dict[str, str | int])


def step(
    memory: Memory, picture: Picture, still_open: frozenset[Key]
) -> tuple[Memory, list[Change]]:
    """What changes now. ``still_open``: the alarms on record that are not cleared."""
    resets = _count_resets(memory, picture)
    first = picture.at if memory.first is None else memory.first
    found = dict(_conditions(picture, still_open, resets, first))
    since: dict[Key, float] = {}
    changes: list[Change] = []
    for key, detail in found.items():
        wanted = detail is not None
        if wanted == (key in still_open):
            continue
        began = memory.since.get(key, picture.at)
        patience = RAISED_AFTER.get(key[0], 0.0) if wanted else CLEARED_AFTER
        if picture.at - began < patience:
            since[key] = began
        else:
            changes.append(Change(key, wanted, detail or {}))
    return Memory(since, resets, first), changes


Found = tuple[Key, Mapping[str, str | int] | None]
"""A condition: with details when it holds, ``None`` when it does not. What is not known is absent."""


def _conditions(
    picture: Picture,
    still_open: frozenset[Key],
    resets: Mapping[str, tuple[int, tuple[float, ...]]],
    first: float,
) -> Iterable[Found]:
    yield from _bank(picture)
    yield from _gone(picture, still_open)
    for modem in picture.modems:
        yield from _modem(modem, picture.at, still_open, resets[modem.label][1], first)
    for name, limit in STALE.items():
        age = picture.oldest.get(name, 0.0)
        yield _if(("queue_stale", name), age > limit, seconds=int(age))
    doubt = picture.oldest_doubt
    yield _if(("in_doubt_old", ""), doubt > IN_DOUBT, seconds=int(doubt))
    if picture.disk_free is not None:
        mark = DISK[("disk_low", "") in still_open]
        yield _if(("disk_low", ""), picture.disk_free < mark, mib=picture.disk_free // 1024**2)
    yield _if(("ballast_given", ""), picture.ballast_given)
    yield _if(("clock_apart", ""), picture.clock == "apart")
    yield _if(("clock_unknown", ""), picture.clock == "unknown")


def _gone(picture: Picture, still_open: frozenset[Key]) -> Iterable[Found]:
    """Alarms about what is not there any more: a modem no longer configured, a SIM taken out."""
    labels = {modem.label for modem in picture.modems}
    operators = {modem.operator for modem in picture.modems}
    everyone_known = all(modem.served for modem in picture.modems)
    for code, ref in still_open:
        if (code in OF_MODEM and ref not in labels) or (
            code == "operator_down" and everyone_known and ref not in operators
        ):
            yield (code, ref), None


def _bank(picture: Picture) -> Iterable[Found]:
    """All at once, or those of one operator."""
    usable = sum(modem.usable for modem in picture.modems)
    yield _if(("all_modems_offline", ""), not usable, modems=len(picture.modems))
    operators = {modem.operator for modem in picture.modems if modem.operator}
    for operator in operators:
        mine = [modem for modem in picture.modems if modem.operator == operator]
        if any(modem.usable for modem in mine):
            yield ("operator_down", operator), None
        elif usable and (len(mine) > 1 or mine[0].searching):
            # With none usable at all it is not one operator; one modem that is broken is not either.
            yield ("operator_down", operator), {"modems": len(mine)}


def _modem(
    modem: Modem, at: float, still_open: frozenset[Key], resets: tuple[float, ...], first: float
) -> Iterable[Found]:
    label = modem.label
    for code in ("quarantined", "pin_refused"):
        if code in modem.standing or modem.served:
            yield _if((code, label), code in modem.standing)
    if modem.quotas:
        mark = QUOTA[("quota_near", label) in still_open]
        over = {
            name: f"{used}/{limit}"
            for name, (used, limit) in modem.quotas.items()
            if name not in _SHORT and limit and used >= limit * mark
        }
        yield ("quota_near", label), over or None
    if modem.storage is not None:
        used, total = modem.storage
        mark = STORAGE[("storage_filling", label) in still_open]
        yield _if(("storage_filling", label), used > total * mark, used=used, total=total)
    recent = sum(at - then <= RESET_WINDOW for then in resets)
    # After a restart of ours nothing is known of resets before it: give it a whole window.
    if recent or at - first >= RESET_WINDOW:
        held = recent >= (1 if ("modem_resetting", label) in still_open else RESETS)
        yield _if(("modem_resetting", label), held, resets=recent)


def _count_resets(memory: Memory, picture: Picture) -> dict[str, tuple[int, tuple[float, ...]]]:
    counted: dict[str, tuple[int, tuple[float, ...]]] = {}
    for modem in picture.modems:
        before, times = memory.resets.get(modem.label, (0, ()))
        new = (picture.at,) * min(max(modem.resets - before, 0), RESETS)
        recent = tuple(then for then in times if picture.at - then <= RESET_WINDOW)
        counted[modem.label] = modem.resets, (*recent, *new)[-RESETS:]
    return counted


def _if(key: Key, holds: bool, **detail: int) -> Found:
    return key, (dict[str, str | int](detail) if holds else None)
