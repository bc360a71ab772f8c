"""The directory of officials: finding, adding, changing, clearing, merging, and files in and out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from campaign import clock, language
from campaign.appeals.relay import answers
from campaign.cases.review import held
from campaign.channels import CHANNELS
from campaign.errors import CampaignError, Conflict, Refused
from campaign.office import audit_reading, saved_filters
from campaign.office.audit import Actor
from campaign.office.permissions import Permission
from campaign.office.saved_filters import Listing
from campaign.officials import csv_files, directory, duplicates, merging, validation
from campaign.officials.directory import Health
from campaign.officials.validation import Checked, Entry
from campaign.sentences import Sentence, joined
from campaign.storage.tables import AuditEvent, Official, Organisation, Organiser
from campaign.web import numbers
from campaign.web.app_state import door
from campaign.web.locales import _, current, sentence_of
from campaign.web.organise import two_people
from campaign.web.organise.account.authorisation import actor, allowed, me, needs
from campaign.web.organise.downloads import download
from campaign.web.organise.support.signatures import day
from campaign.web.organise.two_people import Doing
from campaign.web.organise.words import worded
from campaign.web.rendering import page

blueprint = Blueprint("officials", __name__, url_prefix="/officials")

AT_ONCE = 100
LATEST = 10  # changes of one entry, on its page
# A directory of thousands is a few hundred kilobytes.
LARGEST_FILE = 4 * 1024 * 1024
# What the parts of an entry are called where two versions of it stand side by side.
PARTS = {
    "name": Sentence("name"),
    "title": Sentence("title"),
    "office": Sentence("office"),
    "salutation": Sentence("salutation"),
    "country": Sentence("country"),
    "address": Sentence("address"),
    "emails": Sentence("e-mail"),
    "languages": Sentence("languages"),
    "time_zone": Sentence("time zone"),
    "note": Sentence("note"),
    "fax": Sentence("fax"),
    "phone": Sentence("telephone"),
    "web_form": Sentence("web form"),
    **{it.key: it.label for it in CHANNELS if it.network},
}


@blueprint.get("/")
@needs(Permission.READ)
def index() -> str:
    """Everyone in the directory, narrowed down by a search."""
    sought, country = request.args.get("q", "").strip(), request.args.get("country", "").strip().upper() or None
    beginning = max(0, request.args.get("from", 0, type=numbers.whole))
    with door().storage.reading() as session:
        found = directory.directory(session, sought, country)
        everyone = found if not (sought or country) else directory.directory(session)
        saved = saved_filters.of_page(session, me().id, Listing.OFFICIALS)
        distinct = merging.distinct(session)
    return page(
        "organise/official/index.html",
        found=found[beginning : beginning + AT_ONCE],
        count=len(found),
        beginning=beginning,
        more=beginning + AT_ONCE if len(found) > beginning + AT_ONCE else None,
        sought=sought,
        country=country,
        saved=saved,
        kept_narrowed=saved_filters.narrowed(Listing.OFFICIALS, request.args),
        countries=sorted({it.country for it in everyone if it.country}),
        groups=len(duplicates.groups(entries_of(everyone), distinct)),
        ailing=directory.ailing,
        ways_of=ways_of,
        said=said_of,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@needs(Permission.EDIT)
def new() -> str | Redirect | tuple[str, int]:
    """Add one."""
    if request.method == "GET":
        return _form(None, {}, Checked(Entry(), {}, {}))
    written = _written(request.form)
    checked = validation.checked(written)
    if checked.errors:
        return _form(None, written, checked), 422
    with door().storage.writing() as session:
        made = directory.add(session, door().storage.vault, actor(), checked.entry, clock.now())
    flash(worded(joined((Sentence("Added to the directory."), *checked.warnings.values()))))
    return redirect(url_for("officials.show", official_id=made.id))


@blueprint.get("/<int:official_id>")
@needs(Permission.READ)
def show(official_id: int) -> str:
    """One official: how to reach them, how well that works, where they are asked, and everything ever sent."""
    return _show(official_id)


@blueprint.route("/<int:official_id>/edit", methods=["GET", "POST"])
@needs(Permission.EDIT)
def edit(official_id: int) -> str | Redirect | tuple[str, int]:
    """Change one; where it shows in open actions, those are shown before it is saved."""
    with door().storage.reading() as session:
        official = directory.one(session, official_id)
        touched = directory.touched(session, official_id)
    if official.merged_into_id is not None:
        return redirect(url_for("officials.show", official_id=official.merged_into_id))
    was = validation.of(official)
    if request.method == "GET":
        return _form(official, csv_files.as_written(was), Checked(was, {}, {}), touched=touched)
    written = _written(request.form)
    checked = validation.checked(written)
    revision = request.form.get("revision", -1, type=numbers.whole)
    if checked.errors:
        return _form(official, written, checked, touched=touched, revision=revision), 422
    differs = directory.differences(was, checked.entry)
    # Where two look, the page that asks why shows the difference.
    first = touched and differs and revision == official.revision and not two_people.needed()
    if first and request.form.get("seen") != _mark(differs):
        return _form(official, written, checked, touched=touched, before_saving=differs)
    try:
        done = two_people.done("officials.edit", {"official_id": official_id})
    except Conflict as error:
        # Both versions: theirs beside what was typed, which stays in the form; sending it again replaces theirs.
        with door().storage.reading() as session:
            official = directory.one(session, official_id)
        theirs = directory.differences(validation.of(official), checked.entry)
        return _form(
            official, written, checked, touched=touched, theirs=theirs, problem=sentence_of(error)
        ), error.status
    said = Sentence("Saved.") if done else two_people.PROPOSED
    flash(worded(joined((said, *checked.warnings.values()))))
    return redirect(url_for("officials.show", official_id=official_id))


@two_people.doing("officials.edit")
def _changing(fields: Mapping[str, str], official_id: int) -> Doing:
    entry, vault = validation.checked(_written(fields)).entry, door().storage.vault
    revision = _whole(fields, "revision", -1)

    def change(session: Session, who: Actor) -> None:
        directory.change(session, vault, who, official_id, revision, entry, clock.now())

    return Doing(change, lambda session: held.of_officials(session, [official_id]), everywhere=True)


@blueprint.post("/<int:official_id>/clear")
@needs(Permission.CLEAR)
def clear(official_id: int) -> Redirect | tuple[str, int]:
    """Allow letters to be sent to them, or allow it no more."""
    here, revision = door().storage, request.form.get("revision", -1, type=numbers.whole)
    try:
        with here.writing() as session:
            if request.form.get("cleared") == "no":
                reason = request.form.get("reason", "")
                directory.unclear(session, here.vault, actor(), official_id, reason, clock.now())
            else:
                directory.clear(session, here.vault, actor(), official_id, revision, clock.now())
    except (Refused, Conflict) as error:
        return _show(official_id, sentence_of(error)), error.status
    return redirect(url_for("officials.show", official_id=official_id))


@blueprint.post("/<int:official_id>/health")
@needs(Permission.EDIT)
def health(official_id: int) -> Redirect | tuple[str, int]:
    """Note that the contact was confirmed, or that something came back."""
    on: date | None = day(request.form.get("on"))
    try:
        noted = Health(request.form.get("health", ""))
        if on is None:
            raise Refused("Enter the day.")
        with door().storage.writing() as session:
            directory.note_health(session, door().storage.vault, actor(), official_id, noted, on, clock.now())
    except ValueError:
        return _show(official_id, _("Choose what happened.")), 422
    except (Refused, Conflict) as error:
        return _show(official_id, sentence_of(error)), error.status
    flash(_("Noted."))
    return redirect(url_for("officials.show", official_id=official_id))


@blueprint.get("/officials.<form>")
@needs(Permission.READ)
def as_file(form: str) -> Response:
    """The directory for a spreadsheet."""
    with door().storage.reading() as session:
        everyone = directory.directory(session)
    return download(csv_files.written(everyone), "officials", form)


@blueprint.route("/import", methods=["GET", "POST"])
@needs(Permission.EDIT)
def bring_in() -> str | Redirect | tuple[str, int]:
    """A file of officials: looked at first, then saved, all of it or nothing."""
    if request.method == "GET":
        return page("organise/official/import.html", lines=None, text="", problem=None, parts=PARTS)
    chosen = request.files.get("file")
    file: bytes | str = chosen.read(LARGEST_FILE + 1) if chosen else request.form.get("text", "")
    text = file.decode("utf-8-sig", "replace") if isinstance(file, bytes) else file
    try:
        if len(file) > LARGEST_FILE:
            raise Refused("This file is larger than 4 MB. Split it into several files.")
        rows = csv_files.unpacked(file)
        if request.form.get("sure") != "yes":
            with door().storage.reading() as session:
                lines = csv_files.read(session, rows)
            return page("organise/official/import.html", lines=lines, text=text, problem=None, parts=PARTS)
        with door().storage.reading() as session:
            lines = csv_files.read(session, rows)
        done = two_people.done("officials.bring_in", {}, {"text": text}, reason="A file of officials was imported.")
    except CampaignError as error:
        problem = sentence_of(error)
        return page("organise/official/import.html", lines=None, text=text, problem=problem, parts=PARTS), error.status
    added = sum(it.official_id is None for it in lines)
    changed = sum(it.was is not None and it.was != it.entry for it in lines)
    said = Sentence("%(added)s added, %(changed)s changed.", added=added, changed=changed)
    flash(worded(said if done else two_people.PROPOSED))
    return redirect(url_for("officials.index"))


@two_people.doing("officials.bring_in")
def _importing(fields: Mapping[str, str]) -> Doing:
    rows, vault = csv_files.unpacked(fields["text"]), door().storage.vault

    def change(session: Session, who: Actor) -> None:
        csv_files.save(session, vault, who, csv_files.read(session, rows), clock.now())

    def reaches(session: Session) -> set[str]:
        known = (it.official_id for it in csv_files.read(session, rows))
        return held.of_officials(session, [it for it in known if it is not None])

    return Doing(change, reaches, everywhere=True)


def _show(official_id: int, problem: str | None = None) -> str:
    with door().storage.reading() as session:
        official = directory.one(session, official_id)
        wrote = directory.written_by(session, official_id)
        people = {it.id: it.name for it in session.execute(select(Organiser.id, Organiser.name))}
        changes = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.object_kind == directory.KIND, AuditEvent.object_id == official_id)
            .order_by(AuditEvent.id.desc())
            .limit(LATEST)
        ).all()
        return page(
            "organise/official/show.html",
            official=official,
            entry=validation.of(official),
            touched=directory.touched(session, official_id, open_only=False),
            sent=directory.ever_sent(session, official_id),
            ailing=directory.ailing(official),
            told=answers.of_official(session, official_id),
            wrote=people.get(wrote) if wrote else None,
            cleared_by=people.get(official.cleared_by_id) if official.cleared_by_id else None,
            mine=wrote == me().id,
            channels=CHANNELS,
            parts=PARTS,
            today=clock.now().date(),
            problem=problem,
            events=audit_reading.lines(session, changes),
            trail=allowed(Permission.AUDIT),
        )


def _form(official: Official | None, written: Mapping[str, Any], checked: Checked, **more: Any) -> str:
    """The form; `before_saving`, `theirs` and `problem` say what stands above it."""
    with door().storage.reading() as session:
        tags = _languages(session, written)
    extra = {"touched": (), "before_saving": None, "theirs": None, "problem": None, **more}
    revision = extra.pop("revision", None)
    if revision is None:
        revision = official.revision if official is not None else 0
    return page(
        "organise/official/form.html",
        official=official,
        written=written,
        errors=checked.errors,
        warnings=checked.warnings,
        tags=tags,
        countries=language.countries(current()),
        channels=CHANNELS,
        parts=PARTS,
        revision=revision,
        seen=_mark(extra["before_saving"]) if extra["before_saving"] else "",
        **extra,
    )


def _whole(fields: Mapping[str, str], name: str, otherwise: int) -> int:
    try:
        return numbers.whole(fields.get(name, ""))
    except ValueError:
        return otherwise


def _written(fields: Mapping[str, str]) -> dict[str, Any]:
    """The form as `official_entries.checked` reads it: `office:ur` is the office in Urdu."""
    found: dict[str, Any] = {name: {} for name in csv_files.BY_LANGUAGE}
    for name, value in fields.items():
        part, _colon, tag = name.partition(":")
        if tag and part in found:
            found[part][tag] = value
        elif name in csv_files.PLAIN:
            found[name] = value
    return found


def _languages(session: Session, written: Mapping[str, Any]) -> list[str]:
    """In which languages the form asks: the office's, the official's, and those something is written in."""
    organisation = session.scalars(select(Organisation)).one_or_none()
    theirs = str(written.get("languages", "")).replace(",", " ").split()
    given = [tag for name in csv_files.BY_LANGUAGE for tag, text in written.get(name, {}).items() if text]
    wanted = [language.ORIGINAL, *(organisation.languages if organisation else ()), *theirs, *given]
    return [tag for tag in dict.fromkeys(wanted) if language.is_known(tag)]


def ways_of(official: Official) -> list[str]:
    """The channels an official has, in a list of many."""
    ways = [_("post")] if official.address else []
    ways += [_("e-mail")] if official.emails else []
    return ways + [str(worded(PARTS[it.key])) for it in CHANNELS if official.channels.get(it.key)]


def _mark(differs: list[tuple[str, object, object]]) -> str:
    """What was shown before saving, so that something else is not saved in its name."""
    return door().storage.vault.keyed_hash("official/seen", repr(differs)).hex()


def entries_of(everyone: Iterable[Official]) -> list[tuple[int, Entry]]:
    """Stored officials by number, as entries."""
    return [(it.id, validation.of(it)) for it in everyone]


def said_of(official: Official) -> str:
    """What an official is called in lists."""
    return validation.of(official).said
