"""What supporters print or keep: letters, envelopes, the action as a bulletin. Rendered and forgotten."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, make_response, request
from werkzeug.datastructures import MultiDict

from campaign import clock
from campaign.appeals.abuse import rate_limits
from campaign.appeals.abuse.rate_limits import Limit
from campaign.appeals.letters import documents, letters
from campaign.cases.bulletins import bulletin_sheet
from campaign.errors import Refused, Unprintable
from campaign.printing.engine import fonts
from campaign.printing.engine.text import clean
from campaign.printing.sheets.bulletin import bulletin_pdf
from campaign.printing.sheets.envelope import Envelope, EnvelopeSheet, envelopes_pdf
from campaign.printing.sheets.letter import LetterSheet, letter_pdf
from campaign.printing.sheets.letters import letters_pdf
from campaign.publication.reading import published
from campaign.publication.stopping import refuse_if_stopped, stopped
from campaign.publication.values import PublicAction
from campaign.vocabulary import Paper
from campaign.web import cache
from campaign.web.app_state import door
from campaign.web.cache import CachedPage
from campaign.web.compression import keep_ready
from campaign.web.forms import EVERYONE, LetterForm
from campaign.web.rendering import office, url
from campaign.web.security_headers import visitor

blueprint = Blueprint("prints", __name__)

# No longer than a page: once an action is stopped, no cache on the way may hand out its letter.
FRESH = cache.SECONDS

_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain; charset=utf-8",
}


@blueprint.get("/<locale:locale>/actions/<slug>/letter.pdf", defaults={"kind": "pdf"})
@blueprint.get("/<locale:locale>/actions/<slug>/letter.<any(docx, txt):kind>")
def letter(locale: str, slug: str, kind: str) -> Response:
    """The model letter; `lang`, `official` (its number, or all) and `paper` (a4, letter) choose."""
    form = _asked("lang", "official", "paper")
    key = ("letter", kind, locale, slug, form.official.data, form.lang.data, form.paper.data)
    made = door().cache.page(key, lambda: (_letter(locale, slug, form, kind, personal=False), ""))
    return _file(made, f"{slug}-letter.{kind}")


@blueprint.post("/<locale:locale>/actions/<slug>/letter.pdf", defaults={"kind": "pdf"})
@blueprint.post("/<locale:locale>/actions/<slug>/letter.<any(docx, txt):kind>")
def own_letter(locale: str, slug: str, kind: str) -> Response:
    """The letter with a name and a place under it, or in the supporter's own words. Nothing of it is kept."""
    screen()
    return _file(_letter(locale, slug, LetterForm(request.form), kind, personal=True), f"{slug}-letter.{kind}")


@blueprint.get("/<locale:locale>/actions/<slug>/envelope.pdf")
def envelope(locale: str, slug: str) -> Response:
    """An envelope to an official without a sender; `lang`, `official` and `envelope` (dl, c5, no10) choose."""
    form = _asked("lang", "official", "envelope")
    key = ("envelope", locale, slug, form.official.data, form.lang.data, form.envelope.data)
    made = door().cache.page(key, lambda: (_envelope(locale, slug, form, personal=False), ""))
    return _file(made, f"{slug}-envelope.pdf")


@blueprint.post("/<locale:locale>/actions/<slug>/envelope.pdf")
def own_envelope(locale: str, slug: str) -> Response:
    """An envelope with the supporter's address in the corner, if they gave one. Nothing of it is kept."""
    screen()
    return _file(_envelope(locale, slug, LetterForm(request.form), personal=True), f"{slug}-envelope.pdf")


@blueprint.get("/<locale:locale>/actions/<slug>/bulletin.pdf")
def bulletin(locale: str, slug: str) -> Response:
    """The action as a printed bulletin."""

    def render() -> tuple[bytes, str]:
        with door().storage.reading() as session:
            action = writable(published(session, slug, locale))
        there = door().settings.base_url + url("action", locale=locale, slug=slug)
        sheet = bulletin_sheet(action, clock.now(), office(locale).name, there)
        return door().prints.kept(slug, bulletin_pdf, sheet, before=screen_layout), ""

    made = door().cache.page(("bulletin", locale, slug), render)
    return _file(made, f"{slug}-{locale}.pdf")


def screen() -> None:
    """Count one print with somebody's own words against what a network may ask for."""
    _count(rate_limits.PRINTING)


def screen_layout() -> None:
    """Count one layout of what is the same for everyone. What is kept already is handed out uncounted."""
    _count(rate_limits.LAYING_OUT)


def _count(limit: Limit) -> None:
    here = door()
    if here.settings.screening:
        with here.storage.writing() as session:
            rate_limits.count(session, here.storage.vault, limit, visitor(), clock.now())


