"""Which scenes are played, with how many messages, how often."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from .bare import bare_ratio
from .gammu_smsd import GammuSmsd
from .ours import Ours
from .program import Program
from .scenes import NOTICE, Outcome, Scene, answers_lost, broadcast, hang, killed, mobile, stage
from .smstools import Smstools
from .table import Row

PROGRAMS: tuple[type[Program], ...] = (Ours, Smstools, GammuSmsd)
MODEMS = 16
FAST, SLOW = 0.05, 1.0
LONG_NOTICE = "停水通知：" + "因市政管网检修，今日九时至十五时停水，请提前储水。" * 3
"""Two parts of Chinese."""


class Comparison:
    """Plays all scenes; ``rows`` grows as they end."""

    def __init__(self, folder: Path) -> None:
        self._folders: Iterator[Path] = (folder / str(n) for n in count())
        self.rows: list[Row] = []

    def play(self) -> None:
        """About twenty minutes."""
        self._fast()
        self._slow()
        self._struck("480 messages, kill -9 at 40 %, started again", 480, 3, killed)
        self._struck("64 messages, 4 answers lost after Ctrl-Z", 64, 1, answers_lost)
        self._struck("64 messages, an idle modem hangs", 64, 1, hang)
        self._ours_alone("1,000 of 2 parts, 16 modems, 50 ms", 1_000, MODEMS, FAST, 3, LONG_NOTICE)
        self._ours_alone("3,200 messages, 64 modems, 100 ms", 3_200, 64, 0.1, 3)
        self._ours_alone("10,000 messages, 16 modems, 50 ms", 10_000, MODEMS, FAST, 1)

    def _fast(self) -> None:
        scene = "2,000 messages (gammu-smsd: 320), 16 modems, 50 ms"
        rows = [Row(scene, kind.name, 320 if kind is GammuSmsd else 2_000) for kind in PROGRAMS]
        bare = Row(scene, "bare serial loop", 2_000)
        for _ in range(3):
            for kind, row in zip(PROGRAMS, rows, strict=True):
                row.runs.append(self.once(kind, row.messages, FAST, broadcast))
            pdus = [a.pdu for a in rows[0].runs[-1].aired]
            bare.bare.append(bare_ratio(next(self._folders), pdus, MODEMS, FAST))
        self.rows += [*rows, bare]

    def _slow(self) -> None:
        scene = "160 messages, 16 modems, 1 s"
        for kind in PROGRAMS:
            row = Row(scene, kind.name, 160)
            row.runs.append(self.once(kind, 160, SLOW, broadcast))
            self.rows.append(row)
        pdus = [a.pdu for a in self.rows[-3].runs[-1].aired]
        bare = Row(scene, "bare serial loop", 160)
        bare.bare.append(bare_ratio(next(self._folders), pdus, MODEMS, SLOW))
        self.rows.append(bare)

    def _struck(self, scene: str, messages: int, runs: int, act: Scene) -> None:
        for kind in PROGRAMS:
            row = Row(scene, kind.name, messages, timed=False)
            for _ in range(runs):
                row.runs.append(self.once(kind, messages, FAST, act))
            self.rows.append(row)

    def _ours_alone(
        self, scene: str, messages: int, modems: int, submit: float, runs: int, text: str = NOTICE
    ) -> None:
        row, bare = Row(scene, Ours.name, messages), Row(scene, "bare serial loop", messages)
        for _ in range(runs):
            outcome = self.once(Ours, messages, submit, broadcast, modems, text)
            row.runs.append(outcome)
            pdus = [a.pdu for a in outcome.aired]
            bare.bare.append(bare_ratio(next(self._folders), pdus, modems, submit))
        self.rows += [row, bare]

    def once(
        self,
        kind: type[Program],
        messages: int,
        submit: float,
        act: Scene,
        modems: int = MODEMS,
        text: str = NOTICE,
    ) -> Outcome:
        """One program once in one scene, everything fresh."""
        with stage(kind, next(self._folders), modems, submit) as on:
            return act(on, mobile(messages), text)
