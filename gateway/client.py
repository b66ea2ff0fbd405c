"""A small client of our own REST API, for the verbs of the command line."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from . import run_file
from .errors import Exit, GatewayError, UnreachableError
from .language import _, language

_BLOCKED = frozenset({"text_blocked", "opted_out"})
_TIMEOUT = 30.0
"""Seconds; a call with 10,000 recipients takes about one."""


class ApiError(GatewayError):
    """The service answered with a problem document."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", ""))
        self.problem = dict(problem)
        super().__init__(str(problem.get("message") or problem.get("detail") or f"HTTP {status}"))
        if status in {401, 403}:
            self.exit_code = Exit.NOT_AUTHORISED
        elif self.code in _BLOCKED:
            self.exit_code = Exit.BLOCKED


class Client:
    """Speaks JSON to one gateway."""

    def __init__(self, url: str, token: str, tls_cert: str = "") -> None:
        self.url = url.rstrip("/")
        verify: ssl.SSLContext | bool = True
        if tls_cert:
            # The file is our own service's certificate: it is pinned, whatever name it carries.
            verify = ssl.create_default_context(cafile=tls_cert)
            verify.check_hostname = False
        self._http = httpx.Client(
            base_url=self.url, timeout=_TIMEOUT, verify=verify, trust_env=False,
            headers={"Authorization": f"Bearer {token}", "Accept-Language": language()},
        )  # fmt: skip

    @classmethod
    def local(cls, data_dir: Path) -> Client:
        """A client of the service that runs on ``data_dir``."""
        run = run_file.read(data_dir)
        return cls(run.url, run.token, run.tls_cert)

    def call(
        self, method: str, path: str, body: Any = None, *,  # noqa: ANN401 - any JSON
        query: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 - any JSON  # fmt: skip
        """The decoded answer. Raises :class:`ApiError` or :class:`UnreachableError`."""
        response = self._send(method, path, body, query, headers)
        if not response.content:
            return None
        return response.json()

    def download(self, path: str, body: Any, target: Path) -> httpx.Headers:  # noqa: ANN401
        """POST and stream the answer into ``target``."""
        try:
            with self._http.stream("POST", path, json=body, timeout=None) as response:
                if response.is_error:
                    response.read()
                    raise _problem(response)
                with target.open("wb") as file:
                    for chunk in response.iter_bytes():
                        file.write(chunk)
                return response.headers
        except httpx.TransportError as error:
            raise self._unreachable(error) from error

    def _send(
        self, method: str, path: str, body: Any,  # noqa: ANN401 - any JSON
        query: Mapping[str, Any] | None, headers: Mapping[str, str] | None,
    ) -> httpx.Response:  # fmt: skip
        try:
            response = self._http.request(method, path, json=body, params=query, headers=headers)
        except httpx.TimeoutException as error:
            words = _("{url} did not answer within {seconds:.0f} s")
            failure = UnreachableError(words.format(url=self.url, seconds=_TIMEOUT))
            failure.exit_code = Exit.TIMED_OUT
            raise failure from error
        except httpx.TransportError as error:
            raise self._unreachable(error) from error
        if response.is_error:
            raise _problem(response)
        return response

    def _unreachable(self, error: Exception) -> UnreachableError:
        words = _("no service answers at {url} ({error}); is it running?")
        return UnreachableError(words.format(url=self.url, error=type(error).__name__))


def _problem(response: httpx.Response) -> ApiError:
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    return ApiError(response.status_code, problem if isinstance(problem, dict) else {})  # pyright: ignore[reportUnknownArgumentType]
