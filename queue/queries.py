"""Reads for whoever shows the queue. Synchronous: run them with :meth:`Store.read`."""

from __future__ import annotations

from .batch_queries import batch, recall
from .message_queries import message, messages
from .number_queries import inbox, number, received

__all__ = ("batch", "inbox", "message", "messages", "number", "recall", "received")
