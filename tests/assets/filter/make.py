"""Makes the evaluation corpus from the data beside it. Seeds are fixed: the same words come out."""

from __future__ import annotations

import csv
import random
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from attacks import Dictionaries, Evil
from attacks import evil as disguised

HERE = Path(__file__).parent
SEED = 20_260_604
CLEAN, EACH = 5_000, 1_500


def clean(count: int = CLEAN) -> list[str]:
    """Ordinary notices: every template, slots filled at random, no two alike."""
    rng = random.Random(SEED)
    slots = tomllib.loads((HERE / "slots.toml").read_text("utf-8"))
    texts = templates()
    notices: dict[str, None] = {}
    tries = 0
    while len(notices) < count and tries < count * 20:
        text = texts[tries % len(texts)]
        tries += 1
        for name, values in slots.items():
            while "{" + name + "}" in text:
                text = text.replace("{" + name + "}", rng.choice(values), 1)
        notices[text] = None
    return list(notices)


def templates() -> list[str]:
    lines = (HERE / "templates.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("[")]


def denied() -> list[str]:
    lines = (HERE / "words.csv").read_text("utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return [row["word"] for row in rows if row["action"] == "block"]


def dictionaries() -> Dictionaries:
    """Those written by hand, and on purpose not the filter's."""
    read = tomllib.loads((HERE / "dictionaries.toml").read_text("utf-8"))
    whole = {"parts", "pinyin", "leet"}
    return {
        name: {p[0]: [p[1:]] if name in whole else p[1:] for p in value.split() if len(p) > 1}
        if isinstance(value, str)
        else value
        for name, value in read.items()
    }


def evil(each: int = EACH) -> Iterator[Evil]:
    """Words of the list, disguised, inside ordinary notices."""
    yield from disguised(denied(), dictionaries(), clean(1_200), each, SEED)


def by_hand() -> Iterator[Evil]:
    """What was written by hand, in a sentence of its own."""
    for line in (HERE / "handmade.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            word, ways = line.split(" ", 1)
            for way in ways.split("|"):
                yield Evil("by hand", word, f"通知：{way.replace('_', ' ')}，联系本人。")


def write(target: Path, words: str, evil_ones: Iterable[Evil]) -> None:
    """A folder that ``estate-sms filter test`` reads."""
    target.mkdir(parents=True, exist_ok=True)
    (target / "words.csv").write_text(words, "utf-8")
    (target / "clean.txt").write_text("\n".join(clean()) + "\n", "utf-8")
    with (target / "evil.tsv").open("w", encoding="utf-8", newline="") as file:
        file.writelines("\t".join(one).replace("\n", "\\n") + "\n" for one in evil_ones)


if __name__ == "__main__":
    listed = (HERE / "words.csv").read_text("utf-8")
    write(Path(sys.argv[1]), listed, [*evil(), *by_hand()])
