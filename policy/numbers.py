"""Phone numbers as people write them, into E.164. Rules: libphonenumber's (ITU-T E.164 plans)."""

from __future__ import annotations

import asyncio
import re
import time
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterable
from functools import cache
from typing import Literal, TypeVar

import msgspec
import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberFormat, PhoneNumberType

T = TypeVar("T")

MAX_WRITTEN = 40
"""Characters of a number as written; longer is no number, whatever it says."""
SLICE_SECONDS = 0.004
"""How long the event loop is held at a time."""

_WRITTEN = re.compile(r"(?:tel:)?\s*\+?[0-9\s().\-/\u2010-\u2015]+", re.IGNORECASE)
# Chinese mobile numbers in their plainest forms; group 1 is what libphonenumber calls national.
_PLAIN_CN = re.compile(r"(?:\+86)?(1[3-9][0-9]{9})")
_TEXTABLE = frozenset(
    {
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.VOIP,
    }
)


class Number(msgspec.Struct, frozen=True, gc=False):
    """A number that can be sent to. Ten thousand of them are nothing to the garbage collector."""

    e164: str

    def __repr__(self) -> str:
        """Without the number: a repr may reach a log."""
        return "Number(…)"


class NoNumber(msgspec.Struct, frozen=True, gc=False):
    """Why a written number cannot be sent to."""

    code: Literal["invalid_number", "not_mobile"]


def parse(written: str, region: str) -> Number | NoNumber:
    """``written`` as E.164; without a plus sign it is of ``region`` (``CN``). Never raises."""
    plain = _PLAIN_CN.fullmatch(written)
    if plain and (region == "CN" or written[0] == "+") and _cn_mobile()(plain[1]):
        return Number("+86" + plain[1])
    return _parse_any(written, region)


async def paced(
    items: Iterable[T], clock: Callable[[], float] = time.perf_counter
) -> AsyncIterator[T]:
    """``items`` for quick work on each, letting the event loop run every few milliseconds."""
    until = clock() + SLICE_SECONDS
    for item in items:
        yield item
        if clock() >= until:
            await asyncio.sleep(0)
            until = clock() + SLICE_SECONDS


def normalise(written: str, region: str) -> str:
    """The sender of a received message in E.164; short codes and names stay as they are."""
    number = _valid(written, region)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else written


def masked(number: str) -> str:
    """``138****1234`` for a number in E.164 or any other form: what lists and tables show."""
    national = number.removeprefix("+86")
    if len(national) >= 11:
        return f"{national[:-8]}****{national[-4:]}"
    return "*" * max(0, len(national) - 2) + national[-2:]


def _parse_any(written: str, region: str) -> Number | NoNumber:
    number = _valid(written, region)
    if number is None:
        return NoNumber("invalid_number")
    if phonenumbers.number_type(number) not in _TEXTABLE:
        return NoNumber("not_mobile")
    return Number(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _valid(written: str, region: str) -> PhoneNumber | None:
    if len(written) > MAX_WRITTEN:
        return None
    # Full-width digits and signs are what a Chinese keyboard gives.
    plain = unicodedata.normalize("NFKC", written).strip()
    if not _WRITTEN.fullmatch(plain):
        return None
    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    return number


@cache
def _cn_mobile() -> Callable[[str], re.Match[str] | None]:
    """libphonenumber's own pattern of Chinese mobile numbers: 30 times quicker than its parser."""
    metadata = PhoneMetadata.metadata_for_region("CN")
    assert metadata is not None
    assert metadata.mobile is not None
    return re.compile(metadata.mobile.national_number_pattern or "(?!)").fullmatch
