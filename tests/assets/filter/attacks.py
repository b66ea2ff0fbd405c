"""Ways to disguise a word, given an attacker's dictionaries. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

HAN = "\u2e80"
CLAUSE_ENDS = "，。；！,;!"

Dictionaries = Mapping[str, Any]
"""By kind: substitutes of a character, or a list of ornaments."""
Evasion = Callable[[random.Random, str], str | None]


class Evil(NamedTuple):
    kind: str
    word: str
    text: str


def _between(choices: Sequence[str], fresh: float = 0.3) -> Evasion:
    """One ornament between all characters, or (that often) a fresh one in each gap."""

    def evade(rng: random.Random, word: str) -> str | None:
        if len(word) < 2 or word.isascii():
            return None
        one = rng.choice(choices)
        many = rng.random() < fresh
        pieces = [word[0]]
        for character in word[1:]:
            pieces += (rng.choice(choices) if many else one, character)
        return "".join(pieces)

    return evade


def _replaced(table: Mapping[str, Sequence[str]], share: float) -> Evasion:
    """Some characters replaced, one at least."""

    def evade(rng: random.Random, word: str) -> str | None:
        places = [i for i, c in enumerate(word) if c in table]
        if not places:
            return None
        chosen = set(rng.sample(places, max(1, round(len(places) * share))))
        return "".join(rng.choice(table[c]) if i in chosen else c for i, c in enumerate(word))

    return evade


def _whole_sound(table: Mapping[str, Sequence[str]]) -> Evasion:
    def evade(rng: random.Random, word: str) -> str | None:
        if not all(c in table for c in word):
            return None
        return rng.choice(("", " ", "")).join(table[c][0] for c in word)

    return evade


def _full_width(rng: random.Random, word: str) -> str | None:
    if any("!" <= c <= "~" for c in word):
        return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word)
    return None


def _repeats(rng: random.Random, word: str) -> str | None:
    if word.isascii():
        return None
    return "".join(c * rng.choice((2, 2, 3, 1)) if c >= HAN else c for c in word)


def _reversed(rng: random.Random, word: str) -> str | None:
    return word[::-1] if len(word) > 2 and word[0] >= HAN and word[::-1] != word else None


def _vertical(rng: random.Random, word: str) -> str | None:
    return "\n".join(word) if word[0] >= HAN else None


def _least(length: int, evade: Evasion) -> Evasion:
    return lambda rng, word: evade(rng, word) if len(word) >= length else None


def _han(evade: Evasion) -> Evasion:
    return lambda rng, word: evade(rng, word) if word[0] >= HAN else None


def evasions(d: Dictionaries) -> dict[str, Evasion]:
    """By name; the table of results keeps this order."""
    initials = {c: [way[0][0]] for c, way in d["pinyin"].items()}
    return {
        "plain": lambda rng, word: word,
        "traditional": _replaced(d["traditional"], 1.0),
        "full width": _full_width,
        "zero width": _between(d["zero_width"]),
        "combining marks": _between(d["combining"]),
        "separators": _between(d["separators"]),
        "repeats": _repeats,
        "enclosed": _between(d["enclosed"]),
        "emoji": _between(d["emoji"]),
        "one under the other (3+)": _least(3, _vertical),
        "parts": _han(_replaced(d["parts"], 0.6)),
        "homophone (4+)": _least(4, _replaced(d["homophone"], 0.5)),
        "pinyin, one (3+)": _least(3, _han(_replaced(d["pinyin"], 0.01))),
        "pinyin, whole (4+)": _least(4, _whole_sound(d["pinyin"])),
        "initials, one or two (4+)": _least(4, _han(_replaced(initials, 0.4))),
        "look-alike (3+)": _least(3, _han(_replaced(d["lookalike"], 0.34))),
        "numerals (3+)": _least(3, _han(_replaced(d["numerals"], 1.0))),
        "reversed (3+)": _reversed,
        "Latin look-alike": _replaced(d["confusable"], 0.5),
        "leet": _replaced(d["leet"], 1.0),
        "filler, the same (3+)": _least(3, _between(d["fillers"], fresh=0)),
        "filler, mixed (3+)": _least(3, _between(d["fillers"], fresh=1)),
        "look-alike, two characters": _short(_replaced(d["lookalike"], 0.01)),
        "homophone, two and three": _shorter(_replaced(d["homophone"], 0.34)),
        "filler, two characters": _short(_between(d["fillers"])),
    }


def _short(evade: Evasion) -> Evasion:
    return lambda rng, word: evade(rng, word) if len(word) == 2 and word[0] >= HAN else None


def _shorter(evade: Evasion) -> Evasion:
    return lambda rng, word: evade(rng, word) if len(word) in {2, 3} and word[0] >= HAN else None


PAIRS = [
    ("traditional", "separators"), ("traditional", "emoji"), ("homophone (4+)", "separators"),
    ("parts", "separators"), ("parts", "traditional"), ("homophone (4+)", "zero width"),
    ("pinyin, one (3+)", "zero width"), ("look-alike (3+)", "separators"), ("reversed (3+)", "emoji"),
    ("repeats", "separators"), ("enclosed", "zero width"), ("traditional", "homophone (4+)"),
    ("parts", "homophone (4+)"), ("reversed (3+)", "traditional"), ("look-alike (3+)", "emoji"),
]  # fmt: skip


def evil(
    words: Sequence[str], d: Dictionaries, carriers: Sequence[str], each: int, seed: int
) -> Iterator[Evil]:
    """``words``, disguised ``each`` times in every way, inside ordinary notices."""
    known = evasions(d)
    for kind, evade in known.items():
        yield from _made(kind, [evade], carriers, words, each, seed)
    for first, second in PAIRS:
        # The second acts on what the first has left; a substitution comes before ornaments.
        steps = [known[first], known[second]]
        yield from _made("two combined", steps, carriers, words, each // len(PAIRS), seed)


def _made(
    kind: str,
    steps: Sequence[Evasion],
    carriers: Sequence[str],
    words: Sequence[str],
    each: int,
    seed: int,
) -> Iterator[Evil]:
    rng = random.Random(f"{seed}/{kind}/{len(steps)}/{each}")
    made = tries = 0
    while made < each and tries < each * 50:
        tries += 1
        word = rng.choice(words)
        text: str | None = word
        for step in steps:
            text = step(rng, text) if text is not None else None
        if text is None or (kind != "plain" and text == word):
            continue
        carrier = rng.choice(carriers)
        ends = [i + 1 for i, c in enumerate(carrier) if c in CLAUSE_ENDS]
        at = rng.choice([0, len(carrier), *ends])
        made += 1
        yield Evil(kind, word, f"{carrier[:at]}{text}{carrier[at:] and '，'}{carrier[at:]}")
