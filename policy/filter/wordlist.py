"""Word lists as files: CSV and TOML in, CSV out. Parsing only; matching is elsewhere."""

from __future__ import annotations

import codecs
import csv
import io
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import cast

from .. import words
from ..errors import PolicyError
from .entries import ACTIONS, COLUMNS, NEEDED, Entry, WordAction, strictest
from .fields import FieldError, Fields

HEADER = list(COLUMNS[:NEEDED])
MAX_BYTES = 64 * 2**20
MAX_ENTRIES = 250_000
"""Words of one list: about 100 MB of rules."""
_PIECE = 2**18

__all__ = [
    "ACTIONS", "HEADER", "MAX_BYTES", "MAX_ENTRIES", "Entry", "WordAction", "default_words",
    "export", "parse", "read", "strictest",
]  # fmt: skip


def default_words() -> list[Entry]:
    """The built-in list: general terms, no persons, no organisations."""
    return parse("default.csv", resources.files(words).joinpath("default.csv").read_bytes())


def read(file: Path) -> list[Entry]:
    """The entries of ``file``. Raises ``word_list_invalid``, also when it cannot be read."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise _invalid(file.name, 0, f"more than {MAX_BYTES >> 20} MiB")
        content = file.read_bytes()
    except OSError as error:
        raise _invalid(file.name, 0, f"cannot be read ({error.strerror})") from None
    return parse(file.name, content)


def parse(name: str, content: bytes) -> list[Entry]:
    """The entries of a CSV file, UTF-8 or GB18030, or of a TOML file (``.toml``).

    A CSV's first line names its columns: ``word,category,action`` and any further ones of
    :data:`~.entries.COLUMNS`; blank lines and ``#`` lines are skipped. Raises
    ``word_list_invalid`` with file, line and reason; nothing is half-loaded.
    """
    if len(content) > MAX_BYTES:
        raise _invalid(name, 0, f"more than {MAX_BYTES >> 20} MiB")
    if name.endswith(".toml"):
        return _toml(name, content)
    return _csv(name, content)


def export(entries: Iterable[Entry]) -> str:
    """``entries`` as CSV with every column, in a fixed order: a file to keep and to compare."""
    file = io.StringIO(newline="")
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows(sorted(entry.row() for entry in entries))
    return file.getvalue()


def _csv(name: str, content: bytes) -> list[Entry]:
    rows = csv.reader(_lines(name, content), strict=True)
    entries: list[Entry] = []
    fields: Fields | None = None
    try:
        for row in rows:
            if not any(cell.strip() for cell in row) or row[0].startswith("#"):
                continue
            if fields is None:
                fields = _header(name, rows.line_num, row)
                continue
            if len(entries) >= MAX_ENTRIES:
                raise _invalid(name, rows.line_num, f"more than {MAX_ENTRIES:,} words")
            entries.append(fields.entry(row))
    except csv.Error as error:
        raise _invalid(name, rows.line_num, f"no valid CSV ({error})") from None
    except FieldError as error:
        raise _invalid(name, rows.line_num, str(error)) from None
    if fields is None:
        raise _invalid(name, 1, "the header word,category,action is missing")
    return entries


def _lines(name: str, content: bytes) -> Iterator[str]:
    """The lines; decoded in pieces, so that a large file does not hold the interpreter."""
    for encoding in ("utf-8-sig", "gb18030"):
        if _decodes(content, encoding):
            yield from io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
            return
    raise _invalid(name, 0, "neither UTF-8 nor GB18030")


def _decodes(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for low in range(0, len(content), _PIECE):
            decoder.decode(content[low : low + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _header(name: str, line: int, row: Sequence[str]) -> Fields:
    columns = [cell.strip().lower() for cell in row]
    if columns[:NEEDED] != HEADER:
        raise _invalid(name, line, "the first line must be word,category,action")
    unknown = [column for column in columns if column not in COLUMNS]
    if unknown or len(set(columns)) != len(columns):
        known = ", ".join(COLUMNS[NEEDED:])
        raise _invalid(name, line, f"further columns are {known}, each once")
    return Fields(columns)


def _toml(name: str, content: bytes) -> list[Entry]:
    try:
        tables = tomllib.loads("".join(_lines(name, content)))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _invalid(name, _toml_line(str(error)), f"no valid TOML ({error})") from None
    found = tables.get("word")
    if set(tables) != {"word"} or not isinstance(found, list):
        raise _invalid(name, 1, "a list in TOML is made of [[word]] tables only")
    found = cast("list[object]", found)
    if len(found) > MAX_ENTRIES:
        raise _invalid(name, 0, f"more than {MAX_ENTRIES:,} words")
    entries: list[Entry] = []
    places = _tables(content)
    for number, table in enumerate(found):
        try:
            entries.append(_table(table))
        except FieldError as error:
            raise _invalid(
                name, places[number] if number < len(places) else 0, str(error)
            ) from None
    return entries


def _table(table: object) -> Entry:
    if not isinstance(table, dict):
        raise FieldError("a word is a table of keys and values")
    cells = cast("dict[str, object]", table)
    unknown = [key for key in cells if key not in COLUMNS]
    if unknown:
        raise FieldError(f"unknown key; known are {', '.join(COLUMNS)}")
    missing = [column for column in HEADER if column not in cells]
    if missing:
        raise FieldError(f"{missing[0]} is missing")
    return Fields(list(cells)).entry([_cell(value) for value in cells.values()])


def _cell(value: object) -> str:
    if isinstance(value, list):
        return "|".join(str(item) for item in cast("list[object]", value))
    return str(value)


def _tables(content: bytes) -> list[int]:
    """The line of every ``[[word]]``."""
    lines = content.split(b"\n")
    return [n for n, line in enumerate(lines, 1) if line.strip().startswith(b"[[word]]")]


def _toml_line(message: str) -> int:
    _, _, rest = message.partition("line ")
    digits = rest.split(",")[0].strip()
    return int(digits) if digits.isdecimal() else 0


def _invalid(file: str, line: int, what: str) -> PolicyError:
    return PolicyError("word_list_invalid", file=file, line=line, what=what)
