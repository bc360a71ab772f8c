"""An office at work: its own installation, served from this process, with a page of every kind in it."""

from __future__ import annotations

import io
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from campaign import clock, create_app
from campaign.appeals.paper import sheets
from campaign.appeals.paper.sheets import Filled
from campaign.appeals.relay import post_runs
from campaign.appeals.signature_admin import invalidation
from campaign.appeals.signature_admin.invalidation import Criteria
from campaign.appeals.signing import equal_words
from campaign.cases import obstacles
from campaign.cases.evidence import copies, pictures
from campaign.cases.evidence.copies import Taken
from campaign.cases.obstacles import Obstacle, Reason
from campaign.cases.writing import autosaves, office_templates, reading_layouts, versions
from campaign.delivery import deliveries, freeze_requests, scans
from campaign.delivery.deliveries import End, Plan, Reply
from campaign.office import (
    calendar_and_digest,
    kept_forms,
    notes,
    organisers,
    ownership,
    passkeys,
    passwords,
    saved_filters,
    sensitive_cases,
    tasks,
)
from campaign.office.audit import COMMAND_LINE, Actor
from campaign.office.kept_forms import Sent
from campaign.office.organisers import Invitee
from campaign.office.password_links import Welcomes
from campaign.office.saved_filters import Listing
from campaign.office.tasks import Wanted
from campaign.office.webhooks import notices
from campaign.office.webhooks import registry as webhooks
from campaign.office.webhooks.registry import HEARD
from campaign.publication.reading import published
from campaign.storage import Storage
from campaign.storage.tables import (
    Action,
    Case,
    CaseReader,
    DossierRequest,
    Extension,
    Figure,
    HarmStatement,
    Organiser,
    Passkey,
    Proposal,
    Remark,
    Source,
    Update,
    UpdateText,
    Webhook,
)
from campaign.vocabulary import (
    ActionStatus,
    CorrectionKind,
    DeliveryChannel,
    DeliveryStatus,
    OfficeEvent,
    Outcome,
    Paper,
    ProposalStatus,
    ReplyShown,
    Role,
    Shield,
    TemplateKind,
    UpdateStatus,
    WebhookOutcome,
)
from tests import made
from tests.appeals import crowd, entrusted
from tests.conftest import furnish, settings_for
from tests.delivery import signed

PASSWORD = "nine brave otters sing"
ADMIN, GUARDED = "noor@office.example", "guarded@office.example"
OPEN = "renew-the-cards"
WAITING_WORDS = "Please <b>act</b>."


@dataclass
class Office:
    """Where it is served, and what stands for each name in its addresses."""

    base: str
    app: Flask
    storage: Storage
    values: dict[str, Any] = field(default_factory=dict)


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:  # type: ignore[override]
        """Say nothing of every request."""


@contextmanager
def opened(home: Path, database_url: str, *, live: bool = False) -> Iterator[Office]:
    """An office with an admin and nothing to do yet; `fill` gives it work."""
    # Taken before the application is made, which must know its address, and never let go of.
    listening = socket.create_server(("127.0.0.1", 0))
    base = f"http://localhost:{listening.getsockname()[1]}"
    mode = {"mode": "live", "mail_url": "smtp://127.0.0.1:1"} if live else {}
    settings = settings_for(home, database_url=database_url, base_url=base, **mode)
    app = create_app(settings)
    storage: Storage = app.extensions["campaign"].storage
    furnish(storage)
    with storage.writing() as session:
        kept = passwords.hashed(PASSWORD)
        for name, email, role in (
            ("Noor Lindqvist", ADMIN, Role.ADMIN),
            ("Tomas Achieng", "tomas@office.example", Role.REVIEWER),
            ("Someone Guarded", GUARDED, Role.EDITOR),
        ):
            organisers.add(session, storage.vault, COMMAND_LINE, Invitee(name, email, role), clock.now(), kept)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet, fd=listening.fileno())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Office(base, app, storage)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        listening.close()
        storage.dispose()


