"""One thread for all ports and timers: epoll for readiness, microseconds for time-outs."""

from __future__ import annotations

import os
import select
from collections.abc import Callable

from .agenda import Agenda

Ready = Callable[[int], None]
"""Called with the epoll events of its file descriptor."""

READ, WRITE = select.EPOLLIN, select.EPOLLOUT


class Loop:
    """Runs an agenda and calls back for file descriptors until stopped.

    epoll itself rounds time-outs up to whole milliseconds, which would add to every submit;
    so select waits, on the single descriptor of the epoll set, with a hrtimer.
    """

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._epoll = select.epoll()
        self._handlers: dict[int, Ready] = {}
        self._stop = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._stopped = False
        self.watch(self._stop, self._stopping)

    def watch(self, fd: int, handler: Ready, events: int = READ) -> None:
        """Call ``handler`` whenever ``fd`` is ready; again with other ``events`` to change them."""
        if fd in self._handlers:
            self._epoll.modify(fd, events)
        else:
            self._epoll.register(fd, events)
        self._handlers[fd] = handler

    def forget(self, fd: int) -> None:
        """Stop watching ``fd``; before it is closed."""
        if self._handlers.pop(fd, None) is not None:
            self._epoll.unregister(fd)

    def run(self) -> None:
        """Serve until ``stop``."""
        waiting = [self._epoll.fileno()]
        while not self._stopped:
            ready, _, _ = select.select(waiting, (), (), self._agenda.wait())
            if ready:
                for fd, events in self._epoll.poll(0):
                    handler = self._handlers.get(fd)
                    if handler is not None:  # an earlier one of this round may have closed it
                        handler(events)
            self._agenda.run_due()

    def stop(self) -> None:
        """End ``run``; from any thread, or from a signal handler."""
        os.eventfd_write(self._stop, 1)

    def close(self) -> None:
        """Release the loop's own descriptors."""
        self._epoll.close()
        os.close(self._stop)

    def watch_end(self, fd: int) -> None:
        """Stop when ``fd`` reaches its end."""

        def read(events: int) -> None:
            if not os.read(fd, 4096):
                self.forget(fd)
                self._stopped = True

        self.watch(fd, read)

    def _stopping(self, events: int) -> None:
        self._stopped = True
