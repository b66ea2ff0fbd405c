"""The gateway as a process of its own, the way an appliance runs it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from ..client import ApiError, Client
from ..errors import GatewayError, UnreachableError
from .prepare import Estate

_PATIENCE = 60.0
"""Seconds until the service has to be ready."""


def command() -> str:
    """The installed console script."""
    return str(Path(sys.executable).with_name("estate-sms"))


class Service:
    """``estate-sms serve --emulate N``, its log beside its data."""

    def __init__(self, estate: Estate, modems: int) -> None:
        self._log_path = estate.folder / "service.log"
        self._data_dir = estate.folder / "data"
        with self._log_path.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [
                    command(), "serve", "--config", str(estate.config),
                    "--emulate", str(modems), "--emulate-settings", str(estate.settings),
                ],
                stderr=log, stdout=log,
            )  # fmt: skip

    def wait_ready(self) -> str:
        """The service's URL, once it can send. Raises :class:`GatewayError`."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                client = Client.local(self._data_dir)
                client.call("GET", "/readyz")
            except (UnreachableError, ApiError):
                time.sleep(0.1)
            else:
                return client.url
        tail = self._log_path.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise GatewayError(f"the service did not become ready; its log ends:\n{tail}")

    def wait(self) -> None:
        """Wait until the service ends."""
        self._process.wait()

    def stop(self) -> int:
        """End it the way systemd does; returns its exit code."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            return self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
