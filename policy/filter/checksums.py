"""Checksums of identity and bank card numbers. Pure."""

from __future__ import annotations

from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10x98765432"
_PROVINCES = frozenset(
    str(code)
    for area, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (81, 83))
    for code in range(area, last + 1)
) | {"71"}
_OLDEST = 1880


def is_id_card(number: str) -> bool:
    """Whether 18 characters (lower case) are a citizen's identity number, GB 11643."""
    if len(number) != 18 or not number[:17].isdecimal() or number[:2] not in _PROVINCES:
        return False
    if not _is_day(number[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return number[17] == _CHECK[total % 11]


def is_bank_card(number: str) -> bool:
    """Whether 16 to 19 digits are a card number: a known beginning and Luhn's digit, ISO 7812."""
    if not number.isdecimal() or not 16 <= len(number) <= 19:
        return False
    known = number.startswith(("62", "4", "51", "52", "53", "54", "55", "35", "60"))
    return known and luhn(number) and len(set(number)) > 2


def luhn(number: str) -> bool:
    """Whether the last digit is Luhn's check digit of the others."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_day(digits: str) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    try:
        date(max(year, 1), month, day)
    except ValueError:
        return False
    return year >= _OLDEST
