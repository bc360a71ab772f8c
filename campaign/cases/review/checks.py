"""Checks: what must be mended before an action is published, what to look at again, and what is well.

Rules over values and nothing else: they say the same while one writes, in review, and at the moment of publication.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from campaign import clock, prose
from campaign.cases.evidence.figure_rules import Freshness, age, freshness, in_conflict
from campaign.cases.review.check_input import CheckedRecipient, Letter, Text, Written
from campaign.cases.review.text_heuristics import asks_for_something, numbers_typed
from campaign.language import ORIGINAL, day, language_name
from campaign.publication import fields
from campaign.vocabulary import RecipientRole

LONGEST_TITLE, LONGEST_SUMMARY = 90, 600
# Nearer than this, letters by post will not arrive, and few people will have heard of it.
SOON = timedelta(days=3)
# Consent and risk are weighed anew when they were weighed long ago.
HARM_KEPT = timedelta(days=90)


class Level(StrEnum):
    """`stop` must be mended before publication, `warn` is for a person to weigh, `pass` is well."""

    STOP = "stop"
    WARN = "warn"
    PASS = "pass"  # noqa: S105 - a word, no password


class Part(StrEnum):
    """Where something is mended."""

    FACTS = "facts"
    TEXTS = "texts"
    RECIPIENTS = "recipients"
    LETTERS = "letters"
    CASE = "case"
    HARM = "harm"


@dataclass(frozen=True)
class Check:
    """What one rule found. `key` names the rule; `locale` is the language it is about, if it is about one."""

    key: str
    level: Level
    says: str
    part: Part
    locale: str | None = None


def checks(written: Written, now: datetime) -> tuple[Check, ...]:
    """What every rule says, the gravest first."""
    rules = (
        _place(written),
        _deadline(written, now),
        _recipients(written),
        _texts(written),
        _demands(written),
        _fields(written),
        _figures(written, now),
        _untold(written),
        _letters(written),
        _pages(written),
        _languages(written),
        _harm(written, now),
    )
    found = [check for rule in rules for check in rule]
    return tuple(sorted(found, key=lambda it: list(Level).index(it.level)))


def stops(found: tuple[Check, ...]) -> tuple[Check, ...]:
    """Those that must be mended first."""
    return tuple(it for it in found if it.level is Level.STOP)


def warnings(found: tuple[Check, ...]) -> tuple[Check, ...]:
    """Those that a person should weigh."""
    return tuple(it for it in found if it.level is Level.WARN)


def _place(it: Written) -> Iterator[Check]:
    if it.country_known:
        yield Check("country", Level.PASS, "The case has a country.", Part.CASE)
    else:
        yield Check("country", Level.STOP, "The case has no country. Choose one.", Part.CASE)
    if not it.numbered:
        yield Check(
            "number", Level.WARN, "It has no number. Supporters and officials need one to refer to it.", Part.FACTS
        )


def _deadline(it: Written, now: datetime) -> Iterator[Check]:
    if it.deadline is None:
        yield Check("deadline", Level.STOP, "It has no deadline. Add the last day to write.", Part.FACTS)
        return
    until = f"{day(it.deadline, ORIGINAL)}, midnight in {it.place or it.time_zone} ({it.time_zone})"
    if not clock.signing_open(now, it.deadline, it.time_zone):
        yield Check("deadline", Level.STOP, f"The deadline has passed ({until}). Choose a later one.", Part.FACTS)
    elif it.deadline - clock.local_day(now, it.time_zone) < SOON:
        yield Check(
            "deadline",
            Level.WARN,
            f"The deadline is very soon ({until}). Letters by post will arrive too late.",
            Part.FACTS,
        )
    else:
        yield Check("deadline", Level.PASS, f"The deadline is {until}.", Part.FACTS)


def _recipients(it: Written) -> Iterator[Check]:
    asked = [one for one in it.recipients if one.role is RecipientRole.TO]
    if not asked:
        yield Check("recipients", Level.STOP, "No official is asked to act. Add at least one.", Part.RECIPIENTS)
        return
    unreached = [one for one in asked if not one.works]
    if len(unreached) == len(asked):
        yield Check("channels", Level.STOP, _cannot_reach(unreached), Part.RECIPIENTS)
    elif unreached:
        yield Check("channels", Level.WARN, _cannot_reach(unreached), Part.RECIPIENTS)
    else:
        ways = "; ".join(f"{one.name}: {', '.join(one.works)}" for one in asked)
        yield Check(
            "channels", Level.PASS, f"Every official who is asked to act can be reached. {ways}.", Part.RECIPIENTS
        )
    for one in it.recipients:
        if one.broken and one.works:
            said = f"Does not work for {one.name}: {', '.join(one.broken)}."
            yield Check("broken", Level.WARN, said, Part.RECIPIENTS)


def _cannot_reach(unreached: list[CheckedRecipient]) -> str:
    names = "; ".join(
        f"{one.name} ({', '.join(one.broken)})" if one.broken else f"{one.name} (no contact details)"
        for one in unreached
    )
    return f"These officials cannot be reached by post, e-mail, fax or web form: {names}."


def _texts(it: Written) -> Iterator[Check]:
    if not any(text.locale == it.original_locale for text in it.texts):
        said = f"There is no text in {_name(it.original_locale)}, the original language."
        yield Check("texts", Level.STOP, said, Part.TEXTS, it.original_locale)
    for text in it.texts:
        yield from _text(text)


def _text(text: Text) -> Iterator[Check]:
    tongue = _name(text.locale)
    empty = [name for name, said in (("title", text.title), ("summary", text.summary)) if not said.strip()]
    if empty:
        said = f"The {tongue} text has no {' and no '.join(empty)}."
        yield Check("empty", Level.STOP, said, Part.TEXTS, text.locale)
    long = [
        f"the {name} has {len(said)} characters; the limit is {most}"
        for name, said, most in (("title", text.title, LONGEST_TITLE), ("summary", text.summary, LONGEST_SUMMARY))
        if len(said) > most
    ]
    if long:
        said = f"The {tongue} text is too long: {'; '.join(long)}."
        yield Check("length", Level.WARN, said, Part.TEXTS, text.locale)
    elif not empty:
        said = f"Title and summary in {tongue} are short enough."
        yield Check("length", Level.PASS, said, Part.TEXTS, text.locale)


def _demands(it: Written) -> Iterator[Check]:
    for text in it.texts:
        tongue = _name(text.locale)
        asked = [demand for demand in text.demands if demand.strip()]
        if not asked:
            level = Level.STOP if text.locale == it.original_locale else Level.WARN
            said = f"The {tongue} text has no demand. Say what the official should do."
            yield Check("demands", level, said, Part.TEXTS, text.locale)
        elif text.locale == ORIGINAL and not any(asks_for_something(demand) for demand in asked):
            said = "No demand in English starts with an action. Start with a verb, like “Release …” or “Renew …”."
            yield Check("demands", Level.WARN, said, Part.TEXTS, text.locale)
        else:
            yield Check("demands", Level.PASS, f"The {tongue} text has a demand.", Part.TEXTS, text.locale)


def _fields(it: Written) -> Iterator[Check]:
    chosen, entered = _keys(it, quoted=True), _keys(it)
    clean = True
    for part, locale, name, plain in _plain(it):
        for key in sorted(_held([plain])):
            clean = False
            said = f"The {name} in {_name(locale)} holds (({key})). Fields are not filled there. Write it out."
            yield Check("fields", Level.STOP, said, part, locale)
    for part, locale, sources in _sources(it):
        where = f"The {_name(locale)} {'letter' if part is Part.LETTERS else 'text'}"
        for key in sorted(_held(sources) - chosen):
            clean = False
            if key in entered:
                said = f"{where} uses (({key})), but no figure is chosen for it."
                yield Check("fields", Level.STOP, said, Part.CASE, locale)
            else:
                said = f"{where} uses (({key})), which has no value. Replace it with your own words, or add a figure."
                yield Check("fields", Level.STOP, said, part, locale)
        typed = numbers_typed(sources)
        if typed:
            said = (
                f"{where} has numbers typed by hand, without a source: {', '.join(typed)}. Corrections will not change "
                "them."
            )
            yield Check("typed", Level.WARN, said, part, locale)
    if clean:
        yield Check("fields", Level.PASS, "Every field in texts and letters has a value.", Part.TEXTS)


def _keys(it: Written, *, quoted: bool = False) -> set[str]:
    return {reading.key for reading in it.figures if reading.quoted or not quoted}


def _held(sources: Iterable[str]) -> set[str]:
    return {key for source in sources for key in prose.field_keys(source)}


def _sources(it: Written) -> Iterator[tuple[Part, str, tuple[str, ...]]]:
    for text in it.texts:
        yield Part.TEXTS, text.locale, text.sources
    for letter in it.letters:
        yield Part.LETTERS, letter.locale, letter.sources


def _plain(it: Written) -> Iterator[tuple[Part, str, str, str]]:
    """(part, language, what it is called, words) of all that is printed as it was typed."""
    for text in it.texts:
        for name, words in zip(fields.NOT_IN_TEXTS, text.plain, strict=True):
            yield Part.TEXTS, text.locale, name.replace("_", " "), words
    for letter in it.letters:
        for name, words in zip(fields.NOT_IN_LETTERS, letter.plain, strict=True):
            yield Part.LETTERS, letter.locale, name, words


def _untold(it: Written) -> Iterator[Check]:
    """Every word beside a number or a date is there in each language that prints it."""
    held = {(key, locale) for _, locale, sources in _sources(it) for key in _held(sources)}
    for name, what, locale in it.untold:
        # A qualifier that is missing would stand in another language in the middle of a sentence.
        printed = what == "qualifier" and (name, locale) in held
        said = f"The {what} of “{name}” is missing in {_name(locale)}. Another language would be printed instead."
        yield Check("untold", Level.STOP if printed else Level.WARN, said, Part.CASE, locale)


def _figures(it: Written, now: datetime) -> Iterator[Check]:
    today = clock.local_day(now, it.time_zone)
    used = {key for _, _, sources in _sources(it) for key in _held(sources)}
    quoted = [reading for reading in it.figures if reading.quoted and reading.key in used]
    doubted = {key for key, weighed in in_conflict(it.figures).items() if not weighed}
    well = True
    for reading in quoted:
        said = []
        if reading.key in it.unsourced:
            said.append("its source has no name")
        match freshness(reading, it.stale_days, today):
            case Freshness.STALE:
                said.append(f"it is {age(reading, today)} days old (limit {it.stale_days})")
            case Freshness.UNDATED:
                said.append("it has no date")
        if reading.key in doubted:
            said.append("another source disagrees, and there is no reason for using this one")
        if said:
            well = False
            yield Check("figures", Level.WARN, f"The figure (({reading.key})): {'; '.join(said)}.", Part.CASE)
    if quoted and well:
        yield Check("figures", Level.PASS, "Every figure in use has a source and is up to date.", Part.CASE)


def _letters(it: Written) -> Iterator[Check]:
    if not it.letters:
        said = "There is no sample letter. Supporters can sign, but have no letter to send."
        yield Check("letters", Level.WARN, said, Part.LETTERS)
        return
    to = [one for one in it.recipients if one.role is RecipientRole.TO]
    for locale in sorted({letter.locale for letter in it.letters}):
        of_all = _letter_to(it, locale, None)
        unfinished = [letter for letter in it.letters if letter.locale == locale and not letter.body.strip()]
        without = [
            one.name
            for one in to
            if (letter := _letter_to(it, locale, one.id) or of_all)
            and not letter.salutation.strip()
            and locale not in one.salutations
        ]
        if unfinished:
            yield Check("letters", Level.STOP, f"A letter in {_name(locale)} is empty.", Part.LETTERS, locale)
        if without:
            said = f"The letter in {_name(locale)} has no salutation for {', '.join(without)}."
            yield Check("salutation", Level.STOP, said, Part.LETTERS, locale)
        else:
            yield Check(
                "salutation", Level.PASS, f"The letter in {_name(locale)} has a salutation.", Part.LETTERS, locale
            )


def _letter_to(it: Written, locale: str, official_id: int | None) -> Letter | None:
    return next((one for one in it.letters if (one.locale, one.official_id) == (locale, official_id)), None)


def _pages(it: Written) -> Iterator[Check]:
    for locale in sorted({locale for locale, _ in it.pages}):
        counts = [pages for (tongue, _), pages in it.pages.items() if tongue == locale]
        known = [pages for pages in counts if pages is not None]
        if len(known) < len(counts):
            said = f"The letter in {_name(locale)} cannot be printed: no installed font has all its characters."
            yield Check("pages", Level.STOP, said, Part.LETTERS, locale)
        elif max(known) > 1:
            said = f"The letter in {_name(locale)} has {max(known)} pages. Shorten it to one."
            yield Check("pages", Level.WARN, said, Part.LETTERS, locale)
        else:
            yield Check("pages", Level.PASS, f"The letter in {_name(locale)} fits on one page.", Part.LETTERS, locale)


def _languages(it: Written) -> Iterator[Check]:
    letters = {letter.locale for letter in it.letters}
    texts = {text.locale for text in it.texts}
    for tag in dict.fromkeys(it.languages):
        if it.letters and tag not in letters:
            said = f"The officials prefer {_name(tag)}, and there is no {_name(tag)} letter yet."
            yield Check("languages", Level.WARN, said, Part.LETTERS, tag)
        if tag not in texts:
            said = f"The officials prefer {_name(tag)}, and there is no {_name(tag)} text yet."
            yield Check("languages", Level.WARN, said, Part.TEXTS, tag)
    for one in it.recipients:
        if one.role is RecipientRole.TO and one.languages and letters and not letters & set(one.languages):
            tongues = ", ".join(map(_name, one.languages))
            said = f"{one.name} reads {tongues}, and there is no letter in any of these languages."
            yield Check("languages", Level.WARN, said, Part.LETTERS)
    for tag in it.wanted_languages:
        if tag not in texts and tag not in it.languages:
            said = f"There is no text in {_name(tag)}, one of your organisation’s languages."
            yield Check("languages", Level.WARN, said, Part.TEXTS, tag)
    if it.languages and set(it.languages) <= texts & letters:
        yield Check("languages", Level.PASS, "Texts and letters are in the officials' languages.", Part.TEXTS)


def _harm(it: Written, now: datetime) -> Iterator[Check]:
    if it.harm is None or not it.harm.consent.strip() or not it.harm.risk.strip():
        said = "The do-no-harm statement is not signed: did the people named agree, and what could happen to them?"
        yield Check("harm", Level.STOP, said, Part.HARM)
        return
    stated = f"{it.harm.who}, {day(it.harm.on, ORIGINAL)}"
    if clock.local_day(now, it.time_zone) - it.harm.on > HARM_KEPT:
        yield Check(
            "harm", Level.WARN, f"The do-no-harm statement is old ({stated}). Check consent and risk again.", Part.HARM
        )
    else:
        yield Check("harm", Level.PASS, f"The do-no-harm statement is signed by {stated}.", Part.HARM)


def _name(tag: str) -> str:
    return language_name(tag, ORIGINAL)
