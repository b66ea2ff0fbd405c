"""What an unsolicited line tells about the modem, by the tables of its profile. Pure."""

from __future__ import annotations

from typing import Literal

from .vendors.profile import VendorProfile

Sign = Literal["stored", "registration", "sim", "boot", "ring", ""]

_STORED = ("+CMTI:", "+CDSI:", "^SMMEMFULL")
_REGISTRATION = ("+CREG:", "+CGREG:", "+CEREG:")
_SIM = ("+CPIN: NOT", "+QUSIM: 0", "^SIMST:0", "^SIMST: 0")
_RING = ("RING", "+CRING:", "+CLIP:")
_PERIODIC_BOOT = "^BOOT"


class Signs:
    """One session's reader of unsolicited lines."""

    def __init__(self, profile: VendorProfile) -> None:
        self._sim = tuple(dict.fromkeys((*profile.sim_changed, *_SIM)))
        self._boots = tuple(dict.fromkeys(("RDY", *profile.boots)))
        self._stored = (*_STORED, *profile.storage_full)
        self._boot_line = ""

    def read(self, line: str) -> Sign:
        """What ``line`` asks to be looked at; empty: nothing."""
        if line.startswith(self._stored):
            return "stored"
        if line.startswith(_REGISTRATION):
            return "registration"
        if line.startswith(self._sim):
            return "sim"
        if line.startswith(self._boots):
            return "boot" if self._rebooted(line) else ""
        return "ring" if line.startswith(_RING) else ""

    def _rebooted(self, line: str) -> bool:
        """Huawei repeats ``^BOOT:number,…`` every few seconds: only another number is news."""
        if not line.startswith(_PERIODIC_BOOT):
            return True
        number = line.partition(":")[2].partition(",")[0].strip()
        before, self._boot_line = self._boot_line, number
        return bool(before) and before != number
