"""The word filter: normalise, match on several views, decide; hits point into the original text."""

from __future__ import annotations

from .detectors import Own
from .engine import WordFilter

__all__ = ["Own", "WordFilter"]
