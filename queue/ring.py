"""The hand-over ring: ``data_dir/handover``, mapped into memory and never synced.

Just before Ctrl-Z the modem's thread notes the attempt here, at ``+CMGS`` its TP-MR. The kernel
keeps the pages when the process dies, so the next start knows which parts of an unfinished message
certainly did not go. A slot is freed only once the attempt's outcome is durable in the database.
"""

from __future__ import annotations

import asyncio
import mmap
import os
import threading
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from ..store.clock import system_clock
from .errors import RingError
from .ring_format import (
    ANSWERED,
    BEGUN,
    FREE,
    HEADER_BYTES,
    SLOT_BYTES,
    boot_id,
    encode_header,
    encode_slot,
)
from .transmitter import PartResult

FILE = "handover"
SLOTS = 2048
"""Attempts on the air or waiting for their outcome's commit; a message has at most 255 parts."""


class Ring:
    """Implements :class:`~.transmitter.HandOver`. One writer process, many modem threads."""

    def __init__(self, memory: mmap.mmap, slots: int) -> None:
        self._memory = memory
        self._free = list(range(slots))
        self._capacity = slots
        self._taken: dict[int, int] = {}  # attempt -> slot
        self._written: dict[int, int | None] = {}  # what stands in the file
        self._revoked: set[int] = set()
        self._begun_at: dict[int, int] = {}
        self._lock = threading.Lock()
        self._freed = asyncio.Event()

    @classmethod
    def create(cls, data_dir: Path, database_id: str, slots: int = SLOTS) -> Ring:
        """A new, empty file in place of the old one, which must have been read before.

        Raises :class:`RingError`.
        """
        path, fresh = data_dir / FILE, data_dir / (FILE + ".new")
        size = HEADER_BYTES + slots * SLOT_BYTES
        try:
            descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            try:
                # Real blocks: a full disk must not turn a store into memory into a SIGBUS.
                os.write(descriptor, encode_header(slots, database_id, boot_id()))
                os.posix_fallocate(descriptor, 0, size)
                memory = mmap.mmap(descriptor, size)
            finally:
                os.close(descriptor)
            fresh.replace(path)
        except OSError as error:
            raise RingError(f"the hand-over file cannot be made: {error.strerror}") from error
        return cls(memory, slots)

    def reserve_now(self, attempts: Sequence[int]) -> bool:
        """Take a slot for each of ``attempts``; ``False`` while there are not enough."""
        if len(attempts) > len(self._free):
            return False
        with self._lock:
            for attempt in attempts:
                self._taken[attempt] = self._free.pop()
        return True

    async def reserve(self, attempts: Sequence[int]) -> None:
        """Take a slot for each of ``attempts``; waits while there are not enough."""
        if len(attempts) > self._capacity:
            raise RingError("more parts than the hand-over file has slots")
        while not self.reserve_now(attempts):
            self._freed.clear()
            await self._freed.wait()

    def may_begin(self) -> bool:
        """Who hands over to the ring itself looked just before."""
        return True

    def begin(self, attempt: int) -> None:
        """The part is about to get its Ctrl-Z. Raises :class:`RingError` when it must not get it
        any more (revoked, or never reserved)."""
        with self._lock:
            slot = self._taken.get(attempt)
            if slot is None or attempt in self._revoked:
                raise RingError("this attempt may not be handed over")
            self._write(slot, encode_slot(attempt, BEGUN))
            self._written[attempt] = None
            self._begun_at[attempt] = system_clock()

    def answered(self, attempt: int, tp_mr: int) -> None:
        """The modem named the TP-MR of the part."""
        with self._lock:
            slot = self._taken.get(attempt)
            if slot is not None:
                self._write(slot, encode_slot(attempt, ANSWERED, tp_mr))
                self._written[attempt] = tp_mr

    def begun_at(self, attempt: int) -> int | None:
        """When ``attempt`` was handed over (microseconds since 1970), until it is freed."""
        return self._begun_at.get(attempt)

    def revoke(self, attempts: Collection[int]) -> dict[int, int | None]:
        """Let none of ``attempts`` begin any more; what stands in the file of those that did."""
        with self._lock:
            self._revoked.update(attempts)
            return {a: self._written[a] for a in attempts if a in self._written}

    def as_it_stands(self, attempts: Sequence[int]) -> list[PartResult]:
        """Results of a hand-over that nobody waits for any more; what has not begun never will."""
        written, now = self.revoke(attempts), system_clock()
        return [_result(attempt, written, now) for attempt in attempts]

    def free(self, attempts: Collection[int]) -> None:
        """Give the slots back: the outcome of ``attempts`` is durable."""
        with self._lock:
            if self._memory.closed:  # too late: the next start finds them settled
                return
            for attempt in attempts:
                slot = self._taken.pop(attempt, None)
                if slot is None:
                    continue
                self._write(slot, FREE)
                self._written.pop(attempt, None)
                self._begun_at.pop(attempt, None)
                self._revoked.discard(attempt)
                self._free.append(slot)
        self._freed.set()

    def close(self) -> None:
        """Unmap the file; it stays where it is."""
        self._memory.close()

    def _write(self, slot: int, data: bytes) -> None:
        start = HEADER_BYTES + slot * SLOT_BYTES
        self._memory[start : start + SLOT_BYTES] = data


def _result(attempt: int, written: Mapping[int, int | None], now: int) -> PartResult:
    if attempt not in written:
        return PartResult(attempt=attempt, outcome="unsent", cause="stopped", answered_at=now)
    tp_mr = written[attempt]
    if tp_mr is None:
        return PartResult(attempt=attempt, outcome="unknown", cause="stopped", answered_at=now)
    return PartResult(attempt=attempt, outcome="accepted", tp_mr=tp_mr, answered_at=now)