def fill(office: Office, home: Path) -> None:
    """Actions in every state, and of all that hangs on one action something."""
    storage, now = office.storage, clock.now()
    with storage.writing() as session:
        admin = session.scalars(select(Organiser).where(Organiser.email == ADMIN)).one()
        values = _actions(session, admin)
        _around_the_open_one(session, admin)
        values["task_id"] = _looked_after(storage, session, admin)
        _sensitive(storage, session, admin)
        _webhooks(storage, session, admin)
        values["note_id"] = _noted(storage, session, admin)
        labels = {"Last day to write:": "deadline", "Who decides:": "officials", "What happened": "summary"}
        reading_layouts.keep(session, storage.vault, organisers.actor(admin), "Section Latvia", labels, now)
        values["template_id"] = _templates(storage, session, admin)
        token = "the-token-of-a-calendar"
        calendar_and_digest.open_calendar(session, storage.vault, organisers.actor(admin), token, now)
        invited = organisers.invite(
            session,
            storage.vault,
            COMMAND_LINE,
            Invitee("Just Invited", "invited@office.example", Role.VIEWER),
            now,
        )
        office.values |= values | {"token": token, "form": "xlsx", "paper": "a4", "plot": "days", "picture": "svg"}
        kept = Sent(f"/organise/actions/{OPEN}/texts/", (("locales", "en"), ("title-en", "Typed before it ended")))
        office.values["reference"] = (kept_forms.keep(session, storage.vault, admin.id, kept, now) or b"").hex()
        office.values["welcome"] = Welcomes(office.app.secret_key).token(invited)  # type: ignore[arg-type]
    crowd.sign(storage, 30, at=now - timedelta(hours=3), network="198.51.100.0/24", domain="false.example")
    crowd.sign(storage, 3, at=now - timedelta(days=2), message=WAITING_WORDS, country="PK", counted=True)
    crowd.sign(storage, 1, at=now - timedelta(days=2), updates=True, locale="ur", email_hash=b"u" * 32, seat=1)
    office.values["group"] = equal_words.words_hash(storage.vault, office.values["action_id"], WAITING_WORDS).hex()
    office.values["mark"] = _picture_that_waits(storage)
    office.values["copy_id"] = _copies_of_sources(storage)
    office.values |= _invalidations(storage) | _delivery(storage, home) | _on_paper(storage)


def _actions(session: Session, admin: Organiser) -> dict[str, Any]:
    """Actions by what is to be done with them; the values of addresses that belong to the open one."""
    now = clock.now()
    today, gone = now.date(), (now - timedelta(days=9)).date()
    opened_one = made.action(session, OPEN)
    made.action(
        session,
        "imported",
        status=ActionStatus.DRAFT,
        serial=57,
        deadline=None,
        issued_on=None,
        languages=["en", "fr"],
        imported_text="A bulletin.\nA line that was not understood.",
        unplaced=["A line that was not understood.", "https://example.org/a-very-long-address/" + "x" * 90],
    ).deadline = None
    reviewed = made.action(
        session, "in-review", status=ActionStatus.IN_REVIEW, serial=58, submitted_by_id=2, submitted_at=now
    )
    for settled in (None, now):
        session.add(
            Remark(
                action_id=reviewed.id,
                organiser_id=2,
                part="text:ur",
                text="The second demand says too much.",
                created_at=now,
                settled_at=settled,
                settled_by_id=admin.id if settled else None,
            )
        )
    made.action(
        session,
        "approved",
        status=ActionStatus.IN_REVIEW,
        serial=59,
        submitted_by_id=admin.id,
        submitted_at=now,
        approved_by_id=2,
        approved_at=now,
        opens_at=now + timedelta(days=1),
    )
    made.action(session, "over", status=ActionStatus.CLOSED, serial=60, deadline=gone)
    made.action(
        session,
        "told",
        status=ActionStatus.CLOSED,
        serial=61,
        deadline=gone,
        outcome_kind=Outcome.MIXED,
        outcome={"en": "Two of three were let go."},
        outcome_on=today,
    )
    made.action(
        session, "stopped", status=ActionStatus.STOPPED, serial=62, stop_reason={"en": "The family asks for silence."}
    )
    made.action(session, "paused", serial=63, shield=Shield.PAUSE, paused_at=now)
    return {
        "slug": OPEN,
        "action_id": opened_one.id,
        "tag": "ur",
        "official_id": opened_one.recipients[0].official_id,
        "figure_id": session.scalars(select(Figure.id).where(Figure.case_id == opened_one.case_id)).first(),
        "kind": "subjects",
        "part_id": opened_one.case.subjects[0].id,
        "subjects": opened_one.case.subjects[0].id,
        "events": opened_one.case.events[0].id,
        "sources": opened_one.case.sources[0].id,
        "source_id": opened_one.case.sources[0].id,
    }


