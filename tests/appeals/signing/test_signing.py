"""Signing: what is taken, what is refused, and what nobody learns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from campaign.appeals.signing.signing import (
    Appeal,
    ask_before_naming,
    expires_at,
    refuse_unless_open,
    repeat_deserves,
    sign,
)
from campaign.errors import Gone, Refused, Unknown
from campaign.publication import signed_texts
from campaign.storage import Storage
from campaign.storage.encrypted_columns import SIGNATURE_NAME
from campaign.storage.tables import Action, Message, Signature, SignedText, Visit
from campaign.vocabulary import ActionStatus, Disclosure, MessageKind, Shield, SignatureStatus
from tests import made

KARACHI = ZoneInfo("Asia/Karachi")
LAST_DAY = date(2025, 9, 15)


def appeal(status: ActionStatus = ActionStatus.OPEN) -> Appeal:
    return Appeal(1, status, LAST_DAY, "Asia/Karachi", 1, "PK", ("AF",), Shield.NONE, 1)


def signatures(storage: Storage) -> list[Signature]:
    with storage.reading() as session:
        return list(session.scalars(select(Signature).order_by(Signature.id)))


def messages(storage: Storage) -> list[Message]:
    with storage.reading() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def test_a_signature_is_taken_one_second_before_the_deadline_ends_where_the_case_is() -> None:
    refuse_unless_open(appeal(), datetime(2025, 9, 15, 23, 59, 59, tzinfo=KARACHI))


def test_a_signature_is_refused_one_second_after_the_deadline() -> None:
    with pytest.raises(Gone, match="deadline"):
        refuse_unless_open(appeal(), datetime(2025, 9, 16, 0, 0, 1, tzinfo=KARACHI))


def test_a_stopped_action_takes_no_signature_and_says_that_writing_could_do_harm() -> None:
    with pytest.raises(Gone, match="harm"):
        refuse_unless_open(appeal(ActionStatus.STOPPED), datetime(2025, 9, 1, tzinfo=KARACHI))


def test_a_signature_given_in_time_may_be_confirmed_for_a_day_after_the_deadline() -> None:
    given = datetime(2025, 9, 15, 23, 59, tzinfo=KARACHI)
    assert expires_at(given, appeal()) == datetime(2025, 9, 17, 0, 0, tzinfo=KARACHI)


def test_an_unconfirmed_address_is_not_kept_until_a_distant_deadline() -> None:
    given = datetime(2025, 6, 20, tzinfo=KARACHI)
    assert expires_at(given, appeal()) == given + timedelta(days=14)


def test_signing_stores_a_pending_signature_and_the_message_it_owes(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    with storage.writing() as session:
        sign(session, storage.vault, "renew-the-cards", made.wish(), made.NOON)
    (stored,) = signatures(storage)
    assert stored.status is SignatureStatus.PENDING
    assert not stored.counts
    assert storage.vault.decrypt(stored.name or b"", "signatures.name", stored.reference) == "Ada Lovelace"
    assert [(it.kind, it.signature_id) for it in messages(storage)] == [(MessageKind.CONFIRM, stored.id)]


@pytest.mark.parametrize(
    ("country", "disclosure", "sure", "asked"),
    [
        ("PK", Disclosure.PUBLIC, False, True),
        ("AF", Disclosure.OFFICIAL, False, True),
        ("PK", Disclosure.WITHHELD, False, False),
        ("PK", Disclosure.PUBLIC, True, False),
        ("GB", Disclosure.PUBLIC, False, False),
    ],
)
def test_who_would_be_named_where_that_is_dangerous_is_asked_once(
    country: str, disclosure: Disclosure, sure: bool, asked: bool
) -> None:
    def signing() -> None:
        ask_before_naming(("PK", "AF"), country, disclosure, sure)

    if asked:
        with pytest.raises(Refused, match="could be dangerous"):
            signing()
    else:
        signing()


def test_a_signature_is_found_by_sixteen_random_bytes_of_its_own(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
        for email in ("ada@example.org", "ben@example.org"):
            sign(session, storage.vault, "renew-the-cards", made.wish(email), made.NOON)
    first, second = [it.reference for it in signatures(storage)]
    assert (len(first), len(second)) == (16, 16)
    assert first != second


def test_one_address_has_one_seat_where_no_household_shares_it_whatever_the_name(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
        for name in ("Ada Lovelace", "Byron Lovelace"):
            sign(session, storage.vault, "renew-the-cards", made.wish(name=name), made.NOON)
    assert [it.seat for it in signatures(storage)] == [1]


def test_a_signature_stands_under_the_text_that_its_page_showed(storage: Storage) -> None:
    def signed_by(email: str, showed: int | None) -> None:
        with storage.writing() as session:
            sign(session, storage.vault, "renew-the-cards", made.wish(email, text_version=showed), made.NOON)

    with storage.writing() as session:
        made.action(session)
    signed_by("ada@example.org", None)  # the first to sign: from now on the text is kept
    with storage.writing() as session:
        session.scalars(select(Action)).one().texts[0].title = "Renew every card"
        signed_texts.keep(session, storage.vault, "renew-the-cards", made.NOON)
    signed_by("ben@example.org", 1)  # their page was opened before the correction
    signed_by("cara@example.org", None)
    signed_by("dora@example.org", 2)
    signed_by("emil@example.org", 7)  # there is none like it: the newest before it
    with storage.reading() as session:
        under = session.scalars(
            select(SignedText.version).join(Signature, Signature.signed_text_id == SignedText.id).order_by(Signature.id)
        ).all()
    assert under == [1, 1, 2, 2, 2]


def test_the_tag_of_a_link_is_kept_beside_the_signature_and_no_tag_leaves_nothing(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, "renew-the-cards", made.wish(via="letter", locale="ur"), made.NOON)
        sign(session, storage.vault, "renew-the-cards", made.wish("ben@example.org"), made.NOON)
    with storage.reading() as session:
        assert [(it.tag, it.locale) for it in session.scalars(select(Visit))] == [("letter", "ur")]


@pytest.mark.databases
def test_a_failure_on_the_way_leaves_neither_signature_nor_message(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    with pytest.raises(RuntimeError), storage.writing() as session:
        sign(session, storage.vault, "renew-the-cards", made.wish(), made.NOON)
        raise RuntimeError("the power went")
    assert not signatures(storage)
    assert not messages(storage)


@pytest.mark.databases
def test_fifty_simultaneous_signings_with_one_address_make_one_signature(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)

    def attempt(n: int) -> None:
        with storage.writing() as session:
            sign(session, storage.vault, "renew-the-cards", made.wish(name=f"Ada {n}"), made.NOON)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(attempt, range(50)))
    assert len(signatures(storage)) == 1
    # The mailbox hears of it a few times, not fifty.
    assert len(messages(storage)) <= 3


@pytest.mark.parametrize(
    "variant", ["ADA@example.org", "ada+petition@example.org", " ada@EXAMPLE.org ", "ada@example.org"]
)
def test_the_same_mailbox_written_differently_is_the_same_signer(storage: Storage, variant: str) -> None:
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, "renew-the-cards", made.wish(), made.NOON)
        sign(session, storage.vault, "renew-the-cards", made.wish(variant.strip()), made.NOON)
    assert len(signatures(storage)) == 1


@pytest.mark.databases
def test_where_a_household_may_share_an_address_two_people_sign_and_a_third_does_not(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session, seats=2)
        for name in ("Ada Lovelace", "Byron Lovelace", "Ada Lovelace", "Cara Lovelace"):
            sign(session, storage.vault, "renew-the-cards", made.wish(name=name), made.NOON)
    assert [storage.vault.decrypt(it.name or b"", "signatures.name", it.reference) for it in signatures(storage)] == [
        "Ada Lovelace",
        "Byron Lovelace",
    ]


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("Ada Lovelace", "ADA LOVELACE"),
        ("ada lovelace", "Ada Lovelace"),
        ("Jürgen Groß", "JÜRGEN GROSS"),
        ("Ωmega Σίσυφος", "ωMEGA ΣΊΣΥΦΟΣ"),
    ],
)
def test_the_second_seat_of_a_household_is_for_another_person_however_the_name_is_capitalised(
    storage: Storage, first: str, again: str
) -> None:
    with storage.writing() as session:
        made.action(session, seats=2)
        for name in (first, again):
            sign(session, storage.vault, "renew-the-cards", made.wish(name=name), made.NOON)
    assert [storage.vault.decrypt(it.name or b"", SIGNATURE_NAME, it.reference) for it in signatures(storage)] == [
        first
    ]


def test_one_address_may_sign_different_actions(storage: Storage) -> None:
    with storage.writing() as session:
        for slug in ("one", "two"):
            made.action(session, slug)
            sign(session, storage.vault, slug, made.wish(), made.NOON)
    assert len(signatures(storage)) == 2


@pytest.mark.databases
def test_repeats_are_answered_by_mail_a_few_times_a_day_at_most(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    for minute in range(10):
        with storage.writing() as session:
            at = made.NOON + timedelta(minutes=minute)
            sign(session, storage.vault, "renew-the-cards", made.wish(), at)
    assert len(messages(storage)) == 3


def test_the_next_day_a_repeat_is_answered_again(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
        for hours in (0, 1, 2, 3, 27):
            sign(session, storage.vault, "renew-the-cards", made.wish(), made.NOON + timedelta(hours=hours))
    assert len(messages(storage)) == 4


def test_who_confirmed_already_is_told_so_by_mail_and_who_refused_is_left_alone() -> None:
    assert repeat_deserves(SignatureStatus.CONFIRMED, 0) is MessageKind.SIGNED_ALREADY
    assert repeat_deserves(SignatureStatus.PENDING, 0) is MessageKind.CONFIRM
    assert repeat_deserves(SignatureStatus.REJECTED, 0) is None
    assert repeat_deserves(SignatureStatus.PENDING, 3) is None


def test_a_draft_can_be_signed_as_little_as_what_never_was(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session, status=ActionStatus.DRAFT)
    for slug in ("renew-the-cards", "no-such-action"):
        with pytest.raises(Unknown), storage.writing() as session:
            sign(session, storage.vault, slug, made.wish(), made.NOON)


def test_the_version_of_the_consent_that_was_shown_is_stored(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, "renew-the-cards", made.wish(locale="ur"), made.NOON)
    with storage.reading() as session:
        from campaign.storage.tables import ConsentText

        told = session.scalars(select(ConsentText).join(Signature, Signature.consent_text_id == ConsentText.id)).one()
    assert (told.locale, told.version) == ("ur", 1)


@pytest.mark.databases
def test_the_database_itself_refuses_a_second_seat_for_one_address(storage: Storage) -> None:
    from sqlalchemy.exc import IntegrityError

    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, "renew-the-cards", made.wish(), made.NOON)
    (stored,) = signatures(storage)
    columns = {
        it.key: getattr(stored, it.key) for it in Signature.__table__.columns if it.key not in ("id", "uncounted")
    }
    with pytest.raises(IntegrityError), storage.writing() as session:
        session.add(Signature(**{**columns, "reference": b"another reference"[:16]}))
    with storage.reading() as session:
        assert session.scalar(select(func.count()).select_from(Signature)) == 1
