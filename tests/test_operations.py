"""What the docs tell an operator to type: every command is there, with those options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from campaign.cli import main
from campaign.settings import ROOT

# `campaign …` in a line of a shell example, or between backticks.
_WRITTEN = re.compile(r"(?:^|`)campaign ([a-z][^`\n]*)", re.M)


def named() -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / "docs").glob("*.md")):
        for found in _WRITTEN.finditer(path.read_text("utf-8")):
            # `backup FILE` · `restore FILE`, or commands of one group, are told apart by a dot.
            yield path, found[1].split("·")[0].split(" #")[0].split("|")[0].split("<")[0]


def fault(words: str) -> str | None:
    """What a command line has that `campaign` has not."""
    command: click.Command = main
    for word in words.split():
        if word.startswith("-"):
            option = word.strip("[]…,.").partition("=")[0]
            if option not in {name for it in command.params for name in it.opts} | {"--help"}:
                return f"{command.name} has no {option}"
        elif isinstance(command, click.Group):
            inner = command.get_command(click.Context(command), word.strip("[],."))
            if inner is None:
                return f"{command.name} has no command {word}"
            command = inner
    return None


@pytest.mark.parametrize("name", sorted({path.name for path, _ in named()}))
def test_every_command_in_the_docs_is_there_with_its_options(name: str) -> None:
    wrong = [f"campaign {words}: {fault(words)}" for path, words in named() if path.name == name and fault(words)]
    assert wrong == []


def test_a_command_that_is_not_there_is_noticed() -> None:
    assert fault("dossier build SLUG --official 1") is None
    assert fault("dossier burn") == "dossier has no command burn"
    assert fault("backup --verify FILE") == "backup has no --verify"
