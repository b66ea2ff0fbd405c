"""Logs: structured lines on stderr, which journald keeps. Never a number, never a text."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_NUMBER = re.compile(r"\+?\d[\d\s-]{8,18}\d")


def _redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401 - structlog's own signature
    """The last barrier: what looks like a phone number is masked, wherever it came from."""
    for key, value in event.items():
        if isinstance(value, str) and key not in {"timestamp", "level"}:
            event[key] = _NUMBER.sub("[number]", value)
    return event


class _Masked(logging.Formatter):
    """The same barrier for libraries that log by the standard library."""

    def format(self, record: logging.LogRecord) -> str:
        return _NUMBER.sub("[number]", super().format(record))


def configure(*, verbose: bool = False) -> None:
    """Set up logging for this process; JSON unless stderr is a terminal."""
    level = logging.DEBUG if verbose else logging.INFO
    journal = not sys.stderr.isatty() and "JOURNAL_STREAM" in os.environ
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if not journal
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Masked("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
