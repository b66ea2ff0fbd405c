"""Who an emulated modem and its SIM are: made up, well-formed, the same at every start."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType

TYPE_ALLOCATION = "86012304"
OPERATOR = "46000"
NAMES = MappingProxyType(
    {
        OPERATOR: ("CHINA MOBILE", "CMCC"),
        "46001": ("CHN-UNICOM", "UNICOM"),
        "46011": ("CHN-CT", "CT"),
    }
)
"""What modems call an operator: at length and in short."""
ISSUER = "898600"


@dataclass(frozen=True, slots=True)
class Identity:
    """The numbers of one modem and of the SIM in it."""

    imei: str
    imsi: str = field(repr=False)
    iccid: str = field(repr=False)
    number: str = field(repr=False)
    """The SIM's own number: other SIMs of the bank reach it there."""

    @property
    def operator(self) -> str:
        """MCC and MNC of the SIM's operator."""
        return self.imsi[:5]


def identity(index: int, card: int = 0, operator: str = OPERATOR) -> Identity:
    """The identity of modem number ``index`` (below 1,000) of a bank with its SIM number ``card``.

    ``operator``: MCC and MNC, five digits.
    """
    serial = 1000 * card + index + 1
    return Identity(
        imei=with_check_digit(f"{TYPE_ALLOCATION}{index + 1:06}"),
        imsi=f"{operator}10{serial:08}",
        iccid=with_check_digit(f"{ISSUER}{serial:013}"),
        number=f"+861380014{card % 10}{index:03}" if card else f"+8613800139{index:03}",
    )


def with_check_digit(digits: str) -> str:
    """``digits`` and their Luhn check digit (ISO/IEC 7812-1, as IMEI and ICCID use it)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)
