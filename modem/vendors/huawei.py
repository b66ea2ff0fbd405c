"""Huawei USB sticks: E1xx and K3xxx (3G), E3xxx (LTE), and the ME/MU modules."""

from __future__ import annotations

import re
from typing import Final

from .causes import OTHERS
from .profile import InitCommand, PinCounter, Switch, UsbPorts, VendorProfile, Voice

_VENDOR = 0x12D1
_MAKER = re.compile(r"\A(?i:huawei.*)\Z")
_QUIET = (
    InitCommand("AT^CURC=0", "no periodic lines"),
    InitCommand("AT^U2DIAG=0", "no CD-ROM and card reader interfaces"),
)
_URCS = (
    "^RSSI", "^BOOT", "^MODE", "^SRVST", "^SIMST", "^HCSQ", "^CSNR", "^DSFLOWRPT", "^STIN",
    "^NDISSTAT", "^LTERSRP", "^SMMEMFULL", "^ORIG", "^CONF", "^CONN", "^CEND", "^DDTMF", "^CRSSI",
    "^RFSWITCH", "^POSITION", "^THERM", "^CCALLSTATE",
)  # fmt: skip
_VOICE = Voice(
    pcm_on="AT^DDSETEX=2",
    pcm_during_call=True,
    answered=("^CONN",),
    dtmf_on="AT^DDTMFCFG=0,1",
    dtmf_line="^DDTMF:",
)
_TRIES = PinCounter("AT^CPIN?", re.compile(r"\A\^CPIN:\s*[^,]*,[^,]*,\s*\d+\s*,\s*(\d+)"))
_CARD = ("AT^ICCID?", "AT+CCID")
_SIM_CHANGED = ("^SIMST:", "+CPIN: NOT READY")

E1XX: Final = VendorProfile(
    name="huawei-e1xx",
    maker=_MAKER,
    model=re.compile(r"\A(?:E1\d+|E2\d+|K3[5-9]\d\d|K4[5-7]\d\d|EM770|MU\d+)[A-Za-z0-9-]*\Z"),
    init=_QUIET,
    # Mode 2 is advertised and, on these chip sets, refused
    new_messages=("2,1,0,1,0", "1,1,0,1,0", "2,1,0,2,0", "1,1,0,2,0", "1,1,0,0,0"),
    urcs=_URCS,
    boots=("^BOOT",),
    storage_full=("^SMMEMFULL",),
    sim_changed=_SIM_CHANGED,
    causes=OTHERS,
    switches=(
        Switch("cs_sms", "AT+CGSMS=1"),
        Switch("auto_mode", "AT^SYSCFG=2,0,3FFFFFFF,1,2"),
        Switch("gsm_only", "AT^SYSCFG=13,1,3FFFFFFF,1,2"),
    ),
    voice=_VOICE,
    pin_counter=_TRIES,
    card_queries=_CARD,
    usb=(
        UsbPorts(_VENDOR, 0x1001, at=(2, 0)),
        UsbPorts(_VENDOR, 0x140C, at=(3, 0)),
        UsbPorts(_VENDOR, 0x1436, at=(4, 0)),
        UsbPorts(_VENDOR, 0x14AC, at=(4, 0)),
    ),
    quirks=frozenset(
        {"advertises_unsupported_cnmi", "noisy", "cmgl_hangs", "mode_switch", "no_clac", "no_cmms"}
    ),
)

E3XX: Final = VendorProfile(
    name="huawei-e3xx",
    maker=_MAKER,
    model=re.compile(r"\A(?:E3\d+|E5\d+|E8\d+|E9\d+|K5\d+|ME\d+)[A-Za-z0-9-]*\Z"),
    init=_QUIET,
    new_messages=("2,1,0,1,0", "1,1,0,1,0", "2,1,0,2,0", "1,1,0,2,0", "1,1,0,0,0"),
    urcs=_URCS,
    boots=("^BOOT",),
    storage_full=("^SMMEMFULL",),
    sim_changed=_SIM_CHANGED,
    causes=OTHERS,
    switches=(
        Switch("cs_sms", "AT+CGSMS=1"),
        Switch("auto_mode", 'AT^SYSCFGEX="00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,'),
        Switch("gsm_only", 'AT^SYSCFGEX="01",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,'),
        Switch("lte_only", 'AT^SYSCFGEX="03",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,'),
    ),
    voice=_VOICE,
    pin_counter=_TRIES,
    card_queries=_CARD,
    usb=(UsbPorts(_VENDOR, 0x1506, at=(3, 0)), UsbPorts(_VENDOR, 0x14AC, at=(4, 0))),
    resets=("AT^RESET", "AT+CFUN=1,1"),
    quirks=frozenset({"noisy", "cmgl_hangs", "mode_switch", "no_cmgc", "usb_drops_on_reset"}),
)

PROFILES: Final = (E1XX, E3XX)
