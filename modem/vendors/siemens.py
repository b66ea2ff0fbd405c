"""Siemens TC35, MC35, MC55 and, later, Cinterion and Gemalto modules."""

from __future__ import annotations

import re
from typing import Final

from .causes import SIEMENS
from .profile import InitCommand, PinCounter, Switch, VendorProfile

_TRIES = PinCounter("AT^SPIC", re.compile(r"\A\^SPIC:\s*(\d+)"))
_BOOTS = ("^SYSSTART", "^SHUTDOWN", "RDY")

TC35: Final = VendorProfile(
    name="siemens-tc35",
    maker=re.compile(r"\A(?i:siemens.*)\Z"),
    model=re.compile(r"\A(?:TC35|MC35|MC39|TC45|M20|MC5[0-9]|TC6[0-9]|MC7[0-9]).*\Z"),
    init=(InitCommand("AT^SSMSS=0", "read messages are listed"),),
    # With bfr 1: what came while the line was in use is dropped, not replayed in a burst
    new_messages=("2,1,0,2,1", "2,0,0,2,1", "1,1,0,2,1", "2,1,0,1,1", "2,1,0,0,1"),
    urcs=("^SYSSTART", "^SHUTDOWN", "^SCKS", "^SMGO", "^SBC", "^SCPOL"),
    boots=_BOOTS,
    storage_full=("^SMGO: 1", "^SMGO: 2"),
    sim_changed=("^SCKS:", "+CPIN: NOT READY"),
    causes=SIEMENS,
    inter_phase_delay=0.1,
    pin_counter=_TRIES,
    card_queries=("AT^SCID", "AT+CCID"),
    resets=("AT+CFUN=1,1", "AT^SMSO"),
    quirks=frozenset({"single_argument_cmgd", "loses_early_pdu", "no_clac", "no_cmms", "no_cmgc"}),
)

CINTERION: Final = VendorProfile(
    name="cinterion",
    maker=re.compile(r"\A(?i:cinterion.*|gemalto.*|thales.*)\Z"),
    model=re.compile(r"\A\S.*\Z"),
    init=(
        InitCommand('AT^SCFG="URC/Ringline","off"', "no ring line"),
        InitCommand("AT^SSET=1", "card state is told"),
    ),
    new_messages=("2,1,0,1,1", "2,1,0,2,1", "1,1,0,2,1", "2,1,0,0,1"),
    urcs=("^SYSSTART", "^SHUTDOWN", "^SCKS", "^SMGO", "^SBC", "^SSIM READY", "+CIEV"),
    boots=_BOOTS,
    ready=("^SSIM READY",),
    storage_full=("^SMGO: 1", "^SMGO: 2"),
    sim_changed=("^SCKS:", "+CPIN: NOT READY"),
    causes=SIEMENS,
    switches=(Switch("cs_sms", "AT+CGSMS=1"),),
    inter_phase_delay=0.05,
    pin_counter=_TRIES,
    card_queries=("AT+CCID", "AT^SCID"),
    resets=("AT+CFUN=1,1", "AT^SMSO"),
    quirks=frozenset({"no_cmgc"}),
)

PROFILES: Final = (TC35, CINTERION)
