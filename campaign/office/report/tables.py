"""The report as tables: each says how its figures were counted. Page, file and print draw the same ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from campaign import channels, language
from campaign.office.report.reading import Moved, Named, Report
from campaign.office.spreadsheets import Cells
from campaign.publication.small_numbers import LEAST, OTHERS
from campaign.sentences import Sentence, content, joined
from campaign.vocabulary import ChannelKind

NO_WORDS = Sentence("a stopped action")


@dataclass(frozen=True)
class Table:
    """Figures side by side: `key` names it in addresses, the first cell of a row says what the others are about.

    Cells are sentences, texts, whole numbers, days, words of the vocabulary, or None where there is nothing.
    """

    key: str
    title: Sentence
    how: Sentence
    headings: tuple[Sentence, ...]
    rows: tuple[Cells, ...]


def tables(report: Report) -> tuple[Table, ...]:
    """The report in the order in which it is read; a table that has nothing to say is left out, but for the first."""
    made = (
        _in_short(report),
        _actions_by_country(report),
        _actions_by_kind(report),
        _outcomes(report),
        _signatures(report),
        _letters(report),
        _deliveries(report),
        _replies(report),
        _updates(report),
    )
    return tuple(it for n, it in enumerate(made) if not n or it.rows)


def as_rows(report: Report) -> Iterator[Cells]:
    """All tables as rows of one file: a row for each figure."""
    period = Sentence("Period")
    yield Sentence("Table"), Sentence("Of"), Sentence("What"), Sentence("Figure"), Sentence("How it is counted")
    yield period, None, Sentence("First day"), report.period.first, None
    yield period, None, Sentence("Last day"), report.period.last, None
    yield period, None, Sentence("Counted up to"), report.up_to, days_of(report)
    for table in tables(report):
        for of, *cells in table.rows:
            for heading, cell in zip(table.headings[1:], cells, strict=True):
                yield table.title, of, heading, cell, table.how


def days_of(report: Report) -> Sentence:
    """In whose days everything is counted."""
    return Sentence(
        "Days of actions, signatures and letters by channel are days where the case is, all others days in %(zone)s.",
        zone=report.zone,
    )


def _in_short(report: Report) -> Table:
    middle = report.middle_days
    rows: list[Cells] = [
        (Sentence("Actions issued"), report.actions.issued),
        (Sentence("Actions closed"), report.actions.closed),
        (Sentence("Actions stopped"), report.actions.stopped),
        (Sentence("Actions open at the end of the last day"), report.open_at_the_end),
        (Sentence("Outcomes recorded"), len(report.outcomes)),
        (Sentence("Signatures confirmed"), _few(report.signatures)),
        (Sentence("Names on paper"), _few(report.on_paper)),
        (Sentence("Letters"), _few(report.letters)),
        (Sentence("Letters that we e-mailed for their writers"), _few(report.e_mailed)),
        (Sentence("Letters that we printed and posted for their writers"), _few(report.posted)),
        (Sentence("Signature books sent or handed over"), report.books),
        (Sentence("Replies to signature books"), len(report.replies)),
        (Sentence("Answers to letters"), report.answers),
        (Sentence("Updates sent to supporters"), sum(n for _action, n in report.updates)),
    ]
    if middle is not None:
        at = next(n for n, row in enumerate(rows) if row[0] == "Answers to letters")
        rows.insert(at, (Sentence("Days until a reply came (median)"), middle))
    how = Sentence(
        "Numbers of people under %(least)s are not told. Letters are those that supporters report and those that we"
        " send for them. Names on paper are counted on the day they were entered.",
        least=LEAST,
    )
    return Table("short", Sentence("In short"), how, (Sentence("What"), Sentence("Figure")), tuple(rows))


_MOVED = (Sentence("Issued"), Sentence("Closed"), Sentence("Stopped"))
_BY_DAYS = Sentence(
    "Issued: by the day of issue that readers see. Closed and stopped: by the day it ended. An action that was extended"
    " is counted once."
)


def _actions_by_country(report: Report) -> Table:
    rows = tuple((_country(code), *_moved(moved)) for code, moved in report.by_country)
    headings = (Sentence("Country of the case"), *_MOVED)
    return Table("countries", Sentence("Actions by country"), _BY_DAYS, headings, rows)


def _actions_by_kind(report: Report) -> Table:
    rows = tuple((kind, *_moved(moved)) for kind, moved in report.by_kind)
    return Table("kinds", Sentence("Actions by kind"), _BY_DAYS, (Sentence("Kind"), *_MOVED), rows)


def _outcomes(report: Report) -> Table:
    how = Sentence(
        "Source: what the office recorded and published as the outcome of the action, on that day. The latest counts."
    )
    headings = (Sentence("Action"), Sentence("Country of the case"), Sentence("Outcome"), Sentence("Recorded on"))
    rows = tuple((_called(it.action), _country(it.action.country), it.kind, it.on) for it in report.outcomes)
    return Table("outcomes", Sentence("What became of actions"), how, headings, rows)


def _signatures(report: Report) -> Table:
    how = Sentence(
        "Confirmed by e-mail, on the day of confirming; without those that were withdrawn or found false since."
        " Countries with few signatures are counted together, so that no number points at a person."
    )
    rows = tuple(
        (_country(code) if code != OTHERS else Sentence("Other countries"), n)
        for code, n in (report.signatures_by_country if report.signatures else ())
    )
    headings = (Sentence("Country of who signed"), Sentence("Signatures"))
    return Table("signatures", Sentence("Signatures by country"), how, headings, rows)


def _letters(report: Report) -> Table:
    how = Sentence(
        "As supporters reported them, on that day, and as we sent them. Ways with fewer than %(least)s letters are"
        " counted together.",
        least=LEAST,
    )
    rows = tuple(
        (Sentence(channels.label(ChannelKind(kind))) if kind != OTHERS else Sentence("Other ways"), n)
        for kind, n in (report.letters_by_channel if report.letters else ())
    )
    return Table("letters", Sentence("Letters by channel"), how, (Sentence("Channel"), Sentence("Letters")), rows)


def _deliveries(report: Report) -> Table:
    how = Sentence(
        "By the day on which they left the office. Arrived and not arrived: as recorded up to the day of this report."
    )
    headings = (Sentence("Way"), Sentence("Sent or handed over"), Sentence("Arrived"), Sentence("Not arrived"))
    rows = tuple((it.channel, it.sent, it.arrived, it.not_arrived) for it in report.handed)
    return Table("deliveries", Sentence("Signature books by way"), how, headings, rows)


def _replies(report: Report) -> Table:
    how = Sentence(
        "By the day of the reply. Days are counted from the day on which the signature book left the office."
    )
    headings = (Sentence("Action"), Sentence("Sent on"), Sentence("Reply on"), Sentence("Days"))
    rows = tuple((_called(it.action), it.sent_on, it.on, it.days) for it in report.replies)
    return Table("replies", Sentence("Replies to signature books"), how, headings, rows)


def _updates(report: Report) -> Table:
    how = Sentence("By the day on which the last e-mail of an update was written.")
    rows = tuple((_called(action), n) for action, n in report.updates)
    headings = (Sentence("Action"), Sentence("Updates"))
    return Table("updates", Sentence("Updates sent to supporters"), how, headings, rows)


def _moved(moved: Moved) -> Sequence[int]:
    return moved.issued, moved.closed, moved.stopped


def _few(n: int | None) -> object:
    return n if n is not None else Sentence("fewer than %(least)s", least=LEAST)


def _country(code: str) -> Sentence:
    return joined([partial(language.country_name, code)])


def _called(action: Named) -> Sentence:
    title = NO_WORDS if action.title is None else content(lambda _locale: action.title or "")
    return joined([action.number, title]) if action.number else joined([title])
