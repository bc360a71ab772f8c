"""A private calendar by a link that can be taken back, and the switch of the daily mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar
from sqlalchemy import select, update

from campaign.storage.tables import (
    Action,
    AuditEvent,
    Case,
    Dossier,
    DossierStamp,
    Official,
    Organiser,
    Task,
    Update,
    UpdateText,
)
from campaign.vocabulary import ActionStatus, DossierStatus, Role, UpdateStatus
from tests import made
from tests.conftest import Site
from tests.web.conftest import Hour
from tests.web.organise.conftest import Desk


def link(who: Desk) -> str:
    """The path of a new calendar; its address is shown once."""
    who.read("/organise/account")
    who.post("/organise/account/calendar")
    shown = who.read("/organise/account").one("code", class_="key").text
    assert not who.read("/organise/account").all("code", class_="key")
    return urlsplit(shown).path


def entries(site: Site, path: str) -> dict[str, str]:
    """{what is said: day} of the calendar, as a program without any cookie gets it."""
    answer = site.app.test_client().get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    return {str(it["SUMMARY"]): str(it["DTSTART"].dt) for it in Calendar.from_ical(answer.data).walk("VEVENT")}


def test_it_holds_every_deadline_and_threat_and_follows_them(
    desk: Callable[..., Desk], staffed: Site, hour: Hour
) -> None:
    hour.becomes(made.NOON)
    deadline = made.NOON.date() + timedelta(days=10)
    with staffed.storage.writing() as session:
        session.execute(update(Action).values(deadline=deadline))
        draft = made.action(session, "secret-name", deadline, ActionStatus.DRAFT, serial=57)
        draft.case.events = draft.case.events[1:]
        draft.texts[0].title = "A Secret Name"
    path = link(desk(Role.VIEWER))
    assert entries(staffed, path) == {
        "Deadline: UA 56/25, Renew the cards (Pakistan)": str(deadline),
        "Threat, returns begin: UA 56/25, Renew the cards (Pakistan)": "2025-09-01",
        "Deadline, not open yet: UA 57/25, not public yet (Pakistan)": str(deadline),
        "Threat: UA 57/25, not public yet (Pakistan)": "2025-09-01",
    }
    assert "secret" not in staffed.app.test_client().get(path).text.casefold()
    with staffed.storage.writing() as session:
        session.execute(update(Action).values(deadline=deadline + timedelta(days=5)))
    assert str(deadline + timedelta(days=5)) in entries(staffed, path).values()


def test_it_tells_when_a_signature_book_needs_a_new_time_stamp(
    desk: Callable[..., Desk], staffed: Site, hour: Hour
) -> None:
    hour.becomes(made.NOON)
    with staffed.storage.writing() as session:
        action = session.scalars(select(Action)).first()
        assert action is not None
        dossier = Dossier(
            code="7Q4K2M9X",
            action_id=action.id,
            official_id=session.scalars(select(Official.id)).first(),
            locale="en",
            status=DossierStatus.READY,
            frozen_at=made.NOON,
            appeal="{}",
            named=1,
            withheld=0,
            pages=9,
            sha256="0" * 64,
        )
        session.add(dossier)
        session.flush()
        session.add(
            DossierStamp(
                dossier_id=dossier.id,
                authority="https://time.example",
                token=b"a token",
                stamped_at=made.NOON,
                holds_until=date(2031, 5, 31),
                attempts=1,
                tried_at=made.NOON,
            )
        )

    told = entries(staffed, link(desk(Role.VIEWER)))

    assert told["Signature book: get a new time stamp: UA 56/25, Renew the cards (Pakistan)"] == "2031-05-01"


def test_a_new_address_ends_the_old_one_and_it_can_be_ended(desk: Callable[..., Desk], staffed: Site) -> None:
    who, stranger = desk(Role.EDITOR), staffed.app.test_client()
    first, second = link(who), link(who)
    assert stranger.get(first).status_code == 404
    assert stranger.get(second).status_code == 200
    who.post("/organise/account/calendar/revoke")
    assert stranger.get(second).status_code == 404
    with staffed.storage.reading() as session:
        events = session.scalars(select(AuditEvent.what).order_by(AuditEvent.id.desc()).limit(3)).all()
    assert events == ["calendar link revoked", "calendar link created", "calendar link created"]


def test_who_has_left_takes_no_calendar_along(desk: Callable[..., Desk], staffed: Site) -> None:
    path = link(desk(Role.EDITOR))
    with staffed.storage.writing() as session:
        session.execute(update(Organiser).values(active=False))
    assert staffed.app.test_client().get(path).status_code == 404


def test_the_store_does_not_know_the_address(desk: Callable[..., Desk], staffed: Site) -> None:
    token = link(desk(Role.EDITOR)).rpartition("/")[2].removesuffix(".ics")
    with staffed.storage.reading() as session:
        (kept,) = session.scalars(select(Organiser.calendar_hash).where(Organiser.calendar_hash.is_not(None)))
    assert token.encode() not in kept
    assert token.encode() not in (staffed.settings.home / "campaign.db").read_bytes()


def test_the_daily_mail_is_switched_off_and_on(desk: Callable[..., Desk], staffed: Site) -> None:
    who = desk(Role.VIEWER)
    who.read("/organise/account")
    who.post("/organise/account/digest", {"digest": "no"})
    assert "You do not get the daily e-mail" in who.read("/organise/account").text
    with staffed.storage.reading() as session:
        without = session.scalars(select(Organiser.role).where(Organiser.digest.is_(False))).all()
    assert without == [Role.VIEWER]
    who.post("/organise/account/digest", {"digest": "yes"})
    assert "Turn off" in who.read("/organise/account").text


def test_ones_own_tasks_stand_in_it_without_their_words_and_ones_own_actions_are_marked(
    desk: Callable[..., Desk], staffed: Site, hour: Hour
) -> None:
    hour.becomes(made.NOON)
    with staffed.storage.writing() as session:
        session.execute(update(Action).values(deadline=date(2025, 8, 11)))
        action = session.scalars(select(Action)).one()
        action.case.events = []
        viewer, editor = (
            session.scalars(select(Organiser.id).where(Organiser.email == f"{role}@office.example")).one()
            for role in ("viewer", "editor")
        )
        action.owner_id = editor
        session.add(Task(action_id=action.id, what="Ring the family", on=date(2025, 8, 2), organiser_id=viewer))
    named = "UA 56/25, Renew the cards (Pakistan)"
    for role, told in (
        (Role.VIEWER, {f"Task: {named}": True, f"Deadline: {named}": False}),
        (Role.EDITOR, {f"Deadline: {named}": True}),
    ):
        answer = staffed.app.test_client().get(link(desk(role)))
        entries_of = Calendar.from_ical(answer.data).walk("VEVENT")
        assert {str(it["SUMMARY"]): "CATEGORIES" in it for it in entries_of} == told
        assert "Ring the family" not in answer.text


def test_an_update_that_goes_by_itself_stands_in_it_at_its_instant_for_who_may_see_its_case(
    desk: Callable[..., Desk], staffed: Site, hour: Hour
) -> None:
    hour.becomes(made.NOON)
    with staffed.storage.writing() as session:
        session.execute(update(Action).values(deadline=date(2025, 8, 11)))
        action = session.scalars(select(Action)).one()
        action.case.events = []
        planner = session.scalars(select(Organiser.id).where(Organiser.email == "editor@office.example")).one()
        session.add(
            Update(
                action_id=action.id,
                organiser_id=planner,
                planned_by_id=planner,
                status=UpdateStatus.DRAFT,
                created_at=made.NOON,
                send_at=made.NOON + timedelta(days=3, minutes=30),
                reached=0,
                texts=[UpdateText(locale="en", subject="Not yet said", body="Not yet said.")],
            )
        )
    path = link(desk(Role.VIEWER))
    told = entries(staffed, path)
    assert told["Update is sent by itself: UA 56/25, Renew the cards (Pakistan)"] == "2025-08-04 12:30:00+00:00"
    assert "Not yet said" not in staffed.app.test_client().get(path).text
    with staffed.storage.writing() as session:
        session.execute(update(Case).values(sensitive_since=made.NOON))
    assert entries(staffed, path) == {}


def test_e_mails_are_chosen_on_the_account_s_page(desk: Callable[..., Desk], staffed: Site) -> None:
    who = desk(Role.EDITOR)
    page = who.read("/organise/account")
    assert {it["value"]: it.get("checked") is not None for it in page.all("input", name="mail")} == {
        "held": True,
        "mention": True,
    }
    assert "Otherwise an intruder could hide." in page.text
    who.post("/organise/account/e-mails", {"mail": ["mention"]})
    page = who.read("/organise/account")
    assert {it["value"]: it.get("checked") is not None for it in page.all("input", name="mail")} == {
        "held": False,
        "mention": True,
    }
