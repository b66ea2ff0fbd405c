"""The bank, the lanes and the quotas together, as the API and the metrics show a modem."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..api.answers import ModemAnswer, QuotaAnswer
from ..modem.state import ModemStatus
from ..queue.dispatch import LaneStatus
from ..queue.ledger import Quota, Window
from .metrics import Metrics

_OWN_WORDS = frozenset({"resting", "paused"})
"""States of a lane that say more than its modem's."""
_USABLE = frozenset({"ready", "sending", "resting"})


def dbm(signal: int | None) -> int | None:
    """``+CSQ`` 0-31 as dBm (3GPP TS 27.007 §8.5); ``None`` when unknown."""
    return None if signal is None else 2 * signal - 113


@dataclass(frozen=True, slots=True)
class Fact:
    """One modem, for the gauges."""

    label: str
    usable: bool
    signal_dbm: int | None


def facts(statuses: Sequence[ModemStatus], refused: Mapping[str, str]) -> list[Fact]:
    """What the gauges show of each modem. ``refused``: reasons by label."""
    return [
        Fact(s.label, s.state in _USABLE and s.label not in refused, dbm(s.signal))
        for s in statuses
    ]


class ModemView:
    """Answers the API's questions about modems."""

    def __init__(
        self,
        statuses: Callable[[], Sequence[ModemStatus]],
        lanes: Callable[[], Sequence[LaneStatus]],
        quotas: Mapping[str, Quota],
        metrics: Metrics,
        refused: Mapping[str, str],
    ) -> None:
        """``refused``: reasons by label of modems that could send and may not."""
        self._statuses = statuses
        self._lanes = lanes
        self._quotas = quotas
        self._metrics = metrics
        self._refused = refused

    async def statuses(self) -> list[ModemAnswer]:
        """Every modem, in the order of the configuration."""
        lanes = {lane.modem: lane for lane in self._lanes()}
        return [self._answer(status, lanes.get(status.label)) for status in self._statuses()]

    async def status(self, label: str) -> ModemAnswer | None:
        """One modem, or ``None``."""
        return next((a for a in await self.statuses() if a.label == label), None)

    def _answer(self, status: ModemStatus, lane: LaneStatus | None) -> ModemAnswer:
        state: str = lane.state if lane and lane.state in _OWN_WORDS else status.state
        reason = status.reason
        if state == "ready" and status.label in self._refused:
            state, reason = "refused", self._refused[status.label]
        return ModemAnswer(
            id=status.label,
            label=status.label,
            state=state,
            imei=status.imei or None,
            iccid=status.iccid or None,
            operator=status.operator or None,
            signal=status.signal,
            signal_dbm=dbm(status.signal),
            registration=status.registration,
            can_command=status.can_command,
            reason=reason or None,
            technology=status.technology or None,
            smsc=status.smsc or None,
            bearer=status.bearer,
            profile=status.profile or None,
            device=status.device or None,
            storage_used=status.storage_used,
            storage_total=status.storage_total,
            step=status.step or None,
            quotas=self.used(status.label, lane),
            gap_seconds=round(lane.gap_seconds, 1) if lane else None,
            weight=round(lane.weight, 2) if lane else None,
            counters={
                "submits": self._metrics.submits(status.label),
                "recoveries": status.recoveries,
                "resets": status.resets,
                "calls_rejected": status.calls_rejected,
                "discarded": status.discarded,
            },
        )

    def used(self, label: str, lane: LaneStatus | None) -> dict[str, QuotaAnswer]:
        """What of its quotas a SIM has used, by window; those that are limited."""
        used: Mapping[Window, int] = lane.quota_used if lane else {}
        return {
            name: QuotaAnswer(used=used.get(name, 0), limit=limit)
            for name, limit in self._quotas.get(label, Quota()).limits.items()
        }
