"""Server-Sent Events."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import Stream

from ..auth import ApiRequest, needs
from ..edge import at_end
from ..inject import ClosingOf, DepsOf, PlacesOf
from ..problems import ApiError
from ..stream import events

TOPICS = frozenset({"message", "batch", "recall", "modem", "inbox", "alarm"})


@get("/events", opt=needs("messages:read"), media_type="text/event-stream", tags=["events"])
async def stream_events(
    request: ApiRequest,
    deps: DepsOf,
    closing: ClosingOf,
    places: PlacesOf,
    topics: Annotated[
        str | None,
        QueryParameter(description="Comma-separated: message, batch, recall, modem, inbox, alarm."),
    ] = None,
    last_event_id: Annotated[
        str | None,
        HeaderParameter(name="Last-Event-ID", description="Continue after this event."),
    ] = None,
    after: Annotated[
        int | None,
        QueryParameter(ge=0, description="As Last-Event-ID, for clients that cannot set it."),
    ] = None,
) -> Stream:
    """What happens, as it happens; no event carries a phone number or a text.

    An event's name is its topic; its data is `{id, at, topic, kind, ref, body}`. Without
    `Last-Event-ID` the stream begins now; with it nothing in between is missed.
    """
    wanted = _topics(topics)
    start = _cursor(last_event_id) if last_event_id is not None else after
    if not places.take():
        raise ApiError(
            429,
            "too_many_streams",
            "Too many event streams are open; close one or try again.",
            headers={"Retry-After": "5"},
        )
    at_end(request, places.give_back)
    head = await deps.store.feed_head()
    return Stream(
        events(
            deps.store,
            closing,
            # An id from another database would wait for ever.
            after=head if start is None else min(start, head),
            topics=wanted,
            heartbeat=deps.settings.heartbeat,
        ),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


def _topics(given: str | None) -> tuple[str, ...]:
    wanted = tuple(topic.strip() for topic in (given or "").split(",") if topic.strip())
    if not TOPICS.issuperset(wanted):
        raise ApiError(
            422, "bad_parameter", f"topics are {', '.join(sorted(TOPICS))}.", field="topics"
        )
    return wanted


def _cursor(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) <= 18):
        raise ApiError(
            422, "bad_event_id", "Last-Event-ID is the id of an event.", field="Last-Event-ID"
        )
    return int(given)


HANDLERS = [stream_events]
