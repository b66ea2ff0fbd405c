"""What stops a gateway from starting or a command from working, with its exit code."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of ``estate-sms``; other programs rely on them."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    PARTIAL = 3
    """Partial success, or a log that is VALID-UNANCHORED."""
    NOT_AUTHORISED = 4
    """Approval or authorisation needed."""
    UNREACHABLE = 5
    NO_MODEM = 6
    BLOCKED = 7
    """Blocked by policy or filter."""
    INVALID = 8
    """A verification failed."""
    IN_DOUBT = 9
    TIMED_OUT = 124
    INTERRUPTED = 130


class GatewayError(Exception):
    """Root of this room's errors. The message says what to do next and holds no personal data."""

    exit_code = Exit.FAILURE


class ConfigError(GatewayError):
    """The configuration cannot be used; the message names file and key."""


class UnreachableError(GatewayError):
    """No running service answers."""

    exit_code = Exit.UNREACHABLE
