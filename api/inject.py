"""How handlers name what is injected into them, and the ids in their paths."""

from __future__ import annotations

import asyncio
from typing import Annotated, TypeAlias

from litestar.di import Dependency
from litestar.params import PathParameter, SkipValidationMarker

from .deps import Deps
from .stream import Places

DepsOf: TypeAlias = Annotated[Deps, Dependency(kind="named"), SkipValidationMarker()]
ClosingOf: TypeAlias = Annotated[asyncio.Event, Dependency(kind="named"), SkipValidationMarker()]
PlacesOf: TypeAlias = Annotated[Places, Dependency(kind="named"), SkipValidationMarker()]

Id: TypeAlias = Annotated[str, PathParameter(max_length=40, description="An id from an answer.")]
