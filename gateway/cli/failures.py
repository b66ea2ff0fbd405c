"""Errors of the rooms, turned into one line and an exit code."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

from ...api.server import BindingError
from ...audit.errors import AuditError
from ...modem.errors import ModemError
from ...policy.errors import PolicyError
from ...queue.errors import QueueError
from ...store.errors import StoreError
from ..errors import Exit, GatewayError
from ..heard import heard
from ..language import language


@contextlib.contextmanager
def plain_errors() -> Generator[None]:
    """Whatever a room raises inside becomes a :class:`GatewayError` that says the same."""
    try:
        yield
    except PolicyError as error:
        failure = GatewayError(error.message_in(language()))
        if error.status in {401, 403}:
            failure.exit_code = Exit.NOT_AUTHORISED
        raise failure from error
    except (BindingError, AuditError, ModemError, QueueError, StoreError) as error:
        raise GatewayError(heard(str(error))) from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise GatewayError(f"{where}{heard(error.strerror or str(error))}") from error
