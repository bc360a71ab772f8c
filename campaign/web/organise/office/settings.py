"""The organisation's settings as one form, and what signers are told as it follows from them."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from campaign import clock
from campaign.appeals.signing import consent
from campaign.errors import CampaignError, Refused
from campaign.language import LANGUAGES
from campaign.office import logo, organisation
from campaign.office.organisation import House
from campaign.office.permissions import Permission
from campaign.sentences import Sentence, counted, in_language, joined
from campaign.storage.tables import ConsentText
from campaign.web import numbers
from campaign.web.app_state import door
from campaign.web.locales import _, current, sentence_of
from campaign.web.organise.account.authorisation import actor, needs
from campaign.web.rendering import page

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


@blueprint.get("/")
@needs(Permission.SETTINGS)
def show() -> str:
    """The form, filled."""
    with door().storage.reading() as session:
        return _form(organisation.read(session), {})


@blueprint.post("/")
@needs(Permission.SETTINGS)
def change() -> Response | tuple[str, int]:
    """Keep what was typed, or show it again with what is wrong."""
    wanted = _typed()
    wrong = organisation.faults(wanted)
    if wrong:
        return _form(wanted, wrong), 422
    now = clock.now()
    try:
        with door().storage.writing() as session:
            organisation.change(session, door().storage.vault, actor(), wanted, now)
            # What signers are told must be true from this moment: a new version in every language, if it differs.
            told = consent.state(session, wanted.retention_days, now)
    except CampaignError as error:
        return _form(wanted, {"": sentence_of(error)}), error.status
    saved = Sentence("Saved.")
    if told:
        saved = joined(
            [
                saved,
                counted("%(n)s new version of the privacy notice.", "%(n)s new versions of the privacy notice.", told),
            ]
        )
    flash(in_language(saved, current()))
    return redirect(url_for("settings.show"))


@blueprint.post("/logo")
@needs(Permission.SETTINGS)
def change_logo() -> Response | tuple[str, int]:
    """Show the logo that was handed in, or none."""
    given, files = request.files.get("logo"), door().storage.files
    removing = request.form.get("do") == "remove"
    try:
        content = b"" if given is None else given.read()
        if not removing and not content:
            raise Refused("Choose a logo file.")
        stored, picture = (None, b"") if removing else logo.read_given(content)
    except CampaignError as error:
        with door().storage.reading() as session:
            return _form(organisation.read(session), {"logo": sentence_of(error)}), error.status
    if stored is not None:
        files.write(stored, picture)
    with door().storage.writing() as session:
        gone = logo.change(session, door().storage.vault, actor(), stored, clock.now())
    if gone is not None:
        files.remove(gone)
    flash(_("Logo removed.") if stored is None else _("Logo saved. It is now on every public page."))
    return redirect(url_for("settings.show"))


def _form(shown: House, wrong: Mapping[str, str]) -> str:
    with door().storage.reading() as session:
        newest_first = select(ConsentText).order_by(ConsentText.locale, ConsentText.version.desc())
        told = session.scalars(newest_first).all()
    posting = "\n".join(f"{country} {days}" for country, days in sorted(shown.posting_days.items()))
    return page(
        "organise/office/settings.html",
        house=shown,
        wrong=wrong,
        told=told,
        locales=list(LANGUAGES.values()),
        posting_lines=posting,
    )


def _whole(name: str, unless_asked: int) -> int:
    """A number of a form that may lack its field; one that cannot be read is none that could be saved."""
    return request.form.get(name, -1 if name in request.form else unless_asked, type=numbers.whole)


def _typed() -> House:
    form = request.form
    posting = dict(line.split(None, 1) for line in form.get("posting_days", "").split("\n") if len(line.split()) == 2)
    return House(
        name={tag: said for tag in LANGUAGES if (said := form.get(f"name-{tag}", "").strip())},
        contact_email=form.get("contact_email", "").strip(),
        sender_email=form.get("sender_email", "").strip(),
        postal_address=[line.strip() for line in form.get("postal_address", "").splitlines() if line.strip()],
        retention_days=form.get("retention_days", 0, type=numbers.whole),
        time_zone=form.get("time_zone", "").strip(),
        languages=form.getlist("languages"),
        household_seats=form.get("household_seats", 0, type=numbers.whole),
        review_required=form.get("review_required") == "yes",
        goal_moves=form.get("goal_moves") == "yes",
        stale_days=form.get("stale_days", 0, type=numbers.whole),
        posting_days={country.strip().upper(): days.strip() for country, days in posting.items()},
        letters_hourly=form.get("letters_hourly", 0, type=numbers.whole),
        letters_daily=form.get("letters_daily", 0, type=numbers.whole),
        office_opens=form.get("office_opens", -1, type=numbers.whole),
        office_closes=form.get("office_closes", -1, type=numbers.whole),
        digest_hour=form.get("digest_hour", -1, type=numbers.whole),
        names_read_first=form.get("names_read_first") == "yes",
        name_hold_minutes=_whole("name_hold_minutes", 1),
        leave_url=form.get("leave_url", "").strip(),
        volume_days=_whole("volume_days", House.volume_days),
        least_country=_whole("least_country", House.least_country),
    )
