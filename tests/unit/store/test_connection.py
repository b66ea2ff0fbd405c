"""Looking into a database that somebody else writes."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from estate_sms.store.connection import look_into


@pytest.mark.parametrize("folder", ["plain", "a b", "50%25", "a#b", "a?mode=rwc", "小区"])
def test_any_path_is_looked_into_and_nothing_changed(tmp_path: Path, folder: str) -> None:
    path = tmp_path / folder / "estate-sms.db"
    path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE kept (value)")
    with look_into(path) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("INSERT INTO kept VALUES (1)")
    with pytest.raises(sqlite3.OperationalError), look_into(path.with_name("missing")):
        pass
    assert sorted(found.name for found in path.parent.iterdir()) == ["estate-sms.db"]