def writable(action: PublicAction) -> PublicAction:
    """A stopped action hides its letter: writing would do harm. What was printed of it is kept no longer."""
    if stopped(action):
        door().prints.forget(action.slug)
    refuse_if_stopped(action)
    return action


def unprintable(form: LetterForm) -> dict[str, Refused]:
    """What no font of ours can print, by the field it was typed into. A word processor may have a font for it."""
    found = {}
    for field in (form.name, form.place, form.text, form.sender):
        try:
            fonts.refuse_unprintable(clean(field.data or ""))
        except Unprintable as missing:
            found[field.name] = Refused(
                "We cannot print this: %(scripts)s. Write it another way, or leave it out.", **missing.values
            )
    return found


def paper_of(form: LetterForm) -> Paper:
    """The paper that a form asks for."""
    try:
        return Paper((form.paper.data or Paper.A4).lower())
    except ValueError as error:
        raise Refused("Choose the paper size a4 or letter.") from error


def official_of(form: LetterForm) -> int | None:
    """The number of the official that a form names; None if it names none, or everyone."""
    written = form.official.data
    if not written or written == EVERYONE:
        return None
    if not (written.isascii() and written.isdecimal() and len(written) < 6):
        raise Refused("Choose the official by number: 1 for the first.")
    return int(written)


def _asked(*names: str) -> LetterForm:
    # Nothing else is taken from an address: a name would stand in logs, and a link that prints any words it likes
    # would lend them our address.
    return LetterForm(MultiDict({it: request.args.get(it, "") for it in names}))


def _letter(locale: str, slug: str, form: LetterForm, kind: str, *, personal: bool) -> bytes:
    paper = paper_of(form)
    sheets = _sheets(locale, slug, form)
    if kind == "pdf":
        _refuse_unprintable(form)
    if kind == "txt":
        return documents.letter_text(sheets)
    make: Callable[..., bytes] = documents.letter_docx if kind == "docx" else letters_pdf
    if kind == "pdf" and len(sheets) == 1:
        return _printed(slug, letter_pdf, sheets[0], paper, personal=personal)
    return _printed(slug, make, sheets, paper, personal=personal)


def _printed(slug: str, make: Callable[..., bytes], *inputs: object, personal: bool) -> bytes:
    """A print, out of this process: kept for all if it is the same for all, and counted if it must be laid out. One
    with somebody's own words was counted when it was asked for, and is kept nowhere."""
    if personal:
        return door().prints.make(make, *inputs)
    return door().prints.kept(slug, make, *inputs, before=screen_layout)


def _refuse_unprintable(form: LetterForm) -> None:
    # What the model holds is ours to mend, and stays a fault of ours.
    for refused in unprintable(form).values():
        raise refused


def _envelope(locale: str, slug: str, form: LetterForm, *, personal: bool) -> bytes:
    try:
        size = Envelope((form.envelope.data or Envelope.DL).lower())
    except ValueError as error:
        raise Refused("Choose the envelope size dl, c5 or no10.") from error
    _refuse_unprintable(form)
    sender = tuple(form.sender.data.split("\n"))
    sheets = tuple(EnvelopeSheet(it.locale, it.addressee, sender) for it in _sheets(locale, slug, form))
    return _printed(slug, envelopes_pdf, sheets, size, personal=personal)


def _sheets(locale: str, slug: str, form: LetterForm) -> tuple[LetterSheet, ...]:
    """The letters that a form asks for: one, or one to each recipient."""
    if not form.validate():
        raise Refused(next(iter(form.errors.values()))[0])
    official = official_of(form)
    with door().storage.reading() as session:
        action = writable(published(session, slug, locale))
    day = letters.written_on(form.day.data, clock.now(), action.time_zone)
    lang, written = form.lang.data or None, (form.name.data, form.place.data, form.text.data)
    if form.official.data == EVERYONE:
        return letters.sheets(action, day, lang, *written)
    return (letters.sheet(action, day, official, lang, *written),)


def _file(content: bytes | CachedPage, name: str) -> Response:
    """A print as an answer; one from the cache may be kept by every cache on the way, for the seconds of a page."""
    kind, cache_control = name.rpartition(".")[2], "no-store"
    if isinstance(content, CachedPage):
        cache_control = f"public, max-age={FRESH}"
        keep_ready(content.fresh_until)
        content = content.body
    response = make_response(content)
    response.headers["Content-Type"] = _TYPES[kind]
    shown = "inline" if kind == "pdf" else "attachment"
    response.headers["Content-Disposition"] = f'{shown}; filename="{name}"'
    response.headers["Cache-Control"] = cache_control
    return response
