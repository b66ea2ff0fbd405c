"""Digits, however they are written (壹, 一, 幺), as digits. Pure."""

from __future__ import annotations

_DIGITS = str.maketrans(
    "零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两弌弍弎洞拐勾",
    "012345678912345678912123079",
)


def digits_of(text: str) -> str:
    """``text`` with Chinese numerals as digits; same length."""
    return text.translate(_DIGITS)
