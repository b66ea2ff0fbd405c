"""What the recovery ladder does to a modem between two sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from .at.errors import ModemLost, ModemStopped, PortError
from .at.library import CommandError, TimeoutException
from .at.modem import GatewayModem
from .power import PowerError

if TYPE_CHECKING:
    from .worker import Worker


def said(worker: Worker, device: str, commands: tuple[str, ...], timeout: float) -> bool:
    """Say ``commands`` on a port of their own, each also when the one before had no answer.

    Whether any was answered.
    """
    modem = GatewayModem(
        device,
        worker.config.baudrate,
        urc=lambda event: True,
        waker=worker.waker,
        rtscts=worker.config.rtscts,
    )
    worker.modem = modem
    if worker.stopping:
        modem.stop()
    try:
        modem.connect()
        answered = [_answered(modem, command, timeout) for command in commands]
    except (PortError, ModemLost, ModemStopped):
        return False
    else:
        return any(answered)
    finally:
        worker.modem = None
        modem.close()


def _answered(modem: GatewayModem, command: str, timeout: float) -> bool:
    """Whether ``command`` was answered, in whatever way. Written even if the last one was not."""
    try:
        modem.write(command, timeout=timeout)
    except CommandError:
        return True
    except TimeoutException:
        modem.forgive()
        return False
    return True


def power_cycled(worker: Worker, device: str) -> bool:
    """Switch the modem's power off and on; whether that worked."""
    label = worker.config.label
    try:
        worker.means.power.cycle(label, device)
    except PowerError as error:
        structlog.get_logger().warning("power not cycled", modem=label, error=str(error))
        return False
    return True
