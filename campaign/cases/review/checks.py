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
from campaign.cases.review import findings
from campaign.cases.review.check_input import CheckedRecipient, Letter, Text, Written
from campaign.cases.review.findings import apart
from campaign.cases.review.findings import named as _name
from campaign.cases.review.text_heuristics import asks_for_something, numbers_typed
from campaign.cases.writing import placeholders
from campaign.language import ORIGINAL
from campaign.publication import fields
from campaign.sentences import Sentence, counted, listed
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
    says: Sentence
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
        yield Check("country", Level.PASS, Sentence("The case has a country."), Part.CASE)
    else:
        yield Check("country", Level.STOP, Sentence("The case has no country. Choose one."), Part.CASE)
    if not it.numbered:
        said = Sentence("It has no number. Supporters and officials need one to refer to it.")
        yield Check("number", Level.WARN, said, Part.FACTS)


def _deadline(it: Written, now: datetime) -> Iterator[Check]:
    if it.deadline is None:
        yield Check("deadline", Level.STOP, Sentence("It has no deadline. Add the last day to write."), Part.FACTS)
        return
    until = Sentence(
        "%(day)s, midnight in %(place)s (%(zone)s)", day=it.deadline, place=it.place or it.time_zone, zone=it.time_zone
    )
    if not clock.signing_open(now, it.deadline, it.time_zone):
        said = Sentence("The deadline has passed (%(until)s). Choose a later one.", until=until)
        yield Check("deadline", Level.STOP, said, Part.FACTS)
    elif it.deadline - clock.local_day(now, it.time_zone) < SOON:
        said = Sentence("The deadline is very soon (%(until)s). Letters by post will arrive too late.", until=until)
        yield Check("deadline", Level.WARN, said, Part.FACTS)
    else:
        yield Check("deadline", Level.PASS, Sentence("The deadline is %(until)s.", until=until), Part.FACTS)


def _recipients(it: Written) -> Iterator[Check]:
    asked = [one for one in it.recipients if one.role is RecipientRole.TO]
    if not asked:
        said = Sentence("No official is asked to act. Add at least one.")
        yield Check("recipients", Level.STOP, said, Part.RECIPIENTS)
        return
    unreached = [one for one in asked if not one.works]
    if len(unreached) == len(asked):
        yield Check("channels", Level.STOP, _cannot_reach(unreached), Part.RECIPIENTS)
    elif unreached:
        yield Check("channels", Level.WARN, _cannot_reach(unreached), Part.RECIPIENTS)
    else:
        ways = apart(Sentence("%(name)s: %(what)s", name=one.name, what=listed(one.works)) for one in asked)
        said = Sentence("Every official who is asked to act can be reached. %(ways)s.", ways=ways)
        yield Check("channels", Level.PASS, said, Part.RECIPIENTS)
    for one in it.recipients:
        if one.broken and one.works:
            said = Sentence("Does not work for %(name)s: %(what)s.", name=one.name, what=listed(one.broken))
            yield Check("broken", Level.WARN, said, Part.RECIPIENTS)


def _cannot_reach(unreached: list[CheckedRecipient]) -> Sentence:
    names = apart(
        Sentence("%(name)s (%(what)s)", name=one.name, what=listed(one.broken))
        if one.broken
        else Sentence("%(name)s (no contact details)", name=one.name)
        for one in unreached
    )
    return Sentence("These officials cannot be reached by post, e-mail, fax or web form: %(names)s.", names=names)


def _texts(it: Written) -> Iterator[Check]:
    if not any(text.locale == it.original_locale for text in it.texts):
        said = Sentence("There is no text in %(language)s, the original language.", language=_name(it.original_locale))
        yield Check("texts", Level.STOP, said, Part.TEXTS, it.original_locale)
    for text in it.texts:
        yield from _text(text)


def _text(text: Text) -> Iterator[Check]:
    tongue = _name(text.locale)
    empty = findings.empty(text.locale, title=bool(text.title.strip()), summary=bool(text.summary.strip()))
    if empty is not None:
        yield Check("empty", Level.STOP, empty, Part.TEXTS, text.locale)
    long = []
    if len(text.title) > LONGEST_TITLE:
        long.append(findings.long_title(len(text.title), LONGEST_TITLE))
    if len(text.summary) > LONGEST_SUMMARY:
        long.append(findings.long_summary(len(text.summary), LONGEST_SUMMARY))
    if long:
        said = Sentence("The %(language)s text is too long: %(what)s.", language=tongue, what=apart(long))
        yield Check("length", Level.WARN, said, Part.TEXTS, text.locale)
    elif empty is None:
        said = Sentence("Title and summary in %(language)s are short enough.", language=tongue)
        yield Check("length", Level.PASS, said, Part.TEXTS, text.locale)


