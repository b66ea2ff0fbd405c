from __future__ import annotations

import asyncio
import random

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from estate_sms.policy import numbers
from estate_sms.policy.numbers import NoNumber, Number, normalise, paced, parse


@pytest.mark.parametrize(
    "written",
    [
        "13800138000",
        "+8613800138000",
        "8613800138000",
        "008613800138000",
        "0086 138 0013 8000",
        "138-0013-8000",
        " (138) 0013.8000 ",
        "１３８００１３８０００",
        "＋８６ 138 0013 8000",
        "tel:+8613800138000",
        "138\u20100013\u20148000",
    ],
)
def test_ways_to_write_a_number(written: str) -> None:
    assert parse(written, "CN") == Number("+8613800138000")


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "+",
        "110",
        "10086",
        "1380013800",
        "138001380000",
        "+861380013800",
        "12345678901",
        "1a8001380o0",
        "13800138000 ext 5",
        "13800138000;13800138001",
        "+8613800138000\x00",
        "1380013\ud8008000",
        "+999 123456789",
        "1" * 10_000,
        "+86 138 0013 8000 or +86 138 0013 8001 or so",
        "'; DROP TABLE batch; --",
        "١٣٨٠٠١٣٨٠٠٠x",
    ],
)
def test_no_numbers(written: str) -> None:
    assert parse(written, "CN") == NoNumber("invalid_number")


@pytest.mark.parametrize("written", ["010-62345678", "+8602161234567", "400-810-1234"])
def test_landlines_and_services_get_no_text(written: str) -> None:
    assert parse(written, "CN") == NoNumber("not_mobile")


def test_region_decides_without_a_plus() -> None:
    assert parse("5123 4567", "HK") == Number("+85251234567")
    assert parse("13800138000", "HK") != Number("+8613800138000")
    assert parse("+8613800138000", "HK") == Number("+8613800138000")


def _slow(written: str) -> str | None:
    try:
        number = phonenumbers.parse(written, "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    if phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.MOBILE:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def test_fast_path_agrees_with_libphonenumber() -> None:
    """Its pattern looks at the first five digits only: each of them, with and without +86."""
    dice = random.Random(1)
    for prefix in range(10_000):
        plain = f"1{prefix:04d}{dice.randrange(10**6):06d}"
        slow = _slow(plain)
        got = parse(plain, "CN")
        assert (got.e164 if isinstance(got, Number) else None) == slow, plain
        if prefix % 7 == 0 or prefix // 100 in (61, 74):
            got = parse("+86" + plain, "CN")
            assert (got.e164 if isinstance(got, Number) else None) == _slow("+86" + plain), plain


def test_fast_path_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(written: str, region: str) -> NoNumber:
        return NoNumber("invalid_number")

    monkeypatch.setattr(numbers, "_parse_any", slow)
    assert parse("13800138000", "CN") == Number("+8613800138000")
    assert parse("+8613800138000", "HK") == Number("+8613800138000")


@settings(max_examples=200)
@given(st.text(max_size=50) | st.text("0123456789+-() \u3000；;x#", max_size=30))
@example("+")
@example("tel:")
def test_never_raises(written: str) -> None:
    got = parse(written, "CN")
    if isinstance(got, Number):
        assert got.e164[0] == "+"
        assert got.e164[1:].isascii()
        assert got.e164[1:].isdigit()
        assert 8 <= len(got.e164) <= 16


def test_never_in_a_repr() -> None:
    assert "138" not in repr(parse("13800138000", "CN"))


async def test_the_loop_runs_between_slices() -> None:
    ticks = 0
    moments = iter(range(10_000))

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    ticker = asyncio.create_task(tick())
    # A clock on which every look is a slice later: one pause for each number.
    results = [item async for item in paced(range(50), clock=lambda: float(next(moments)))]
    ticker.cancel()
    assert results == list(range(50))
    assert ticks >= 49


def test_senders() -> None:
    assert normalise("13800138000", "CN") == "+8613800138000"
    assert normalise("010-62345678", "CN") == "+861062345678"
    assert normalise("10086", "CN") == "10086"
    assert normalise("BANK", "CN") == "BANK"
