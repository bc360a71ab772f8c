"""Writing an update: side by side, looked at as the mail it will be, tried out, sent, and followed."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select, update

from campaign.jobs import Jobs
from campaign.storage.tables import Action, Message, Organisation, Signature, Update
from campaign.vocabulary import ActionStatus, MessageKind, Role, UpdateStatus
from tests.conftest import Site
from tests.web.conftest import SLUG, Supporter
from tests.web.organise.conftest import Desk
from tests.web.reading import Page

PATH = f"/organise/actions/{SLUG}/updates/"
TEXT = {"subject-en": "The cards are renewed", "body-en": "Half of **((holders))**.", "subject-ur": "", "body-ur": ""}


def begun(who: Desk) -> str:
    """The address of a new draft."""
    who.read(PATH)
    return who.post(PATH).headers["Location"]


def sent_by_another(desk: Callable[..., Desk], here: str) -> None:
    """Who wrote an update does not send it, where there are two who may."""
    other = desk(Role.ADMIN)
    other.read(here)
    assert other.post(f"{here}/queue", {"sure": "yes"}).status_code == 302


def asked(supporter: Supporter, email: str, **changes: str) -> None:
    """Somebody signs, asks for news, and confirms."""
    supporter.signs(email=email, updates="yes", **changes)
    with supporter.site.storage.reading() as session:
        last = session.scalars(select(Signature.reference).order_by(Signature.id.desc()).limit(1)).one()
    supporter.site.client.post(f"/en/confirm/{supporter.site.door.links.confirmation(last)}")


def test_an_update_is_written_seen_as_a_mail_tried_out_and_sent(
    desk: Callable[..., Desk], staffed: Site, supporter: Supporter
) -> None:
    asked(supporter, "ada@example.org")
    asked(supporter, "at-risk@example.org", country="PK", sure="yes")
    who = desk(Role.EDITOR)
    assert "2 people asked" in who.read(PATH).text
    here = begun(who)
    assert "The English text is empty." in who.read(here).text
    who.post(here, TEXT)
    page = who.read(here)
    assert "Half of at least 1.4 million." in page.one("section", class_="mail").text
    assert "Dear The editor," in page.one("section", class_="mail").text
    who.post(f"{here}/trial")
    # Who wrote it does not send it, and is offered no button that would be refused.
    page = who.read(here)
    assert "someone else must read it and send it" in page.text
    assert not page.all("form", action=f"{here}/queue")
    assert who.post(f"{here}/queue", {"sure": "yes"}).status_code == 403
    other = desk(Role.ADMIN)
    assert other.read(here).all("form", action=f"{here}/queue")
    assert other.post(f"{here}/queue").status_code == 422
    assert other.post(f"{here}/queue", {"sure": "yes"}).status_code == 302
    jobs = Jobs(staffed.settings, staffed.storage)
    jobs.spread()
    jobs.post()
    jobs.spread()
    assert "Sent: 2 of 2 sent." in who.read(here).text
    written = "".join(it.read_text("utf-8") for it in staffed.settings.mailbox.glob("*-update.eml"))
    assert written.count("Subject: The cards are renewed") == 2  # one of them is the trial
    assert written.count("Subject: A message for you") == 1
    assert "sent an update to supporters" in who.read(f"/organise/audit/actions/{SLUG}").text


def test_who_is_at_risk_reads_the_news_on_their_own_page(
    desk: Callable[..., Desk], staffed: Site, supporter: Supporter
) -> None:
    asked(supporter, "at-risk@example.org", country="PK", sure="yes")
    who = desk(Role.EDITOR)
    here = begun(who)
    who.post(here, TEXT)
    sent_by_another(desk, here)
    Jobs(staffed.settings, staffed.storage).spread()
    with staffed.storage.reading() as session:
        reference = session.scalars(select(Signature.reference)).one()
    page = Page(staffed.client.get(f"/en/mine/{staffed.door.links.mine(reference)}").text)
    assert "The cards are renewed" in page.text
    assert "Half of at least 1.4 million." in page.text


def test_a_conflict_shows_both_versions(desk: Callable[..., Desk]) -> None:
    who = desk(Role.EDITOR)
    here = begun(who)
    edit_token = who.read(here).hidden("seal-en")
    who.post(here, {**TEXT, "seal-en": edit_token})
    answer = who.post(here, {**TEXT, "subject-en": "Mine", "seal-en": edit_token})
    assert answer.status_code == 409
    page = Page(answer.text)
    assert page.one("input", id="subject-en")["value"] == "Mine"
    assert "The cards are renewed" in page.one("details", class_="note").text


def test_what_has_not_left_is_held_back(desk: Callable[..., Desk], staffed: Site, supporter: Supporter) -> None:
    asked(supporter, "ada@example.org")
    who = desk(Role.EDITOR)
    here = begun(who)
    who.post(here, TEXT)
    sent_by_another(desk, here)
    jobs = Jobs(staffed.settings, staffed.storage)
    jobs.spread()
    who.read(here)
    assert who.post(f"{here}/cancel").status_code == 302
    jobs.post()
    with staffed.storage.reading() as session:
        (message,) = session.scalars(select(Message).where(Message.kind == MessageKind.UPDATE)).all()
        assert session.scalars(select(Update.status)).one() is UpdateStatus.CANCELLED
    assert message.problem == "no longer needed"


def test_a_reviewer_who_has_read_an_update_sends_it_where_a_second_person_looks(
    desk: Callable[..., Desk], staffed: Site, supporter: Supporter
) -> None:
    asked(supporter, "ada@example.org")
    editor, reviewer = desk(Role.EDITOR), desk(Role.REVIEWER)
    here = begun(editor)
    editor.post(here, TEXT)
    queue = f"{here}/queue"
    with staffed.storage.writing() as session:
        session.execute(update(Organisation).values(review_required=False))
    assert not reviewer.read(here).all("form", action=queue)
    assert reviewer.post(queue, {"sure": "yes"}).status_code == 403
    with staffed.storage.writing() as session:
        session.execute(update(Organisation).values(review_required=True))
    assert reviewer.read(here).all("form", action=queue)
    assert reviewer.post(queue, {"sure": "yes"}).status_code == 302


def test_who_wrote_last_is_not_the_second_person(
    desk: Callable[..., Desk], staffed: Site, supporter: Supporter
) -> None:
    asked(supporter, "ada@example.org")
    editor, admin = desk(Role.EDITOR), desk(Role.ADMIN)
    here = begun(editor)
    editor.post(here, TEXT)
    edit_token = admin.read(here).hidden("seal-en")
    admin.post(here, {**TEXT, "body-en": "Other words.", "seal-en": edit_token})
    assert admin.post(f"{here}/queue", {"sure": "yes"}).status_code == 403
    editor.read(here)
    assert editor.post(f"{here}/queue", {"sure": "yes"}).status_code == 302


def test_of_a_stopped_action_nothing_is_told(desk: Callable[..., Desk], staffed: Site) -> None:
    who = desk(Role.EDITOR)
    who.read(PATH)
    with staffed.storage.writing() as session:
        session.execute(update(Action).values(status=ActionStatus.STOPPED))
    assert who.post(PATH).status_code == 422
    assert not who.read(PATH).all("form", action=PATH)


def test_an_update_is_found_under_its_own_action_alone(desk: Callable[..., Desk], staffed: Site) -> None:
    who = desk(Role.EDITOR)
    here = begun(who)
    with staffed.storage.writing() as session:
        from tests import made

        made.action(session, "another", serial=57)
    assert who.get(here.replace(SLUG, "another")).status_code == 404


def test_a_draft_of_which_nothing_is_written_yet_stands_in_the_list(desk: Callable[..., Desk]) -> None:
    who = desk(Role.EDITOR)
    begun(who)
    assert "(empty)" in who.read(PATH).text