def _demands(it: Written) -> Iterator[Check]:
    for text in it.texts:
        tongue = _name(text.locale)
        asked = [demand for demand in text.demands if demand.strip()]
        if not asked:
            level = Level.STOP if text.locale == it.original_locale else Level.WARN
            said = Sentence("The %(language)s text has no demand. Say what the official should do.", language=tongue)
            yield Check("demands", level, said, Part.TEXTS, text.locale)
        elif text.locale == ORIGINAL and not any(asks_for_something(demand) for demand in asked):
            said = Sentence(
                "No demand in English starts with an action. Start with a verb, like “Release …” or “Renew …”."
            )
            yield Check("demands", Level.WARN, said, Part.TEXTS, text.locale)
        else:
            said = Sentence("The %(language)s text has a demand.", language=tongue)
            yield Check("demands", Level.PASS, said, Part.TEXTS, text.locale)


def _fields(it: Written) -> Iterator[Check]:
    chosen, entered = _keys(it, quoted=True), _keys(it)
    clean = True
    for part, locale, name, plain in _plain(it):
        for key in sorted(_held([plain])):
            clean = False
            yield Check("fields", Level.STOP, findings.not_filled(name, locale, key), part, locale)
    for part, locale, sources in _sources(it):
        in_letter = part is Part.LETTERS
        held = sorted(_held(sources) - chosen)
        left_open = placeholders.still_open(held, entered)
        for key in held:
            clean = False
            if key in left_open:
                said = findings.placeholder(locale, key, left_open[key], in_letter=in_letter)
                yield Check("fields", Level.STOP, said, part, locale)
            elif key in entered:
                said = findings.not_chosen(locale, key, in_letter=in_letter)
                yield Check("fields", Level.STOP, said, Part.CASE, locale)
            else:
                said = findings.no_value(locale, key, in_letter=in_letter)
                yield Check("fields", Level.STOP, said, part, locale)
        typed = numbers_typed(sources)
        if typed:
            said = findings.typed_by_hand(locale, typed, in_letter=in_letter)
            yield Check("typed", Level.WARN, said, part, locale)
    if clean:
        said = Sentence("Every field in texts and letters has a value.")
        yield Check("fields", Level.PASS, said, Part.TEXTS)


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
            yield Part.TEXTS, text.locale, name, words
    for letter in it.letters:
        for name, words in zip(fields.NOT_IN_LETTERS, letter.plain, strict=True):
            yield Part.LETTERS, letter.locale, name, words


def _untold(it: Written) -> Iterator[Check]:
    """Every word beside a number or a date is there in each language that prints it."""
    held = {(key, locale) for _, locale, sources in _sources(it) for key in _held(sources)}
    for name, what, locale in it.untold:
        # A qualifier that is missing would stand in another language in the middle of a sentence.
        printed = what == "qualifier" and (name, locale) in held
        level = Level.STOP if printed else Level.WARN
        yield Check("untold", level, findings.untold(what, name, locale), Part.CASE, locale)


def _figures(it: Written, now: datetime) -> Iterator[Check]:
    today = clock.local_day(now, it.time_zone)
    used = {key for _, _, sources in _sources(it) for key in _held(sources)}
    quoted = [reading for reading in it.figures if reading.quoted and reading.key in used]
    doubted = {key for key, weighed in in_conflict(it.figures).items() if not weighed}
    well = True
    for reading in quoted:
        said = []
        if reading.key in it.unsourced:
            said.append(Sentence("its source has no name"))
        match freshness(reading, it.stale_days, today):
            case Freshness.STALE:
                days = counted(
                    "it is %(n)s day old (limit %(limit)s)",
                    "it is %(n)s days old (limit %(limit)s)",
                    age(reading, today) or 0,
                    limit=it.stale_days,
                )
                said.append(days)
            case Freshness.UNDATED:
                said.append(Sentence("it has no date"))
        if reading.key in doubted:
            said.append(Sentence("another source disagrees, and there is no reason for using this one"))
        if said:
            well = False
            doubt = Sentence("The figure %(field)s: %(what)s.", field=f"(({reading.key}))", what=apart(said))
            yield Check("figures", Level.WARN, doubt, Part.CASE)
    if quoted and well:
        fine = Sentence("Every figure in use has a source and is up to date.")
        yield Check("figures", Level.PASS, fine, Part.CASE)


