"""Scripted faults happening to a modem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .faults import READING, SENDING, Fault
from .power import GONE

if TYPE_CHECKING:
    from .device import Device


def strike(device: Device, fault: Fault) -> None:
    """Let a fault happen, or arm it."""
    if fault.kind in SENDING:
        device.plan.arm(fault)
    elif fault.kind in READING:
        device.reading_plan.arm(fault)
    elif not _power(device, fault):
        _surroundings(device, fault)


def _power(device: Device, fault: Fault) -> bool:
    """Faults of power and ports; False: it is none."""
    match fault.kind:
        case "hang":
            device.power.hang()
        case "unplug":
            device.unplug(fault.seconds)
        case "renumber":
            device.unplug(fault.seconds or GONE)
        case "replug":
            device.plug()
        case "reset":
            device.power.restart()
        case "brown_out":
            device.brown_out()
        case "power_cycle":
            device.power.cycle(fault.seconds)
        case "port_dead":
            device.dead_port = True
        case _:
            return False
    return True


def _surroundings(device: Device, fault: Fault) -> None:
    """Faults of line, card, network and storage."""
    match fault.kind:
        case "echo_on":
            device.dialogue.lexer.echo = True
        case "random_bytes":
            device.wire.write(device.rng.randbytes(fault.size))
        case "chatter":
            device.chatter = fault.count
            _chatter(device, fault.seconds)
        case "sim_out":
            device.remove_card()
        case "sim_swap":
            device.swap_card()
        case "network_lost":
            device.cover(False)
        case "radio_stuck":
            device.unit.radio_stuck = True
        case "sms_stuck":
            device.unit.sms_stuck = True
        case "storage_full":
            device.storage.full = True
        case _:
            heal(device)


def _chatter(device: Device, pause: float) -> None:
    if device.chatter:
        device.chatter -= 1
        line = device.rng.choice(device.unit.persona.noise)
        device.receiving.announce(f"\r\n{line}\r\n".encode())
        device.agenda.after(max(pause, 0.0001), lambda: _chatter(device, pause))


def heal(device: Device) -> None:
    """End every scripted condition; an unplugged modem stays unplugged."""
    device.plan.clear()
    device.reading_plan.clear()
    device.dead_port = device.storage.full = False
    device.chatter = 0
    device.unit.radio_stuck = device.unit.sms_stuck = False
    device.cover(True)
    device.power.wake()
    device.insert_card()
    device.network.reachable(device.identity.imsi)
