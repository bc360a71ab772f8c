"""A letter that the system sends for a supporter: shown first, agreed to, theirs to take back until it has gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from campaign.appeals.relay import consent, queue, requests
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming, my_signature
from campaign.errors import Conflict, Gone, Refused, Unknown
from campaign.storage import Storage
from campaign.storage.tables import Action, Letter, LetterConsent, Official, Signature
from campaign.vocabulary import ActionStatus, LetterStatus
from tests import made
from tests.appeals.entrusted import SLUG, all_of, drafted, one, queued, signed


@pytest.fixture
def ada(storage: Storage) -> bytes:
    """The reference of Ada's signature under one open action."""
    with storage.writing() as session:
        made.action(session)
    return signed(storage)


def test_what_is_shown_is_what_the_official_will_see(storage: Storage, ada: bytes) -> None:
    shown = drafted(storage, ada)
    assert (shown.official, shown.subject) == ("Sample Minister", "Renew the cards")
    assert (shown.name, shown.place, shown.reply_to) == ("Ada Lovelace", "United Kingdom", "ada@example.org")
    assert shown.text.startswith("Dear Minister,\n\nI write about the cards of at least 1.4 million people.\n\n")
    assert shown.text.endswith("Yours sincerely,\nAda Lovelace\nUnited Kingdom")
    assert not shown.at_risk
    with storage.reading() as session:
        again = requests.shown(session, storage.vault, ada, shown.id, made.NOON)
    assert (again.text, again.subject, again.reply_to) == (shown.text, shown.subject, shown.reply_to)


def test_a_draft_lies_sealed_and_is_not_sent(storage: Storage, ada: bytes) -> None:
    drafted(storage, ada, "My own words.")
    (letter,) = all_of(storage)
    assert letter.status is LetterStatus.DRAFTED
    assert letter.content is not None
    assert b"own words" not in bytes(letter.content)
    with storage.writing() as session:
        assert not queue.claim(session, made.NOON.replace(hour=6), live=False)


@pytest.mark.databases
def test_agreeing_puts_it_into_the_queue_once_with_the_wording_that_was_shown(storage: Storage, ada: bytes) -> None:
    letter_id = drafted(storage, ada).id
    for _ in range(2):
        with storage.writing() as session:
            requests.submit(session, storage.vault, ada, letter_id, "ur", made.NOON)
    (letter,) = all_of(storage)
    assert (letter.status, letter.due_at) == (LetterStatus.QUEUED, made.NOON)
    with storage.reading() as session:
        (told,) = session.scalars(select(LetterConsent))
        assert (told.id, told.locale, told.version) == (letter.letter_consent_id, "ur", 1)
        assert told.text == consent.wording("ur")


