"""My data: seen whole by its owner."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.appeals.supporter import my_data
from campaign.appeals.supporter.my_data import masked
from campaign.storage import Storage
from campaign.storage.tables import ConsentText, Dossier, DossierEntry, Signature
from campaign.vocabulary import Disclosure, MessageKind, MessageStatus
from tests import made
from tests.appeals.supporter.kept import frozen, mine


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
