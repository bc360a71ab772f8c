"""A form as somebody typed it: read field by field, and shown again with what is wrong beside its field."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from flask import request

from campaign import clock
from campaign.errors import Refused
from campaign.sentences import Sentence
from campaign.web.locales import _

Word = TypeVar("Word", bound=StrEnum)


def instant(written: str, zone: str, missing: Sentence) -> datetime:
    """What somebody chose as day and time (`datetime-local`) on the clocks of an IANA zone.

    Raises `Refused` with `missing` where nothing was chosen, and for a time that these clocks skip.
    """
    try:
        at = clock.instant(datetime.fromisoformat(written).replace(tzinfo=None), zone)
    except (ValueError, OverflowError) as error:
        raise Refused(missing) from error
    if at is None:
        raise Refused("Clocks in %(zone)s go forward then and skip this time. Choose another time.", zone=zone)
    return at


@dataclass
class Typed:
    """One form of a page that may have several: `of` names it.

    `wrong` are sentences by field; under "" stands what is wrong with the whole.
    """

    of: str
    wrong: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return request.form.get(name, "")

    def day(self, name: str, missing: str) -> date | None:
        """A day; without one, `missing` says what to do."""
        try:
            return date.fromisoformat(self[name])
        except ValueError:
            self.wrong[name] = missing
            return None

    def one_of(self, words: type[Word], name: str) -> Word | None:
        """One of the answers that there are."""
        try:
            return words(self[name])
        except ValueError:
            self.wrong[name] = _("Choose one of the answers.")
            return None
