"""Incoming mail: what nobody could read waits on the board, and one press records an official's answer."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select, update

from campaign import clock
from campaign.appeals.relay import bounce_mailbox, bounces
from campaign.mail import reports
from campaign.storage.tables import IncomingMail, Letter, Organisation
from campaign.vocabulary import LetterStatus, Role
from tests.appeals.entrusted import queued, signed
from tests.conftest import Site
from tests.web.organise.conftest import Desk

UNREADABLE = b"From: MAILER-DAEMON@example.invalid\r\nSubject: Non recapitabile\r\n\r\nIl messaggio non parte."


def answered(site: Site) -> int:
    """The number of a letter that an official has answered."""
    letter_id = queued(site.storage, signed(site.storage))
    with site.storage.writing() as session:
        session.execute(update(Letter).values(status=LetterStatus.SENT, sent_at=clock.now()))
    about = reports.message_id(site.storage.vault, letter_id, "campaign.test")
    raw = f"From: minister@example.invalid\r\nSubject: Re: cards\r\nIn-Reply-To: {about}\r\n\r\nWe renewed the cards."
    bounce_mailbox.record(site.storage, raw.encode())
    return letter_id


def test_what_nobody_could_read_waits_on_the_board_until_somebody_has_looked(
    desk: Callable[..., Desk], staffed: Site
) -> None:
    for n in range(3):
        bounce_mailbox.record(staffed.storage, UNREADABLE + str(n).encode())
    who = desk(Role.EDITOR)
    assert "3 messages nobody could read." in who.read("/organise/").text
    page = who.read("/organise/incoming/")
    assert "Il messaggio non parte." in page.text
    with staffed.storage.reading() as session:
        numbers = session.scalars(select(IncomingMail.id)).all()
        assert all(b"parte" not in it for it in session.scalars(select(IncomingMail.content)) if it)
    for number in numbers:
        assert who.post(f"/organise/incoming/{number}/done").status_code == 302
    assert who.post(f"/organise/incoming/{numbers[0]}/done").status_code == 409
    assert "nobody could read" not in who.read("/organise/").text


def test_one_press_records_a_reply_and_the_letter_counts_as_delivered(desk: Callable[..., Desk], staffed: Site) -> None:
    letter_id = answered(staffed)
    who = desk(Role.EDITOR)
    assert "1 reply to read." in who.read("/organise/").text
    assert "This is the official's reply" in who.read("/organise/incoming/").text.replace("’", "'")
    with staffed.storage.reading() as session:
        number = session.scalars(select(IncomingMail.id)).one()
    assert who.post(f"/organise/incoming/{number}/reply").status_code == 302
    with staffed.storage.reading() as session:
        assert session.get_one(Letter, letter_id).status is LetterStatus.DELIVERED


def test_only_an_admin_lets_letters_go_again(desk: Callable[..., Desk], staffed: Site) -> None:
    with staffed.storage.writing() as session:
        assert bounces.hold(session, staffed.storage.vault, clock.now())
        assert not bounces.hold(session, staffed.storage.vault, clock.now())
    editor, admin = desk(Role.EDITOR), desk(Role.ADMIN)
    assert "No letters are sent" in editor.read("/organise/incoming/").text
    assert editor.post("/organise/incoming/send-again").status_code == 403
    admin.read("/organise/incoming/")
    assert admin.post("/organise/incoming/send-again").status_code == 302
    with staffed.storage.reading() as session:
        assert session.scalars(select(Organisation.letters_held_at)).one() is None


def test_a_viewer_reads_no_mail(desk: Callable[..., Desk], staffed: Site) -> None:
    assert desk(Role.VIEWER).get("/organise/incoming/").status_code == 403
