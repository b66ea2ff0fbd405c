"""``--help`` in the reader's language, aligned by the columns of the terminal."""

from __future__ import annotations

import copy
import inspect
import re
import unicodedata
from collections.abc import Iterable, Iterator

import click

from ..language import N_, NN_, _

_TERMS = 30
"""Columns that the left side of a list gets at most."""
_NOT_FIRST = "，。；：、！？）》」』】”’…%"
_NOT_LAST = "（《「『【“‘"
_PIECE = re.compile(r"\s+|[^\s\u2e80-\ufffd]+|.")

CLICK = (
    N_("Options"), N_("Commands"), N_("Positional arguments"), N_("{heading}:"),
    N_("Show this message and exit."), N_("default: {default}"), N_("required"), N_("(dynamic)"),
    N_("Missing command."), N_("Error: {message}"), N_("Try '{command} {option}' for help."),
    N_("Invalid value: {message}"), N_("Invalid value for {param_hint}: {message}"),
    N_("Missing argument"), N_("Missing option"), N_("Missing parameter"), N_("Choose from:\n\t{choices}"),
    N_("No such option {name!r}."), N_("No such command {name!r}."), N_("unknown error"),
    N_("Could not open file {filename!r}: {message}"), N_("Option {name!r} does not take a value."),
    N_("{value!r} is not a valid {number_type}."), N_("{value} is not in the range {range}."),
    N_("file"), N_("directory"), N_("path"), N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a file."), N_("{name} {filename!r} is a directory."),
    N_("{name} {filename!r} is not readable."), N_("{name} {filename!r} is not writable."),
    NN_("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    NN_("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    NN_("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    NN_("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
)  # fmt: skip
"""What click itself says to people; it asks the process's gettext domain for it."""


class Formatter(click.HelpFormatter):
    """click's, which counts characters: a Chinese one takes two columns."""

    def write_heading(self, heading: str) -> None:
        """As click does, with the reader's colon."""
        self.write(" " * self.current_indent + _("{heading}:").format(heading=heading) + "\n")

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """As click does, with the reader's word for it."""
        super().write_usage(prog, args, prefix or _("Usage: "))

    def write_text(self, text: str) -> None:
        """Paragraphs, wrapped and indented."""
        indent = " " * self.current_indent
        paragraphs = [
            "".join(f"{indent}{line}\n" for line in wrapped(words, self.width - len(indent)))
            for words in text.split("\n\n")
        ]
        self.write("\n".join(paragraphs))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = _TERMS, col_spacing: int = 2
    ) -> None:
        """Terms on the left, what they mean on the right."""
        rows = list(rows)
        left = min(max((cells(term) for term, _said in rows), default=0), col_max) + col_spacing
        indent = " " * self.current_indent
        for term, said in rows:
            lines = wrapped(said, max(self.width - left - self.current_indent, 10))
            room = left - cells(term)
            if room < col_spacing and lines:
                self.write(f"{indent}{term}\n")
                term, room = "", left
            self.write(f"{indent}{term}{' ' * room}{''.join(lines[:1])}".rstrip() + "\n")
            self.write("".join(f"{indent}{' ' * left}{line}\n" for line in lines[1:]))


class Context(click.Context):
    """Has its command's help formatted in the reader's language."""

    formatter_class = Formatter

    def get_help(self) -> str:
        """What ``--help`` prints."""
        return _translated(self.command).get_help(self)


def prepared(command: click.Command) -> click.Command:
    """``command`` and its verbs, with this module's help."""
    for each in _tree(command):
        each.context_class = Context
    return command


def texts(command: click.Command) -> Iterator[str]:
    """Every help text of ``command`` and its verbs, as it is looked up in the catalogue."""
    for each in _tree(command):
        yield _plain(each.help)
        for option in each.params:
            if isinstance(option, click.Option):
                yield _plain(option.help)


def cells(text: str) -> int:
    """Columns that ``text`` takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrapped(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` columns; Chinese breaks between any two characters
    but before no closing and after no opening mark. A longer word stands alone."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and cells(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> Iterator[str]:
    """What stays on one line."""
    piece = ""
    for found in _PIECE.findall(text):
        part = " " if found.isspace() else found
        glued = part in _NOT_FIRST or piece.endswith(tuple(_NOT_LAST))
        if piece and part != " " and not glued:
            yield piece
            piece = ""
        piece += part
    yield piece


def _plain(text: str | None) -> str:
    """A docstring's paragraphs, each in one line."""
    paragraphs = inspect.cleandoc(text or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _tree(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if verb := command.get_command(context, name):
                yield from _tree(verb)


def _translated(command: click.Command) -> click.Command:
    """A copy that says everything in the reader's language."""
    said = copy.copy(command)
    vars(said)["_help_option"] = None  # made once, in the language of that moment
    said.help = _(_plain(command.help))
    said.short_help = said.help.partition("\n\n")[0]
    said.params = [copy.copy(param) for param in command.params]
    for param in said.params:
        if isinstance(param, click.Option) and param.help:
            param.help = _(_plain(param.help))
    if isinstance(said, click.Group):
        said.commands = {name: _translated(verb) for name, verb in said.commands.items()}
    return said
