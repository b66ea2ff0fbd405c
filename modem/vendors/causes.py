"""Vendors' own codes of ``+CMS ERROR`` (3GPP TS 27.005 §3.2.5 leaves 512 and up to them)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .profile import CauseClass, VendorCause

_UNKNOWN: Final[Mapping[int, VendorCause]] = MappingProxyType(
    {500: VendorCause("unknown error: weak signal, or no fallback from packet SMS", "temporary")}
)

QUALCOMM: Final[Mapping[int, VendorCause]] = MappingProxyType(
    {
        **_UNKNOWN,
        512: VendorCause("SIM not ready yet", "temporary"),
        513: VendorCause("message too long", "permanent_message"),
        514: VendorCause("request parameters invalid", "permanent_message"),
        515: VendorCause("device storage failed", "modem"),
        517: VendorCause("service mode invalid: not registered for messages yet", "temporary"),
        528: VendorCause("more-messages state wrong", "temporary"),
        529: VendorCause("subscription may not send messages", "sim_fault"),
        530: VendorCause("packet service suspended", "temporary"),
        531: VendorCause("device storage full", "modem"),
    }
)
"""SIMCom and Quectel share these."""

QUECTEL: Final[Mapping[int, VendorCause]] = MappingProxyType(
    {
        **QUALCOMM,
        350: VendorCause("gave up after a long wait for IMS or SGs", "temporary"),
    }
)

WAVECOM: Final[Mapping[int, VendorCause]] = MappingProxyType(
    {
        **_UNKNOWN,
        512: VendorCause("mobility management connection not established", "temporary"),
        513: VendorCause("radio link layer failed", "temporary"),
        514: VendorCause("network congested", "temporary"),
        515: VendorCause("still starting, or busy with another command", "temporary"),
    }
)

SIEMENS: Final[Mapping[int, VendorCause]] = MappingProxyType(
    {
        **_UNKNOWN,
        512: VendorCause("given up by the user", "temporary"),
        513: VendorCause("cannot be stored", "modem"),
        514: VendorCause("status invalid", "permanent_message"),
        515: VendorCause("address has a wrong character", "permanent_destination"),
        516: VendorCause("length invalid", "permanent_message"),
        517: VendorCause("PDU has a wrong character", "permanent_message"),
        518: VendorCause("parameter invalid", "permanent_message"),
        519: VendorCause("length or character invalid", "permanent_message"),
        520: VendorCause("text has a wrong character", "permanent_message"),
        521: VendorCause("no answer within the timer", "temporary"),
        522: VendorCause("not allowed for the moment", "temporary"),
        532: VendorCause("SIM not ready yet", "temporary"),
        535: VendorCause("protocol stack busy", "temporary"),
        538: VendorCause("parameter invalid", "permanent_message"),
    }
)

OTHERS: Final[Mapping[int, VendorCause]] = _UNKNOWN
"""Makes whose codes are not known: 500 alone; the rest counts as temporary."""

DEFAULT: Final = VendorCause("vendor code of unknown meaning", "temporary")


def vendor_cause(causes: Mapping[int, VendorCause], code: int) -> VendorCause | None:
    """What ``code`` means; None for a code of the standard that the vendor does not redefine."""
    known = causes.get(code)
    if known is not None:
        return known
    return DEFAULT if code >= 512 else None


def kind(causes: Mapping[int, VendorCause], code: int) -> CauseClass | None:
    """Its class alone."""
    found = vendor_cause(causes, code)
    return found.kind if found is not None else None
