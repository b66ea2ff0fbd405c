"""Whose turn it is to talk to the modem."""

from __future__ import annotations

import threading

from .waker import Waker


class Claim:
    """Hold the dialogue within ``with``; a thread that only listens steps aside for it.

    One object for all the claims of a port: a message takes two, and a generator's context manager
    costs more than the lock.
    """

    __slots__ = ("_dialogue", "_turnstile", "_waker")

    def __init__(self, dialogue: threading.RLock, turnstile: threading.Lock, waker: Waker) -> None:
        self._dialogue = dialogue
        self._turnstile = turnstile
        self._waker = waker

    def __enter__(self) -> None:
        if not self._dialogue.acquire(blocking=False):
            with self._turnstile:
                self._waker.wake()
                self._dialogue.acquire()

    def __exit__(self, *_: object) -> None:
        self._dialogue.release()
