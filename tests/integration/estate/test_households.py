from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from estate_sms.audit.keys import Keys
from estate_sms.audit.vault import SubjectVault
from estate_sms.estate import households, samples
from estate_sms.store.events import NullRecorder
from estate_sms.store.store import DATABASE, Store


async def test_samples(tmp_path: Path) -> None:
    vault = SubjectVault(Keys.load(tmp_path))

    def make_recorder(connection: sqlite3.Connection) -> NullRecorder:
        vault.prepare(connection)
        return NullRecorder()

    store = await Store.open(tmp_path, make_recorder)
    try:
        expected = [h.number for h in samples.households(40)]
        assert await store.write(lambda uow: households.load_samples(uow, vault, 30)) == 30
        assert await store.write(lambda uow: households.load_samples(uow, vault, 40)) == 10
        assert await store.read(lambda c: households.numbers(c, vault)) == expected
        await store.write(lambda uow: vault.shred(uow, 1))
        assert await store.read(lambda c: households.numbers(c, vault)) == expected[1:]
        with pytest.raises(ValueError, match="sample households"):
            await store.write(lambda uow: households.load_samples(uow, vault, 5_000))
    finally:
        await store.close()
    assert b"13800138005" not in (tmp_path / DATABASE).read_bytes()
