"""A message on deck begins once or comes back, never both."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from estate_sms.queue.on_deck import OnDeck


class Way:
    """A hand-over that keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, ...]] = []

    def may_begin(self) -> bool:
        raise AssertionError("the one on deck decides")

    def begin(self, attempt: int) -> None:
        self.told.append((attempt,))

    def answered(self, attempt: int, tp_mr: int) -> None:
        self.told.append((attempt, tp_mr))


@pytest.mark.parametrize("clear", [True, False])
def test_what_comes_between_is_looked_at_in_the_last_moment(clear: bool) -> None:
    nothing_between = not clear
    deck = OnDeck(Way(), lambda: nothing_between)
    nothing_between = clear
    assert deck.may_begin() is clear
    nothing_between = not clear
    assert deck.may_begin() is clear, "decided for good"
    assert deck.take_back() is not clear


def test_taken_back_it_never_begins() -> None:
    deck = OnDeck(Way(), lambda: True)
    assert deck.take_back()
    assert not deck.may_begin()
    assert deck.take_back()


def test_the_ring_is_told() -> None:
    way = Way()
    deck = OnDeck(way, lambda: True)
    assert deck.may_begin()
    deck.begin(7)
    deck.answered(7, 255)
    assert way.told == [(7,), (7, 255)]


def test_of_two_threads_one_decides() -> None:
    def begin(deck: OnDeck, barrier: threading.Barrier) -> bool:
        barrier.wait()
        return deck.may_begin()

    for _ in range(300):
        deck, barrier = OnDeck(Way(), lambda: True), threading.Barrier(2)
        with ThreadPoolExecutor() as modem:
            began = modem.submit(begin, deck, barrier)
            barrier.wait()
            back = deck.take_back()
        assert began.result() is not back
