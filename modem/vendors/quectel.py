"""Quectel EC20, EC25, EG25 and their kin."""

from __future__ import annotations

import re
from typing import Final

from .causes import QUECTEL
from .profile import InitCommand, PinCounter, Switch, UsbPorts, VendorProfile, Voice

_VENDOR = 0x2C7C

EC2X: Final = VendorProfile(
    name="quectel-ec2x",
    maker=re.compile(r"\A(?i:quectel.*)\Z"),
    model=re.compile(r"\A(?:EC2[0-9]|EG2[0-9]|EC200|EG9[0-9]|EP0[0-9]|BG9[0-9]).*\Z"),
    init=(
        InitCommand('AT+QURCCFG="urcport","usbat"', "unsolicited lines come to the AT port"),
        InitCommand('AT+QINDCFG="all",1', "indications on"),
        InitCommand("AT+QSIMSTAT=1", "card pulled or put in is told"),
        InitCommand("AT+CGSMS=3", "circuit-switched first, packet as fallback"),
    ),
    new_messages=("2,1,0,1,0", "2,1,0,2,0", "1,1,0,1,0", "1,1,0,2,0", "2,1,0,0,0"),
    urcs=("+QIND", "+QUSIM", "+QSIMSTAT", "+QIURC", "+QTONEDET", "+QNWINFO", "+QUSIMDET"),
    boots=("RDY", "APP RDY", "NORMAL POWER DOWN", "POWERED DOWN"),
    ready=("+QIND: SMS DONE", "+QIND: PB DONE"),
    storage_full=('+QIND: "smsfull"', "+QIND: SMS FULL"),
    sim_changed=("+CPIN: NOT READY", "+QSIMSTAT:", "+QUSIM:"),
    causes=QUECTEL,
    switches=(
        Switch("cs_sms", "AT+CGSMS=1"),
        Switch("ims_on", 'AT+QCFG="ims",1'),
        Switch("ims_off", 'AT+QCFG="ims",2'),
        Switch("auto_mode", 'AT+QCFG="nwscanmode",0,1'),
        Switch("gsm_only", 'AT+QCFG="nwscanmode",1,1'),
        Switch("lte_only", 'AT+QCFG="nwscanmode",3,1'),
    ),
    voice=Voice(
        pcm_on="AT+QPCMV=1,0",
        answered=("^DSCI",),
        dtmf_on="AT+QTONEDET=1",
        dtmf_line="+QTONEDET:",
    ),
    pin_counter=PinCounter("AT+QPINC?", re.compile(r'\A\+QPINC:\s*"SC"\s*,\s*(\d+)')),
    card_queries=("AT+QCCID", "AT+CCID", "AT+ICCID"),
    usb=tuple(
        UsbPorts(_VENDOR, product, at=(2, 3), diagnostic=(0,))
        for product in (0x0125, 0x0191, 0x0195, 0x0296, 0x0306, 0x0512)
    ),
    resets=("AT+CFUN=1,1", "AT+QPOWD=1"),
    quirks=frozenset({"usb_drops_on_reset", "no_cmgc"}),
)

PROFILES: Final = (EC2X,)
