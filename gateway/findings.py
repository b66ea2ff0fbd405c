"""What a check of the installation finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .language import N_

Grade = Literal["ok", "note", "warning", "error"]
GRADES = (N_("ok"), N_("note"), N_("warning"), N_("error"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``fix``: the line that mends it."""

    grade: Grade
    what: str
    fix: str = ""
