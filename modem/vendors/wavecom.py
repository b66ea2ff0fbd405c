"""Wavecom and, later, Sierra Wireless AirPrime modems."""

from __future__ import annotations

import re
from typing import Final

from .causes import WAVECOM as CAUSES
from .profile import InitCommand, PinCounter, Switch, VendorProfile

FASTRACK: Final = VendorProfile(
    name="wavecom",
    maker=re.compile(r"\A(?i:wavecom.*|sierra wireless.*)\Z"),
    model=re.compile(r"\A\S.*\Z"),
    init=(InitCommand("AT+WIND=63", "start, card and network are told"),),
    new_messages=("2,1,0,1,0", "2,1,0,2,0", "1,1,0,1,0", "2,1,0,0,0"),
    urcs=("+WIND",),
    boots=("+WIND: 3", "+WIND: 1"),
    ready=("+WIND: 4",),
    sim_changed=("+WIND: 0", "+WIND: 1", "+CPIN: NOT READY"),
    causes=CAUSES,
    switches=(Switch("cs_sms", "AT+CGSMS=1"),),
    inter_phase_delay=0.1,
    pin_counter=PinCounter("AT+CPINC", re.compile(r"\A\+CPINC:\s*(\d+)")),
    card_queries=("AT+CCID",),
    resets=("AT+CFUN=1",),
    quirks=frozenset({"loses_early_pdu", "no_cmgc"}),
)

PROFILES: Final = (FASTRACK,)
