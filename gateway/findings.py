"""What a check of the installation finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Grade = Literal["ok", "note", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``fix``: the line that mends it."""

    grade: Grade
    what: str
    fix: str = ""
