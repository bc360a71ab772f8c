"""What a text or a letter would look like: the part of the page in a reader's language, and the pages of the prints."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from flask import g
from markupsafe import Markup, escape

from campaign import clock
from campaign.cases.bulletins import bulletin_sheet
from campaign.cases.review import inspection
from campaign.cases.writing import previews
from campaign.cases.writing.model_letters import Which
from campaign.cases.writing.previews import Typed
from campaign.cases.writing.texts import words_of
from campaign.language import LANGUAGES, ORIGINAL, direction
from campaign.printing.sheets.bulletin import BulletinSheet, bulletin_pdf
from campaign.printing.sheets.letter import letter_pdf
from campaign.publication.values import PublicAction, PublicLetter, PublicRecipient
from campaign.sentences import Sentence, in_language
from campaign.storage.tables import Action
from campaign.vocabulary import Paper
from campaign.web.app_state import door
from campaign.web.locales import current
from campaign.web.organise.action.action_tabs import action_named
from campaign.web.rendering import office, page, url


def texts(slug: str, locale: str, typed: Typed) -> Markup:
    """The head of the action's page in a language."""
    now = clock.now()
    with door().storage.reading() as session:
        unquoted, brackets = _unquoted(action_named(session, slug), locale, typed)
        action = previews.previewed(session, slug, locale, typed, now)
    shown = _issued(action)
    shown = replace(
        shown,
        title=marked(shown.title, {*unquoted, *brackets}, brackets),
        summary=marked(shown.summary, unquoted, brackets),
        demands=tuple(marked(it, unquoted, brackets) for it in shown.demands),
        background=in_brackets(shown.background, brackets),
    )
    with speaking(locale):
        return Markup(  # noqa: S704 - a page of ours
            page(
                "organise/action/preview.html",
                action=shown,
                strip=shown.strip(now),
            )
        )


def printed(slug: str, locale: str, typed: Typed) -> Markup:
    """How many pages the bulletin and the letters in a language take. Slower than `texts`: it lays them out."""
    now = clock.now()
    with door().storage.reading() as session:
        unquoted, brackets = _unquoted(action_named(session, slug), locale, typed)
        action = previews.previewed(session, slug, locale, typed, now)
    shown = _issued(action)
    sheets = inspection.letter_sheets(shown, clock.local_day(now, action.time_zone))
    letters = [
        (recipient, inspection.fits(sheet))
        for (tongue, official_id), sheet in sheets.items()
        for recipient in shown.asked
        if tongue == locale and recipient.official_id == official_id
    ]
    bulletin = inspection.bulletin_pages(_bulletin(shown, locale))
    return Markup(  # noqa: S704 - a page of ours
        page(
            "organise/support/printed.html",
            tongue=locale,
            bulletin=bulletin,
            letters=letters,
            unquoted=unquoted,
            placeholders=brackets,
        )
    )


def letter(slug: str, which: Which, typed: Typed) -> Markup:
    """A letter on paper, as it would be read, with its pages."""
    now = clock.now()
    with door().storage.reading() as session:
        unquoted, brackets = _unquoted(action_named(session, slug), which.locale, typed)
        action = previews.previewed(session, slug, which.locale, typed, now)
    found = _letter(action, which)
    if found is None:
        return Markup(page("organise/action/letter_preview.html", letter=None))  # noqa: S704 - a page of ours
    recipient, words = found
    today = clock.local_day(now, action.time_zone)
    sheet = inspection.letter_sheet(action, recipient, words, today)
    return Markup(  # noqa: S704 - a page of ours
        page(
            "organise/action/letter_preview.html",
            letter=replace(
                words,
                salutation=marked(words.salutation, brackets, brackets),
                paragraphs=tuple(in_brackets(it, brackets) for it in words.paragraphs),
                close=marked(words.close, brackets, brackets),
            ),
            lines=sheet.addressee.lines,
            fit=inspection.fits(sheet),
            unquoted=unquoted,
            placeholders=brackets,
            tongue=which.locale,
        )
    )


