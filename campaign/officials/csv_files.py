"""The directory of officials as a file for spreadsheets: out, looked at, and in again, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from campaign import sandbox
from campaign.channels import KEYS
from campaign.errors import Conflict, Refused
from campaign.language import ORIGINAL
from campaign.office.audit import Actor
from campaign.office.spreadsheets import Cells, rows
from campaign.officials import directory, validation
from campaign.officials.validation import Entry
from campaign.sentences import Sentence
from campaign.storage import Vault
from campaign.storage.tables import Official

MOST = 5_000
# Its number and revision lead a line back to the official it came from; a line without a number is a new one.
PLAIN = ("country", "name", "address", *KEYS, "emails", "languages", "time_zone", "note")
BY_LANGUAGE = ("office", "title", "salutation")


@dataclass(frozen=True)
class Line:
    """A line of a file, checked. `was` is what the directory has; None for a new official."""

    number: int  # in the file, its heading being 1
    entry: Entry
    official_id: int | None = None
    revision: int = 0
    was: Entry | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)

    @property
    def changes(self) -> list[tuple[str, object, object]]:
        """(part, before, after) of what it would change."""
        return directory.differences(self.was or Entry(), self.entry)


def written(everyone: Iterable[Official]) -> Iterator[Cells]:
    """The directory, a row for each official; texts have a column for each language, such as `office:ur`."""
    entries = [(it.id, it.revision, validation.of(it)) for it in everyone]
    tags = {
        name: sorted({tag for _id, _revision, entry in entries for tag in getattr(entry, name)} | {ORIGINAL})
        for name in BY_LANGUAGE
    }
    local = [(name, tag) for name in BY_LANGUAGE for tag in tags[name]]
    yield "number", "revision", *PLAIN, *(f"{name}:{tag}" for name, tag in local)
    for official_id, revision, entry in entries:
        yield (
            official_id,
            revision,
            *(_cell(entry.part(name), _between(name)) for name in PLAIN),
            *(getattr(entry, name).get(tag, "") for name, tag in local),
        )


def unpacked(file: bytes | str) -> list[dict[str, str]]:
    """The rows of a file under their headings, read in a process with limits: for whatever comes from outside."""
    found: list[dict[str, str]] = sandbox.read(rows, file, MOST)
    return found


def read(session: Session, file: bytes | str | list[dict[str, str]]) -> list[Line]:
    """The lines of a file as they would be saved, each with what is wrong with it. Nothing is changed.

    `file` may be `unpacked` already. A column that is not there leaves its part as it is. Raises `Unreadable` if it is
    no such file, `Refused` if none of its columns is known.
    """
    found = file if isinstance(file, list) else rows(file, MOST)
    headings = set(found[0]) if found else set()
    known = {*PLAIN, *(it for it in headings if it.partition(":")[0] in BY_LANGUAGE)}
    if not headings & known:
        raise Refused(
            "We do not know any column of this file. Start from an export. Its first line has the column names."
        )
    lines: list[Line] = []
    seen: dict[int, int] = {}
    for n, row in enumerate(found, 2):
        lines.append(_line(session, n, {name: it for name, it in row.items() if name in known}, row, seen))
    return lines


def save(session: Session, vault: Vault, actor: Actor, lines: Iterable[Line], now: datetime) -> tuple[int, int]:
    """Save every line, in the caller's one transaction: (added, changed). Raises `Refused` if any has an error."""
    lines, added, changed = list(lines), 0, 0
    if any(it.errors for it in lines):
        raise Refused("Nothing was imported, because some rows have errors. Fix the file and choose it again.")
    for it in lines:
        if it.official_id is None:
            directory.add(session, vault, actor, it.entry, now, what="official imported")
            added += 1
        elif directory.change(session, vault, actor, it.official_id, it.revision, it.entry, now, "official imported"):
            changed += 1
    return added, changed


def _line(session: Session, n: int, given: Mapping[str, str], row: Mapping[str, str], seen: dict[int, int]) -> Line:
    try:
        official = _meant(session, row, seen, n)
    except (Refused, Conflict) as error:
        return Line(n, Entry(name=given.get("name")), errors={"number": Sentence(error.sentence, **error.values)})
    was = validation.of(official) if official is not None else None
    result = validation.checked(_whole(given, was))
    return Line(
        number=n,
        entry=result.entry,
        official_id=official.id if official is not None else None,
        revision=official.revision if official is not None else 0,
        was=was,
        errors=result.errors,
        warnings=result.warnings,
    )


def _meant(session: Session, row: Mapping[str, str], seen: dict[int, int], n: int) -> Official | None:
    number = row.get("number", "")
    if not number:
        return None
    official = session.get(Official, int(number)) if number.isascii() and number.isdigit() else None
    if official is None or official.merged_into_id is not None:
        raise Refused(
            "There is no official number %(number)s. Leave the number empty to add a new official.", number=number
        )
    if official.id in seen:
        raise Refused("Number %(number)s is also in row %(line)s.", number=number, line=seen[official.id])
    seen[official.id] = n
    if row.get("revision", "") not in {"", str(official.revision)}:
        raise Conflict("This official was changed after you exported the file. Export again.")
    return official


def _whole(given: Mapping[str, str], was: Entry | None) -> dict[str, Any]:
    """What a line says, over what the directory has."""
    whole: dict[str, Any] = {} if was is None else as_written(was)
    for name, cell in given.items():
        part, _colon, tag = name.partition(":")
        if part in BY_LANGUAGE:
            # Headings are read in small letters; a tag's own case is put back by the language's rules.
            whole[part] = {**whole.get(part, {}), _tag(tag or ORIGINAL): cell}
        else:
            whole[part] = cell
    return whole


def as_written(entry: Entry) -> dict[str, Any]:
    """An entry as a form or a file writes it: what `official_entries.checked` reads."""
    return {
        **{name: _cell(entry.part(name), _between(name)) for name in PLAIN},
        **{name: dict(getattr(entry, name)) for name in BY_LANGUAGE},
    }


def _between(name: str) -> str:
    return "\n" if name == "address" or name in KEYS else " "


def _cell(value: object, between: str) -> str:
    if isinstance(value, (list, tuple)):
        return between.join(str(it) for it in value)
    return str(value or "")


def _tag(written: str) -> str:
    """`zh-hant-tw` as `zh-Hant-TW`."""
    first, *more = written.split("-")
    return "-".join((first, *(it.title() if len(it) == 4 else it.upper() for it in more)))
