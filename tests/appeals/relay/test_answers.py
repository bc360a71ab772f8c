""" "Did they answer?" and the copy of a letter: only if ticked, once, discreet, gone with its writer."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select, update

from campaign import clock
from campaign.appeals.mails import letter_mails
from campaign.appeals.relay import answers, bounces, copies, deletion, incoming, owed_news, requests
from campaign.appeals.relay.answers import Told
from campaign.appeals.signing.links import Links
from campaign.appeals.supporter import my_signature
from campaign.errors import Conflict, Gone, Refused
from campaign.jobs.sweeps import Jobs
from campaign.mail import outbox
from campaign.office.audit import Actor
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Case, IncomingMail, Letter, Message
from campaign.vocabulary import IncomingKind, LetterAnswer, LetterStatus, MessageKind, MessageStatus
from tests import made
from tests.appeals.entrusted import drafted, one, signed
from tests.conftest import SECRET_KEY

pytestmark = pytest.mark.databases

# Monday morning where the minister is.
MONDAY = datetime(2025, 8, 4, 6, 0, tzinfo=made.NOON.tzinfo)
LATER = MONDAY + timedelta(days=28)
LINKS = Links(SECRET_KEY)


@pytest.fixture
def ada(storage: Storage) -> bytes:
    """The reference of Ada's signature under one open action."""
    with storage.writing() as session:
        made.action(session, deadline=MONDAY.date() + timedelta(days=60))
    return signed(storage)


def agreed(storage: Storage, reference: bytes, words: str = "Please.", *, copy: bool = False, ask: bool = True) -> int:
    """The number of a letter in the queue, with what was ticked."""
    letter_id = drafted(storage, reference, words).id
    with storage.writing() as session:
        requests.submit(session, storage.vault, reference, letter_id, "en", made.NOON, copy=copy, ask=ask)
    return letter_id


def goes(storage: Storage, letter_id: int, at: datetime = MONDAY) -> None:
    """A mail server takes it."""
    with storage.writing() as session:
        session.execute(update(Letter).where(Letter.id == letter_id).values(status=LetterStatus.SENT, sent_at=at))
        owed_news.enqueue_of(session, letter_id, MessageKind.LETTER_SENT, at)


def owed(storage: Storage, kind: MessageKind, at: datetime) -> list[outbox.Leased]:
    """What may go at a moment."""
    with storage.writing() as session:
        return [it for it in outbox.claim(session, at, 100) if it.kind is kind]


def written(storage: Storage, kind: MessageKind, at: datetime) -> EmailMessage | None:
    (leased,) = owed(storage, kind, at)
    room = copies if kind is MessageKind.LETTER_COPY else letter_mails
    with storage.reading() as session:
        return room.compose(session, storage.vault, LINKS, "https://act.example.org", leased, at)


def plain(mail: EmailMessage | None) -> str:
    assert mail is not None
    body = mail.get_body(preferencelist=("plain",))
    assert body is not None
    return str(body.get_content())


def test_nobody_is_asked_who_did_not_tick_it(storage: Storage, ada: bytes) -> None:
    goes(storage, agreed(storage, ada, ask=False))
    assert owed(storage, MessageKind.LETTER_ANSWERED, LATER + timedelta(days=99)) == []


def test_the_question_goes_once_four_weeks_after_the_letter_went(storage: Storage, ada: bytes) -> None:
    letter_id = agreed(storage, ada)
    goes(storage, letter_id)
    assert owed(storage, MessageKind.LETTER_ANSWERED, LATER - timedelta(seconds=1)) == []
    (leased,) = owed(storage, MessageKind.LETTER_ANSWERED, LATER)
    with storage.writing() as session:
        outbox.mark_sent(session, leased, LATER)
    # It comes back, and goes again: the question was asked.
    goes(storage, letter_id, LATER + timedelta(days=1))
    assert owed(storage, MessageKind.LETTER_ANSWERED, LATER + timedelta(days=99)) == []


def test_a_letter_that_goes_again_is_asked_of_four_weeks_after_that(storage: Storage, ada: bytes) -> None:
    letter_id = agreed(storage, ada)
    goes(storage, letter_id)
    goes(storage, letter_id, MONDAY + timedelta(days=7))
    assert owed(storage, MessageKind.LETTER_ANSWERED, LATER) == []
    assert len(owed(storage, MessageKind.LETTER_ANSWERED, LATER + timedelta(days=7))) == 1


def test_the_question_names_the_official_and_the_day_and_has_one_link(storage: Storage, ada: bytes) -> None:
    letter_id = agreed(storage, ada)
    goes(storage, letter_id)
    mail = written(storage, MessageKind.LETTER_ANSWERED, LATER)
    assert mail is not None
    assert mail["Subject"] == "Did Sample Minister answer you?"
    assert "4 August 2025" in plain(mail)
    (link,) = re.findall(r"https?://\S+", plain(mail))
    assert LINKS.read_answering(link.rsplit("/", 1)[1]) == letter_id