def bulletin_print(slug: str, locale: str, typed: Typed) -> bytes:
    """The bulletin as PDF, as it would be."""
    now = clock.now()
    with door().storage.reading() as session:
        action = previews.previewed(session, slug, locale, typed, now)
    return bulletin_pdf(_bulletin(_issued(action), locale))


def letter_print(slug: str, which: Which, typed: Typed) -> bytes | None:
    """The letter as PDF, as it would be; None if it goes to nobody yet."""
    now = clock.now()
    with door().storage.reading() as session:
        action = previews.previewed(session, slug, which.locale, typed, now)
    found = _letter(action, which)
    if found is None:
        return None
    return letter_pdf(inspection.letter_sheet(action, *found, clock.local_day(now, action.time_zone)), Paper.A4)


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Say what stands inside as a reader in this language is told it; staff are told in their own."""
    before, g.locale = g.locale, locale if locale in LANGUAGES else ORIGINAL
    try:
        yield
    finally:
        g.locale = before


def marked(text: str, keys: Collection[str], brackets: Mapping[str, Sentence]) -> Markup:
    """Text with the fields that nothing fills, marked; a placeholder says in brackets what to write there."""
    if not keys:
        return escape(text)
    pieces = re.split(rf"\(\(({'|'.join(map(re.escape, sorted(keys)))})\)\)", text)
    return in_brackets(
        Markup("").join(_field(piece) if n % 2 else escape(piece) for n, piece in enumerate(pieces)), brackets
    )


def in_brackets(html: Markup, brackets: Mapping[str, Sentence]) -> Markup:
    """What `prose` made of a text, in which each placeholder says what to write there: "[the number of people]"."""
    tongue = current()
    for key, what in brackets.items():
        said = Markup('<mark lang="{}" dir="{}">[{}]</mark>').format(
            tongue, direction(tongue), in_language(what, tongue)
        )
        html = html.replace(_field(key), said)
    return html


def _field(key: str) -> Markup:
    return Markup("<mark>(({}))</mark>").format(key)


def _issued(action: PublicAction) -> PublicAction:
    """As if it were issued today, if it is not yet: the strip needs a day to begin on."""
    today = clock.local_day(clock.now(), action.time_zone)
    return replace(action, issued_on=action.issued_on or min(today, action.deadline or today))


def _letter(action: PublicAction, which: Which) -> tuple[PublicRecipient, PublicLetter] | None:
    """(recipient, letter) to show: its own official, else the first who is asked and has none of their own."""
    for recipient in action.asked if which.official_id is None else action.recipients:
        words = action.letter(which.locale, recipient.n)
        if words is not None and which.official_id in {None, recipient.official_id}:
            return recipient, words
    return None


def _bulletin(action: PublicAction, locale: str) -> BulletinSheet:
    there = door().settings.base_url + url(
        "action", locale=locale if locale in LANGUAGES else ORIGINAL, slug=action.slug
    )
    return bulletin_sheet(action, clock.now(), office(locale).name, there)


def _unquoted(action: Action, locale: str, typed: Typed) -> tuple[list[str], dict[str, Sentence]]:
    """The fields of a text or of letters in this language that nothing fills, and what to write in the placeholders
    among them."""
    figures = list(action.case.figures)
    saved = next((it for it in action.texts if it.locale == locale), None)
    letters = [it for which, it in typed.letters.items() if which.locale == locale]
    words = typed.texts.get(locale)
    if words is None and saved is not None and not typed.letters:
        words = words_of(saved)
    sources, everything = [it.body for it in letters], [part for it in letters for part in it.everything]
    if words is not None:
        sources += [words.summary, *words.demands, words.background, words.after_deadline]
        everything += words.everything
    return previews.unknown(sources, figures), previews.left_open(everything, figures)
