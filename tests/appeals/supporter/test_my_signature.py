"""My signature: seen whole by its owner, changed by its owner, and by nobody's looking."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.appeals import retention
from campaign.appeals.signing import names
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming, my_data, my_signature
from campaign.appeals.supporter.my_signature import Mine, masked
from campaign.delivery import freezing
from campaign.errors import Gone
from campaign.publication.reading import published
from campaign.storage import Storage
from campaign.storage.tables import ConsentText, Dossier, DossierEntry, Signature
from campaign.vocabulary import Disclosure, MessageKind, MessageStatus, SignatureStatus
from tests import made

SLUG = "renew-the-cards"


@pytest.fixture
def reference(storage: Storage) -> bytes:
    """The reference of Ada's confirmed signature, with words, in Urdu, with updates."""
    wish = made.wish(message="Please.", locale="ur", updates=True)
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, SLUG, wish, made.NOON)
        reference = session.scalars(select(Signature.reference)).one()
        confirming.confirm(session, storage.vault, reference, made.NOON + timedelta(hours=1))
    return reference


def mine(storage: Storage, reference: bytes | None) -> Mine:
    with storage.reading() as session:
        return my_signature.mine(session, storage.vault, reference)


def frozen(storage: Storage) -> str:
    with storage.writing() as session:
        return freezing.freeze(session, published(session, SLUG, "en"), None, made.NOON + timedelta(hours=2))


@pytest.mark.databases
def test_its_owner_sees_all_that_is_stored_and_the_words_they_agreed_to(storage: Storage, reference: bytes) -> None:
    seen = mine(storage, reference)
    assert (seen.name, seen.email, seen.message) == ("Ada Lovelace", "ada@example.org", "Please.")
    assert (seen.country, seen.disclosure, seen.updates) == ("GB", Disclosure.PUBLIC, True)
    assert (seen.created_at, seen.confirmed_at) == (made.NOON, made.NOON + timedelta(hours=1))
    assert [(it.kind, it.status) for it in seen.mails] == [
        (MessageKind.CONFIRM, MessageStatus.PENDING),
        (MessageKind.THANKS, MessageStatus.PENDING),
    ]
    with storage.reading() as session:
        told = session.scalars(select(ConsentText).where(ConsentText.locale == "ur")).one()
    assert (seen.consent.locale, seen.consent.version, seen.consent.text) == ("ur", 1, told.text)


def test_the_wording_shown_is_the_one_agreed_to_whatever_is_told_today(storage: Storage, reference: bytes) -> None:
    before = mine(storage, reference).consent
    from campaign.appeals.signing import consent

    with storage.writing() as session:
        consent.state(session, 30, made.NOON)
    assert mine(storage, reference).consent == before


def test_where_it_went_tells_number_page_day_official_and_whether_it_is_printed(
    storage: Storage, reference: bytes
) -> None:
    code = frozen(storage)
    (place,) = mine(storage, reference).places
    assert (place.code, place.number, place.page, place.printed) == (code, 1, None, False)
    assert (place.official, place.office) == ("Sample Minister", "Minister of Interior")
    with storage.writing() as session:
        entry = session.scalars(select(DossierEntry)).one()
        dossier = session.scalars(select(Dossier)).one()
        entry.page, dossier.pages, dossier.sha256, dossier.status = 3, 5, "0" * 64, "ready"
    (place,) = mine(storage, reference).places
    assert (place.page, place.printed) == (3, True)


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


def test_the_file_holds_everything_the_address_whole_and_reads_as_json(storage: Storage, reference: bytes) -> None:
    code = frozen(storage)
    told = json.loads(json.dumps(my_data.as_json(mine(storage, reference)), ensure_ascii=False))
    assert (told["name"], told["email"], told["message"]) == ("Ada Lovelace", "ada@example.org", "Please.")
    assert told["dossiers"][0]["code"] == code
    assert told["consent"]["version"] == 1
    assert [it["kind"] for it in told["messages"]] == ["confirm", "thanks"]
    # A column that is added to signatures must be told to its owner too.
    ours = {"id", "action_id", "reference", "seat", "confirmed_on", "counts", "tallied", "uncounted"}
    ours |= {"invalidation_id", "words_decision_id"}
    hashes = {f"{it}_hash" for it in ("email", "name", "network", "domain", "words")}
    other_words = {"guard": "most_guarded_choice_sent_since", "name_held": "name_waits_to_be_read"}
    other_words |= {"signed_text_id": "signed_text", "reason_consent_id": "message_for_everyone"}
    assert set(other_words.values()) <= told.keys()
    said = {*hashes, "locale", "consent_text_id", "created_at", "expires_at", *told, *other_words}
    assert {it.key for it in Signature.__table__.columns} <= ours | said


def test_who_lives_where_the_organiser_says_so_is_at_risk(storage: Storage, reference: bytes) -> None:
    from campaign.storage.tables import Case

    assert not mine(storage, reference).at_risk
    with storage.writing() as session:
        session.scalars(select(Case)).one().at_risk_countries = ["AF", "GB"]
    assert mine(storage, reference).at_risk


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("ada@example.org", "a•••@e•••.org"),
        ("a@b.co", "a•••@b•••.co"),
        ("عائشہ@مثال.پاکستان", "ع•••@م•••.پاکستان"),
    ],
)
def test_an_address_on_a_screen_tells_its_owner_enough_and_others_little(address: str, shown: str) -> None:
    assert masked(address) == shown
