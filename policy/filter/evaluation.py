"""How good a list and the filter are on a corpus: recall by kind of evasion, and false alarms.

A corpus is a folder: ``clean.txt`` (a notice a line) and ``evil.tsv`` (kind, word, text;
a line feed in a text is written ``\\n``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from ..errors import PolicyError
from .engine import WordFilter

_Z = 1.959964
"""Of a 95 % interval."""
_TWO_TABS = 2
_PURPOSE = "service"

LEAST = {
    **dict.fromkeys(
        ("plain", "traditional", "full width", "zero width", "separators", "repeats", "enclosed"),
        0.995,
    ),
    **dict.fromkeys(
        ("parts", "homophone (4+)", "pinyin, one (3+)", "pinyin, whole (4+)", "emoji"), 0.9
    ),
    "look-alike (3+)": 0.9,
    "two combined": 0.7,
}
"""Recall to reach, by kind."""
MOST_BLOCKED, MOST_HELD = 0.001, 0.02
"""Of clean notices, at the upper end of the interval."""


@dataclass(frozen=True, slots=True)
class Rate:
    """``hits`` of ``total``."""

    name: str
    hits: int
    total: int

    @property
    def share(self) -> float:
        """From 0 to 1; of nothing, 0."""
        return self.hits / self.total if self.total else 0.0

    def wilson(self) -> tuple[float, float]:
        """The 95 % score interval (Wilson 1927)."""
        if not self.total:
            return 0.0, 1.0
        share, square = self.share, _Z * _Z / self.total
        middle = (share + square / 2) / (1 + square)
        spread = (
            _Z / (1 + square) * sqrt(share * (1 - share) / self.total + square / self.total / 4)
        )
        return max(0.0, middle - spread), min(1.0, middle + spread)


@dataclass(frozen=True, slots=True)
class Report:
    """What :func:`evaluate` found."""

    recall: list[Rate]
    """By kind, in the corpus' order."""
    blocked: Rate
    """Clean notices that were stopped."""
    held: Rate
    """Clean notices that were stopped or held for a review."""
    missed: list[tuple[str, str, str]]
    false_alarms: list[str]

    def below(self) -> list[str]:
        """The targets that were missed, in words."""
        found = [
            f"{rate.name}: {rate.share:.1%} found, not {LEAST[rate.name]:.1%}"
            for rate in self.recall
            if rate.share < LEAST.get(rate.name, 0.0)
        ]
        for rate, most in ((self.blocked, MOST_BLOCKED), (self.held, MOST_HELD)):
            if rate.wilson()[1] > most:
                found.append(f"{rate.name}: up to {rate.wilson()[1]:.2%}, not {most:.1%}")
        return found


def evaluate(checked: WordFilter, clean: Iterable[str], evil: Iterable[str]) -> Report:
    """Ask ``checked`` about every text; a hit is a block or a review."""
    total: Counter[str] = Counter()
    found: Counter[str] = Counter()
    missed: list[tuple[str, str, str]] = []
    for line in evil:
        if line.count("\t") != _TWO_TABS:
            raise PolicyError("corpus_invalid", what="a line of evil.tsv is kind, word, text")
        kind, word, text = line.split("\t")
        total[kind] += 1
        if checked.check(text.replace("\\n", "\n"), _PURPOSE).action in {"block", "review"}:
            found[kind] += 1
        else:
            missed.append((kind, word, text))
    actions: Counter[str] = Counter()
    alarms: list[str] = []
    for text in clean:
        action = checked.check(text, _PURPOSE).action
        actions[action] += 1
        if action in {"block", "review"}:
            alarms.append(text)
    every = sum(actions.values())
    return Report(
        recall=[Rate(kind, found[kind], count) for kind, count in total.items()],
        blocked=Rate("blocked", actions["block"], every),
        held=Rate("held", actions["block"] + actions["review"], every),
        missed=missed,
        false_alarms=alarms,
    )


def read_corpus(folder: Path) -> tuple[list[str], list[str]]:
    """The clean notices and the evil lines of ``folder``. Raises ``corpus_invalid``."""
    try:
        # Not splitlines: a text may hold any character but a line feed.
        clean, evil = (
            (folder / name).read_text("utf-8").removesuffix("\n").split("\n")
            for name in ("clean.txt", "evil.tsv")
        )
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError("corpus_invalid", what=f"{folder.name}: {error}") from None
    return [text for text in clean if text], [line for line in evil if line]
