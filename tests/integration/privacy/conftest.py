"""A house with its real log and vault, and the means to look at its raw files."""

from __future__ import annotations

from pathlib import Path

import pytest

from estate_sms.gateway.config import AuditConfig, Config

NUMBER = "+8613800138000"
OTHER = "+8613800138001"


def raw(folder: Path) -> bytes:
    """Every byte of every file under ``folder``."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """The key-encryption key lies outside the data directory, as it should."""
    kek = tmp_path / "safe" / "kek"
    kek.parent.mkdir()
    kek.write_bytes(b"\x07" * 32)
    kek.chmod(0o600)
    return Config(data_dir=str(tmp_path / "data"), audit=AuditConfig(kek_file=str(kek)))
