"""SIMCom: the 2G SIM800 family, and SIM7600 with its LTE kin."""

from __future__ import annotations

import re
from typing import Final

from .causes import QUALCOMM
from .profile import InitCommand, PinCounter, Switch, UsbPorts, VendorProfile, Voice

_MAKER = re.compile(r"\A(?i:simcom.*)\Z")
_TRIES = PinCounter("AT+SPIC", re.compile(r"\A\+SPIC:\s*(\d+)"))

SIM800: Final = VendorProfile(
    name="simcom-sim800",
    maker=_MAKER,
    model=re.compile(r"\A(?:SIMCOM_)?SIM[89]\d\d[A-Z0-9]*\Z"),
    init=(
        InitCommand("AT+CLTS=0", "no clock lines"),
        InitCommand("AT+CGSMS=1", "circuit-switched only"),
    ),
    new_messages=("2,1,0,1,0", "1,1,0,1,0", "2,1,0,0,0"),  # ds is 0 or 1 only
    urcs=("*PSUTTZ", "DST:", "+CFUN:", "+DTMF:", "UNDER-VOLTAGE", "OVER-VOLTAGE", "+CSMINS"),
    boots=("RDY", "NORMAL POWER DOWN", "UNDER-VOLTAGE POWER DOWN", "OVER-VOLTAGE POWER DOWN"),
    ready=("SMS Ready",),
    storage_full=('+CIEV: "SMSFULL"',),
    sim_changed=("+CPIN: NOT READY", "+CPIN: NOT INSERTED", "+CSMINS:"),
    causes=QUALCOMM,
    switches=(Switch("cs_sms", "AT+CGSMS=1"),),
    voice=Voice(dtmf_on="AT+DDET=1", dtmf_line="+DTMF:"),
    pin_counter=_TRIES,
    card_queries=("AT+CCID", "AT+ICCID"),
    resets=("AT+CFUN=1,1", "AT+CPOWD=1"),
    quirks=frozenset({"no_cmgc"}),
)

SIM7600: Final = VendorProfile(
    name="simcom-sim7600",
    maker=_MAKER,
    model=re.compile(r"\A(?:SIMCOM_)?(?:SIM7\d\d\d|A76\d\d)[A-Z0-9_-]*\Z"),
    init=(
        InitCommand("AT+MSTK=0,0", "no SIM toolkit lines"),
        InitCommand("AT+UIMHOTSWAPON=1", "card pulled or put in is told"),
        InitCommand("AT+CGSMS=3", "circuit-switched first, packet as fallback"),
    ),
    new_messages=("2,1,0,2,0", "1,1,0,2,0", "2,1,0,1,0", "2,1,0,0,0"),  # ds=1 is often refused
    urcs=("+SIMCARD:", "+STIN", "+CGEV", "+RXDTMF:", "VOICE CALL:", "MISSED_CALL:", "+CSMI"),
    boots=("RDY", "NORMAL POWER DOWN", "*ATREADY"),
    ready=("SMS DONE", "PB DONE"),
    storage_full=("+SMS FULL",),
    sim_changed=("+CPIN: NOT READY", "+SIMCARD:", "+CPIN: SIM REMOVED"),
    causes=QUALCOMM,
    switches=(
        Switch("cs_sms", "AT+CGSMS=1"),
        Switch("ims_on", "AT+CVOLTE=1"),
        Switch("ims_off", "AT+CVOLTE=0"),
        Switch("auto_mode", "AT+CNMP=2"),
        Switch("gsm_only", "AT+CNMP=13"),
        Switch("lte_only", "AT+CNMP=38"),
    ),
    voice=Voice(
        pcm_on="AT+CPCMREG=1",
        pcm_during_call=True,
        answered=("VOICE CALL: BEGIN",),
        dtmf_on="AT+DDET=1",
        dtmf_line="+RXDTMF:",
    ),
    pin_counter=_TRIES,
    card_queries=("AT+CICCID", "AT+ICCID", "AT+CCID"),
    usb=(
        UsbPorts(0x1E0E, 0x9001, at=(2, 3), diagnostic=(0,)),
        UsbPorts(0x1E0E, 0x9205, at=(2,), diagnostic=(0,)),
        UsbPorts(0x1E0E, 0x9206, at=(2,), diagnostic=(0,)),
    ),
    resets=("AT+CFUN=1,1", "AT+CRESET"),
    quirks=frozenset(
        {
            "advertises_unsupported_cnmi",
            "cr_cr_lf",
            "no_cmgc",
            "poke_second_port",
            "usb_drops_on_reset",
        }
    ),
)

PROFILES: Final = (SIM800, SIM7600)