def _around_the_open_one(session: Session, admin: Organiser) -> None:
    """Versions, something typed and not saved, an extension, a statement, updates, a sheet of paper."""
    now = clock.now()
    action = session.scalars(select(Action).where(Action.slug == OPEN)).one()
    actor = organisers.actor(admin)
    for why in ("as it was", "a word changed"):
        versions.keep_text(session, action, "ur", actor, why, now)
    autosaves.keep(session, action.id, admin.id, "texts", 0, {"title-en": "Typed, not saved", "locales": "en ur"}, now)
    session.add_all(
        [
            HarmStatement(action_id=action.id, consent="Agreed.", risk="Small.", organiser_id=admin.id, on=now.date()),
            Extension(
                action_id=action.id,
                was=(now + timedelta(days=3)).date(),
                becomes=action.deadline,
                reason={"en": "The hearing was put off."},
                organiser_id=admin.id,
                created_at=now,
            ),
        ]
    )
    later = {"send_at": now + timedelta(days=2), "planned_by_id": 1, "organiser_id": 2}
    held = {
        "organiser_id": 2,
        "held_at": now - timedelta(hours=3),
        "held_why": "The English text uses ((holders)), which has no value.",
        "held_for": obstacles.written([Obstacle(Reason.NO_VALUE, {"language": "en", "field": "((holders))"})]),
    }
    for status, planned in (
        (UpdateStatus.DRAFT, {}),
        (UpdateStatus.SENT, {}),
        (UpdateStatus.DRAFT, later),
        (UpdateStatus.DRAFT, held),
    ):
        texts = [UpdateText(locale="en", subject="News of the cards", body="They are *renewed*.")]
        over = status is UpdateStatus.SENT
        session.add(
            Update(
                **{
                    "action_id": action.id,
                    "organiser_id": admin.id,
                    "status": status,
                    "created_at": now,
                    "queued_at": now if over else None,
                    "ended_at": now if over else None,
                    "reached": 0,
                    "texts": texts,
                    **planned,
                }
            )
        )


def _webhooks(storage: Storage, session: Session, admin: Organiser) -> None:
    """One that was told nothing yet, one that is tried again, one that was given up."""
    now, actor = clock.now(), organisers.actor(admin)
    for name, hears in (("A new room", (OfficeEvent.REVIEW,)), ("Team", tuple(HEARD)), ("Volunteers", tuple(HEARD))):
        address = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
        wanted = webhooks.Wanted(name, address, hears, "en")
        webhooks.add(session, storage.vault, actor, wanted, "slack", now)
    tried = {"tried_at": now - timedelta(minutes=4), "outcome": WebhookOutcome.REFUSED, "status_code": 503}
    again = {"due_at": now + timedelta(days=2), "failing_since": now, "attempts": 3}
    session.execute(update(Webhook).where(Webhook.name == "Team").values(**tried, **again))
    silent = {"tried_at": now, "outcome": WebhookOutcome.UNREACHABLE, "gave_up_at": now}
    session.execute(update(Webhook).where(Webhook.name == "Volunteers").values(**silent))
    notices.tell(session, OfficeEvent.HELD, None, now)


def _looked_after(storage: Storage, session: Session, admin: Organiser) -> int:
    """An owner, a watcher, and three tasks: late, of today, done; the number of the first."""
    now, vault, who = clock.now(), storage.vault, organisers.actor(admin)
    ownership.set_owner(session, vault, who, OPEN, admin.id, None, now)
    ownership.watch(session, vault, who, OPEN, 2, now)
    numbers = [
        tasks.add(session, vault, who, OPEN, Wanted(what, now.date() + timedelta(days=days), has_it), now)
        for what, days, has_it in (
            ("Ring the lawyer", -2, 2),
            ("وزارت کو فون کریں", 0, None),
            ("Find a translator", 3, None),
        )
    ]
    tasks.set_done(session, vault, who, OPEN, numbers[2], True, now)
    return numbers[0]


