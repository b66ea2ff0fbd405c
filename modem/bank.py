"""The bank: N modems behind one asyncio facade."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from time import time_ns
from typing import Generic, Literal

from .at.answers import Answer, Part
from .config import ModemConfig, ModemConfigError
from .discovery import Places
from .encoding import command_part, parts_of, segmented
from .herald import Herald
from .hubs import Hubs
from .listener import BankListener
from .locator import Locator
from .memory import FileMemory, Memory
from .order import Order
from .pdu import PduError
from .power import NoPowerSwitch, PowerSwitch
from .standing import Means
from .state import Backoff, ModemStatus
from .transmission import Deletion, HandOver, Outgoing, ResultFactory, ResultT
from .vendors.causes import kind as vendor_kind
from .vendors.profile import CauseClass
from .vendors.profiles import AUTO
from .watcher import BankWatcher, Unwatched
from .worker import Worker

_CLOSING = 1.0
"""Seconds for the threads to close their ports."""


class Bank(Generic[ResultT]):
    """N modems; all serial work of a modem is done by one thread of its own.

    ``result`` builds the results of :meth:`submit` and :meth:`command`: pass the ``PartResult``
    of whoever gives the orders. ``watcher`` hears of recovery, swapped SIMs and alarms;
    ``memory`` keeps who is who and which PIN failed; ``places`` are searched for modems that are
    ``auto`` or moved (None: nowhere); ``power`` is the ladder's last means.
    Raises ModemConfigError when two modems share label or port.
    """

    def __init__(
        self,
        modems: Sequence[ModemConfig],
        listener: BankListener,
        result: ResultFactory[ResultT],
        *,
        backoff: Backoff | None = None,
        watcher: BankWatcher | None = None,
        memory: Memory | None = None,
        places: Places | None = None,
        power: PowerSwitch | None = None,
    ) -> None:
        _check(modems)
        self._herald = Herald(listener, watcher or Unwatched())
        self._result = result
        memory = memory or FileMemory()
        configs = {config.label: config for config in modems}
        means = Means(
            backoff or Backoff(), memory,
            Locator(places, configs, memory) if places is not None else None,
            power or NoPowerSwitch(), Hubs(places),
        )  # fmt: skip
        self._workers = {config.label: Worker(config, self._herald, means) for config in modems}
        self._ended: list[asyncio.Future[None]] = []
        self._orders: set[asyncio.Future[Sequence[ResultT]]] = set()
        self._closing = False

    # -- life ---------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start looking for every modem; returns at once, ``listener`` hears who is ready."""
        loop = asyncio.get_running_loop()
        self._herald.start(loop)
        for worker in self._workers.values():
            ended = loop.create_future()
            self._ended.append(ended)
            worker.start(partial(self._herald.call, ended.set_result, None))

    async def stop(self, grace: float = 4.0) -> None:
        """Take no more orders, let what is on the air end for ``grace`` s, then close all ports.

        What is on the air after that gives ``unknown`` with cause ``stopped``. Returns at most
        about 1 s after ``grace``.
        """
        self._closing = True
        for worker in self._workers.values():
            worker.drain()
        if self._orders:
            await asyncio.wait(set(self._orders), timeout=grace)
        for worker in self._workers.values():
            worker.stop()
        if self._ended:
            await asyncio.wait(self._ended, timeout=_CLOSING)
        await self._herald.stop(_CLOSING)

    def statuses(self) -> list[ModemStatus]:
        """A snapshot of every modem, in the order of the configuration."""
        return [worker.status for worker in self._workers.values()]

    def status(self, label: str) -> ModemStatus:
        """A snapshot of one modem. Raises KeyError for an unknown label."""
        return self._workers[label].status

    def cause_kind(self, label: str, cause: str) -> CauseClass | None:
        """What a ``cms:N`` of this modem asks for, where its make has a meaning of its own for N.

        None for every other cause: the standard's table decides.
        """
        worker = self._workers.get(label)
        kind, _, code = cause.partition(":")
        if worker is None or kind != "cms" or not code.isdecimal():
            return None
        return vendor_kind(worker.profile.causes, int(code))

    # -- sending ------------------------------------------------------------------------------

    def segments(self, text: str) -> int:
        """How many segments ``text`` takes on the air. Raises PduError."""
        return len(segmented(text).segments)

    def submit(
        self, modem: str, outgoing: Outgoing, handover: HandOver
    ) -> asyncio.Future[Sequence[ResultT]]:
        """Send the parts in order; a result for each attempt, in order; never raises.

        Cancel it, and what was not begun yet will not be.
        """
        return self._send(
            modem, outgoing.attempts, partial(parts_of, outgoing, _now()), handover, "CMGS"
        )

    async def command(self, modem: str, deletion: Deletion, handover: HandOver) -> ResultT:
        """Send an SMS-COMMAND; never raises."""
        results = await self._send(
            modem, (deletion.attempt,), lambda: [command_part(deletion)], handover, "CMGC"
        )
        return results[0]

    def _send(
        self,
        modem: str,
        attempts: Sequence[int],
        encode: Callable[[], list[Part]],
        handover: HandOver,
        verb: Literal["CMGS", "CMGC"],
    ) -> asyncio.Future[Sequence[ResultT]]:
        answered: asyncio.Future[Sequence[ResultT]] = asyncio.get_running_loop().create_future()
        worker = self._workers.get(modem)
        if worker is None:
            refusal = Answer("unsent", cause="unknown_modem")
        elif self._closing or not worker.available:
            cause = "stopped" if self._closing else worker.status.reason or worker.status.state
            refusal = Answer("unsent", cause=cause)
        else:
            try:
                parts = encode()  # before the modem is taken: it never waits for software
            except PduError:
                refusal = Answer("refused", cause="pdu")
            else:
                settle = partial(self._herald.call, self._answered, answered, attempts)
                order = Order(parts, handover, settle, verb)
                self._orders.add(answered)
                answered.add_done_callback(partial(self._over, order))
                worker.post(order)
                return answered
        answered.set_result(self._none(attempts, refusal))
        return answered

    def _answered(
        self,
        answered: asyncio.Future[Sequence[ResultT]],
        attempts: Sequence[int],
        answers: Sequence[Answer],
    ) -> None:
        if not answered.done():
            answered.set_result(list(map(self._made, attempts, answers)))

    def _over(self, order: Order, answered: asyncio.Future[Sequence[ResultT]]) -> None:
        self._orders.discard(answered)
        order.withdrawn = answered.cancelled()  # if it was not begun yet

    def _none(self, attempts: Sequence[int], first: Answer) -> list[ResultT]:
        now = _now()
        rest = Answer("unsent", answered_at=now)
        answers = [first._replace(answered_at=now), *[rest] * (len(attempts) - 1)]
        return list(map(self._made, attempts, answers))

    def _made(self, attempt: int, answer: Answer) -> ResultT:
        return self._result(
            attempt=attempt,
            outcome=answer.outcome,
            tp_mr=answer.tp_mr,
            cause=answer.cause,
            answered_at=answer.answered_at,
        )


def _check(modems: Sequence[ModemConfig]) -> None:
    labels = [config.label for config in modems]
    ports = [config.port for config in modems if config.port != AUTO]
    for name, values in (("label", labels), ("port", ports)):
        if len(set(values)) != len(values):
            raise ModemConfigError(f"two modems share a {name}")


def _now() -> int:
    return time_ns() // 1000