def test_who_lives_at_risk_is_asked_by_a_mail_that_says_nothing(storage: Storage, ada: bytes) -> None:
    letter_id = agreed(storage, ada)
    with storage.writing() as session:
        session.execute(update(Case).values(at_risk_countries=["GB"]))
    goes(storage, letter_id)
    mail = written(storage, MessageKind.LETTER_ANSWERED, LATER)
    assert mail is not None
    text = plain(mail) + str(mail["Subject"]) + str(mail["From"]) + str(mail["Message-ID"])
    without_links = re.sub(r"/m/[\w-]+", "/m/", text)
    assert not re.search(r"answer|letter|Minister|Ada|Rights Office|sign", without_links, re.IGNORECASE)
    (link,) = re.findall(r"https?://\S+", plain(mail))
    assert LINKS.read_answering(link.rsplit("/", 1)[1]) == letter_id


def test_nothing_is_asked_once_the_address_is_gone_or_they_told_us_unasked(storage: Storage, ada: bytes) -> None:
    letter_id = agreed(storage, ada)
    goes(storage, letter_id)
    with storage.writing() as session:
        answers.tell(session, letter_id, LetterAnswer.SILENT)
    assert written(storage, MessageKind.LETTER_ANSWERED, LATER) is None
    another = signed(storage, "bea@example.org")
    letter_id = agreed(storage, another)
    goes(storage, letter_id)
    with storage.writing() as session:
        my_signature.take_back(session, another)
    for leased in owed(storage, MessageKind.LETTER_ANSWERED, LATER):
        with storage.reading() as session:
            assert letter_mails.compose(session, storage.vault, LINKS, "https://act.example.org", leased, LATER) is None
    with storage.writing() as session, pytest.raises(Gone):
        answers.tell(session, letter_id, LetterAnswer.ANSWERED)


def test_a_letter_that_did_not_go_has_no_question(storage: Storage, ada: bytes) -> None:
    letter_id = agreed(storage, ada)
    for number in (letter_id, letter_id + 1, None):
        with storage.writing() as session, pytest.raises(Gone):
            answers.tell(session, number, LetterAnswer.ANSWERED)


def test_what_writers_say_is_counted_for_the_official_and_their_last_word_holds(storage: Storage, ada: bytes) -> None:
    letters = [agreed(storage, ada, f"Letter {n}.") for n in range(3)]
    letters.append(agreed(storage, signed(storage, "bea@example.org")))
    for it in letters[:3]:
        goes(storage, it)
    with storage.writing() as session:
        answers.tell(session, letters[0], LetterAnswer.SILENT)
        answers.tell(session, letters[0], LetterAnswer.ANSWERED)
        answers.tell(session, letters[1], LetterAnswer.UNKNOWN)
    letter = one(storage, letters[0])
    with storage.reading() as session:
        # The fourth waits in the queue: three went.
        told = Told(letters=3, answered=1, silent=0, unknown=1)
        assert answers.of_official(session, letter.official_id) == told
        assert answers.of_action(session, letter.action_id) == {letter.official_id: told}
        assert answers.of_official(session, letter.official_id + 1) == Told()
    assert not told.public
    assert Told(letters=212, answered=3, silent=2).public


def test_a_reply_that_is_handed_in_lies_sealed_for_an_organiser_once(storage: Storage, ada: bytes) -> None:
    letter_id = agreed(storage, ada)
    goes(storage, letter_id)
    with storage.writing() as session:
        answers.hand_in(session, storage.vault, letter_id, "We have looked into it.", made.NOON)
    for words, refusal in (("Again.", Conflict), ("", Refused), ("w" * 10_001, Refused)):
        with storage.writing() as session, pytest.raises(refusal):
            answers.hand_in(session, storage.vault, letter_id, words, made.NOON)
    with storage.writing() as session:
        stored = session.scalars(select(IncomingMail)).one()
        assert stored.content is not None
        assert b"looked" not in bytes(stored.content)
        (shown,) = incoming.listed(session, storage.vault)
        assert (shown.kind, shown.words, shown.sender) == (IncomingKind.HANDED_IN, "We have looked into it.", "")
        assert incoming.waiting(session) == {IncomingKind.HANDED_IN: 1}
        incoming.record_reply(session, storage.vault, Actor(None, "tests"), stored.id, made.NOON)
    assert one(storage, letter_id).status is LetterStatus.DELIVERED


