"""The witness over HTTP: ``POST /add-checkpoint``, nothing else. What it serves is public and signed."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .errors import AuditError
from .witness import MAX_BODY, Answer, Witness

_TIMEOUT = 15.0
"""Seconds a connection may keep silent."""


class WitnessServer(ThreadingHTTPServer):
    """Listens once made; ``serve_forever()`` and ``shutdown()`` as of the base class."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        self.witness = witness
        super().__init__(address, _Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"


class _Handler(BaseHTTPRequestHandler):
    server: WitnessServer  # pyright: ignore[reportIncompatibleVariableOverride]
    protocol_version = "HTTP/1.1"
    timeout = _TIMEOUT
    server_version = "estate-sms-witness"
    sys_version = ""

    def do_POST(self) -> None:
        """Answer ``add-checkpoint``."""
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self._answer(Answer(404, "only /add-checkpoint is here\n"), close=True)
        elif not length.isdecimal() or int(length) > MAX_BODY:
            self._answer(Answer(413, "too large, or of unknown length\n"), close=True)
        else:
            self._answer(self._signed(self.rfile.read(int(length))))

    def _signed(self, body: bytes) -> Answer:
        try:
            return self.server.witness.add_checkpoint(body)
        except AuditError as error:
            return Answer(500, f"{error}\n")

    def _answer(self, answer: Answer, *, close: bool = False) -> None:
        content = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(content)))
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """One line a request is the caller's affair."""
