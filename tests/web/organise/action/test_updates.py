"""Writing an update: side by side, looked at as the mail it will be, tried out, sent, and followed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import Message as Mail
from pathlib import Path

import pytest
from sqlalchemy import select, update

from campaign import clock
from campaign.jobs.sweeps import Jobs
from campaign.storage.tables import Action, Figure, Message, Organisation, Organiser, Signature, Update
from campaign.vocabulary import ActionStatus, MessageKind, Role, UpdateStatus
from tests.conftest import Site
from tests.made import NOON
from tests.web.conftest import SLUG, Hour, Supporter
from tests.web.organise.conftest import Desk, address
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
    assert "Half of at least 1.4 million." in page.one("div", class_="sheet").text
    assert "Dear The editor," in page.one("div", class_="sheet").text
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
    assert written.count("Subject: The cards are renewed") == 1
    assert written.count("Subject: Test: The cards are renewed") == 1
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


def test_a_test_goes_to_oneself_in_each_language_that_supporters_read_and_opens_nobodys_page(
    desk: Callable[..., Desk], staffed: Site, supporter: Supporter
) -> None:
    asked(supporter, "ada@example.org")
    asked(supporter, "luz@example.org", locale="es")
    who = desk(Role.EDITOR)
    here = begun(who)
    who.post(here, TEXT)
    who.post(f"{here}/trial")
    assert f"Test sent to {address(Role.EDITOR)}: 2 e-mails" in who.read(here).text
    Jobs(staffed.settings, staffed.storage).post()
    mails = [message_from_bytes(it.read_bytes(), policy=policy.default) for it in _written(staffed)]
    assert {str(it["To"]) for it in mails} == {address(Role.EDITOR)}
    # Nobody has written it in Spanish: its readers there get the English text in Spanish surroundings.
    assert sorted(str(it["Subject"]) for it in mails) == [
        "Prueba: The cards are renewed",
        "Test: The cards are renewed",
    ]
    links = {link for it in mails for link in re.findall(r"http://[^\s<>\"]+", _plain(it))}
    assert links == {f"{staffed.settings.base_url}/{tag}/actions/{SLUG}" for tag in ("en", "es")}
    assert all(it["List-Unsubscribe"] is None for it in mails)
    assert "0 of" not in who.read(PATH).text  # it counts nowhere


def test_an_update_is_planned_for_a_time_of_the_offices_clocks_and_goes_then(
    desk: Callable[..., Desk], staffed: Site, supporter: Supporter, hour: Hour
) -> None:
    hour.becomes(NOON)
    asked(supporter, "ada@example.org")
    who = desk(Role.ADMIN)
    with staffed.storage.writing() as session:
        session.execute(update(Organisation).values(review_required=False))
    here = begun(who)
    who.post(here, TEXT)
    who.read(here)
    answer = who.post(f"{here}/queue", {"sure": "yes", "when": "at", "at": "2025-08-04T09:30"})
    assert answer.status_code == 302
    page = who.read(here)
    assert "Planned: 4 August 2025 · 09:30 (Europe/London)" in page.text
    assert page.one("input", id="at")["value"] == "2025-08-04T09:30"
    assert "planned for 4 Aug 2025, 09:30" in who.read(PATH).text
    assert "An update is sent at 09:30" in who.read("/organise/agenda").text
    jobs = Jobs(staffed.settings, staffed.storage)
    hour.becomes(datetime(2025, 8, 4, 8, 29, tzinfo=UTC))
    jobs.spread()
    assert not _written(staffed)
    hour.becomes(datetime(2025, 8, 4, 8, 30, tzinfo=UTC))
    assert "spread" in jobs.owed()
    for _again in range(2):
        jobs.spread()
        jobs.post()
    assert len(_written(staffed)) == 1
    who = desk(Role.ADMIN)
    assert "Sent: 1 of 1 sent." in who.read(here).text
    assert "The schedule sent an update to supporters" in who.read(f"/organise/audit/actions/{SLUG}").text


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("", "Choose the day and time it is sent."),
        ("tomorrow", "Choose the day and time it is sent."),
        ("0001-01-01T00:00", "This time has passed. Choose a later time, or send it now."),
        ("2025-08-01T12:59", "This time has passed. Choose a later time, or send it now."),
        ("2026-03-29T01:30", "Clocks in Europe/London go forward then and skip this time. Choose another time."),
    ],
)
def test_a_time_that_cannot_be_is_told_in_one_sentence_and_comes_back(
    desk: Callable[..., Desk], staffed: Site, supporter: Supporter, hour: Hour, at: str, said: str
) -> None:
    hour.becomes(NOON)
    asked(supporter, "ada@example.org")
    editor, reviewer = desk(Role.EDITOR), desk(Role.REVIEWER)
    here = begun(editor)
    editor.post(here, TEXT)
    reviewer.read(here)
    answer = reviewer.post(f"{here}/queue", {"sure": "yes", "when": "at", "at": at})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert said in page.one("div", class_="errors").text
    assert page.one("input", id="at")["value"] == at
    assert "checked" in page.one("input", name="when", value="at").attributes


def test_what_was_planned_is_not_sent_by_itself_after_all(
    desk: Callable[..., Desk], staffed: Site, supporter: Supporter, hour: Hour
) -> None:
    hour.becomes(NOON)
    asked(supporter, "ada@example.org")
    editor, reviewer, viewer = desk(Role.EDITOR), desk(Role.REVIEWER), desk(Role.VIEWER)
    here = begun(editor)
    editor.post(here, TEXT)
    reviewer.read(here)
    later = {"sure": "yes", "when": "at", "at": "2025-08-04T09:30"}
    assert reviewer.post(f"{here}/queue", later).status_code == 302
    assert "someone else must read it again and plan it anew" in editor.read(here).text
    viewer.read(here)
    assert viewer.post(f"{here}/not-yet").status_code == 403
    reviewer.read(here)
    assert reviewer.post(f"{here}/not-yet").status_code == 302
    assert "Planned:" not in reviewer.read(here).text
    assert reviewer.post(f"{here}/not-yet").status_code == 409


def test_who_sends_has_read_what_is_sent(desk: Callable[..., Desk], staffed: Site, supporter: Supporter) -> None:
    asked(supporter, "ada@example.org")
    editor, reviewer = desk(Role.EDITOR), desk(Role.REVIEWER)
    here = begun(editor)
    editor.post(here, TEXT)
    seen = reviewer.read(here).hidden("seen")
    seal = editor.read(here).hidden("seal-en")
    editor.post(here, {**TEXT, "body-en": "Other words.", "seal-en": seal})
    answer = reviewer.post(f"{here}/queue", {"sure": "yes", "seen": seen})
    assert answer.status_code == 409
    assert "This update was changed after you opened the page." in answer.text


def test_one_that_was_held_back_says_why_and_leads_there_from_the_board(
    desk: Callable[..., Desk], staffed: Site, supporter: Supporter, hour: Hour
) -> None:
    asked(supporter, "ada@example.org")
    who = desk(Role.ADMIN)
    with staffed.storage.writing() as session:
        session.execute(update(Organisation).values(review_required=False))
    here = begun(who)
    who.post(here, TEXT)
    who.read(here)
    tomorrow = clock.now() + timedelta(days=1)
    who.post(f"{here}/queue", {"sure": "yes", "when": "at", "at": f"{tomorrow:%Y-%m-%dT%H:%M}"})
    with staffed.storage.writing() as session:
        session.execute(update(Figure).values(quoted=False))
    hour.becomes(tomorrow + timedelta(hours=2))
    Jobs(staffed.settings, staffed.storage).spread()
    who = desk(Role.ADMIN)
    assert "A planned update was not sent" in who.read("/organise/").text
    assert "The English text uses ((holders)), which has no value." in who.read(here).one("p", class_="note").text
    assert "Not sent" in who.read(PATH).text


def _written(site: Site) -> list[Path]:
    return sorted(site.settings.mailbox.glob("*-update.eml"))


def _plain(mail: Mail) -> str:
    return "".join(
        it.get_payload(decode=True).decode("utf-8") for it in mail.walk() if it.get_content_maintype() == "text"
    )


def test_a_draft_of_which_nothing_is_written_yet_stands_in_the_list(desk: Callable[..., Desk]) -> None:
    who = desk(Role.EDITOR)
    begun(who)
    assert "(empty)" in who.read(PATH).text


def test_a_placeholder_in_an_update_reads_as_one_and_holds_it_back(desk: Callable[..., Desk], staffed: Site) -> None:
    who = desk(Role.EDITOR)
    here = begun(who)
    who.post(here, TEXT | {"subject-en": "News of ((who))", "body-en": "In ((place)), ((holders)) and ((nobody))."})
    page = who.read(here)
    assert "In [the place], at least 1.4 million and ((nobody))." in page.one("div", class_="sheet").text
    told = [it.text for it in page.all("li")]
    assert "The English text still has the placeholder [the place]. Write your own words in place of ((place))." in told
    assert "The English text uses ((nobody)), which has no value." in told
    assert "The English subject still has ((who)). Write it out." in told
    with staffed.storage.reading() as session:
        assert session.scalars(select(Update.status)).one() is UpdateStatus.DRAFT


@pytest.mark.parametrize(
    ("held_for", "said"),
    [
        ('[["no_text", {"language": "en"}]]', "El texto en inglés está vacío."),
        # Held back before reasons were kept: its English, and a browser knows that it is.
        (None, "The English text is empty."),
    ],
)
def test_why_it_was_held_back_is_said_in_the_language_of_who_reads_it(
    desk: Callable[..., Desk], staffed: Site, held_for: str | None, said: str
) -> None:
    who = desk(Role.EDITOR)
    here = begun(who)
    who.post(here, TEXT)
    with staffed.storage.writing() as session:
        told = {"held_why": "The English text is empty.", "held_for": held_for}
        session.execute(update(Update).values(held_at=NOON, **told))
        session.execute(update(Organiser).values(locale="es"))
    page = who.read(here)
    assert said in page.text
    assert ("The English text is empty." in page.text) is (held_for is None)
    assert bool(page.all("span", lang="en")) is (held_for is None)
