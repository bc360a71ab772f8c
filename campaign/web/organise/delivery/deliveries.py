"""One delivery: planned, dispatched, received or not, answered; and what supporters are told of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date

from flask import Blueprint, Response, flash, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from campaign import clock
from campaign.appeals.mails import update_mails
from campaign.cases import updates
from campaign.cases.review import held
from campaign.cases.updates import News
from campaign.delivery import announcements, deliveries, fax_extract, scans, volumes
from campaign.delivery.announcements import Announcement
from campaign.delivery.deliveries import End, Plan, Reply
from campaign.errors import Conflict, Refused, Unknown
from campaign.office.audit import Actor
from campaign.office.permissions import Permission
from campaign.sentences import Sentence
from campaign.storage.tables import Delivery, Dossier
from campaign.vocabulary import DeliveryChannel, DeliveryStatus, ReplyShown
from campaign.web import downloads
from campaign.web.app_state import door
from campaign.web.locales import _, sentence_of
from campaign.web.organise import two_people
from campaign.web.organise.account.authorisation import actor, allowed, needs
from campaign.web.organise.action.form_input import Typed
from campaign.web.organise.delivery import dossiers
from campaign.web.organise.two_people import Doing
from campaign.web.rendering import page

blueprint = Blueprint("deliveries", __name__)

Answer = Redirect | tuple[str, int]

SHOWN = {
    ReplyShown.NOTHING: Sentence("nothing"),
    ReplyShown.THAT_THERE_IS_ONE: Sentence("that there is a reply"),
    ReplyShown.TEXT: Sentence("its text"),
    ReplyShown.TEXT_AND_SCAN: Sentence("its text and the scan"),
}


@blueprint.get("/deliveries/<int:delivery_id>")
@needs(Permission.READ)
def show(delivery_id: int, form: Typed | None = None) -> str:
    """One delivery: where it is, and the form for what comes next, as it was typed if it could not be kept."""
    with door().storage.reading() as session:
        found = deliveries.found(session, delivery_id)
        dossier = found.dossier
        return page(
            "organise/delivery/delivery.html",
            delivery=found,
            dossier=dossier,
            slug=dossier.action.slug,
            official=json.loads(dossier.appeal)["official"],
            size=sum(it.bytes for it in dossier.volumes),
            largest_mail=deliveries.LARGEST_MAIL,
            to_fax=_to_fax(session, found),
            shown=SHOWN,
            asked=_asked(session, dossier),
            form=form,
            today=clock.local_day(clock.now(), dossier.action.case.time_zone),
        )


@blueprint.post("/dossiers/<code>/deliveries")
@needs(Permission.DELIVER)
def plan(code: str) -> Answer:
    """Plan how a dossier gets to its official."""
    form = Typed(code)
    channel, on = form.one_of(DeliveryChannel, "channel"), form.day("on", _("Enter the day it will be sent."))
    made = None
    if channel is not None and on is not None:
        wanted = Plan(channel, form["who"], form["place"], on)
        form.wrong |= deliveries.plan_faults(wanted)
        if not form.wrong:
            try:
                with door().storage.writing() as session:
                    made = deliveries.plan(session, door().storage.vault, actor(), code, wanted, clock.now())
            except (Refused, Conflict) as error:
                form.wrong[""] = sentence_of(error)
    if made is not None:
        return _back(made, _("Planned."))
    with door().storage.reading() as session:
        slug = _dossier(session, code).action.slug
    return dossiers.index(slug, form), 422


@blueprint.post("/deliveries/<int:delivery_id>/dispatch")
@needs(Permission.DELIVER)
def leave(delivery_id: int) -> Answer:
    """It left the office."""
    form, now = Typed("dispatch"), clock.now()
    on = form.day("on", _("Enter the day it was sent."))
    if on is not None:
        form.wrong |= deliveries.ahead_faults(on, now)
    if form.wrong or on is None:
        return show(delivery_id, form), 422

    def work(session: Session) -> None:
        deliveries.dispatch(session, door().storage.vault, actor(), delivery_id, on, form["tracking"], now)

    return _done(delivery_id, form, work, _("Saved. The public page shows it within seconds."))


@blueprint.post("/deliveries/<int:delivery_id>/end")
@needs(Permission.DELIVER)
def end(delivery_id: int) -> Answer:
    """It arrived, or came back, or was refused."""
    form, now = Typed("end"), clock.now()
    status, on = form.one_of(DeliveryStatus, "status"), form.day("on", _("Enter the day."))
    if status is None or on is None:
        return show(delivery_id, form), 422
    with door().storage.reading() as session:
        dispatched_on = deliveries.found(session, delivery_id).dispatched_on
    form.wrong |= deliveries.end_faults(End(status, on, form["reason"], form["next_step"]), dispatched_on, now)
    if form["tell"] and status is not DeliveryStatus.DELIVERED:
        form.wrong["tell"] = _(
            "You can tell supporters only about deliveries that arrived. Clear the box. "
            "You can write an update instead."
        )
    receipt = _scan(form, "receipts")
    if form.wrong:
        return show(delivery_id, form), 422
    how = End(status, on, form["reason"], form["next_step"], receipt)

    def work(session: Session) -> None:
        deliveries.end(session, door().storage.vault, actor(), delivery_id, how, now)

    return _done(delivery_id, form, work, _("Recorded."), announcements.delivered)


@blueprint.post("/deliveries/<int:delivery_id>/reply")
@needs(Permission.DELIVER)
def reply(delivery_id: int) -> Answer:
    """What the official answered, and what of it is public."""
    form, now = Typed("reply"), clock.now()
    shown, on = form.one_of(ReplyShown, "shown"), form.day("on", _("Enter the day the reply came."))
    if shown is None or on is None:
        return show(delivery_id, form), 422
    form.wrong |= deliveries.reply_faults(Reply(on, form["text"], shown), now)
    if form["tell"] and shown is ReplyShown.NOTHING:
        form.wrong["tell"] = _("You chose to hide this reply. Choose what readers can see, or clear the box.")
    given = Reply(on, form["text"], shown, _scan(form, "replies"))
    if form.wrong:
        return show(delivery_id, form), 422

    fields = {**request.form, "scan": given.scan or ""}

    def work(session: Session) -> bool:
        where = {"delivery_id": delivery_id}
        return two_people.done_in(session, "deliveries.reply", where, fields, reason="A reply of the official.")

    return _done(delivery_id, form, work, _("Reply saved."), announcements.replied)


@two_people.doing("deliveries.reply")
def _replying(fields: Mapping[str, str], delivery_id: int) -> Doing:
    shown, vault = ReplyShown(fields["shown"]), door().storage.vault
    given = Reply(date.fromisoformat(fields["on"]), fields.get("text", ""), shown, fields.get("scan") or None)

    def reaches(session: Session) -> set[str]:
        return held.of_action(session, deliveries.found(session, delivery_id).dossier.action.slug)

    def change(session: Session, who: Actor) -> None:
        deliveries.replied(session, vault, who, delivery_id, given, clock.now())

    return Doing(change, reaches)


@blueprint.post("/deliveries/<int:delivery_id>/answered")
@needs(Permission.DELIVER)
def answered(delivery_id: int) -> Redirect:
    """The reply was answered, or needs no answer."""
    now = clock.now()
    with door().storage.writing() as session:
        deliveries.answered(session, door().storage.vault, actor(), delivery_id, now.date(), now)
    return _back(delivery_id, _("Noted."))


@blueprint.post("/deliveries/<int:delivery_id>/link")
@needs(Permission.SEAL)
def link(delivery_id: int) -> str:
    """Make a link to the volumes. It is shown this once: only its keyed hash is kept."""
    with door().storage.writing() as session:
        token = deliveries.link(session, door().storage.vault, actor(), delivery_id, clock.now())
        found = deliveries.found(session, delivery_id)
        return page(
            "organise/delivery/link.html",
            delivery=found,
            there=f"{door().settings.base_url}/handed/{token}",
            until=found.link_until,
        )


@blueprint.get("/deliveries/<int:delivery_id>/fax.pdf")
@needs(Permission.DELIVER)
def fax(delivery_id: int) -> Response:
    """What to fax: letter, appeal and totals. No name of a supporter is on these pages."""
    with door().storage.reading() as session:
        code = deliveries.found(session, delivery_id).dossier.code
        volume = volumes.read(session, door().storage.files, code, 1)
    return downloads.download(fax_extract.extract(volume).pdf, "application/pdf", f"dossier-{code}-fax.pdf")


@blueprint.get("/deliveries/<int:delivery_id>/scans/<which>")
@needs(Permission.READ)
def scan(delivery_id: int, which: str) -> Response:
    """A scan that was handed in: of the "receipt" or of the "reply"."""
    with door().storage.reading() as session:
        found = deliveries.found(session, delivery_id)
    name = {"receipt": found.receipt, "reply": found.reply_scan}.get(which)
    if name is None:
        raise Unknown("This scan does not exist.")
    return downloads.scan(door().storage.files.read(name), name, which)


def _done(
    delivery_id: int,
    form: Typed,
    work: Callable[[Session], bool | None],
    said: str,
    announce: Callable[[Delivery, str], Announcement] | None = None,
) -> Answer:
    """Do the work; where supporters are to be told, go on to the update's draft."""
    try:
        with door().storage.writing() as session:
            waits = work(session) is False
            tell = announce is not None and form["tell"] and not waits
            draft = _drafted(session, delivery_id, announce) if announce is not None and tell else None
    except (Refused, Conflict) as error:
        form.wrong[""] = sentence_of(error)
        return show(delivery_id, form), error.status
    if draft is None:
        return _back(delivery_id, two_people.proposed() if waits else said)
    more = _(
        "This is the update for supporters who asked for updates. Check it, change it if you like, and send it below."
    )
    flash(f"{said} {more}")
    return redirect(url_for("updates.show", slug=draft[0], update_id=draft[1]))


