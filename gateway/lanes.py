"""The dispatcher's lanes, of which a person may pause some; a paused one stays so when its modem
comes back."""

from __future__ import annotations

from collections.abc import Iterable

from ..queue.dispatch import Dispatcher


class PausableLanes:
    """Stands between switchboard and dispatcher; on the event loop."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._paused: set[str] = set()

    def start(self, paused: Iterable[str]) -> None:
        """Those that were paused before this run."""
        self._paused.update(paused)

    def modem_ready(self, label: str, imsi: str, *, can_command: bool) -> None:
        """A modem takes work, unless somebody paused it."""
        self._dispatcher.modem_ready(label, imsi, can_command=can_command)
        if label in self._paused:
            self._dispatcher.pause(label)

    def modem_lost(self, label: str) -> None:
        """It takes none any more."""
        self._dispatcher.modem_lost(label)

    def pause(self, label: str) -> bool:
        """Begin nothing more on it, now and whenever it comes back."""
        self._paused.add(label)
        return self._dispatcher.pause(label)

    def resume(self, label: str) -> bool:
        """Go on."""
        self._paused.discard(label)
        return self._dispatcher.resume(label)