def _copies_of_sources(storage: Storage) -> int:
    """One as it was handed in, one that somebody changed on the disk, one that was removed; the number of the first."""
    now, numbers = clock.now(), []
    for n in range(3):
        page = f"<!DOCTYPE html><html>{n} of the cards are renewed.</html>".encode()
        given = copies.store(storage.files, page, now)
        taken = Taken("https://example.org/report/" + "of-many-words-" * 9 if n else None, now.date())
        with storage.writing() as session:
            source = session.scalars(select(Source).join(Case).where(Case.slug == OPEN)).first()
            assert source is not None
            there = (source.case_id, source.id)
            numbers.append(copies.add(session, storage.vault, Actor(1, "Noor"), *there, given, taken, now))
            if n == 2:
                copies.remove(session, storage.vault, Actor(1, "Noor"), *there, numbers[n], "It names a child.", now)
        if n == 1:
            storage.files.write(f"{copies.FOLDER}/{given.mark}.{given.kind}", b"<html>changed</html>")
    return numbers[0]


def _noted(storage: Storage, session: Session, admin: Organiser) -> int:
    """A note of each of two, a mention of the admin, and filters of theirs; the number of the admin's note."""
    now, vault = clock.now(), storage.vault
    tomas = session.scalars(select(Organiser).where(Organiser.email == "tomas@office.example")).one()
    mine = notes.add(session, vault, organisers.actor(admin), OPEN, "The lawyer rang.\nوکیل نے فون کیا۔", [2], now)
    notes.add(session, vault, organisers.actor(tomas), OPEN, "@Noor Lindqvist: who rings back?", (), now)
    for listing, asked in ((Listing.BOARD, {"country": "PK"}), (Listing.CASES, {"q": "cards"})):
        saved_filters.keep(session, admin.id, listing, "Pakistan, every day", asked)
    return mine


def _templates(storage: Storage, session: Session, admin: Organiser) -> int:
    """One of each kind, with what they leave open; the number of the letter."""
    letter = {"salutation": "Dear ((official)),", "body": "I write for ((who)).\n\n((charge))", "close": "Yours,"}
    text = {
        "title": "Stop the return of ((who))",
        "summary": "They are sent to ((destination)).",
        "demands": "Stop it.",
    }
    news = {"subject": "((number)) کی خبر", "body": "((people)) افراد نے دستخط کیے۔"}
    numbers = [
        office_templates.add(session, storage.vault, organisers.actor(admin), kind, locale, name, words, clock.now())
        for kind, locale, name, words in (
            (TemplateKind.LETTER, "en", "Detained writers, " + "with a name that is very long " * 2, letter),
            (TemplateKind.ACTION, "en", "Forced returns", text),
            (TemplateKind.UPDATE, "ur", "شکریہ", news),
        )
    ]
    return numbers[0]


def _sensitive(storage: Storage, session: Session, admin: Organiser) -> None:
    """A case that two are named for, one of whom let themselves in; and one that nobody is named for any more."""
    now = clock.now()
    sensitive_cases.close(session, storage.vault, organisers.actor(admin), "told", [2], now)
    session.execute(update(CaseReader).where(CaseReader.organiser_id == 2).values(uninvited=True))
    left_behind = made.case("left-behind")
    left_behind.sensitive_since = now
    session.add(left_behind)


def _picture_that_waits(storage: Storage) -> str:
    """A picture that someone else is to publish; the mark of its files."""
    given = io.BytesIO()
    Image.new("RGB", (800, 450), "teal").save(given, "PNG")
    drawn, now = pictures.drawn(given.getvalue()), clock.now()
    for name, body in drawn.files.items():
        storage.files.write(name, body)
    kept = {
        "_name": "cases.picture",
        "_where": {"slug": OPEN},
        "_fields": {"mark": drawn.mark, "width": "720", "height": "405"},
        "_slugs": [OPEN],
    }
    with storage.writing() as session:
        action = session.scalars(select(Action).where(Action.slug == OPEN)).one()
        session.add(
            Proposal(
                action_id=action.id,
                part=f"held:cases.picture:{OPEN}",
                base="{}",
                content=json.dumps({"picture": "A hill · Drawing, no real person", **kept}),
                kind=CorrectionKind.EDIT,
                reason="A picture, or what is said of it.",
                status=ProposalStatus.OPEN,
                proposed_by_id=2,
                created_at=now,
            )
        )
    return drawn.mark