def _letters(it: Written) -> Iterator[Check]:
    if not it.letters:
        said = Sentence("There is no sample letter. Supporters can sign, but have no letter to send.")
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
            said = Sentence("A letter in %(language)s is empty.", language=_name(locale))
            yield Check("letters", Level.STOP, said, Part.LETTERS, locale)
        if without:
            said = Sentence(
                "The letter in %(language)s has no salutation for %(names)s.",
                language=_name(locale),
                names=listed(without),
            )
            yield Check("salutation", Level.STOP, said, Part.LETTERS, locale)
        else:
            said = Sentence("The letter in %(language)s has a salutation.", language=_name(locale))
            yield Check("salutation", Level.PASS, said, Part.LETTERS, locale)


def _letter_to(it: Written, locale: str, official_id: int | None) -> Letter | None:
    return next((one for one in it.letters if (one.locale, one.official_id) == (locale, official_id)), None)


def _pages(it: Written) -> Iterator[Check]:
    for locale in sorted({locale for locale, _ in it.pages}):
        counts = [pages for (tongue, _), pages in it.pages.items() if tongue == locale]
        known = [pages for pages in counts if pages is not None]
        if len(known) < len(counts):
            said = Sentence(
                "The letter in %(language)s cannot be printed: no installed font has all its characters.",
                language=_name(locale),
            )
            yield Check("pages", Level.STOP, said, Part.LETTERS, locale)
        elif max(known) > 1:
            said = counted(
                "The letter in %(language)s has %(n)s page. Shorten it to one.",
                "The letter in %(language)s has %(n)s pages. Shorten it to one.",
                max(known),
                language=_name(locale),
            )
            yield Check("pages", Level.WARN, said, Part.LETTERS, locale)
        else:
            said = Sentence("The letter in %(language)s fits on one page.", language=_name(locale))
            yield Check("pages", Level.PASS, said, Part.LETTERS, locale)


def _languages(it: Written) -> Iterator[Check]:
    letters = {letter.locale for letter in it.letters}
    texts = {text.locale for text in it.texts}
    for tag in dict.fromkeys(it.languages):
        if it.letters and tag not in letters:
            said = Sentence(
                "The officials prefer %(language)s, and there is no %(language)s letter yet.", language=_name(tag)
            )
            yield Check("languages", Level.WARN, said, Part.LETTERS, tag)
        if tag not in texts:
            said = Sentence(
                "The officials prefer %(language)s, and there is no %(language)s text yet.", language=_name(tag)
            )
            yield Check("languages", Level.WARN, said, Part.TEXTS, tag)
    for one in it.recipients:
        if one.role is RecipientRole.TO and one.languages and letters and not letters & set(one.languages):
            said = Sentence(
                "%(name)s reads %(languages)s, and there is no letter in any of these languages.",
                name=one.name,
                languages=listed(map(_name, one.languages)),
            )
            yield Check("languages", Level.WARN, said, Part.LETTERS)
    for tag in it.wanted_languages:
        if tag not in texts and tag not in it.languages:
            said = Sentence(
                "There is no text in %(language)s, one of your organisation’s languages.", language=_name(tag)
            )
            yield Check("languages", Level.WARN, said, Part.TEXTS, tag)
    if it.languages and set(it.languages) <= texts & letters:
        said = Sentence("Texts and letters are in the officials' languages.")
        yield Check("languages", Level.PASS, said, Part.TEXTS)


def _harm(it: Written, now: datetime) -> Iterator[Check]:
    if it.harm is None or not it.harm.consent.strip() or not it.harm.risk.strip():
        said = Sentence(
            "The do-no-harm statement is not signed: did the people named agree, and what could happen to them?"
        )
        yield Check("harm", Level.STOP, said, Part.HARM)
        return
    who, on = it.harm.who, it.harm.on
    if clock.local_day(now, it.time_zone) - on > HARM_KEPT:
        said = Sentence(
            "The do-no-harm statement is old (%(who)s, %(day)s). Check consent and risk again.", who=who, day=on
        )
        yield Check("harm", Level.WARN, said, Part.HARM)
    else:
        said = Sentence("The do-no-harm statement is signed by %(who)s, %(day)s.", who=who, day=on)
        yield Check("harm", Level.PASS, said, Part.HARM)
