"""Fixtures for every ring: real keys, a real vault, a real store in a folder of its own."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Protocol

import pytest

from estate_sms.audit.keys import Keys
from estate_sms.audit.vault import SubjectVault
from estate_sms.store.clock import Clock, system_clock
from estate_sms.store.events import NullRecorder, Recorder
from estate_sms.store.store import Store

# What people read is asserted in English, whatever the terminal the tests run in speaks.
os.environ["ESTATE_SMS_LANGUAGE"] = "en"


class OpenStore(Protocol):
    """Opens a store that is closed after the test; by default with a recorder that drops events."""

    async def __call__(
        self,
        data_dir: Path | None = None,
        make_recorder: Callable[[sqlite3.Connection], Recorder] | None = None,
        clock: Clock = system_clock,
    ) -> Store: ...


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    path = tmp_path / "data"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture
def keys(data_dir: Path) -> Keys:
    return Keys.load(data_dir)


@pytest.fixture
def vault(keys: Keys) -> SubjectVault:
    return SubjectVault(keys)


@pytest.fixture
async def open_store(data_dir: Path, vault: SubjectVault) -> AsyncIterator[OpenStore]:
    opened: list[Store] = []
    default = data_dir

    async def open_it(
        data_dir: Path | None = None,
        make_recorder: Callable[[sqlite3.Connection], Recorder] | None = None,
        clock: Clock = system_clock,
    ) -> Store:
        def prepare(connection: sqlite3.Connection) -> Recorder:
            vault.prepare(connection)
            return make_recorder(connection) if make_recorder else NullRecorder()

        store = await Store.open(data_dir or default, prepare, clock=clock)
        opened.append(store)
        return store

    yield open_it
    for store in opened:
        await store.close()
