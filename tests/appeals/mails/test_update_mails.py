"""Updates: to whom they go, that nobody gets one twice, and what each reader finds in the mail."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update

from campaign import clock
from campaign.appeals.mails import update_mails
from campaign.appeals.signing.links import Links
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming, my_signature
from campaign.cases import updates
from campaign.cases.lifecycle import transitions
from campaign.cases.updates import News
from campaign.errors import Conflict, Refused
from campaign.mail import outbox
from campaign.office import organisers
from campaign.office.audit import COMMAND_LINE, Actor
from campaign.office.organisers import Invitee
from campaign.storage import Storage
from campaign.storage.tables import AuditEvent, Case, Message, Signature, Update
from campaign.vocabulary import MessageStatus, Role, UpdateStatus
from tests import made
from tests.appeals import crowd
from tests.conftest import SECRET_KEY

SLUG = "renew-the-cards"
TEXTS = {
    "en": News(
        "Half of the cards are renewed", "Thank you. ((holders)) people asked, and **half** of them were heard."
    ),
    "ur": News("آدھے کارڈز کی تجدید", "شکریہ۔ آدھے کارڈز کی تجدید ہو گئی۔"),
}
LINKS = Links(SECRET_KEY)


@pytest.fixture
def editor(storage: Storage) -> Actor:
    """One open action, and who writes of it."""
    with storage.writing() as session:
        made.action(session)
        made.action(session, "another", serial=57)
        who = Invitee("Ed Itor", "ed@office.example", Role.EDITOR)
        return organisers.actor(organisers.add(session, storage.vault, COMMAND_LINE, who, made.NOON))


def signed(storage: Storage, *emails: str, slug: str = SLUG, **wish: object) -> None:
    """People sign and confirm; they ask for news unless they say otherwise."""
    now = clock.now()
    with storage.writing() as session:
        for email in emails:
            sign(session, storage.vault, slug, made.wish(email, **{"updates": True, **wish}), now)
        for row in session.scalars(select(Signature).where(Signature.status == "pending")).all():
            confirming.confirm(session, storage.vault, row.reference, now)
        session.execute(update(Message).values(status=MessageStatus.SENT, sent_at=now))


def written(storage: Storage, editor: Actor, texts: dict[str, News] | None = None) -> int:
    """A draft with its texts."""
    with storage.writing() as session:
        draft = updates.begin(session, storage.vault, editor, SLUG, made.NOON)
        updates.write(session, storage.vault, editor, draft.id, texts or TEXTS, {}, made.NOON)
        return draft.id


def queued(storage: Storage, editor: Actor, texts: dict[str, News] | None = None) -> int:
    update_id = written(storage, editor, texts)
    with storage.writing() as session:
        updates.queue(session, storage.vault, editor, update_id, made.NOON)
    return update_id


def spread(storage: Storage, most: int = update_mails.BATCH) -> int:
    batches = 0
    while True:
        with storage.writing() as session:
            if not update_mails.enqueue_updates(session, clock.now(), most):
                return batches
        batches += 1


def leased(storage: Storage) -> tuple[outbox.Leased, ...]:
    with storage.writing() as session:
        return outbox.claim(session, clock.now() + timedelta(seconds=1), 100)


def composed(storage: Storage, message: outbox.Leased) -> EmailMessage | None:
    with storage.reading() as session:
        return update_mails.compose(session, storage.vault, LINKS, "https://campaign.test", message, made.NOON)


def mails(storage: Storage) -> dict[str, EmailMessage]:
    """Every update that is owed, as it would be sent, by its reader."""
    found = [composed(storage, it) for it in leased(storage)]
    return {str(it["To"]): it for it in found if it is not None}


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content())


@pytest.mark.databases
def test_an_update_goes_to_those_who_asked_for_it_and_to_nobody_else(storage: Storage, editor: Actor) -> None:
    signed(storage, "ada@example.org", "ben@example.org")
    signed(storage, "no-news@example.org", updates=False)
    signed(storage, "elsewhere@example.org", slug="another")
    with storage.writing() as session:
        sign(session, storage.vault, SLUG, made.wish("pending@example.org", updates=True), clock.now())
    queued(storage, editor)
    spread(storage)
    assert sorted(mails(storage)) == ["ada@example.org", "ben@example.org"]


def test_each_reads_it_in_their_own_language_or_in_that_of_the_action(storage: Storage, editor: Actor) -> None:
    signed(storage, "ada@example.org")
    signed(storage, "urdu@example.org", locale="ur")
    signed(storage, "french@example.org", locale="fr")
    queued(storage, editor)
    spread(storage)
    found = mails(storage)
    assert str(found["ada@example.org"]["Subject"]) == TEXTS["en"].subject
    assert str(found["urdu@example.org"]["Subject"]) == TEXTS["ur"].subject
    english = part(found["ada@example.org"], "html")
    assert "at least 1.4 million people asked, and <strong>half</strong>" in english
    assert "at least 1.4 million people asked, and half of them" in part(found["ada@example.org"], "plain")
    french = found["french@example.org"]
    assert str(french["Subject"]) == TEXTS["en"].subject
    assert '<div lang="en" dir="ltr">' in part(french, "html")
    assert french["Content-Language"] == "fr"


def test_who_is_at_risk_gets_a_mail_that_tells_of_nothing_and_finds_the_news_on_their_page(
    storage: Storage, editor: Actor
) -> None:
    signed(storage, "at-risk@example.org", country="PK")
    queued(storage, editor)
    spread(storage)
    message = mails(storage)["at-risk@example.org"]
    assert str(message["Subject"]) == "A message for you"
    told = part(message, "plain") + part(message, "html")
    for secret in ("cards", "UA 56/25", "Half of", "signed"):
        assert secret not in told
    assert "/en/m/" in told
    with storage.reading() as session:
        (on_page,) = update_mails.published_updates(session, session.scalars(select(Signature.id)).one(), "en")
    assert on_page.subject == TEXTS["en"].subject


@pytest.mark.parametrize(
    ("country", "subject"),
    [
        ("PK", "A message for you"),  # where the case is
        ("AF", "A message for you"),  # on the office's own list
        ("IR", "A message for you"),  # on it too
        ("GB", "Half of the cards are renewed"),
    ],
)
def test_who_lives_where_the_office_says_it_is_dangerous_gets_no_mail_that_names_the_case(
    storage: Storage, editor: Actor, country: str, subject: str
) -> None:
    with storage.writing() as session:
        session.execute(update(Case).values(at_risk_countries=["AF", "IR"]))
    signed(storage, "reader@example.org", country=country)
    queued(storage, editor)
    spread(storage)
    assert str(mails(storage)["reader@example.org"]["Subject"]) == subject


def test_every_update_can_be_stopped_with_one_click(storage: Storage, editor: Actor) -> None:
    signed(storage, "ada@example.org")
    queued(storage, editor)
    spread(storage)
    message = mails(storage)["ada@example.org"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = str(message["List-Unsubscribe"]).strip("<>")
    assert link.startswith("https://campaign.test/en/unsubscribe/")
    assert link in part(message, "plain")


@pytest.mark.databases
def test_however_often_it_is_spread_nobody_is_owed_it_twice(storage: Storage, editor: Actor) -> None:
    signed(storage, *(f"ada-{n}@example.org" for n in range(7)))
    update_id = queued(storage, editor)
    assert spread(storage, most=2) == 4
    with storage.writing() as session:
        # A worker that died before it could remember how far it had come.
        session.execute(update(Update).values(reached=0))
    spread(storage, most=3)
    with storage.reading() as session:
        keys = session.scalars(select(Message.idempotency_key).where(Message.update_id == update_id)).all()
    assert len(keys) == len(set(keys)) == 7


def test_it_is_sent_when_every_message_is_settled_and_its_progress_says_so(storage: Storage, editor: Actor) -> None:
    signed(storage, "ada@example.org", "ben@example.org", "cleo@example.org")
    update_id = queued(storage, editor)
    spread(storage)
    first, second, third = leased(storage)
    with storage.writing() as session:
        outbox.mark_sent(session, first, clock.now())
        outbox.mark_failed(session, second, "SMTP 550")
    spread(storage)
    with storage.reading() as session:
        found = session.get_one(Update, update_id)
        assert found.status is UpdateStatus.QUEUED
        assert update_mails.progress(session, found) == update_mails.Progress(all=3, written=3, sent=1, failed=1)
    with storage.writing() as session:
        outbox.mark_sent(session, third, clock.now())
    spread(storage)
    with storage.reading() as session:
        found = session.get_one(Update, update_id)
        assert found.status is UpdateStatus.SENT
        assert update_mails.progress(session, found).percent == 100


def test_who_has_had_enough_meanwhile_or_erased_everything_gets_no_more(storage: Storage, editor: Actor) -> None:
    signed(storage, "ada@example.org", "ben@example.org", "cleo@example.org")
    queued(storage, editor)
    spread(storage)
    with storage.writing() as session:
        ada, ben, _cleo = session.scalars(select(Signature.reference).order_by(Signature.id)).all()
        my_signature.stop_updates(session, ada)
        my_signature.erase(session, ben)
    assert list(mails(storage)) == ["cleo@example.org"]


@pytest.mark.databases
def test_what_is_cancelled_does_not_leave_any_more(storage: Storage, editor: Actor) -> None:
    signed(storage, "ada@example.org")
    update_id = queued(storage, editor)
    spread(storage)
    with storage.writing() as session:
        updates.cancel(session, storage.vault, editor, update_id, made.NOON)
    assert mails(storage) == {}
    assert spread(storage) == 0
    with pytest.raises(Conflict), storage.writing() as session:
        updates.cancel(session, storage.vault, editor, update_id, made.NOON)


def test_when_the_action_is_stopped_what_is_queued_goes_unsent(storage: Storage, editor: Actor) -> None:
    signed(storage, "ada@example.org")
    queued(storage, editor)
    spread(storage)
    with storage.writing() as session:
        transitions.stop(session, storage.vault, editor, SLUG, {}, made.NOON)
    (message,) = leased(storage)
    assert composed(storage, message) is None


def test_a_trial_goes_to_who_asks_in_every_language_and_to_no_supporter(storage: Storage, editor: Actor) -> None:
    signed(storage, "ada@example.org")
    update_id = written(storage, editor)
    with storage.writing() as session:
        assert updates.send_to_oneself(session, storage.vault, editor, update_id, made.NOON) == 2
    found = [composed(storage, it) for it in leased(storage)]
    assert {(str(it["To"]), str(it["Subject"])) for it in found if it} == {
        ("ed@office.example", "Test: Half of the cards are renewed"),
        ("ed@office.example", "آزمائش: آدھے کارڈز کی تجدید"),
    }
    assert all("List-Unsubscribe" not in it and "/mine/" not in part(it, "plain") for it in found if it)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"ur": TEXTS["ur"]}, "The English text is empty"),
        ({"en": News("Subject", "")}, "The English text is empty"),
        ({"en": News("", "Text")}, "The English subject is empty"),
        ({"en": News("Subject", "((nobody-knows))")}, r"\(\(nobody-knows\)\)"),
    ],
)
def test_what_is_not_whole_is_not_sent(storage: Storage, editor: Actor, texts: dict[str, News], said: str) -> None:
    update_id = written(storage, editor, texts)
    with pytest.raises(Refused, match=said), storage.writing() as session:
        updates.queue(session, storage.vault, editor, update_id, made.NOON)


@pytest.mark.databases
def test_of_two_who_write_at_once_the_second_is_told_and_nothing_is_lost(storage: Storage, editor: Actor) -> None:
    update_id = written(storage, editor)
    edit_tokens = {"en": TEXTS["en"].edit_token}
    with storage.writing() as session:
        updates.write(session, storage.vault, editor, update_id, {"en": News("First", "One")}, edit_tokens, made.NOON)
    with pytest.raises(Conflict, match="Someone else"), storage.writing() as session:
        updates.write(session, storage.vault, editor, update_id, {"en": News("Second", "Two")}, edit_tokens, made.NOON)
    with storage.reading() as session:
        found, _action = updates.held(session, update_id)
    assert {it.locale: it.subject for it in found.texts} == {"en": "First", "ur": TEXTS["ur"].subject}


def test_once_on_its_way_it_cannot_be_changed(storage: Storage, editor: Actor) -> None:
    update_id = queued(storage, editor)
    with pytest.raises(Conflict), storage.writing() as session:
        updates.write(session, storage.vault, editor, update_id, {"en": News("Late", "Too late")}, {}, made.NOON)
    with pytest.raises(Conflict), storage.writing() as session:
        updates.queue(session, storage.vault, editor, update_id, made.NOON)


def test_every_step_is_recorded_and_holds_nobodys_address(storage: Storage, editor: Actor) -> None:
    signed(storage, "ada@example.org")
    update_id = queued(storage, editor)
    with storage.writing() as session:
        updates.cancel(session, storage.vault, editor, update_id, made.NOON)
    with storage.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.object_kind == "update")).all()
    assert [it.what for it in events] == [
        "update created",
        "update written",
        "update written",
        "update queued",
        "update cancelled",
    ]
    assert "ada" not in "".join(f"{it.before}{it.after}{it.reason}" for it in events).casefold()


def test_before_it_goes_one_sees_how_many_mails_it_is_in_each_language_and_each_person_once(storage: Storage) -> None:
    with storage.writing() as session:
        first = made.action(session)
        made.action(session, "further", serial=57).case_id = first.case_id
        made.action(session, "elsewhere", serial=58)
    crowd.sign(storage, 1, updates=True, email_hash=b"a" * 32, seat=1)
    crowd.sign(storage, 1, updates=True, email_hash=b"b" * 32, seat=1, locale="ur")
    crowd.sign(storage, 1, updates=True, email_hash=b"c" * 32, seat=1, locale="ur")
    # Once more, of the same case, in another language: told once, in that.
    crowd.sign(storage, 1, updates=True, email_hash=b"a" * 32, seat=1, locale="fr", slug="further")
    crowd.sign(storage, 1, updates=False, email_hash=b"d" * 32, seat=1)
    crowd.sign(storage, 1, updates=True, email_hash=b"e" * 32, seat=1, slug="elsewhere")
    with storage.reading() as session:
        assert update_mails.readers(session, 1) == {"ur": 2, "fr": 1}
        assert sum(update_mails.readers(session, 1).values()) == update_mails.count_subscribers(session, 1)