def _drafted(
    session: Session, delivery_id: int, announce: Callable[[Delivery, str], Announcement]
) -> tuple[str, int] | None:
    """(slug, id) of a draft in the languages of all who asked; None if nobody did, or it is not for us to tell."""
    found = deliveries.found(session, delivery_id)
    action = found.dossier.action
    if not _asked(session, found.dossier):
        return None
    here, now = door().storage.vault, clock.now()
    draft = updates.begin(session, here, actor(), action.slug, now)
    words = {it: announce(found, it) for it in (action.original_locale, *update_mails.languages(session, action.id))}
    wanted = {locale: News(it.subject[: updates.LONGEST_SUBJECT], it.body) for locale, it in words.items()}
    updates.write(session, here, actor(), draft.id, wanted, {}, now)
    return action.slug, draft.id


def _asked(session: Session, dossier: Dossier) -> int:
    """How many the one who looks may have told of this dossier."""
    told = dossier.action.status in updates.TOLD and not dossier.action.stop_reason
    return update_mails.count_subscribers(session, dossier.action_id) if told and allowed(Permission.SEND) else 0


def _to_fax(session: Session, delivery: Delivery) -> tuple[int, ...]:
    """Which pages of the first volume are to be faxed, while they are."""
    if delivery.channel is not DeliveryChannel.FAX or delivery.status is not DeliveryStatus.PLANNED:
        return ()
    return fax_extract.extract(volumes.read(session, door().storage.files, delivery.dossier.code, 1)).pages


def _dossier(session: Session, code: str) -> Dossier:
    found = session.scalars(select(Dossier).where(Dossier.code == code)).one_or_none()
    if found is None:
        raise Unknown("There is no dossier with the code %(code)s.", code=code)
    return found


def _back(delivery_id: int, said: str) -> Redirect:
    flash(said)
    return redirect(url_for("deliveries.show", delivery_id=delivery_id))


def _scan(form: Typed, folder: str) -> str | None:
    """Where the scan lies that was handed in, if one was; nothing is kept while the form has other faults."""
    given = request.files.get("scan")
    if given is None or not given.filename:
        return None
    if form.wrong:
        form.wrong["scan"] = _("Please choose the file again.")
        return None
    try:
        # Before any transaction: drawing it anew takes a while.
        return scans.keep(door().storage.files, folder, scans.read(given.read(scans.MOST_BYTES + 1)))
    except Refused as error:
        form.wrong["scan"] = sentence_of(error)
        return None
