"""The filter as the desk asks it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..answers import FilterAnswer


class WordFilter:
    """Immutable rules behind one reference; :meth:`load` swaps them at once."""

    @classmethod
    def from_files(cls, files: Sequence[Path] = ()) -> WordFilter:
        """The built-in list and ``files`` (CSV: word,category,action). Raises ``word_list_invalid``."""
        raise NotImplementedError

    @property
    def ruleset(self) -> str:
        """SHA-256 over every rule in force, 64 hex digits."""
        raise NotImplementedError

    def check(self, text: str, purpose: str) -> FilterAnswer:
        """What to do with ``text``; linear in its length."""
        raise NotImplementedError
