"""Request bodies: strict JSON into a msgspec struct, and errors that name the field."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any, Generic, TypeVar

import msgspec
from litestar._openapi.schema_generation import SchemaCreator
from litestar.connection import ASGIConnection
from litestar.dto import AbstractDTO
from litestar.dto._backend import DTOBackend
from litestar.dto.data_structures import DTOFieldDefinition
from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition

from .problems import ApiError

T = TypeVar("T")

_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]*)`")
_EXPECTED = re.compile(r"Expected (?P<what>`[^`]+`(?: with a timezone component)?)")
_PATH = re.compile(r" - at `(?P<path>\$[^`]*)`$")


def decode(raw: bytes, model: type[T]) -> T:
    """``raw`` as a ``model``. Raises 400 ``malformed_json``, 422 for what is JSON but not that."""
    try:
        return msgspec.json.decode(raw, type=model)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ApiError(
            400, "malformed_json", "The body is not JSON in UTF-8, or holds a broken character."
        ) from None


def _invalid(said: str) -> ApiError:
    """msgspec's complaint without the value it may quote."""
    at = _PATH.search(said)
    path = at["path"].removeprefix("$").removeprefix(".") if at else ""
    if found := _UNKNOWN.match(said):
        # A name that does not look like one may be data in the wrong place: not repeated.
        name = found["name"] if _FIELD_NAME.fullmatch(found["name"]) else "…"
        field = _join(path, name)
        return ApiError(422, "unknown_field", f"There is no field {field} here.", field=field)
    if found := _MISSING.match(said):
        field = _join(path, found["name"])
        return ApiError(422, "missing_field", f"The field {field} is required.", field=field)
    field = path or "body"
    if found := _EXPECTED.match(said):
        what = found["what"].replace("`", "")
        return ApiError(422, "wrong_type", f"{field}: expected {what}.", field=field)
    return ApiError(
        422, "invalid_value", f"{field}: not a value that is allowed here; see /docs.", field=field
    )


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


class JsonBody(AbstractDTO[T], Generic[T]):
    """Litestar's door for bodies: hands the raw bytes to :func:`decode`.

    Litestar's own way decodes twice, turns strings into numbers and quotes the caller's values.
    """

    def __init__(self, asgi_connection: ASGIConnection[Any, Any, Any, Any]) -> None:
        # Litestar leaves the connection's type parameters open.
        super().__init__(asgi_connection)  # pyright: ignore[reportUnknownMemberType]
        self._headers = asgi_connection.headers

    def decode_bytes(self, value: bytes) -> T:
        """The body as the handler's model. Raises 415 for anything that does not say JSON."""
        kind = self._headers.get("content-type", "").partition(";")[0].strip()
        if kind.lower() != "application/json" and not kind.lower().endswith("+json"):
            raise ApiError(
                415,
                "unsupported_media_type",
                "Send JSON: the header Content-Type: application/json.",
            )
        return decode(value, self.model_type)

    @classmethod
    def create_for_field_definition(
        cls,
        field_definition: FieldDefinition,
        handler_id: str,
        backend_cls: type[DTOBackend] | None = None,
    ) -> None:
        """Nothing to prepare: msgspec knows the model."""

    @classmethod
    def create_openapi_schema(
        cls, field_definition: FieldDefinition, handler_id: str, schema_creator: SchemaCreator
    ) -> Reference | Schema:
        """The model's own schema."""
        return schema_creator.for_field_definition(field_definition)

    @classmethod
    def generate_field_definitions(
        cls, model_type: type[Any]
    ) -> Generator[DTOFieldDefinition, None, None]:
        """None: the body is not taken apart field by field."""
        yield from ()

    @classmethod
    def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:
        """Never: see :meth:`generate_field_definitions`."""
        return False
