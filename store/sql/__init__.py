"""Named statements from ``.sql`` files.

A statement begins with a line ``-- name: its_name`` and ends where the next begins.
"""

from __future__ import annotations

import re
import sys
from importlib import resources
from types import MappingProxyType

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


def load(module: str, file: str) -> MappingProxyType[str, str]:
    """The statements of ``sql/FILE`` beside ``module`` (its ``__name__``), by name."""
    package = module.rpartition(".")[0] + ".sql"
    __import__(package)
    text = resources.files(sys.modules[package]).joinpath(file).read_text(encoding="utf-8")
    pieces = _NAME.split(text)
    return MappingProxyType(
        {name: body.strip() for name, body in zip(pieces[1::2], pieces[2::2], strict=True)}
    )
