"""ZTE USB sticks: MF1xx to MF8xx and the branded K3xxx-Z."""

from __future__ import annotations

import re
from typing import Final

from .causes import OTHERS
from .profile import InitCommand, PinCounter, Switch, UsbPorts, VendorProfile

MF: Final = VendorProfile(
    name="zte-mf",
    maker=re.compile(r"\A(?i:zte.*)\Z"),
    model=re.compile(r"\A(?:MF\d+|K3\d\d\d-Z|K4\d\d\d-Z|AC\d+|MC\d+).*\Z"),
    init=(InitCommand("AT+ZOPRT=5", "online"),),
    new_messages=("1,1,0,1,0", "2,1,0,1,0", "1,1,0,2,0", "2,1,0,2,0", "1,1,0,0,0"),
    urcs=("+ZDONR", "+ZPASR", "+ZUSIMR", "+ZPSTM", "+ZEND", "+ZSMSIND"),
    boots=("+ZUSIMR:", "RDY"),
    storage_full=("+ZSMSFULL", "+ZMEMFULL"),
    sim_changed=("+ZUSIMR:", "+CPIN: NOT READY"),
    causes=OTHERS,
    switches=(
        Switch("cs_sms", "AT+CGSMS=1"),
        Switch("auto_mode", "AT+ZSNT=0,0,0"),
        Switch("gsm_only", "AT+ZSNT=1,0,0"),
    ),
    pin_counter=PinCounter("AT+ZPINPUK=?", re.compile(r"\A\+ZPINPUK:\s*(\d+)")),
    card_queries=("AT+ZGETICCID", "AT+CCID", "AT+ICCID"),
    usb=(UsbPorts(0x19D2, 0x0031, at=(2, 1), diagnostic=(0,)),),
    quirks=frozenset(
        {
            "advertises_unsupported_cnmi",
            "cds_comma",
            "cr_cr_lf",
            "mode_switch",
            "no_cmgc",
            "no_cmms",
        }
    ),
)

PROFILES: Final = (MF,)
