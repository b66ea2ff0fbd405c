"""Puts the HTTP layer together."""

from __future__ import annotations

import asyncio
from importlib import metadata

import structlog
from litestar import Router
from litestar.di import Provide

from . import openapi
from .auth import Gate
from .deps import Deps
from .doorkeeper import Doorkeeper
from .edge import App
from .failures import HANDLERS
from .load import Load
from .routes import (
    administration,
    alarms,
    batches,
    contacts,
    decisions,
    disclosures,
    estimates,
    events,
    filtering,
    grants,
    log,
    messages,
    modems,
    operate,
    optouts,
    privacy,
    probes,
    recalls,
    send_policy,
    word_lists,
)
from .stream import Places

PREFIX = "/api/v1"


def create_app(deps: Deps) -> App:
    """The application, ready for a :class:`~.server.Server`. Call it on the event loop."""
    closing = asyncio.Event()
    doorkeeper = Doorkeeper(deps.store)
    places = Places(deps.settings.max_streams)
    native = Router(
        path=PREFIX,
        route_handlers=[
            *messages.HANDLERS,
            *estimates.HANDLERS,
            *batches.HANDLERS,
            *decisions.HANDLERS,
            *recalls.HANDLERS,
            *modems.HANDLERS,
            *alarms.HANDLERS,
            *operate.HANDLERS,
            *contacts.HANDLERS,
            *optouts.HANDLERS,
            *events.HANDLERS,
            *filtering.HANDLERS,
            *grants.HANDLERS,
            *send_policy.HANDLERS,
            *word_lists.HANDLERS,
            *administration.HANDLERS,
            *(log.HANDLERS if deps.audit is not None else ()),
            *((*privacy.HANDLERS, *disclosures.HANDLERS) if deps.privacy is not None else ()),
        ],
    )
    app = App(
        route_handlers=[native, *probes.HANDLERS],
        dependencies={
            "deps": Provide(lambda: deps, sync_to_thread=False),
            "closing": Provide(lambda: closing, sync_to_thread=False),
            "places": Provide(lambda: places, sync_to_thread=False),
        },
        guards=[Gate(deps.verifier, deps.settings, doorkeeper)],
        exception_handlers=HANDLERS,
        request_max_body_size=deps.settings.max_body,
        openapi_config=openapi.config(metadata.version("estate-sms")),
        logging_config=None,
    )
    app.closing = closing
    app.doorkeeper = doorkeeper
    app.load = Load()
    app.access_log = structlog.get_logger()
    app.stream_stall = deps.settings.stream_stall
    return app
