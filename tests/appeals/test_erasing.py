"""Erasing: nothing of the person in any table, the tally right, the numbers of a printed dossier as they were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, func, select, update

from campaign import clock
from campaign.appeals import retention
from campaign.appeals.counting import tallies
from campaign.appeals.mails import signature_mails
from campaign.appeals.signing.addresses import normal_form
from campaign.appeals.signing.links import Links
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming, my_data, my_signature
from campaign.delivery import freezing, volumes
from campaign.mail import outbox
from campaign.publication.reading import published
from campaign.storage import Storage
from campaign.storage.tables import Action, DossierEntry, Letter, Message, Signature
from campaign.vocabulary import ActionStatus, LetterStatus, SignatureStatus
from tests import made, opened
from tests.appeals import entrusted
from tests.conftest import SECRET_KEY
from tests.delivery.signed import printed

SLUG = "renew-the-cards"
ADA, BEA = ("ada@example.org", "Ada Lovelace"), ("bea@example.org", "Bea Byron")


@pytest.fixture
def signed(storage: Storage) -> Storage:
    """Ada and Bea have signed with words and confirmed; a dossier was frozen; everyone is counted."""
    with storage.writing() as session:
        made.action(session)
        for email, name in (ADA, BEA):
            wish = made.wish(email, name=name, message=f"Please. {name}", updates=True)
            sign(session, storage.vault, SLUG, wish, made.NOON)
        for reference in session.scalars(select(Signature.reference)).all():
            confirming.confirm(session, storage.vault, reference, made.NOON)
        tallies.roll_up(session)
    with storage.writing() as session:
        freezing.freeze(session, published(session, SLUG, "en"), None, made.NOON)
    return storage


def reference_of(storage: Storage, email: str) -> bytes:
    email_hash = storage.vault.keyed_hash("e-mail", normal_form(email))
    with storage.reading() as session:
        return session.scalars(select(Signature.reference).where(Signature.email_hash == email_hash)).one()


def erase(storage: Storage, reference: bytes) -> None:
    with storage.writing() as session:
        my_signature.erase(session, reference)


def count(storage: Storage) -> int:
    with storage.reading() as session:
        action_id = session.scalars(select(Action.id)).one()
        return tallies.counted(session, action_id, None, clock.now()).count


def values(storage: Storage) -> Iterator[tuple[str, Any]]:
    """Every value of every column of every table there is, as the database holds it."""
    there = MetaData()
    there.reflect(storage.engine)
    with storage.engine.connect() as connection:
        for table in there.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                for column, value in row.items():
                    yield f"{table.name}.{column}", bytes(value) if isinstance(value, memoryview) else value


def traces(storage: Storage, email: str, name: str, *bytes_of_theirs: bytes) -> set[str]:
    """The columns that hold anything of a person: in clear, hashed, sealed, or the very bytes that were theirs."""
    email_hash = storage.vault.keyed_hash("e-mail", normal_form(email))
    found = set()
    for column, value in values(storage):
        if isinstance(value, str) and (name in value or email in value):
            found.add(column)
        if isinstance(value, bytes):
            said = opened.wherever(storage, value)
            if value in {email_hash, *bytes_of_theirs} or name in said or email in said:
                found.add(column)
            if name.encode() in value or email.encode() in value:
                found.add(column)
    return found


def sealed_of(storage: Storage, reference: bytes) -> tuple[bytes, ...]:
    with storage.reading() as session:
        it = session.scalars(select(Signature).where(Signature.reference == reference)).one()
        return tuple(bytes(value) for value in (it.email, it.name, it.message, it.email_hash) if value is not None)


def test_the_search_finds_what_is_there(signed: Storage) -> None:
    reference = reference_of(signed, ADA[0])
    assert traces(signed, *ADA, reference, *sealed_of(signed, reference)) == {
        "signatures.email",
        "signatures.email_hash",
        "signatures.name",
        "signatures.message",
        "signatures.reference",
        "dossier_entries.name",
    }


@pytest.mark.databases
def test_erasing_leaves_no_trace_of_the_person_in_any_table(signed: Storage) -> None:
    reference = reference_of(signed, ADA[0])
    theirs = sealed_of(signed, reference)
    others = traces(signed, *BEA)
    erase(signed, reference)
    assert traces(signed, *ADA, reference, *theirs) == set()
    assert traces(signed, *BEA) == others


def test_erasing_takes_letters_with_it_and_of_those_that_went_leaves_a_number(signed: Storage) -> None:
    reference = reference_of(signed, ADA[0])
    letters = [entrusted.queued(signed, reference, f"{words} {ADA[1]}") for words in ("One.", "Two.", "Three.")]
    bea = entrusted.queued(signed, reference_of(signed, BEA[0]))
    with signed.writing() as session:
        gone = {"status": LetterStatus.SENT, "sent_at": made.NOON}
        session.execute(update(Letter).where(Letter.id == letters[0]).values(**gone))
        session.execute(update(Letter).where(Letter.id == letters[1]).values(status=LetterStatus.BOUNCED))
    assert "letters.content" in traces(signed, *ADA)
    theirs = [it.text_hash for it in entrusted.all_of(signed) if it.text_hash and it.id != bea]
    theirs += sealed_of(signed, reference)
    erase(signed, reference)
    assert traces(signed, *ADA, reference, *theirs) == set()
    left = {it.id: (it.status, it.signature_id) for it in entrusted.all_of(signed) if it.id != bea}
    assert left == {letters[0]: (LetterStatus.SENT, None)}
    assert entrusted.one(signed, bea).content is not None


def test_retention_forgets_letters_and_what_never_went_goes_sooner(signed: Storage) -> None:
    reference = reference_of(signed, ADA[0])
    went, waits = (entrusted.queued(signed, reference, f"{it} {ADA[1]}") for it in ("One.", "Two."))
    entrusted.drafted(signed, reference, "Three.")
    with signed.writing() as session:
        session.execute(update(Letter).where(Letter.id == went).values(status=LetterStatus.SENT, sent_at=made.NOON))
    after = made.NOON + timedelta(hours=25)
    with signed.reading() as session:
        assert retention.purge(session, after, dry_run=True).letters == 1
    assert retention.purge_all(signed, after).letters == 1  # the draft
    with signed.writing() as session:
        session.execute(update(Action).values(status=ActionStatus.CLOSED, ended_at=made.NOON))
    assert retention.purge_all(signed, made.NOON + timedelta(days=13)).letters == 0
    gone = retention.purge_all(signed, made.NOON + timedelta(days=15))
    assert (gone.letters, gone.words) == (1, 1)
    # That one was dropped is told to its writer for as long as the signature is known; its words are gone.
    dropped = [it for it in entrusted.all_of(signed) if it.id != went]
    assert [(it.status, it.content) for it in dropped] == [(LetterStatus.DROPPED, None)]
    assert "letters.content" not in traces(signed, *ADA)
    retention.purge_all(signed, made.NOON + timedelta(days=91))
    (left,) = (it for it in entrusted.all_of(signed) if it.id == went)
    assert (left.id, left.signature_id, left.text_hash) == (went, None, None)
    assert waits != went


def test_after_a_stop_nothing_that_was_not_sent_is_kept(signed: Storage) -> None:
    entrusted.queued(signed, reference_of(signed, ADA[0]))
    with signed.writing() as session:
        session.execute(update(Action).values(status=ActionStatus.STOPPED, ended_at=made.NOON))
    assert retention.purge_all(signed, made.NOON + timedelta(minutes=1)).letters == 1
    assert [(it.status, it.content) for it in entrusted.all_of(signed)] == [(LetterStatus.DROPPED, None)]


def test_erasing_drops_what_was_owed_and_what_was_leased_is_not_written(signed: Storage) -> None:
    with signed.writing() as session:
        leased = outbox.claim(session, made.NOON + timedelta(minutes=1), 10)
    reference = reference_of(signed, ADA[0])
    with signed.reading() as session:
        ada = session.scalars(select(Signature.id).where(Signature.reference == reference)).one()
    erase(signed, reference)
    with signed.reading() as session:
        assert ada not in session.scalars(select(Message.signature_id)).all()
        links = Links(SECRET_KEY)
        hers = [it for it in leased if it.signature_id == ada]
        assert hers
        for message in hers:
            assert (
                signature_mails.compose(session, signed.vault, links, "http://campaign.test", message, made.NOON)
                is None
            )
    with signed.writing() as session:
        assert not outbox.mark_sent(session, hers[0], made.NOON)


@pytest.mark.databases
def test_erasing_takes_a_counted_signature_out_of_the_tally_at_once(signed: Storage) -> None:
    assert count(signed) == 2
    erase(signed, reference_of(signed, ADA[0]))
    assert count(signed) == 1
    with signed.writing() as session:
        assert tallies.roll_up(session) == 0
        assert tallies.reconcile(session) == 0
    assert count(signed) == 1


def test_erasing_twice_is_erasing_once(signed: Storage) -> None:
    reference = reference_of(signed, ADA[0])
    erase(signed, reference)
    erase(signed, reference)
    assert count(signed) == 1


@pytest.mark.databases
def test_a_signature_erased_before_it_was_counted_is_never_counted(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
        for email in ("ada@example.org", "bea@example.org", "cy@example.org"):
            sign(session, storage.vault, SLUG, made.wish(email), made.NOON)
        ada, bea, _ = references = session.scalars(select(Signature.reference).order_by(Signature.id)).all()
        for reference in references[:2]:
            confirming.confirm(session, storage.vault, reference, made.NOON)
        my_signature.erase(session, ada)  # confirmed, not yet counted
        tallies.roll_up(session)
        my_signature.take_back(session, bea)
        my_signature.erase(session, bea)  # taken back, not yet taken out
        my_signature.erase(session, references[2])  # never confirmed
        tallies.roll_up(session)
        assert tallies.reconcile(session) == 0
        assert session.scalar(select(func.count()).select_from(Signature)) == 0
    assert count(storage) == 0


def test_a_dossier_keeps_its_numbers_without_name_and_without_a_link_back(signed: Storage) -> None:
    with signed.reading() as session:
        before = [(it.number, it.country) for it in session.scalars(select(DossierEntry).order_by(DossierEntry.number))]
    erase(signed, reference_of(signed, ADA[0]))
    with signed.reading() as session:
        entries = session.scalars(select(DossierEntry).order_by(DossierEntry.number)).all()
        assert [(it.number, it.country) for it in entries] == before
        assert [it.name is None for it in entries] == [it.signature_id is None for it in entries] == [True, False]


def test_taking_back_clears_the_name_in_a_dossier_and_its_number_is_still_shown_to_its_owner(signed: Storage) -> None:
    reference = reference_of(signed, ADA[0])
    with signed.writing() as session:
        my_signature.take_back(session, reference)
    assert traces(signed, *ADA) == set()
    with signed.reading() as session:
        assert [it.number for it in my_data.mine(session, signed.vault, reference).places] == [1]


@pytest.mark.databases
def test_retention_leaves_no_trace_of_the_person_in_any_table_and_a_dry_run_counts_what_it_would_clear(
    signed: Storage,
) -> None:
    reference = reference_of(signed, ADA[0])
    theirs = sealed_of(signed, reference)
    with signed.writing() as session:
        session.execute(update(Action).values(status=ActionStatus.CLOSED, ended_at=made.NOON))
    then = made.NOON + timedelta(days=91)
    with signed.reading() as session:
        told = retention.purge(session, then, dry_run=True)
    assert (told.erased, told.entries) == (2, 2)
    assert "dossier_entries.name" in traces(signed, *ADA)
    gone = retention.purge_all(signed, then)
    assert (gone.erased, gone.entries) == (2, 2)
    assert traces(signed, *ADA, *theirs) == set()
    with signed.reading() as session:
        assert [it.number for it in session.scalars(select(DossierEntry).order_by(DossierEntry.number))] == [1, 2]


@pytest.mark.databases
def test_a_name_that_a_dossier_copied_while_it_was_taken_back_goes_with_the_next_purge(signed: Storage) -> None:
    reference = reference_of(signed, ADA[0])
    with signed.writing() as session:
        entry = session.scalars(select(DossierEntry).order_by(DossierEntry.number)).first()
        assert entry is not None
        copied = entry.name
        my_signature.take_back(session, reference)
        session.execute(update(DossierEntry).where(DossierEntry.number == entry.number).values(name=copied))
    assert traces(signed, *ADA) == {"dossier_entries.name"}
    assert retention.purge_all(signed, made.NOON).entries == 1
    assert traces(signed, *ADA) == set()
    assert traces(signed, *BEA) != set()


def test_the_file_of_a_printed_dossier_is_unchanged(signed: Storage, tmp_path: Path) -> None:
    with signed.reading() as session:
        from campaign.storage.tables import Dossier

        code = session.scalars(select(Dossier.code)).one()
    volume = printed(signed, tmp_path, code)
    erase(signed, reference_of(signed, ADA[0]))
    with signed.reading() as session:
        assert volumes.read(session, signed.files, code, 1) == volume


def test_who_erased_their_signature_may_sign_again(signed: Storage) -> None:
    erase(signed, reference_of(signed, ADA[0]))
    with signed.writing() as session:
        sign(session, signed.vault, SLUG, made.wish(*ADA[:1]), made.NOON + timedelta(days=1))
    with signed.reading() as session:
        assert SignatureStatus.PENDING in session.scalars(select(Signature.status)).all()


def test_after_not_me_erasing_takes_the_mark_of_the_address_too(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, SLUG, made.wish(), made.NOON)
        reference = session.scalars(select(Signature.reference)).one()
        confirming.not_me(session, storage.vault, reference)
    assert traces(storage, *ADA) == {"signatures.email_hash"}
    erase(storage, reference)
    assert traces(storage, *ADA) == set()


def test_what_retention_forgot_stays_in_the_count_even_if_an_old_link_is_used_to_erase(signed: Storage) -> None:
    reference = reference_of(signed, ADA[0])
    with signed.writing() as session:
        session.execute(update(Action).values(status=ActionStatus.CLOSED, ended_at=made.NOON))
    assert retention.purge_all(signed, made.NOON + timedelta(days=91)).erased == 2
    erase(signed, reference)
    assert count(signed) == 2
