"""What may stand in the directory of officials: each part checked for form, in any script, with what to mend.

Form and not alphabet: an address in Urdu or Amharic is as good as one in Latin letters. What is doubtful and may still
be right, such as a telephone number that no plan knows, is kept as it was written, with a warning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email

from campaign import channels, language
from campaign.channels import Channels
from campaign.errors import Refused
from campaign.office import organisers
from campaign.sentences import Sentence
from campaign.storage.tables import Official

MOST_LINES, LONGEST_LINE, LONGEST_NOTE = 8, 120, 4_000
# Country names stand on letters, so that a postal address needs one.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True)
class Entry:
    """An official as the directory keeps one. Texts by language; numbers as E.164 where they could be read."""

    name: str | None = None
    title: Mapping[str, str] = field(default_factory=dict)
    office: Mapping[str, str] = field(default_factory=dict)
    salutation: Mapping[str, str] = field(default_factory=dict)
    country: str | None = None
    address: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    channels: Channels = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    time_zone: str | None = None  # by which its office hours are kept; none: that of the country's capital
    note: str | None = None

    @property
    def said(self) -> str:
        """What an official is called in lists: the name, or else the office."""
        return (
            self.name
            or next(iter(self.office.values()), "")
            or next(iter(self.title.values()), "")
            or Sentence("unnamed")
        )

    @property
    def reached_by_letter(self) -> bool:
        """Whether a letter arrives by one of the channels, besides post and e-mail."""
        return channels.reached_by_letter(self.channels)

    def part(self, name: str) -> Any:
        """A part of it by name: a field, or the entries of a channel."""
        return self.channels.get(name, ()) if name in channels.KEYS else getattr(self, name)


# Every part by name: form, spreadsheet, merging, the audit trail and search go through these.
PARTS = tuple(name for it in fields(Entry) for name in (channels.KEYS if it.name == "channels" else (it.name,)))
# Whoever clears an official for sending has looked at these.
CHANNELS = ("name", "country", "address", "emails", *channels.KEYS)


@dataclass(frozen=True)
class Checked:
    """An entry, what stops it and what to look at: {part: sentence}."""

    entry: Entry
    errors: Mapping[str, str]
    warnings: Mapping[str, str]


def checked(written: Mapping[str, Any]) -> Checked:
    """Check what was written: texts as `{language: text}`, everything else as one text, lists by line or space."""
    errors: dict[str, str] = {}
    warnings: dict[str, str] = {}

    def part(name: str, check: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return check()
        except Refused as refused:
            errors[name] = Sentence(refused.sentence, **refused.values)
            return otherwise

    def channel(key: str, country: str | None) -> tuple[str, ...]:
        entries, doubt = channels.checked(key, _entries(written.get(key)), country)
        if doubt:
            warnings[key] = Sentence(doubt)
        return entries

    country = part("country", lambda: _country(one_line(written.get("country"))), None)
    entry = Entry(
        name=one_line(written.get("name")) or None,
        title=_texts(written.get("title", {})),
        office=_texts(written.get("office", {})),
        salutation=_texts(written.get("salutation", {})),
        country=country,
        address=part("address", lambda: _address(written.get("address", "")), ()),
        emails=part("emails", lambda: _emails(written.get("emails", "")), ()),
        channels=_given({key: part(key, partial(channel, key, country), ()) for key in channels.KEYS}),
        languages=part("languages", lambda: _languages(written.get("languages", "")), ()),
        time_zone=part("time_zone", lambda: _time_zone(one_line(written.get("time_zone"))), None),
        note=str(written.get("note") or "").strip()[:LONGEST_NOTE] or None,
    )
    if not entry.name and not entry.office:
        errors.setdefault("name", Sentence("Enter a name or an office."))
    if entry.address and country is None:
        errors.setdefault("country", Sentence("Choose the country. It is printed under the address on every letter."))
    for it in (entry.name or "", *entry.title.values(), *entry.office.values(), *entry.salutation.values()):
        if len(it) > 2 * LONGEST_LINE:
            errors.setdefault("name", Sentence("A name, title, office or salutation is longer than 240 characters."))
    if entry.country and not (entry.address or entry.emails or entry.channels):
        warnings.setdefault("address", Sentence("This official has no contact details yet."))
    return Checked(entry, errors, warnings)


def of(official: Official) -> Entry:
    """The entry of a stored official."""
    values: dict[str, Any] = {}
    for it in fields(Entry):
        value = getattr(official, it.name)
        values[it.name] = tuple(value) if isinstance(value, list) else value
    values["channels"] = _given({key: tuple(official.channels.get(key, ())) for key in channels.KEYS})
    return Entry(**values)


def _given(entries: Channels) -> dict[str, tuple[str, ...]]:
    return {key: it for key, it in entries.items() if it}


def _entries(written: object) -> list[str]:
    """What stands in a field for several: one a line, or parted by semicolons."""
    return [text for it in re.split(r"[\n;]", str(written or "")) if (text := one_line(it))]


def one_line(text: object) -> str:
    """A text as one line in normal form."""
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", str(text or ""))).split())


def _texts(written: Mapping[str, object]) -> dict[str, str]:
    return {tag: text for tag, it in sorted(written.items()) if (text := one_line(it)) and language.is_known(tag)}


def _country(written: str) -> str | None:
    if not written:
        return None
    if written.upper() in dict(language.countries(language.ORIGINAL)):
        return written.upper()
    by_name = {name.casefold(): code for code, name in language.countries(language.ORIGINAL)}
    if written.casefold() in by_name:
        return by_name[written.casefold()]
    raise Refused("Choose a country, or enter its two-letter code.")


def _address(written: object) -> tuple[str, ...]:
    lines = tuple(line for it in str(written or "").splitlines() if (line := one_line(it)))
    if len(lines) > MOST_LINES:
        raise Refused("Use 8 lines at most. More do not fit in an envelope window.")
    if any(len(line) > LONGEST_LINE for line in lines):
        raise Refused("A line of the address is longer than 120 characters. Split it.")
    # Letters of any script, not only Latin ones.
    if lines and not any(sign.isalpha() for line in lines for sign in line):
        raise Refused("This address has no town or place.")
    return lines


def _emails(written: object) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for it in re.split(r"[\s,;]+", str(written or "").strip()):
        if it:
            found[_email(it)] = None
    return tuple(found)


def _email(written: str) -> str:
    try:
        return str(validate_email(written, check_deliverability=False).normalized)
    except EmailNotValidError:
        return organisers.normal(written)  # takes the addresses of demonstrations, or says what is wrong


def _time_zone(written: str) -> str | None:
    if written and written not in available_timezones():
        raise Refused("Enter an IANA time zone, like Asia/Karachi, or leave this empty.")
    return written or None


def _languages(written: object) -> tuple[str, ...]:
    tags = list(dict.fromkeys(it for it in re.split(r"[\s,;]+", str(written or "").strip()) if it))
    wrong = [it for it in tags if not language.is_known(it)]
    if wrong:
        raise Refused("Use language codes, such as en, ur or zh-Hant. Unknown: %(wrong)s", wrong=wrong[0])
    return tuple(tags)
