"""Every modem no other profile knows: what the standards promise, every candidate tried."""

from __future__ import annotations

import re
from typing import Final

from .causes import OTHERS
from .profile import InitCommand, Switch, VendorProfile

GENERIC: Final = VendorProfile(
    name="generic",
    maker=re.compile(r"\A.*\Z", re.DOTALL),
    model=re.compile(r"\A.*\Z", re.DOTALL),
    init=(InitCommand("AT+CGSMS=3", "circuit-switched first, packet as fallback"),),
    new_messages=("2,1,0,1,0", "1,1,0,1,0", "2,1,0,2,0", "1,1,0,2,0", "2,1,0,0,0", "1,1,0,0,0"),
    boots=("RDY", "NORMAL POWER DOWN", "^BOOT", "^SYSSTART"),
    ready=("SMS Ready", "SMS DONE"),
    storage_full=("^SMMEMFULL",),
    sim_changed=("+CPIN: NOT READY", "+CPIN: NOT INSERTED"),
    causes=OTHERS,
    switches=(Switch("cs_sms", "AT+CGSMS=1"),),
    card_queries=("AT+CCID", "AT+QCCID", "AT+CICCID", "AT^ICCID?", "AT+ICCID"),
    quirks=frozenset({"advertises_unsupported_cnmi", "ignores_cnmi"}),
)
