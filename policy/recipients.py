"""The recipients of a call: parsed, each once, the rest with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .answers import Rejection
from .errors import PolicyError
from .numbers import MAX_WRITTEN, NoNumber, paced, parse
from .problems import Code


@dataclass(frozen=True, slots=True)
class Recipients:
    """Distinct numbers in E.164, in the order of the call, and what was turned away."""

    numbers: list[str] = field(repr=False)
    rejected: list[tuple[int, Rejection]] = field(repr=False)
    """With its place in the call."""
    places: list[int]
    """The place in the call of each of :attr:`numbers`."""


async def recipients_of(written: Sequence[str], region: str) -> Recipients:
    """Never holds the event loop for more than a few milliseconds at a time."""
    numbers: dict[str, int] = {}
    rejected: list[tuple[int, Rejection]] = []
    async for place, text in paced(enumerate(written)):
        result = parse(text, region)
        if isinstance(result, NoNumber):
            rejected.append((place, rejection(text, result.code)))
        elif result.e164 in numbers:
            rejected.append((place, rejection(text, "duplicate")))
        else:
            numbers[result.e164] = place
    return Recipients(list(numbers), rejected, list(numbers.values()))


def one_of(written: str, region: str) -> str:
    """A single number in E.164. Raises ``invalid_number`` or ``not_mobile``."""
    result = parse(written, region)
    if isinstance(result, NoNumber):
        raise PolicyError(result.code)
    return result.e164


def rejection(written: str, code: Code, **extra: object) -> Rejection:
    """A recipient turned away, as the answer shows it; what cannot be shown is replaced."""
    shown = written[: MAX_WRITTEN + 1].encode("utf-8", "replace").decode("utf-8")
    return Rejection(to=shown, code=code, detail=PolicyError(code, **extra).message)


def nobody(rejected: Sequence[tuple[int, Rejection]]) -> PolicyError:
    """``no_valid_recipient``. Errors may be logged: places in the call stand for the numbers."""
    reasons = [{"index": place, "code": r.code, "detail": r.detail} for place, r in rejected]
    return PolicyError("no_valid_recipient", rejected=reasons)
