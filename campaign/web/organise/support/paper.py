"""The tab On paper: sheets to print, sheets that came back, and whom a person judges to stand in both lists."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import Blueprint, Response, flash, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response as Redirect

from campaign import clock, language
from campaign.appeals.paper import name_matches, sheet_numbers
from campaign.appeals.paper import sheets as paper_sheets
from campaign.appeals.paper.sheets import Filled
from campaign.delivery import scans
from campaign.errors import CampaignError, Refused, Unknown
from campaign.office import audit
from campaign.office.audit import About
from campaign.office.permissions import Permission
from campaign.printing.sheets.signature_sheet import numbered, signature_sheets_pdf
from campaign.publication.reading import published
from campaign.sentences import counted
from campaign.storage.tables import PaperSheet
from campaign.vocabulary import Paper
from campaign.web import downloads
from campaign.web.app_state import door
from campaign.web.locales import _, current, sentence_of
from campaign.web.organise.account.authorisation import actor, needs
from campaign.web.organise.action.action_tabs import action_named, action_page
from campaign.web.public.sheets import blank_of, paper_of

blueprint = Blueprint("paper", __name__, url_prefix="/actions/<slug>/paper")

TAB = "paper.show"
Answer = str | tuple[str, int]


@blueprint.get("/")
@needs(Permission.READ)
def show(slug: str) -> str:
    """What came back so far; for who may see names, the forms to enter more and to print sheets."""
    return _page(slug, {"number": request.args.get("number", "")[:200]})


@blueprint.post("/")
@needs(Permission.SIGNATURES)
def enter(slug: str) -> Redirect | Answer:
    """A sheet came back."""
    try:
        with _scanned() as scan, door().storage.writing() as session:
            action = action_named(session, slug)
            made = paper_sheets.enter(session, door().storage.vault, actor(), action, _filled(), scan, clock.now())
            number, count, asked = made.number, made.names, name_matches.count_unresolved(session, action.id)
    except CampaignError as error:
        if isinstance(error, Unknown):
            raise
        return _page(slug, request.form, sentence_of(error)), error.status
    saved = counted(
        "Saved as %(number)s, with %(n)s signature. If the paper has another number, write this one on it.",
        "Saved as %(number)s, with %(n)s signatures. If the paper has another number, write this one on it.",
        count,
        number=number,
    )
    flash(saved.inside(current()))
    if asked:
        flash(_("Some names are also in another list. Decide if they are the same people."))
    return redirect(url_for(TAB, slug=slug))


@blueprint.post("/sheets.pdf")
@needs(Permission.SIGNATURES)
def blank_sheets(slug: str) -> Response | Answer:
    """So many sheets to print, each under a number of its own."""
    try:
        count = _whole("sheets", sheet_numbers.MOST_PRINTED)
        size, back = paper_of(request.form.get("paper", "")), request.form.get("sides") == "2"
        with door().storage.writing() as session:
            found = published(session, slug, request.form.get("language") or language.ORIGINAL)
            action = published(session, slug, found.locale)
            first = blank_of(action, "")
            about = About("action", action.id, action_id=action.id)
            told = {"sheets": count, "language": action.locale, "paper": size}
            audit.record(
                session, door().storage.vault, actor(), "signature sheets printed", about, clock.now(), after=told
            )
    except CampaignError as error:
        if isinstance(error, Unknown):
            raise
        return _page(slug, request.form, sentence_of(error), at="print"), error.status
    sheets = numbered(first, sheet_numbers.fresh(action.id, count), first.url.rstrip("/"))
    pdf = signature_sheets_pdf(sheets, size, back)
    return downloads.download(pdf, "application/pdf", f"{slug}-sheets-{count}.pdf")


@blueprint.get("/judge")
@needs(Permission.SIGNATURES)
def ask(slug: str) -> str | Redirect:
    """The next name that stands in another list too."""
    with door().storage.reading() as session:
        action = action_named(session, slug)
        left = name_matches.count_unresolved(session, action.id)
        questions = name_matches.questions(session, door().storage.vault, action.id, most=1)
    if not questions:
        flash(_("All names are decided."))
        return redirect(url_for(TAB, slug=slug))
    return action_page("organise/support/paper_judge.html", action, TAB, question=questions[0], left=left)


@blueprint.post("/judge")
@needs(Permission.SIGNATURES)
def judge(slug: str) -> Redirect:
    """What a person judged of one name."""
    answers = {"yes": True, "no": False, "open": None}
    same, was = request.form.get("same", ""), request.form.get("was", "")
    if same not in answers or was not in answers:
        raise Refused("Choose one of the answers.")
    sheet_id, row = _whole("sheet", 2**31 - 1), _whole("row", 2**31 - 1)
    with door().storage.writing() as session:
        action = action_named(session, slug)
        place = (sheet_id, row)
        vault = door().storage.vault
        name_matches.resolve_match(session, vault, actor(), action.id, place, answers[same], answers[was], clock.now())
    if request.form.get("back") == "sheet":
        return redirect(url_for("paper.sheet", slug=slug, sheet_id=sheet_id))
    return redirect(url_for("paper.ask", slug=slug))


@blueprint.get("/<int:sheet_id>")
@needs(Permission.SIGNATURES)
def sheet(slug: str, sheet_id: int) -> str:
    """One entry with its names, to correct or delete."""
    return _sheet_page(slug, sheet_id)


@blueprint.post("/<int:sheet_id>")
@needs(Permission.SIGNATURES)
def correct(slug: str, sheet_id: int) -> Redirect | Answer:
    """Correct an entry."""
    try:
        with _scanned() as scan, door().storage.writing() as session:
            action = action_named(session, slug)
            seen, reason = request.form.get("seen", ""), request.form.get("reason", "")
            vault = door().storage.vault
            replaced = paper_sheets.correct(
                session, vault, actor(), action, sheet_id, _filled(), seen, reason, clock.now(), scan
            )
    except CampaignError as error:
        if isinstance(error, Unknown):
            raise
        return _sheet_page(slug, sheet_id, request.form, sentence_of(error)), error.status
    _let_go(replaced)
    flash(_("Corrected."))
    return redirect(url_for("paper.sheet", slug=slug, sheet_id=sheet_id))


@blueprint.post("/<int:sheet_id>/delete")
@needs(Permission.SIGNATURES)
def delete(slug: str, sheet_id: int) -> Redirect | Answer:
    """Delete an entry, its names and its scan."""
    try:
        with door().storage.writing() as session:
            action = action_named(session, slug)
            reason = request.form.get("reason", "")
            scan = paper_sheets.remove(session, door().storage.vault, actor(), action.id, sheet_id, reason, clock.now())
    except CampaignError as error:
        if isinstance(error, Unknown):
            raise
        return _sheet_page(slug, sheet_id, problem=sentence_of(error)), error.status
    _let_go(scan)
    flash(_("Sheet, names and scan deleted. Signature books made before keep their copy."))
    return redirect(url_for(TAB, slug=slug))


@blueprint.get("/<int:sheet_id>/scan")
@needs(Permission.SIGNATURES)
def scan(slug: str, sheet_id: int) -> Response:
    """The scan of a sheet: it holds names."""
    with door().storage.reading() as session:
        found = paper_sheets.one(session, action_named(session, slug).id, sheet_id)
    if found.scan is None:
        raise Unknown("This scan does not exist.")
    return downloads.scan(door().storage.files.read(found.scan), found.scan, f"sheet-{sheet_id}")


def _page(slug: str, values: Mapping[str, str], problem: str | None = None, at: str = "enter") -> str:
    with door().storage.reading() as session:
        action = action_named(session, slug)
        return action_page(
            "organise/support/paper.html",
            action,
            TAB,
            by_country=paper_sheets.by_country(session, action.id),
            undecided=name_matches.count_unresolved(session, action.id),
            sheets=session.scalars(
                select(PaperSheet)
                .where(PaperSheet.action_id == action.id)
                .options(selectinload(PaperSheet.typed))
                .order_by(PaperSheet.id.desc())
            ).all(),
            common=sheet_numbers.common(action.id),
            most=sheet_numbers.MOST_PRINTED,
            countries=language.countries(current()),
            values=values,
            problem=problem,
            at=at,
            papers=list(Paper),
        )


def _sheet_page(slug: str, sheet_id: int, values: Mapping[str, str] | None = None, problem: str | None = None) -> str:
    vault = door().storage.vault
    with door().storage.reading() as session:
        action = action_named(session, slug)
        found = paper_sheets.one(session, action.id, sheet_id)
        kept = {
            "number": found.number,
            "country": found.country,
            "count": str(found.names),
            "names": "\n".join(paper_sheets.typed_names(vault, found)),
        }
        return action_page(
            "organise/support/paper_sheet.html",
            action,
            TAB,
            sheet=found,
            # What was typed is checked against what is there now: who sends it again has seen the new state.
            seen=paper_sheets.mark(found),
            values=values or kept,
            kept=kept,
            problem=problem,
            questions=name_matches.questions(session, vault, action.id, sheet_id),
            countries=language.countries(current()),
        )


def _filled() -> Filled:
    return Filled(
        **{name: request.form.get(name, "") for name in ("number", "country", "count", "names", "text_version")}
    )


@contextmanager
def _scanned() -> Iterator[str | None]:
    """The scan that was handed in, stored in a folder of its own, so that it goes with its sheet and no other; gone
    again at once if what it belongs to is refused."""
    given = request.files.get("scan")
    if given is None or not given.filename:
        yield None
        return
    files = door().storage.files
    # Before any transaction: drawing it anew takes a while.
    name = scans.keep(files, f"sheets/{secrets.token_hex(8)}", scans.read(given.read(scans.MOST_BYTES + 1)))
    try:
        yield name
    except BaseException:
        files.remove(name)
        raise


def _let_go(scan: str | None) -> None:
    if scan is not None:
        door().storage.files.remove(scan)


def _whole(name: str, most: int) -> int:
    typed = request.form.get(name, "").strip()
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 11 and 0 < int(typed) <= most):
        raise Refused("Enter a whole number from 1 to %(most)s.", most=most)
    return int(typed)
