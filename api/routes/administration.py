"""People and their keys, and the keys of systems."""

from __future__ import annotations

from litestar import delete, get, post
from litestar.params import JSONBody

from ...store.clock import from_datetime
from ..answers import (
    KeyAnswer,
    KeyList,
    NewKeyAnswer,
    PersonAnswer,
    PersonList,
    key_answer,
    person_answer,
)
from ..auth import ApiRequest, needs
from ..bodies import KeyBody, PersonBody
from ..body import JsonBody
from ..inject import DepsOf, Id

_ADMIN = needs("admin")


@get("/keys", opt=_ADMIN, tags=["keys"])
async def list_keys(request: ApiRequest, deps: DepsOf) -> KeyList:
    """Every API key, oldest first, revoked ones too; never a token."""
    return KeyList([key_answer(info) for info in await deps.keys.list(request.user)])


@post("/keys", dto=JsonBody[KeyBody], return_dto=None, opt=_ADMIN, tags=["keys"])
async def create_key(request: ApiRequest, deps: DepsOf, data: JSONBody[KeyBody]) -> NewKeyAnswer:
    """Make a key. The answer shows its token, this once.

    A key with `approve` or `admin`, and one for another person, needs a second person
    (`waits_for`) once two persons were approvers.
    """
    made = await deps.keys.create(
        request.user,
        data.name,
        data.scopes,
        person=data.person,
        expires_at=None if data.expires_at is None else from_datetime(data.expires_at),
        reason=data.reason,
    )
    return NewKeyAnswer(token=made.token, key=key_answer(made.info), waits_for=made.waits_for)


@delete("/keys/{key_id:str}", status_code=200, opt=_ADMIN, tags=["keys"])
async def revoke_key(request: ApiRequest, deps: DepsOf, key_id: Id) -> KeyAnswer:
    """Revoke a key for good; doing it twice is no error."""
    return key_answer(await deps.keys.revoke(request.user, key_id))


@get("/people", opt=_ADMIN, tags=["people"])
async def list_people(request: ApiRequest, deps: DepsOf) -> PersonList:
    """Everyone, oldest first, disabled ones too."""
    return PersonList([person_answer(info) for info in await deps.people.list(request.user)])


@post("/people", dto=JsonBody[PersonBody], return_dto=None, opt=_ADMIN, tags=["people"])
async def add_person(request: ApiRequest, deps: DepsOf, data: JSONBody[PersonBody]) -> PersonAnswer:
    """Add a person, who can then own keys, submit and decide."""
    return person_answer(await deps.people.add(request.user, data.name))


@post("/people/{person_id:str}/disable", status_code=200, opt=_ADMIN, tags=["people"])
async def disable_person(request: ApiRequest, deps: DepsOf, person_id: Id) -> PersonAnswer:
    """Disable a person; their keys stop at once. Nobody is ever deleted: the record names them."""
    return person_answer(await deps.people.disable(request.user, person_id))


HANDLERS = [list_keys, create_key, revoke_key, list_people, add_person, disable_person]
