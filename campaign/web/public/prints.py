"""What supporters print: the model letter, their own words, the action as a bulletin. Rendered and forgotten."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request

from campaign import clock
from campaign.appeals import letters, throttles
from campaign.cases.bulletins import bulletin_sheet
from campaign.errors import Over, Refused
from campaign.printing.bulletin import bulletin_pdf
from campaign.printing.letter import LetterSheet, letter_pdf
from campaign.publication.reading import published
from campaign.publication.values import PublicAction
from campaign.vocabulary import ActionStatus, Paper
from campaign.web.door import door
from campaign.web.forms import LetterForm
from campaign.web.guard import visitor
from campaign.web.rendering import office, url

blueprint = Blueprint("prints", __name__)

# A print costs some forty milliseconds of a core: the same one is made once in this many seconds.
FRESH = 300


@blueprint.get("/<locale:locale>/actions/<slug>/letter.pdf")
def letter(locale: str, slug: str) -> Response:
    """The model letter; `lang`, `official` (its number) and `paper` (a4, letter) choose."""
    form = LetterForm(request.args)
    made = _letter(locale, slug, form)
    if form.name.data or form.place.data:
        return _pdf(made[0], made[1])
    return _pdf(made[0], made[1], f"public, max-age={FRESH}")


@blueprint.post("/<locale:locale>/actions/<slug>/letter.pdf")
def own_letter(locale: str, slug: str) -> Response:
    """The letter with a name and a place under it, or in the supporter's own words. Nothing of it is kept."""
    form, here = LetterForm(request.form), door()
    if here.settings.screening:
        with here.storage.writing() as session:
            throttles.count(session, here.storage.vault, throttles.PRINTING, visitor(), clock.now())
    return _pdf(*_letter(locale, slug, form))


@blueprint.get("/<locale:locale>/actions/<slug>/bulletin.pdf")
def bulletin(locale: str, slug: str) -> Response:
    """The action as a printed bulletin."""

    def render() -> tuple[bytes, str]:
        with door().storage.reading() as session:
            action = _writable(published(session, slug, locale))
        there = door().settings.base_url + url("action", locale=locale, slug=slug)
        return bulletin_pdf(bulletin_sheet(action, clock.now(), office(locale).name, there)), ""

    made = door().cache.page(("bulletin", locale, slug), render)
    return _pdf(made.body, f"{slug}-{locale}.pdf", f"public, max-age={FRESH}")


def _letter(locale: str, slug: str, form: LetterForm) -> tuple[bytes, str]:
    """(PDF, file name) of what the form asks for."""
    if not form.validate():
        raise Refused(next(iter(form.errors.values()))[0])
    paper = _paper(form.paper.data)

    def sheet() -> LetterSheet:
        with door().storage.reading() as session:
            action = _writable(published(session, slug, locale))
        return letters.sheet(
            action,
            day=clock.local_day(clock.now(), action.time_zone),
            official=_number(form.official.data),
            locale=form.lang.data or None,
            name=form.name.data,
            place=form.place.data,
            own_words=form.text.data,
        )

    name = f"{slug}-letter.pdf"
    if form.name.data or form.place.data or form.text.data:
        return letter_pdf(sheet(), paper), name
    key = ("letter", locale, slug, form.official.data, form.lang.data, paper)
    return door().cache.page(key, lambda: (letter_pdf(sheet(), paper), "")).body, name


def _writable(action: PublicAction) -> PublicAction:
    """A stopped action hides its letter: writing would do harm."""
    if action.status is ActionStatus.STOPPED:
        raise Over("This action was stopped. Please do not write any more: it could do harm.")
    return action


def _paper(written: str | None) -> Paper:
    if not written:
        return Paper.A4
    try:
        return Paper(written.lower())
    except ValueError as error:
        raise Refused("This paper is not known: choose a4 or letter.") from error


def _number(written: str | None) -> int | None:
    if not written:
        return None
    if not (written.isascii() and written.isdecimal() and len(written) < 6):
        raise Refused("The official is chosen by a number: 1 for the first.")
    return int(written)


def _pdf(content: bytes, name: str, cache_control: str = "no-store") -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = cache_control
    return response
