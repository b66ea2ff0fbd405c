"""Makes the evaluation corpus from the data beside it. Seeds are fixed: the same words come out."""

from __future__ import annotations

import csv
import random
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
SEED = 20_260_604
CLEAN, EACH = 1_200, 1_500
HAN = "\u2e80"


class Evil(NamedTuple):
    kind: str
    word: str
    text: str


Evasion = Callable[[random.Random, str], str | None]


def clean(count: int = CLEAN) -> list[str]:
    """Ordinary notices: every template, slots filled at random."""
    rng = random.Random(SEED)
    slots = tomllib.loads((HERE / "slots.toml").read_text("utf-8"))
    lines = (HERE / "templates.txt").read_text("utf-8").splitlines()
    templates = [line for line in lines if line and not line.startswith("[")]
    notices: dict[str, None] = {}
    tries = 0
    while len(notices) < count and tries < count * 20:
        text = templates[tries % len(templates)]
        tries += 1
        for name, values in slots.items():
            while "{" + name + "}" in text:
                text = text.replace("{" + name + "}", rng.choice(values), 1)
        notices[text] = None
    return list(notices)


def denied() -> list[str]:
    lines = (HERE / "words.csv").read_text("utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return [row["word"] for row in rows if row["action"] == "block"]


def _table(name: str) -> dict[str, str]:
    pairs = _DICTIONARIES[name].split()
    return {pair[0]: pair[1:] for pair in pairs if len(pair) > 1}


_DICTIONARIES = tomllib.loads((HERE / "dictionaries.toml").read_text("utf-8"))
_TRADITIONAL, _SOUND, _SHAPE = _table("traditional"), _table("homophone"), _table("lookalike")
_PARTS, _PINYIN = _table("parts"), _table("pinyin")
_LETTERS, _LEET = _table("confusable"), _table("leet")


def _between(name: str) -> Evasion:
    """One ornament between all characters, or a fresh one in each gap."""
    choices: list[str] = _DICTIONARIES[name]

    def evade(rng: random.Random, word: str) -> str | None:
        if len(word) < 2 or word.isascii():
            return None
        one = rng.choice(choices)
        fresh = rng.random() < 0.3
        pieces = [word[0]]
        for character in word[1:]:
            pieces += (rng.choice(choices) if fresh else one, character)
        return "".join(pieces)

    return evade


def _replaced(table: dict[str, str], share: float, *, whole: bool = False) -> Evasion:
    """Some characters replaced, one at least."""

    def evade(rng: random.Random, word: str) -> str | None:
        places = [i for i, c in enumerate(word) if c in table]
        if not places:
            return None
        many = max(1, round(len(places) * share))
        chosen = set(rng.sample(places, many))
        return "".join(
            (table[c] if whole else rng.choice(table[c])) if i in chosen else c
            for i, c in enumerate(word)
        )

    return evade


def _traditional(rng: random.Random, word: str) -> str | None:
    changed = "".join(_TRADITIONAL.get(c, c) for c in word)
    return changed if changed != word else None


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


def _least(length: int, evade: Evasion) -> Evasion:
    return lambda rng, word: evade(rng, word) if len(word) >= length else None


def _whole_pinyin(rng: random.Random, word: str) -> str | None:
    if not all(c in _PINYIN for c in word):
        return None
    return rng.choice(("", " ", "")).join(_PINYIN[c] for c in word)


def _han(evade: Evasion) -> Evasion:
    return lambda rng, word: evade(rng, word) if word[0] >= HAN else None


EVASIONS: dict[str, Evasion] = {
    "plain": lambda rng, word: word,
    "traditional": _traditional,
    "full width": _full_width,
    "zero width": _between("zero_width"),
    "combining marks": _between("combining"),
    "separators": _between("separators"),
    "repeats": _repeats,
    "enclosed": _between("enclosed"),
    "emoji": _between("emoji"),
    "parts": _han(_replaced(_PARTS, 0.6, whole=True)),
    "homophone (4+)": _least(4, _replaced(_SOUND, 0.5)),
    "pinyin, one (3+)": _least(3, _han(_replaced(_PINYIN, 0.01, whole=True))),
    "pinyin, whole (4+)": _least(4, _whole_pinyin),
    "look-alike (3+)": _least(3, _replaced(_SHAPE, 0.34)),
    "reversed (3+)": _reversed,
    "Latin look-alike": _replaced(_LETTERS, 0.5),
    "leet": _replaced(_LEET, 1.0, whole=True),
    "filler": _between("fillers"),
}
PAIRS = [
    ("traditional", "separators"), ("traditional", "emoji"), ("homophone (4+)", "separators"),
    ("parts", "separators"), ("parts", "traditional"), ("homophone (4+)", "zero width"),
    ("pinyin, one (3+)", "zero width"), ("look-alike (3+)", "separators"), ("reversed (3+)", "emoji"),
    ("repeats", "separators"), ("enclosed", "zero width"), ("traditional", "homophone (4+)"),
    ("parts", "homophone (4+)"), ("reversed (3+)", "traditional"), ("look-alike (3+)", "emoji"),
]  # fmt: skip


def evil(each: int = EACH) -> Iterator[Evil]:
    """Words of the list, disguised, inside ordinary notices."""
    carriers, words = clean(), denied()
    for kind, evade in EVASIONS.items():
        yield from _made(kind, [evade], carriers, words, each)
    for first, second in PAIRS:
        # The second acts on what the first has left; a substitution comes before ornaments.
        steps = [EVASIONS[first], EVASIONS[second]]
        yield from _made("two combined", steps, carriers, words, each // len(PAIRS))


def _made(
    kind: str, steps: list[Evasion], carriers: list[str], words: list[str], each: int
) -> Iterator[Evil]:
    rng = random.Random(f"{SEED}/{kind}/{len(steps)}/{each}")
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
        at = rng.choice([0, len(carrier)] + [i + 1 for i, c in enumerate(carrier) if c in "，。；"])
        made += 1
        yield Evil(kind, word, f"{carrier[:at]}{text}{carrier[at:] and '，'}{carrier[at:]}")


def by_hand() -> Iterator[Evil]:
    """What was written by hand, in a sentence of its own."""
    for line in (HERE / "handmade.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            word, ways = line.split(" ", 1)
            for way in ways.split("|"):
                yield Evil("by hand", word, f"通知：{way.replace('_', ' ')}，联系本人。")


def main(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    (target / "words.csv").write_bytes((HERE / "words.csv").read_bytes())
    (target / "clean.txt").write_text("\n".join(clean()) + "\n", "utf-8")
    with (target / "evil.tsv").open("w", encoding="utf-8", newline="") as file:
        for one in (*evil(), *by_hand()):
            file.write("\t".join(one) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
