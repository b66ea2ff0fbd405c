"""Which profile fits a modem."""

from __future__ import annotations

from typing import Final

from ..errors import ModemError
from . import huawei, quectel, siemens, simcom, wavecom, zte
from .generic import GENERIC
from .profile import VendorProfile

AUTO: Final = "auto"

KNOWN: Final[tuple[VendorProfile, ...]] = (
    *quectel.PROFILES,
    *simcom.PROFILES,
    *huawei.PROFILES,
    *zte.PROFILES,
    *siemens.PROFILES,
    *wavecom.PROFILES,
)
"""No modem is recognised by two of them."""

NAMES: Final = (*(profile.name for profile in KNOWN), GENERIC.name)


class UnknownProfileError(ModemError):
    """There is no profile of that name."""


def choose(cgmi: str, cgmm: str) -> VendorProfile:
    """The profile of a modem by its answers to ``AT+CGMI`` and ``AT+CGMM``; else the generic one.

    Total: any text is accepted. A prefix such as ``+CGMM:`` and quotes are ignored.
    """
    maker, model = _plain(cgmi, "+CGMI:"), _plain(cgmm, "+CGMM:")
    return next((known for known in KNOWN if known.recognises(maker, model)), GENERIC)


def named(name: str) -> VendorProfile:
    """The profile called ``name``. Raises UnknownProfileError."""
    for profile in (*KNOWN, GENERIC):
        if profile.name == name:
            return profile
    raise UnknownProfileError(f"no modem profile {name!r}; there are: {', '.join(NAMES)}")


def _plain(answer: str, prefix: str) -> str:
    return answer.strip().removeprefix(prefix).strip().strip('"').strip()
