"""What can go wrong in the queue, each under one root. No message carries a number or a text."""

from __future__ import annotations


class QueueError(Exception):
    """Root of every error this room raises."""


class TransitionError(QueueError):
    """A part may not move so; the table of :mod:`.states` says how it may."""


class NotFoundError(QueueError):
    """No such batch, message, part or attempt."""


class HeldError(QueueError):
    """A hold is still open on the batch."""


class StateConflictError(QueueError):
    """The batch or message is not in a state in which this can be done."""


class IntakeError(QueueError):
    """A batch that cannot be accepted: a defect of the caller, never of a sender's input."""


class RingError(QueueError):
    """The hand-over file cannot be made or mapped."""


class QueueClosedError(QueueError):
    """The dispatcher is stopping: no new hand-over begins."""


class RecallError(QueueError):
    """A recall that cannot be; ``code`` says why, ``recall`` which other one stands in its way."""

    def __init__(self, code: str, message: str, recall: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.recall = recall
