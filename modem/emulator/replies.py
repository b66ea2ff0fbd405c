"""What a modem answers: result codes and errors in the form ``AT+CMEE`` asks for."""

from __future__ import annotations

from typing import Literal

NOT_ALLOWED = 3
NOT_SUPPORTED = 4
SIM_NOT_INSERTED = 10
NO_NETWORK = 30
INCORRECT_PARAMETERS = 50

CMS_NOT_ALLOWED = 302
CMS_INVALID_PDU = 304
CMS_SIM_NOT_INSERTED = 310
CMS_INVALID_INDEX = 321
CMS_MEMORY_FULL = 322
CMS_NO_SMSC = 330
CMS_NO_NETWORK = 331
CMS_SIM_PIN = 311
CMS_SIM_PUK = 316
CMS_UNKNOWN = 500
CMS_NO_CNMA_EXPECTED = 340

_CME_TEXT = {
    NOT_ALLOWED: "operation not allowed",
    NOT_SUPPORTED: "operation not supported",
    SIM_NOT_INSERTED: "SIM not inserted",
    11: "SIM PIN required",
    12: "SIM PUK required",
    16: "incorrect password",
    NO_NETWORK: "no network service",
    INCORRECT_PARAMETERS: "Incorrect parameters",
}

_CMS_TEXT = {
    1: "Unassigned (unallocated) number",
    8: "Operator determined barring",
    21: "Short message transfer rejected",
    27: "Destination out of service",
    28: "Unidentified subscriber",
    38: "Network out of order",
    41: "Temporary failure",
    42: "Congestion",
    47: "Resources unavailable, unspecified",
    50: "Requested facility not subscribed",
    69: "Requested facility not implemented",
    CMS_NOT_ALLOWED: "operation not allowed",
    303: "operation not supported",
    CMS_INVALID_PDU: "invalid PDU mode parameter",
    CMS_SIM_NOT_INSERTED: "SIM not inserted",
    CMS_SIM_PIN: "SIM PIN required",
    314: "SIM busy",
    CMS_SIM_PUK: "SIM PUK required",
    CMS_INVALID_INDEX: "invalid memory index",
    CMS_MEMORY_FULL: "memory full",
    CMS_NO_SMSC: "SMSC address unknown",
    CMS_NO_NETWORK: "no network service",
    332: "network timeout",
    CMS_NO_CNMA_EXPECTED: "no +CNMA acknowledgement expected",
}
"""3GPP TS 27.005 §3.2.5, TS 24.011 Annex E."""


class CommandError(Exception):
    """A command that ends in an error; never leaves the emulated modem."""

    def __init__(self, code: int, family: Literal["CME", "CMS"] = "CME") -> None:
        super().__init__(family, code)
        self.code = code
        self.family = family

    def final(self, cmee: str) -> str:
        """The final result code (3GPP TS 27.007 §9.1, 27.005 §3.2.5) under ``AT+CMEE=cmee``."""
        if self.family == "CMS":
            words = _CMS_TEXT.get(self.code, "unknown error") if cmee == "2" else self.code
            return f"+CMS ERROR: {words}"
        if cmee == "0":
            return "ERROR"
        text = _CME_TEXT.get(self.code, "unknown") if cmee == "2" else self.code
        return f"+CME ERROR: {text}"


def cms(code: int) -> CommandError:
    """A message service failure."""
    return CommandError(code, "CMS")


def rendered(lines: list[str], final: str) -> bytes:
    """Information lines and a final result code as they go over the wire (V.250 §5.7)."""
    block = "\r\n" + "\r\n".join(lines) + "\r\n" if lines else ""
    return f"{block}\r\n{final}\r\n".encode("latin-1")
