"""The words of the glossary: one word for one thing in every English source that people read.

The list is written by hand, from the glossary's column "not". What supporters, officials and organisers read is
looked through: the sentences marked for translation, and the organisers' templates, which are English as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign.settings import ROOT
from tests.test_catalogues import sentences

# (what is refused, what to write instead)
REFUSED = (
    (r"\b(?<!demo )mailbox(?:es)?\b", "inbox, or e-mail"),
    (r"(?<!-)\b(?:mailed|mails)\b|\ba mail\b|(?<!-)\bmail (?:it|you|them|us)\b", "e-mail; post for paper"),
    (r"\bemail", "e-mail"),
    (r"\bpetitions?\b", "urgent action"),
    (r"\bmodel letters?\b", "sample letter"),
    (r"\bstarters?\b", "letter template"),
    (r"\blast day to write\b", "deadline"),
    (r"\berase[sd]?\b|\berasing\b|\berasure\b", "delete"),
    (r"\bthrow(?:n)? away\b|\blet go\b", "delete"),
    (r"\bscrambled\b", "one-way code"),
    (r"\bpass(?:ed)? (?:it )?on\b", "share"),
    (r"\bwithheld\b", "not named; No one"),
    (r"\bdossiers?\b", "signature book"),
    (r"\bfroze(?:n)?\b|\bfreez(?:e|ing)\b", "names as of"),
    (r"\bhand(?:ed|ing|s)? (?:it |them )?over\b|\bdispatch(?:ed)?\b", "deliver, delivered"),
    (r"\bcounted apart\b", "counted separately"),
    (r"\bharm falls\b|\bdate of harm\b", "dangerous; date of danger"),
    (r"\bit did not help\b|\bit helped\b", "Result: …"),
    (r"\banswerable\b", "responsible"),
    (r"\bparticulars\b", "details"),
    (r"\bstands? still\b|\bparked\b", "on hold"),
    (r"\btick off\b", "mark as posted"),
    (r"\bput forward\b", "submit"),
    (r"\bnarrow down\b", "filter"),
    (r"\blook again\b", "refresh; Reload the page"),
    (r"\bmend(?:ed|ing)?\b", "fix"),
    (r"\bin conflict\b", "sources disagree"),
    (r"\bstatement of doing no harm\b", "do-no-harm statement"),
    (r"\bdrawn anew\b", "clean copy without hidden data"),
    (r"\bworth (?:a|one) (?:hundred|thousand)\b", "no figure without a source"),
    (r"\bproof[_ ]of[_ ]work\b", "browser check"),
    (r"\bthe office (?:will|keeps|sends|has)\b", "we"),
)  # fmt: skip

_HIDDEN = re.compile(r"\{#.*?#\}|\{%.*?%\}|<[^>]*>|%\(\w+\)s", re.DOTALL)
_VALUE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_SAID = re.compile(r'"([A-Z][^"]* [^"]*)"')


def _marked() -> Iterator[tuple[str, str]]:
    """(where, sentence) of everything marked for translation."""
    for message, where in sentences().items():
        for sentence in message if isinstance(message, tuple) else (message,):
            yield where, _HIDDEN.sub(" ", sentence)


def _staff() -> Iterator[tuple[str, str]]:
    """(where, text) of organisers' pages and mails: what stands there, and what is given to a macro to say."""
    for path in sorted([*(ROOT / "templates/organise").rglob("*.html"), *(ROOT / "templates/mail/office").iterdir()]):
        said = _VALUE.sub(lambda value: " ".join(_SAID.findall(value[1])), path.read_text("utf-8"))
        yield str(path.relative_to(ROOT)), _HIDDEN.sub(" ", said)


@pytest.fixture(scope="module")
def read_by_people() -> list[tuple[str, str]]:
    """Every English sentence that someone reads."""
    return [*_marked(), *_staff()]


@pytest.mark.parametrize(("refused", "instead"), REFUSED, ids=[instead for _, instead in REFUSED])
def test_a_word_that_the_glossary_refuses_is_nowhere(
    read_by_people: list[tuple[str, str]], refused: str, instead: str
) -> None:
    pattern = re.compile(refused, re.IGNORECASE)
    found = [f"{where}: {match[0]}" for where, text in read_by_people for match in pattern.finditer(text)]
    assert not found, f"write: {instead}"


def test_the_sentences_are_really_looked_at(read_by_people: list[tuple[str, str]]) -> None:
    all_text = "\n".join(text for _, text in read_by_people)
    for sentence in (
        "Sign this action",
        "Confirm my signature",
        "This is what we will send",
        "Days to keep contact data",
    ):
        assert sentence in all_text
    assert len(read_by_people) > 500


def test_each_pattern_finds_what_it_is_written_for() -> None:
    wrong = "Your mailbox, mailed, email; a petition; the model letter; dossier, frozen, handed over, erased, passed on"
    assert sum(bool(re.search(pattern, wrong, re.IGNORECASE)) for pattern, _ in REFUSED) >= 8


def test_documents_for_readers_do_not_say_what_pages_no_longer_say() -> None:
    for path in sorted(Path(ROOT / "docs").glob("*.md")):
        text = path.read_text("utf-8")
        assert not re.search(r"\bmodel letters? of your own\b|\bscrambled mark\b", text), path.name
