"""Whether freshly built rules do what they should, before they are put in force. Pure."""

from __future__ import annotations

from ..errors import PolicyError
from .engine import effective
from .rules import Rules

WORDS = 200
"""Words of a list that are looked for, evenly taken."""

ORDINARY = (
    "本小区6月4日8:00至18:00停水，请提前储水，不便之处敬请谅解。",
    "人民路口交通管制，请绕行；消防演习将使用烟雾弹，请勿惊慌。",
    "业主大会投票开始，请携带身份证领取选票，现金缴费可开发票。",
    "灭鼠投放毒饵，请看管好孩子和宠物；流感疫苗接种在一号楼。",
    "The lift is under maintenance from 9:00 to 12:00; please use the stairs.",
)
"""Notices that no list may block."""


def tested(entries_name: str, rules: Rules) -> Rules:
    """``rules``, if they find their own words and let ordinary notices pass.

    Raises ``word_list_invalid``, naming ``entries_name`` and the word's place in the order of rules.
    """
    words = rules.entries
    step = max(1, len(words) // WORDS)
    for number in range(0, len(words), step):
        text = f"。{words[number].word}。"
        if not any(found.entry == number for found in rules.hits(text)) and not _allowed(
            rules, text
        ):
            raise _failed(entries_name, "a word of it is not found by its own rules")
    for notice in ORDINARY:
        for found in rules.find(notice):
            entry = rules.entries[found.entry]
            if effective(entry, found) == "block":
                raise _failed(entries_name, f"{entry.word!r} would block an ordinary notice")
    return rules


def _allowed(rules: Rules, text: str) -> bool:
    """Whether an allowed word covers all of the text's words: the list takes it back itself."""
    return max(rules.covered(text)) > 0


def _failed(name: str, what: str) -> PolicyError:
    return PolicyError("word_list_invalid", file=name, line=0, what=what)
