"""Every sentence that people read exists in every language of the interface, whole and with its fields."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from gettext import c2py
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

from campaign.language import CATALOGUES, LANGUAGES, ORIGINAL
from campaign.settings import ROOT

# Two catalogues: what supporters read, and what only organisers do.
DOMAINS = ("messages", "organise")
CONFIGURATION = {"messages": "babel.cfg", "organise": "babel-organise.cfg"}
# `gettext(locale, sentence)` in Python has its sentence second; in templates it stands first.
CALLS = "_ gettext:2 gettext:1,1t ngettext:2,3 ngettext:1,2,3t ngettext:1,2,4t ngettext:1,2,5t ngettext:1,2,6t"
# `Sentence` and `counted` of campaign/sentences.py.
CALLS += " Sentence counted:1,2"
# Exceptions that are shown to supporters; the others speak to organisers, and `Incomplete` to operators, in English.
SHOWN = "Refused Gone Unknown TooMany Conflict Unprintable"
SHOWN_TO_ORGANISERS = f"{SHOWN} Unreadable Outdated Forbidden"
REFRESH = "To refresh the catalogues: make translations. Then translate what is empty."
TRANSLATED = [tag for tag in LANGUAGES if tag != ORIGINAL]
FIELD = re.compile(r"%\((\w+)\)s")
# The fields that say how many.
COUNTS = frozenset({"n", "days"})
TAG = re.compile(r"</?\w+[^>]*>")


def keywords(domain: str) -> list[str]:
    return f"{CALLS} {SHOWN if domain == 'messages' else SHOWN_TO_ORGANISERS}".split()


@cache
def sentences(domain: str = "messages") -> dict[str | tuple[str, str], str]:
    """What the code and the templates say now -> the file that says it first."""
    with (ROOT / CONFIGURATION[domain]).open() as opened:
        methods, options = parse_mapping_cfg(opened)
    found: dict[str | tuple[str, str], str] = {}
    for folder in ("campaign", "templates", "letters"):
        # Babel matches its patterns against paths relative to the folder it is given.
        for name, _line, message, _comments, _context in extract_from_dir(
            ROOT,
            methods,
            options,
            parse_keywords(keywords(domain)),
            directory_filter=lambda it, wanted=folder: _inside(it, wanted),
        ):
            found.setdefault(tuple(message) if isinstance(message, (list, tuple)) else message, name)
    if domain == "organise":  # what supporters read is translated there; a word alone may be the first of its plural
        there = {*sentences("messages"), *(it[0] for it in sentences("messages") if isinstance(it, tuple))}
        found = {sentence: name for sentence, name in found.items() if sentence not in there}
    return found


def _inside(directory: str, wanted: str) -> bool:
    return Path(directory).relative_to(ROOT).parts[:1] == (wanted,)


@cache
def catalogue(domain: str, tag: str) -> Catalog:
    with (CATALOGUES / tag / "LC_MESSAGES" / f"{domain}.po").open("rb") as opened:
        return read_po(opened, locale=tag)


def entries(domain: str, tag: str) -> Iterator[Message]:
    return (message for message in catalogue(domain, tag) if message.id)


def test_sentences_are_found_in_pages_mails_and_code() -> None:
    places = {place.split("/")[0] for place in sentences().values()}
    assert {"templates", "campaign"} <= places
    assert "Sign" in sentences()
    assert ("day left.", "days left.") in sentences()


@pytest.mark.parametrize("tag", TRANSLATED)
@pytest.mark.parametrize("domain", DOMAINS)
def test_no_sentence_is_missing(domain: str, tag: str) -> None:
    known = {_key(message): message for message in entries(domain, tag)}
    missing = [
        f"{place}: {sentence}"
        for sentence, place in sentences(domain).items()
        if sentence not in known or not all(_forms(known[sentence]))
    ]
    assert not missing, "\n".join([f"Not in {tag}, {domain}:", *missing, REFRESH])


@pytest.mark.parametrize("tag", TRANSLATED)
@pytest.mark.parametrize("domain", DOMAINS)
def test_no_sentence_is_a_guess_or_left_over(domain: str, tag: str) -> None:
    guessed = [message.id for message in entries(domain, tag) if message.fuzzy]
    left_over = [message.id for message in entries(domain, tag) if _key(message) not in sentences(domain)]
    left_over += [message.id for message in catalogue(domain, tag).obsolete.values()]
    assert not guessed
    assert not left_over, f"Said nowhere any more: {left_over}. {REFRESH}"


@pytest.mark.parametrize("tag", TRANSLATED)
@pytest.mark.parametrize("domain", DOMAINS)
def test_a_translation_fills_the_fields_of_its_sentence(domain: str, tag: str) -> None:
    """A form that stands for one number alone (Arabic: none, one, two) may say that number as a word, as `msgfmt` rules
    too; every other field stays in every form, and none is made up."""
    wrong = []
    for message in entries(domain, tag):
        originals = [set(FIELD.findall(it)) for it in _originals(message)]
        for number, form in enumerate(_forms(message)):
            fields = set(FIELD.findall(form))
            needed = set.intersection(*originals)
            if message.pluralizable and number in _of_one_number(domain, tag):
                needed = needed - COUNTS
            if not (needed <= fields <= set.union(*originals)) or _stray_percent(form):
                wrong.append((message.id, form))
    assert not wrong


@pytest.mark.parametrize("tag", TRANSLATED)
@pytest.mark.parametrize("domain", DOMAINS)
def test_a_translation_keeps_the_marks_of_its_sentence(domain: str, tag: str) -> None:
    """Sentences of pages may hold tags, and are not escaped: a translation can add none of its own."""
    wrong = [
        (message.id, form)
        for message in entries(domain, tag)
        for form in _forms(message)
        if sorted(TAG.findall(form)) != sorted(TAG.findall(_originals(message)[-1]))
    ]
    assert not wrong


@pytest.mark.parametrize("tag", TRANSLATED)
@pytest.mark.parametrize("domain", DOMAINS)
def test_no_name_stands_for_a_sentence_and_no_sentence_for_a_name(domain: str, tag: str) -> None:
    """In Spanish a warning to people at risk said "Desapariciones": two neighbours had each other's words."""
    wrong = [
        (original, form)
        for message in entries(domain, tag)
        if not message.pluralizable  # "none of them" may be short
        for original, form in zip(_originals(message), _forms(message), strict=True)
        if (len(original) >= 40 and len(form) * 3 < len(original)) or (len(original) < 20 and len(form) > 60)
    ]
    assert not wrong


@pytest.mark.parametrize("tag", TRANSLATED)
@pytest.mark.parametrize("domain", DOMAINS)
def test_a_plural_has_every_form_of_its_language(domain: str, tag: str) -> None:
    forms = catalogue(domain, tag).num_plurals
    assert not [
        message.id for message in entries(domain, tag) if message.pluralizable and len(_forms(message)) != forms
    ]


def _key(message: Message) -> str | tuple[str, str]:
    return tuple(message.id) if message.pluralizable else message.id


def _originals(message: Message) -> list[str]:
    return list(message.id) if message.pluralizable else [message.id]


def _forms(message: Message) -> list[str]:
    return list(message.string) if message.pluralizable else [message.string]


def _of_one_number(domain: str, tag: str) -> set[int]:
    """The plural forms of a language that stand for a single number; in French form 0 stands for none and for one."""
    form_of = c2py(catalogue(domain, tag).plural_expr)
    used = Counter(form_of(n) for n in range(1000))
    return {form for form, numbers in used.items() if numbers == 1}


def _stray_percent(form: str) -> bool:
    return "%" in FIELD.sub("", form).replace("%%", "")