def test_a_new_wording_is_a_new_version_and_the_old_one_is_kept(
    storage: Storage, ada: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(storage, ada)
    with storage.writing() as session:
        monkeypatch.setattr(consent, "wording", lambda locale: f"Something else, in {locale}.")
        assert consent.agreed(session, "en", made.NOON) == consent.agreed(session, "en", made.NOON)
        kept = session.scalars(select(LetterConsent).order_by(LetterConsent.version)).all()
        assert [it.version for it in kept] == [1, 2]
        assert kept[1].text == "Something else, in en."


@pytest.mark.databases
def test_the_same_words_go_to_an_official_once(storage: Storage, ada: bytes) -> None:
    queued(storage, ada, "Please, in my own words.")
    with pytest.raises(Conflict, match="this same letter"):
        drafted(storage, ada, "  please, in my\r\nOWN words. ")
    queued(storage, ada, "Please, in other words.")
    queued(storage, signed(storage, "bea@example.org"), "Please, in my own words.")


def test_a_draft_that_was_not_agreed_to_gives_way_to_the_next(storage: Storage, ada: bytes) -> None:
    first = drafted(storage, ada, "First thoughts.")
    second = drafted(storage, ada, "Second thoughts.")
    assert [it.id for it in all_of(storage)] == [second.id]
    with storage.writing() as session, pytest.raises(Unknown):
        requests.submit(session, storage.vault, ada, first.id, "en", made.NOON)
    assert drafted(storage, ada, "Second thoughts.").text == second.text


@pytest.mark.databases
def test_three_letters_to_one_official_are_enough(storage: Storage, ada: bytes) -> None:
    for words in ("One.", "Two.", "Three."):
        queued(storage, ada, words)
    with pytest.raises(Conflict, match="three letters"):
        drafted(storage, ada, "Four.")


def test_only_who_has_confirmed_has_letters_sent(storage: Storage, ada: bytes) -> None:
    with storage.writing() as session:
        sign(session, storage.vault, SLUG, made.wish("bea@example.org"), made.NOON)
        pending = session.scalars(select(Signature.reference).where(Signature.reference != ada)).one()
    with pytest.raises(Refused, match="Confirm your signature first"):
        drafted(storage, pending)
    with storage.writing() as session:
        confirming.not_me(session, storage.vault, pending)
    for gone in (pending, None, b"x" * 16):
        with pytest.raises(Gone):
            drafted(storage, gone)  # type: ignore[arg-type]


def test_a_signature_under_another_action_has_no_letter_here(storage: Storage, ada: bytes) -> None:
    with storage.writing() as session:
        made.action(session, "another", index_reference=None, serial=57)
    with storage.writing() as session, pytest.raises(Gone):
        requests.save_draft(session, storage.vault, ada, "another", 1, "en", None, made.NOON)


@pytest.mark.parametrize("status", [ActionStatus.STOPPED, ActionStatus.CLOSED])
def test_nothing_is_drafted_or_agreed_to_once_the_action_is_over(
    storage: Storage, ada: bytes, status: ActionStatus
) -> None:
    letter_id = drafted(storage, ada).id
    with storage.writing() as session:
        session.execute(update(Action).values(status=status, ended_at=made.NOON, stop_reason={"en": "Harm."}))
    with storage.writing() as session, pytest.raises(Gone):
        requests.submit(session, storage.vault, ada, letter_id, "en", made.NOON)
    with pytest.raises(Gone):
        drafted(storage, ada)


def test_nothing_is_drafted_after_the_deadline(storage: Storage, ada: bytes) -> None:
    with storage.reading() as session:
        deadline = session.scalars(select(Action.deadline)).one()
    assert deadline is not None
    late = made.NOON.replace(year=deadline.year, month=deadline.month, day=deadline.day) + timedelta(days=1)
    with pytest.raises(Gone, match="deadline"):
        drafted(storage, ada, at=late)


def test_without_an_address_there_is_only_the_post(storage: Storage, ada: bytes) -> None:
    with storage.writing() as session:
        session.execute(update(Official).values(emails=[]))
    with pytest.raises(Refused, match="by post"):
        drafted(storage, ada)


def test_what_cannot_be_printed_is_refused_at_once(storage: Storage, ada: bytes) -> None:
    with pytest.raises(Refused, match="cannot print this"):
        drafted(storage, ada, "In signs of nobody: \U00016ab0")


def test_a_letter_may_be_taken_back_until_it_is_on_its_way(storage: Storage, ada: bytes) -> None:
    for letter_id in (queued(storage, ada, "In the queue."), drafted(storage, ada, "A draft.").id):
        with storage.writing() as session:
            requests.withdraw(session, ada, letter_id)
    assert not all_of(storage)
    letter_id = queued(storage, ada)
    with storage.writing() as session:
        session.execute(update(Letter).values(lease=b"x" * 16, leased_until=made.NOON))
    with storage.writing() as session, pytest.raises(Conflict, match="have already sent this letter"):
        requests.withdraw(session, ada, letter_id)
    assert one(storage, letter_id).status is LetterStatus.QUEUED


def test_nobody_takes_back_or_sees_the_letter_of_another(storage: Storage, ada: bytes) -> None:
    letter_id, bea = queued(storage, ada), signed(storage, "bea@example.org")
    with storage.writing() as session, pytest.raises(Unknown):
        requests.withdraw(session, bea, letter_id)
    with storage.reading() as session:
        assert not requests.letters_of(session, storage.vault, bea)
        assert not requests.letters_of(session, storage.vault, None)


def test_their_letters_are_shown_to_who_asked_for_them(storage: Storage, ada: bytes) -> None:
    queued(storage, ada, "Please.")
    with storage.reading() as session:
        (mine,) = requests.letters_of(session, storage.vault, ada)
    assert (mine.official, mine.status, mine.may_be_taken_back) == ("Sample Minister", LetterStatus.QUEUED, True)
    assert mine.text is not None
    assert "Please." in mine.text
    assert mine.consent == consent.wording("en")


@pytest.mark.databases
def test_taking_the_signature_back_takes_back_what_has_not_gone(storage: Storage, ada: bytes) -> None:
    queued(storage, ada, "In the queue.")
    drafted(storage, ada, "A draft.")
    with storage.writing() as session:
        my_signature.take_back(session, ada)
    assert not all_of(storage)


def test_the_words_of_a_letter_that_went_go_with_the_signature_too(storage: Storage, ada: bytes) -> None:
    queued(storage, ada, "It went.")
    with storage.writing() as session:
        session.execute(update(Letter).values(status=LetterStatus.SENT, sent_at=made.NOON))
        my_signature.take_back(session, ada)
    (letter,) = all_of(storage)
    assert (letter.status, letter.content, letter.text_hash) == (LetterStatus.SENT, None, None)


def test_this_was_not_me_takes_back_at_once_what_somebody_had_us_send(storage: Storage, ada: bytes) -> None:
    queued(storage, ada, "In the queue.")
    with storage.writing() as session:
        confirming.not_me(session, storage.vault, ada)
    assert not all_of(storage)
