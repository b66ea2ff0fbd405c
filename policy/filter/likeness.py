"""Which characters look alike: by outline, by a part that tells, by how they are drawn. Pure."""

from __future__ import annotations

from functools import lru_cache

from .characters import Characters, characters

_WEIGHT, _ALIKE, _ALIKE_WITHIN = 0.1, 0.75, 0.65
"""What a corner, or a frequent part, in common adds to the share of strokes in common, and from which
sum on two characters are alike: of pairs taken at random one in 22 (within: in 14) is."""
_FREQUENT = frozenset("氵亻讠忄扌钅饣犭纟衤礻辶阝艹宀疒灬口一丶丿亅")
"""Parts so frequent that sharing them tells nothing."""


@lru_cache(maxsize=16_384)
def alike(one: str, other: str, *, within: bool = False) -> bool:
    """Whether two characters share an outline, a part that tells, or most of how they are drawn.

    ``within``: both neighbours in the word stand as they are, so that less tells enough.
    """
    tables = characters()
    shape = tables.shape
    if shape.get(one, one) == shape.get(other, other):
        return True
    if resembles(one, other):
        return True
    shared = _pieces(one, tables) & _pieces(other, tables)
    strokes, corners = tables.outline.get(one, ("", ""))
    its_strokes, its_corners = tables.outline.get(other, ("", ""))
    agreeing = sum(a == b for a, b in zip(corners, its_corners, strict=False)) + bool(shared)
    score = _same_strokes(strokes, its_strokes) + _WEIGHT * agreeing
    return score >= (_ALIKE_WITHIN if within else _ALIKE)


@lru_cache(maxsize=16_384)
def resembles(one: str, other: str) -> bool:
    """Whether two characters share a part that tells, or one is part of the other."""
    tables = characters()
    mine, its = _pieces(one, tables), _pieces(other, tables)
    return bool(mine & its - _FREQUENT) or one in its or other in mine or mine == its


def _same_strokes(one: str, other: str) -> float:
    """How much of two characters is drawn alike, from 0 to 1: one less the edit distance."""
    if not one or not other:
        return 0.0
    row = list(range(len(other) + 1))
    for number, stroke in enumerate(one, 1):
        corner, row[0] = row[0], number
        for place, its in enumerate(other, 1):
            changed = corner + (stroke != its)
            corner, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, changed)
    return 1 - row[-1] / max(len(one), len(other))


def _pieces(character: str, tables: Characters) -> set[str]:
    """The parts of a character, those that look alike counted as one."""
    ways = tables.parts.get(character, ())
    parts = ways[0] if ways else ""
    return {*parts, *(tables.shape.get(part, part) for part in parts)}