@pytest.mark.parametrize("erased", [True, False])
def test_the_reply_goes_with_its_writer_and_so_does_their_word_if_they_erase_all(
    storage: Storage, ada: bytes, erased: bool
) -> None:
    letter_id = agreed(storage, ada)
    goes(storage, letter_id)
    with storage.writing() as session:
        answers.tell(session, letter_id, LetterAnswer.ANSWERED)
        answers.hand_in(session, storage.vault, letter_id, "We have looked into it.", made.NOON)
    with storage.writing() as session:
        if erased:
            my_signature.erase(session, ada)
        else:
            my_signature.take_back(session, ada)
    letter = one(storage, letter_id)
    assert (letter.ask_answer, letter.answer) == (False, None if erased else LetterAnswer.ANSWERED)
    with storage.reading() as session:
        assert session.scalars(select(IncomingMail.content)).all() == [None]
        owed_still = select(func.count()).where(Message.kind == MessageKind.LETTER_ANSWERED)
        assert not erased or session.scalar(owed_still) == 0


def test_the_reply_goes_when_all_of_an_old_action_goes(storage: Storage, ada: bytes) -> None:
    letter_id = agreed(storage, ada)
    goes(storage, letter_id)
    with storage.writing() as session:
        answers.hand_in(session, storage.vault, letter_id, "We have looked into it.", made.NOON)
        deletion.purge(session, Letter.id == letter_id, made.NOON)
        assert session.scalars(select(IncomingMail.content)).all() == [None]


def test_a_copy_goes_only_to_who_ticked_it_and_says_what_was_agreed_to(storage: Storage, ada: bytes) -> None:
    agreed(storage, ada, "Without a copy.")
    assert owed(storage, MessageKind.LETTER_COPY, MONDAY) == []
    agreed(storage, ada, "Please renew the cards of my pupils.", copy=True)
    mail = written(storage, MessageKind.LETTER_COPY, MONDAY)
    assert mail is not None
    assert (mail["Subject"], mail["To"]) == ("A copy of your letter to Sample Minister", "ada@example.org")
    assert "Dear Minister,\n\nPlease renew the cards of my pupils.\n\nYours sincerely,\nAda Lovelace" in plain(mail)
    assert owed(storage, MessageKind.LETTER_COPY, MONDAY) == []


def test_a_copy_for_who_lives_at_risk_has_a_head_that_says_nothing(storage: Storage, ada: bytes) -> None:
    agreed(storage, ada, "Please renew the cards.", copy=True)
    with storage.writing() as session:
        session.execute(update(Case).values(at_risk_countries=["GB"]))
    mail = written(storage, MessageKind.LETTER_COPY, MONDAY)
    assert mail is not None
    head = f"{mail['Subject']} {mail['From']} {mail['Message-ID']}"
    assert not re.search(r"letter|copy|Minister|Rights Office|Renew", head, re.IGNORECASE)
    assert "Please renew the cards." in plain(mail)


def test_a_letter_that_is_taken_back_has_no_copy(storage: Storage, ada: bytes) -> None:
    letter_id = agreed(storage, ada, copy=True)
    with storage.writing() as session:
        requests.withdraw(session, ada, letter_id)
    assert owed(storage, MessageKind.LETTER_COPY, MONDAY) == []


def test_words_wait_for_the_copy_and_go_with_the_next_sweep_after_it(storage: Storage, ada: bytes) -> None:
    letter_id = agreed(storage, ada, copy=True)
    goes(storage, letter_id)
    arrives(storage, letter_id)
    assert one(storage, letter_id).content is not None
    with storage.writing() as session:
        assert bounces.settle(session, MONDAY) == 0
    (leased,) = owed(storage, MessageKind.LETTER_COPY, MONDAY)
    with storage.writing() as session:
        outbox.mark_sent(session, leased, MONDAY)
    with storage.writing() as session:
        assert bounces.settle(session, MONDAY) == 1
    settled = one(storage, letter_id)
    assert (settled.status, settled.content) == (LetterStatus.DELIVERED, None)


def test_words_that_no_copy_is_owed_of_go_as_the_letter_arrives(storage: Storage, ada: bytes) -> None:
    letter_id = agreed(storage, ada)
    goes(storage, letter_id)
    arrives(storage, letter_id)
    assert one(storage, letter_id).content is None


def arrives(storage: Storage, letter_id: int) -> None:
    """An organiser records the official's answer."""
    with storage.writing() as session:
        answers.hand_in(session, storage.vault, letter_id, "We have it.", made.NOON)
        mail_id = session.scalars(select(IncomingMail.id)).one()
        incoming.record_reply(session, storage.vault, Actor(None, "tests"), mail_id, MONDAY)


def test_the_outbox_writes_both_and_asks_no_second_time(storage: Storage, settings: Settings, ada: bytes) -> None:
    letter_id = agreed(storage, ada, copy=True)
    goes(storage, letter_id, clock.now() - timedelta(days=29))
    jobs = Jobs(settings, storage)
    assert jobs.post() > 0
    assert jobs.post() == 0
    with storage.reading() as session:
        rows = session.execute(select(Message.kind, Message.status).where(Message.letter_id == letter_id)).all()
    sent = {kind for kind, status in rows if status is MessageStatus.SENT}
    assert sent == {MessageKind.LETTER_SENT, MessageKind.LETTER_COPY, MessageKind.LETTER_ANSWERED}
