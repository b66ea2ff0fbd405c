"""Before a send: what it would be, and when it would be done."""

from __future__ import annotations

from datetime import datetime, tzinfo

from litestar import post
from litestar.params import JSONBody

from ...policy.errors import Language
from ...policy.preview import Rehearsal
from ...policy.requests import SendRequest
from ...queue import estimate
from ...queue.estimate import Forecast
from ...store.clock import to_datetime
from ..auth import ApiRequest
from ..body import JsonBody
from ..inject import DepsOf
from ..language import preferred
from ..shapes.estimates import EstimateAnswer
from ..times import moment


@post(
    "/messages/estimate", status_code=200, dto=JsonBody[SendRequest], return_dto=None,
    tags=["messages"],
)  # fmt: skip
async def estimate_send(
    request: ApiRequest, deps: DepsOf, data: JSONBody[SendRequest]
) -> EstimateAnswer:
    """What the same body as for `POST /messages` would become; nothing is sent or kept.

    It is refused as the send would be. By measured times of the SIMs, their quotas and pace, the
    sending hours, and what waits ahead. Scope as for the send.
    """
    rehearsal = await deps.desk.rehearse(request.user, data)
    now, sims = deps.store.now, deps.capacity()
    forecast = await deps.store.read(
        lambda c: estimate.for_send(c, rehearsal.planned, now, sims, deps.desk.hours)
    )
    language = preferred(request.headers.get("accept-language"))
    return _answer(rehearsal, forecast, now, deps.settings.timezone, language)


def _answer(
    rehearsal: Rehearsal, forecast: Forecast, now: int, zone: tzinfo, language: Language
) -> EstimateAnswer:
    planned, done, danger = rehearsal.planned, forecast.done_at, rehearsal.danger
    return EstimateAnswer(
        recipients=planned.messages,
        rejected=rehearsal.rejected,
        segments=planned.segments,
        parts=forecast.parts,
        priority=planned.priority.label,
        filter=rehearsal.filter,
        holds=list(rehearsal.holds),
        starts_at=moment(planned.starts_at),
        ahead=forecast.ahead,
        modems=forecast.modems,
        measured=forecast.measured,
        eta_seconds=forecast.seconds(now),
        done_by=None if done is None else to_datetime(done).astimezone(zone),
        in_time=_in_time(rehearsal, forecast),
        late=0 if danger is None else danger.late,
        delayed=0 if danger is None else danger.delayed,
        refusal=rehearsal.refusal,
        unknown=forecast.unknown or None,
        message=sentence(rehearsal, forecast, now, zone, language),
    )


def _in_time(rehearsal: Rehearsal, forecast: Forecast) -> bool | None:
    if rehearsal.danger is not None and rehearsal.danger.late:
        return False
    if rehearsal.valid_until is None or forecast.done_at is None:
        return None
    return forecast.done_at <= rehearsal.valid_until


def sentence(
    rehearsal: Rehearsal, forecast: Forecast, now: int, zone: tzinfo, language: Language
) -> str:
    """Such as: 1,200 people now: about 7 minutes, done by 06:52. Pure."""
    chinese, planned = language == "zh", rehearsal.planned
    start, today = (
        to_datetime(planned.starts_at).astimezone(zone),
        to_datetime(now).astimezone(zone),
    )
    when = ("现在" if chinese else "now") if planned.starts_at <= now else _clock(start, today)
    if rehearsal.holds:
        when = "批准后" if chinese else "once approved"
    head = f"{planned.messages:,}人，{when}" if chinese else f"{planned.messages:,} people {when}"
    if forecast.done_at is None:
        return head + (
            "：没有可用模块，无法估计" if chinese else ": no modem is ready, nobody can say"
        )
    minutes = max(1, -(-(forecast.done_at - max(planned.starts_at, now)) // 60_000_000))
    end = _clock(to_datetime(forecast.done_at).astimezone(zone), today)
    if chinese:
        words = f"{head}：约{minutes}分钟，{end}前发完"
    else:
        words = f"{head}: about {minutes} minute{'s' * (minutes > 1)}, done by {end}"
    return words + _too_late(rehearsal, forecast, chinese=chinese)


def _too_late(rehearsal: Rehearsal, forecast: Forecast, *, chinese: bool) -> str:
    """Whose time would run out."""
    danger, words = rehearsal.danger, ""
    if danger is not None and danger.late:
        words = (
            f"；{danger.late:,}条将来不及" if chinese else f"; {danger.late:,} would come too late"
        )
    elif _in_time(rehearsal, forecast) is False:
        words = "；部分将来不及" if chinese else "; some would come too late"
    if danger is not None and danger.delayed:
        words += (
            f"；先前接受的{danger.delayed:,}条将因此来不及"
            if chinese
            else f"; {danger.delayed:,} accepted before would come too late for it"
        )
    if rehearsal.refusal is not None:
        words += "；不会被接受" if chinese else "; it would not be accepted"
    return words


def _clock(at: datetime, today: datetime) -> str:
    return f"{at:%H:%M}" if at.date() == today.date() else f"{at:%m-%d %H:%M}"


HANDLERS = [estimate_send]
