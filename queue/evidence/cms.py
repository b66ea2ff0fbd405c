"""``+CMS ERROR`` codes (3GPP TS 27.005 §3.2.5; below 128 RP-cause, TS 24.011 annex E-2). Pure.

Codes from 512 on are each vendor's own; the modem room knows some of them. Here they are temporary.
"""

from __future__ import annotations

from types import MappingProxyType

from .kinds import Code, Kind

_K = Kind
_ROWS: tuple[tuple[Kind, float, dict[int, str]], ...] = (
    (_K.AMBIGUOUS, 1.0, {1: "unassigned number, or unknown SMSC", 21: "short message transfer rejected"}),
    (_K.AMBIGUOUS, 1.0, {28: "unidentified subscriber", 30: "unknown subscriber"}),
    (_K.SIM, 0.0, {8: "operator determined barring", 10: "call barred", 50: "facility not subscribed"}),
    (_K.SIM, 0.0, {29: "facility rejected", 193: "no SMSC subscription", 310: "SIM not inserted"}),
    (_K.SIM, 0.0, {311: "SIM PIN needed", 312: "PH-SIM PIN needed", 313: "SIM failure", 315: "SIM wrong"}),
    (_K.SIM, 0.0, {316: "SIM PUK needed", 317: "SIM PIN2 needed", 318: "SIM PUK2 needed"}),
    (_K.DESTINATION, 3.0, {195: "invalid SME address"}),
    (_K.BARRED, 0.0, {196: "destination SME barred"}),
    (_K.TEMPORARY, 0.0, {17: "network failure", 22: "congestion", 27: "destination out of service"}),
    (_K.TEMPORARY, 0.0, {38: "network out of order", 41: "temporary failure", 42: "congestion"}),
    (_K.TEMPORARY, 0.0, {47: "resources unavailable", 81: "invalid transfer reference", 98: "wrong state"}),
    (_K.TEMPORARY, 0.0, {111: "protocol error", 127: "interworking", 192: "SMSC busy"}),
    (_K.TEMPORARY, 0.0, {194: "SMSC system failure", 255: "unspecified", 302: "not allowed yet"}),
    (_K.TEMPORARY, 0.0, {314: "SIM busy", 331: "no network service", 350: "long wait over IMS"}),
    (_K.TEMPORARY, 0.0, {500: "unknown error"}),
    (_K.MESSAGE, 0.0, {95: "semantically incorrect", 96: "invalid mandatory information"}),
    (_K.MESSAGE, 0.0, {97: "message type not implemented", 99: "information element not implemented"}),
    (_K.MESSAGE, 0.0, {128: "telematic interworking", 129: "type 0 not supported", 130: "cannot replace"}),
    (_K.MESSAGE, 0.0, {143: "TP-PID error", 144: "alphabet not supported", 145: "class not supported"}),
    (_K.MESSAGE, 0.0, {159: "TP-DCS error", 160: "command cannot be actioned", 161: "command unsupported"}),
    (_K.MESSAGE, 0.0, {175: "command error", 176: "TPDU not supported", 198: "TP-VPF not supported"}),
    (_K.MESSAGE, 0.0, {199: "TP-VP not supported", 304: "invalid PDU", 305: "invalid text parameter"}),
    (_K.CONFIGURATION, 0.0, {69: "facility not implemented", 330: "SMSC address unknown"}),
    (_K.DEVICE, 0.0, {208: "SIM storage full", 209: "no storage in SIM", 210: "error in MS"}),
    (_K.DEVICE, 0.0, {211: "memory exceeded", 212: "SIM toolkit busy", 213: "SIM download error"}),
    (_K.DEVICE, 0.0, {300: "ME failure", 301: "SMS service reserved", 303: "not supported"}),
    (_K.DEVICE, 0.0, {320: "memory failure", 321: "invalid index", 322: "memory full"}),
    (_K.UNKNOWN, 0.0, {197: "refused as a duplicate", 332: "network time-out", 340: "no CNMA expected"}),
)  # fmt: skip

CMS = MappingProxyType(
    {code: Code(code, text, kind, weight) for kind, weight, row in _ROWS for code, text in row.items()}
)  # fmt: skip
"""Every code that is defined for short messages, by number."""

_SIM_FAULTS = frozenset({1, 8, 10, 21, 28, 30, 50})


def cms(code: int) -> Code:
    """What ``code`` is evidence of; undefined ones from 300 on are temporary, others unknown."""
    kind = Kind.TEMPORARY if code >= 300 else Kind.UNKNOWN
    return CMS.get(code) or Code(code, "not defined", kind)


def number_of(cause: str) -> int | None:
    """The code in a cause such as ``cms:38``; ``None`` in any other."""
    kind, _, digits = cause.partition(":")
    return int(digits) if kind == "cms" and digits.isascii() and digits.isdigit() else None


def may_be_the_sim(code: int) -> bool:
    """Whether two recipients refused so within minutes mean that the SIM is at fault."""
    return code in _SIM_FAULTS
