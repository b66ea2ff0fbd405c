"""What is sent lives as long on the air as it was meant to, whatever the machine's clock says."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from estate_sms.gateway.machine_time import OnMachineTime
from estate_sms.modem.encoding import parts_of
from estate_sms.modem.pdu import Relative, decode_submit
from estate_sms.queue.transmitter import Deletion, HandOver, Outgoing, PartResult
from estate_sms.store.clock import SECOND
from estate_sms.store.steady import EARLIEST, SteadyClock

NOON = EARLIEST + 300 * 86_400 * SECOND
HOUR = 3_600 * SECOND


class Machine:
    """A bank that goes by the machine's clock, as the real one."""

    def __init__(self) -> None:
        self.wall = NOON
        self.minutes: list[int | None] = []

    def segments(self, text: str) -> int:
        return 1

    async def submit(
        self, modem: str, outgoing: Outgoing, handover: HandOver
    ) -> Sequence[PartResult]:
        (part,) = parts_of(outgoing, self.wall)
        validity = decode_submit(part.pdu).validity
        self.minutes.append(validity.minutes if isinstance(validity, Relative) else None)
        return []

    async def command(self, modem: str, deletion: Deletion, handover: HandOver) -> PartResult:
        raise NotImplementedError


class _Nobody:
    def may_begin(self) -> bool:
        return True

    def begin(self, attempt: int) -> None: ...
    def answered(self, attempt: int, tp_mr: int) -> None: ...


@pytest.mark.parametrize("off", [0, 60 * SECOND, 73 * 365 * 24 * HOUR, -NOON])
async def test_two_hours_are_two_hours(off: int) -> None:
    machine = Machine()
    clock = SteadyClock(lambda: machine.wall, lambda: 0, lambda: False)
    clock.start(NOON)
    machine.wall += off
    bank = OnMachineTime(machine, clock)
    for until in (None, clock() + 2 * HOUR):
        outgoing = Outgoing(
            number="+8613800138000", text="停水", total=1, seqs=(1,), concat_ref=0,
            flash=False, valid_until=until, pid=0, report=True, attempts=(1,),
        )  # fmt: skip
        await bank.submit("M0", outgoing, _Nobody())
    assert machine.minutes == [None, 120]
