"""The word filter, for whoever writes a text."""

from __future__ import annotations

from litestar import post
from litestar.params import JSONBody

from ...policy.answers import FilterAnswer
from ..auth import ApiRequest
from ..bodies import FilterBody
from ..body import JsonBody
from ..inject import DepsOf


@post("/filter/check", status_code=200, dto=JsonBody[FilterBody], return_dto=None, tags=["filter"])
async def check_filter(
    request: ApiRequest, deps: DepsOf, data: JSONBody[FilterBody]
) -> FilterAnswer:
    """What the word filter says of a text; nothing is stored.

    Offsets count characters of the text as it was sent. Scope: `filter` or `messages:send`.
    """
    return await deps.desk.check_filter(request.user, data.text, data.purpose)


HANDLERS = [check_filter]