def _invalidations(storage: Storage) -> dict[str, Any]:
    """One that was begun, under the name of its address."""
    now = clock.now()
    with storage.writing() as session:
        action = session.scalars(select(Action).where(Action.slug == OPEN)).one()
        criteria = Criteria(country="GB")
        up_to = invalidation.count(session, action.id, criteria).up_to
        begun = invalidation.begin(
            session, storage.vault, COMMAND_LINE, action, criteria, up_to, "From one network", now
        )
        invalidation.cancel(session, storage.vault, COMMAND_LINE, action.id, begun.id, now)
        return {"invalidation_id": begun.id, "update_id": 1}


def _delivery(storage: Storage, home: Path) -> dict[str, Any]:
    """A printed dossier, one that waits, one that is asked for, and deliveries in three states."""
    code = signed.freeze(storage)
    signed.printed(storage, home, code)
    signed.freeze(storage)
    with storage.writing() as session:
        action = published(session, signed.SLUG, "en")
        freeze_requests.ask(session, COMMAND_LINE, action, 1, "a press", clock.now())
        request_id = session.scalars(select(DossierRequest.id)).one()
    today = clock.now().date()
    ids = []
    with storage.writing() as session:
        for channel in (DeliveryChannel.POST, DeliveryChannel.EMAIL, DeliveryChannel.IN_PERSON):
            plan = Plan(channel, "Noor Lindqvist", "The ministry", today)
            ids.append(deliveries.plan(session, storage.vault, COMMAND_LINE, code, plan, clock.now()))
        returned, _, received = ids
        for each in (returned, received):
            deliveries.dispatch(session, storage.vault, COMMAND_LINE, each, today, "RR 123", clock.now())
        back = End(DeliveryStatus.RETURNED, today, "Addressee unknown", "The embassy is asked")
        deliveries.end(session, storage.vault, COMMAND_LINE, returned, back, clock.now())
        receipt = scans.keep(storage.files, "receipts", scans.redrawn(_picture()))
        here = End(DeliveryStatus.DELIVERED, today, receipt=receipt)
        deliveries.end(session, storage.vault, COMMAND_LINE, received, here, clock.now())
        reply = Reply(today, "We have received your letter.", ReplyShown.TEXT)
        deliveries.replied(session, storage.vault, COMMAND_LINE, received, reply, clock.now())
    return {
        "code": code,
        "number": 1,
        "delivery_id": received,
        "deliveries": ids,
        "which": "receipt",
        "request_id": request_id,
    }


def _on_paper(storage: Storage) -> dict[str, Any]:
    """A signature sheet that came back, with a scan and a name that stands online too; a letter that goes by post."""
    now = clock.now()
    letter = [entrusted.queued(storage, entrusted.signed(storage, f"{n}@letters.example", now), at=now) for n in (1, 2)]
    scan = scans.keep(storage.files, "paper", scans.redrawn(_picture()))
    with storage.writing() as session:
        action = session.scalars(select(Action).where(Action.slug == OPEN)).one()
        filled = Filled("S-1", "GB", "2", "Ada Lovelace\nBai Juyi")
        sheet = sheets.enter(session, storage.vault, COMMAND_LINE, action, filled, scan, now)
        run = post_runs.begin(
            session, storage.vault, COMMAND_LINE, action.id, action.recipients[0].official_id, Paper.A4, now, most=1
        )
        return {"sheet_id": sheet.id, "run_id": run, "letter_id": letter[0]}


def _picture() -> bytes:
    made_picture = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(made_picture, "PNG")
    return made_picture.getvalue()


def guard(office: Office) -> None:
    """Have one of its organisers asked for a second factor, of either kind."""
    secret = office.app.extensions["security"].totp_factory.generate_totp_secret()
    now = clock.now()
    with office.storage.writing() as session:
        guarded = session.scalars(select(Organiser).where(Organiser.email == GUARDED)).one()
        guarded.tf_primary_method, guarded.tf_totp_secret = "authenticator", secret
        key = Passkey(
            organiser_id=guarded.id,
            name="blue key",
            credential_id=b"a key that no device has",
            public_key=b"",
            sign_count=0,
            usage="secondary",
            device_type="single_device",
            backup_state=False,
        )
        passkeys.add(session, office.storage.vault, organisers.actor(guarded), key, now)
