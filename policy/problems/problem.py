"""The form of a refusal's words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """A status hint and a message in two languages; ``{names}`` are filled from the extras."""

    status: int
    en: str
    zh: str
