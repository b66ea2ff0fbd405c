"""The stock gsmmodem library, without our subclass, drives the emulated modem."""

from __future__ import annotations

import importlib
import queue
import threading
from pathlib import Path
from typing import Any

import pytest

from estate_sms.modem.emulator.airlog import read_air_log
from estate_sms.modem.emulator.bank import EmulatedBank
from estate_sms.modem.emulator.settings import Settings

TIMEOUT = 30
LIBRARY: Any = importlib.import_module("gsmmodem.modem")


def _settle() -> None:
    """Wait for the library's notification threads: they still delete what they have handed over."""
    for thread in threading.enumerate():
        if "threadedHandleModemNotification" in thread.name:
            thread.join(TIMEOUT)


@pytest.mark.parametrize("make", ["plain", "simcom-sim800", "quectel-ec25"])
def test_gsmmodem_sends_and_receives_chinese(tmp_path: Path, make: str) -> None:
    settings = Settings(timing=Settings.fixed(0.05).timing, persona=make)
    received: queue.Queue[Any] = queue.Queue()
    with EmulatedBank(1, tmp_path, settings) as bank:
        modem = LIBRARY.GsmModem(bank.ports[0], smsReceivedCallbackFunc=received.put)
        modem.connect()
        try:
            sent = modem.sendSms(
                "+8613800138000", "停水通知", waitForDeliveryReport=True, deliveryTimeout=TIMEOUT
            )
            assert sent.status == LIBRARY.SentSms.DELIVERED
            bank.control.inbound(0, "+8613800138001", "请问几点来水？")
            message = received.get(timeout=TIMEOUT)
            assert (message.number, message.text) == ("+8613800138001", "请问几点来水？")
        finally:
            _settle()
            modem.close()
        [aired] = read_air_log(bank.air_log)
        assert (aired.to, aired.text, aired.mr) == ("+8613800138000", "停水通知", sent.reference)
