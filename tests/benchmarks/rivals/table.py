"""The one table of a comparison: a line for each program in each scene, medians of its runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

from .scenes import Outcome

HEAD = (
    "scene", "program", "runs", "makespan ÷ bound", "from the call", "CPU ms a message", "RSS MB",
    "lost", "sent twice", "all on the air after s", "what it says itself (last run)",
)  # fmt: skip


@dataclass
class Row:
    """One program in one scene."""

    scene: str
    program: str
    messages: int
    timed: bool = True
    """Whether makespan and CPU mean anything here."""
    runs: list[Outcome] = field(default_factory=list[Outcome])
    bare: list[float] = field(default_factory=list[float])
    """Runs of the bare loop instead, which has no other figures."""

    def cells(self) -> tuple[str, ...]:
        """As text, in the order of ``HEAD``."""
        if self.bare:
            none = ("–",) * 7
            return (
                self.scene,
                self.program,
                str(len(self.bare)),
                f"{median(self.bare):.3f}",
                *none,
            )
        runs = self.runs
        ratio, call, cpu = "–", "–", "–"
        if self.timed:
            ratio = f"{median(r.ratio for r in runs):.3f}"
            call = f"{median(r.call_ratio for r in runs):.3f}"
            cpu = f"{median(r.cpu for r in runs) / self.messages * 1000:.2f}"
        return (
            self.scene,
            self.program,
            str(len(runs)),
            ratio,
            call,
            cpu,
            f"{median(r.memory for r in runs):.0f}",
            " + ".join(str(r.lost) for r in runs),
            " + ".join(str(r.twice) for r in runs),
            f"{median(r.last for r in runs):.1f}",
            runs[-1].says,
        )


def lines(rows: list[Row]) -> list[str]:
    """The table as Markdown."""
    body = [HEAD, ("---",) * len(HEAD), *(row.cells() for row in rows)]
    return ["| " + " | ".join(cells) + " |" for cells in body]
