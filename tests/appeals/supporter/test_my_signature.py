"""My signature: changed by its owner, and by nobody's looking."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.appeals import retention
from campaign.appeals.signing import names
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import my_signature
from campaign.errors import Gone
from campaign.storage import Storage
from campaign.storage.tables import Dossier, DossierEntry, Signature
from campaign.vocabulary import Disclosure, SignatureStatus
from tests import made
from tests.appeals.supporter.kept import SLUG, frozen, mine


def test_a_changed_name_and_disclosure_hold_for_the_page_and_for_dossiers_made_after(
    storage: Storage, reference: bytes
) -> None:
    before = frozen(storage)
    with storage.writing() as session:
        my_signature.correct_name(session, storage.vault, reference, "Ada King")
    between = frozen(storage)
    with storage.reading() as session:
        action_id = session.scalars(select(Signature.action_id)).one()
        assert names.latest(session, storage.vault, action_id) == ("Ada King",)
    with storage.writing() as session:
        my_signature.show_name_to(session, reference, Disclosure.WITHHELD)
    after = frozen(storage)
    with storage.reading() as session:
        assert names.latest(session, storage.vault, action_id) == ()
        found = session.execute(
            select(Dossier.code, DossierEntry.name).join(DossierEntry, DossierEntry.dossier_id == Dossier.id)
        ).all()
    named = {code: storage.vault.decrypt(name, "signatures.name", reference) for code, name in found}
    assert named == {before: "Ada Lovelace", between: "Ada King"}
    assert after not in dict(found)


def test_updates_are_stopped_by_one_click_and_stopping_twice_is_stopping_once(
    storage: Storage, reference: bytes
) -> None:
    for _ in range(2):
        with storage.writing() as session:
            my_signature.stop_updates(session, reference)
    assert not mine(storage, reference).updates
    with storage.writing() as session:
        my_signature.write_of_updates(session, reference, True)
    assert mine(storage, reference).updates


@pytest.mark.databases
def test_a_signature_taken_back_leaves_its_dates_and_its_places_and_nothing_of_the_person(
    storage: Storage, reference: bytes
) -> None:
    code = frozen(storage)
    for _ in range(2):
        with storage.writing() as session:
            my_signature.take_back(session, reference)
    seen = mine(storage, reference)
    assert seen.status is SignatureStatus.WITHDRAWN
    assert (seen.name, seen.email, seen.message, seen.hashed, seen.updates) == (None, None, None, False, False)
    assert [it.code for it in seen.places] == [code]


def test_who_took_their_signature_back_may_sign_again(storage: Storage, reference: bytes) -> None:
    with storage.writing() as session:
        my_signature.take_back(session, reference)
        sign(session, storage.vault, SLUG, made.wish(), made.NOON + timedelta(days=1))
    with storage.reading() as session:
        statuses = session.scalars(select(Signature.status).order_by(Signature.id)).all()
    assert statuses == [SignatureStatus.WITHDRAWN, SignatureStatus.PENDING]


def test_what_was_taken_back_is_changed_no_more(storage: Storage, reference: bytes) -> None:
    with storage.writing() as session:
        my_signature.take_back(session, reference)
    with pytest.raises(Gone), storage.writing() as session:
        my_signature.correct_name(session, storage.vault, reference, "Ada King")
    with pytest.raises(Gone), storage.writing() as session:
        my_signature.show_name_to(session, reference, Disclosure.PUBLIC)
    assert mine(storage, reference).name is None


def test_a_pending_signature_may_be_put_right_before_it_is_confirmed(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, SLUG, made.wish(), made.NOON)
        reference = session.scalars(select(Signature.reference)).one()
        my_signature.correct_name(session, storage.vault, reference, "Ada King")
    assert (mine(storage, reference).name, mine(storage, reference).status) == ("Ada King", SignatureStatus.PENDING)


def test_a_link_never_made_and_one_whose_data_has_run_out_are_answered_alike(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, SLUG, made.wish(), made.NOON)
        expired = session.scalars(select(Signature.reference)).one()
    retention.purge_all(storage, made.NOON + timedelta(days=15))
    for never in (None, b"0123456789abcdef", expired):
        with pytest.raises(Gone, match="no longer works"):
            mine(storage, never)
        for change in (my_signature.take_back, my_signature.stop_updates):
            with pytest.raises(Gone, match="no longer works"), storage.writing() as session:
                change(session, never)
