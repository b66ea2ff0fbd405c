"""Errors of the modem room: one root, so that callers can catch them all."""

from __future__ import annotations


class ModemError(Exception):
    """Root of every error the modem room raises. Its text holds no number and no message text."""
