"""The one error of this room: a stable code, a status hint, and words that say what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from .problems import PROBLEMS, Code

Language = Literal["en", "zh"]


class PolicyError(Exception):
    """A refusal. ``code`` is stable; ``extra`` is shown to the caller and fills the message.

    ``extra`` never holds a text or a number but those the caller itself sent, and neither the
    message nor ``str(error)`` shows them.
    """

    def __init__(self, code: Code, **extra: object) -> None:
        self.code: Code = code
        self.extra: dict[str, object] = extra
        super().__init__(code)

    @property
    def status(self) -> int:
        """The HTTP status that fits."""
        return PROBLEMS[self.code].status

    @property
    def message(self) -> str:
        """What happened and what to do next, in English."""
        return self.message_in("en")

    def message_in(self, language: Language) -> str:
        """:attr:`message` in ``language``."""
        problem = PROBLEMS[self.code]
        if language == "en":
            return filled(problem.en, self.extra)
        # What is said in both languages comes as a pair: why, why_zh.
        chinese = {k.removesuffix("_zh"): v for k, v in self.extra.items() if k.endswith("_zh")}
        return filled(problem.zh, self.extra | chinese)


def filled(words: str, members: Mapping[str, object]) -> str:
    """``words`` with their gaps filled. One that nothing fills is shown as three dots, never as a
    second error."""
    return words.format_map(_Shown(members))


class _Shown(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"
