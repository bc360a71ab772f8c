"""The actions of the board as a table for a spreadsheet, in the language of who takes it away."""

from __future__ import annotations

from collections.abc import Mapping

from campaign import language
from campaign.cases.board.rules import Board, Group, Row
from campaign.office.spreadsheets import Cells
from campaign.sentences import Sentence, in_language
from campaign.web.organise.action.steps import step_at
from campaign.web.organise.words import worded

HEADINGS = (
    Sentence("When"),
    Sentence("Number"),
    Sentence("Title"),
    Sentence("Country"),
    Sentence("Status"),
    Sentence("Deadline"),
    Sentence("Due on"),
    Sentence("Next step"),
    Sentence("Needs attention"),
    Sentence("Signatures"),
    Sentence("Goal"),
    Sentence("Forecast"),
    Sentence("Tags"),
)


def rows(board: Board, groups: Mapping[Group, Sentence], locale: str) -> list[Cells]:
    """The headings, and a row for each action in the order of the board. Threats are no actions and have none.

    All at once: a step depends on what the reader may do, and a file is sent when there is no reader any more.
    """
    table: list[Cells] = [tuple(in_language(it, locale) for it in HEADINGS)]
    for section in board.sections:
        table += [_cells(row, groups[section.group], locale) for row in section.rows]
    return table


def _cells(row: Row, group: Sentence, locale: str) -> Cells:
    step, _there = step_at(row.step, row.slug, row.case_slug)
    return (
        in_language(group, locale),
        row.number,
        row.title,
        language.country_name(row.country, locale),
        worded(row.status),
        row.deadline,
        row.on,
        in_language(step, locale),
        "; ".join(in_language(it.words, locale) for it in row.flags),
        row.count,
        row.goal,
        row.expected,
        ", ".join(row.tags),
    )
