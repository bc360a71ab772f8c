"""Several figures in one form: typed as rows or pasted from a spreadsheet, looked at, and saved at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import request
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases.evidence import figure_grid as room
from campaign.cases.evidence import figure_pasting, figure_rows
from campaign.cases.evidence.figure_rows import FIELDS, MOST, Known, Read, RowTyped
from campaign.errors import CampaignError
from campaign.office.permissions import Permission
from campaign.sentences import Sentence, counted, in_language
from campaign.storage.tables import Case
from campaign.web.app_state import door
from campaign.web.locales import current, sentence_of
from campaign.web.organise import two_people
from campaign.web.organise.account.authorisation import needs
from campaign.web.organise.case.case_pages import answered, blueprint, case_read, named, of_case
from campaign.web.organise.two_people import Doing, proposed
from campaign.web.organise.words import worded
from campaign.web.rendering import page

Answer = Response | str | tuple[str, int]
# Rows that stand empty below what there is.
EMPTY = 3
# The columns as the form names them: a spreadsheet may have these words above it.
NAMES = {
    "qualifier": Sentence("Qualifier"),
    "number": Sentence("Number"),
    "unit": Sentence("What is counted"),
    "as_of": Sentence("As of"),
    "source": Sentence("Source"),
    "publisher": Sentence("Who published it"),
    "title": Sentence("Title"),
    "published": Sentence("Published on"),
    "key": Sentence("Key"),
    "quoted": Sentence("Use in texts"),
}


@blueprint.route("/<slug>/figures/several", methods=["GET", "POST"])
@needs(Permission.EDIT)
def add_figures(slug: str) -> Answer:
    """Rows of figures: an empty form; what was pasted, read into rows; or all of them saved."""
    with door().storage.reading() as session:
        case = case_read(session, slug)
        known = room.known(session, case.id)
    if request.method == "GET":
        return _page(case, known, [])
    rows = _typed(request.form)
    if request.form.get("do") != "save":
        return _looked_at(case, known, rows)
    found = figure_rows.read(rows, known, current())
    if not rows or any(it.faults for it in found):
        nothing = Sentence("Fill in at least one row.") if not rows else None
        return _page(case, known, rows, found, problem=worded(nothing) if nothing else None), 422
    try:
        done = two_people.done("cases.add_figures", {"slug": slug}, _fields(rows))
    except two_people.Waits:
        raise
    except CampaignError as error:
        return _page(case, known, rows, found, problem=sentence_of(error)), error.status
    said = counted("%(n)s figure saved.", "%(n)s figures saved.", len(rows))
    return answered(worded(said) if done else proposed(), slug, "figures")


@two_people.doing("cases.add_figures")
def _adding(fields: Mapping[str, str], slug: str) -> Doing:
    with door().storage.reading() as session:
        case = case_read(session, slug)
        known = room.known(session, case.id)
    # What was typed is read in the language in which it was typed.
    rows = [it.row for it in figure_rows.read(_typed(fields), known, fields.get("locale") or current())]
    vault = door().storage.vault
    return of_case(case, lambda session, who: room.save(session, vault, who, case.id, rows, clock.now()))


def _looked_at(case: Case, known: Known, rows: list[RowTyped]) -> Answer:
    """What was pasted as rows above those that were typed, doubtful ones first; nothing is saved."""
    names = {name: in_language(it, current()) for name, it in NAMES.items() if name != "publisher"}
    try:
        pasted = figure_pasting.pasted(request.form.get("pasted", ""), known, current(), names)
    except CampaignError as error:
        return _page(case, known, rows, problem=sentence_of(error), pasted=request.form.get("pasted", "")), error.status
    return _page(case, known, [*pasted, *rows][:MOST], looked_at=len(pasted))


def _typed(fields: Mapping[str, str]) -> list[RowTyped]:
    rows = (RowTyped.of(fields, n) for n in range(MOST + EMPTY))
    return [it for it in rows if not it.empty][:MOST]


def _fields(rows: Sequence[RowTyped]) -> dict[str, str]:
    """Rows as they are kept until someone else publishes them."""
    typed = {f"{name}-{n}": value for n, row in enumerate(rows) for name in FIELDS if (value := getattr(row, name))}
    return {**typed, "locale": current()}


def _page(
    case: Case,
    known: Known,
    rows: Sequence[RowTyped],
    found: Sequence[Read] = (),
    *,
    problem: str | None = None,
    pasted: str = "",
    looked_at: int = 0,
) -> str:
    faults = {(n, name): said for n, it in enumerate(found) for name, said in it.faults.items()}
    doubts = {(n, name): said for n, it in enumerate(rows) for name, said in it.doubts.items() if not found}
    return page(
        "organise/case/figures.html",
        case=case,
        case_title=named(case),
        rows=[*rows, *([RowTyped()] * min(EMPTY, MOST + EMPTY - len(rows)))],
        names=NAMES,
        faults=faults,
        doubts=doubts,
        problem=problem,
        pasted=pasted,
        looked_at=looked_at,
        known=known,
        keys=sorted({key for key, _label in known.labels.values()}),
        most=MOST,
    )
