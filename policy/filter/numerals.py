"""Digits, however they are written (壹, 一, 幺), as digits. Pure."""

from __future__ import annotations

import re

from .views import Seen, translated

_DIGITS = str.maketrans(
    "零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两弌弍弎洞拐勾",
    "012345678912345678912123079",
)


_NUMBER = re.compile("[0-9零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两弌弍弎洞拐勾]{2}")


def has_number(text: str) -> bool:
    """Whether two digits stand side by side, however they are written."""
    return _NUMBER.search(text) is not None


def unified(seen: Seen) -> Seen:
    """``seen`` with Chinese numerals as digits, one for one."""
    return translated("digits", seen, seen.text.translate(_DIGITS))


def digits_of(text: str) -> str:
    """``text`` with Chinese numerals as digits; same length."""
    return text.translate(_DIGITS)
