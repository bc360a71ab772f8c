"""Which words count as equal, and that nothing tells it but a keyed hash that lives as long as they."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from campaign.appeals.signing import equal_words
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import changes
from campaign.jobs.sweeps import Jobs
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Signature
from tests import made
from tests.appeals import crowd

EQUAL = [
    ("Renew the cards.", "renew the cards"),
    ("Renew  the\ncards!", "Renew the cards"),
    ("RENEW THE CARDS!!!", "renew the cards."),
    ("“Renew the cards”", "Renew the cards"),
    ("Renew—the—cards", "Renew the cards"),
    ("Don’t wait", "Don't wait."),
    ("Ｒｅｎｅｗ　ｔｈｅ　ｃａｒｄｓ", "Renew the cards"),
    ("Ⅳ days left", "IV days left"),
    ("STRASSE", "Straße"),
    ("Renew\u200bthe cards", "Renewthe cards"),
    ("❤\ufe0f", "❤"),
    ("کارڈ بنا دیں۔", "کارڈ بنا دیں"),
    ("می\u200cخواهم", "میخواهم"),
    ("¡Renueven las tarjetas!", "renueven las tarjetas"),
    ("Cafe\u0301", "Café"),
]
DIFFERENT = [
    ("Renew the cards", "Do not renew the cards"),
    ("therapist", "the rapist"),
    ("now here", "nowhere"),
    ("1000 people", "10000 people"),
    ("résumé", "resume"),
    ("کارڈ", "كارڈ"),
    ("❤", "💔"),
    ("!!!", "???"),
    ("Renew", ""),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_case_space_punctuation_and_width_make_no_other_words(one: str, other: str) -> None:
    assert equal_words.normal(one) == equal_words.normal(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_letters_digits_accents_signs_and_ends_of_words_do(one: str, other: str) -> None:
    assert equal_words.normal(one) != equal_words.normal(other)


def test_words_of_punctuation_alone_stay_what_they_are() -> None:
    assert equal_words.normal(" ! ? ") == "! ?"


def test_equal_words_of_one_action_share_a_hash_and_of_two_actions_none(storage: Storage) -> None:
    hashes = [equal_words.words_hash(storage.vault, action, it) for action, it in ((1, "Act!"), (1, "act"), (2, "act"))]
    assert hashes[0] == hashes[1] != hashes[2]
    assert {len(it) for it in hashes} == {32}


def test_words_are_grouped_when_they_come_and_when_they_change_and_the_hash_goes_with_them(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, "renew-the-cards", made.wish(message="Act!"), made.NOON)
    with storage.writing() as session:
        kept = session.scalars(select(Signature)).one()
        first = kept.words_hash
        assert first == equal_words.words_hash(storage.vault, kept.action_id, "act")
        changes.put_message(storage.vault, kept, "Act now!")
        assert kept.words_hash == equal_words.words_hash(storage.vault, kept.action_id, "act now") != first
        changes.put_message(storage.vault, kept, None)
        assert kept.words_hash is None


@pytest.mark.databases
def test_words_of_before_are_grouped_by_a_job_and_a_broken_one_stops_none(storage: Storage, settings: Settings) -> None:
    with storage.writing() as session:
        made.action(session)
    crowd.sign(storage, 3, message="Act!")
    crowd.sign(storage, 1)
    with storage.writing() as session:
        session.execute(update(Signature).values(words_hash=None))
        session.execute(update(Signature).where(Signature.id == 2).values(message=b"broken"))
    jobs = Jobs(settings, storage)
    assert jobs.group() == 3
    assert jobs.group() == 0
    with storage.reading() as session:
        hashes = session.scalars(select(Signature.words_hash).order_by(Signature.id)).all()
    assert hashes[0] == hashes[2] == equal_words.words_hash(storage.vault, 1, "act")
    assert hashes[1] not in {None, hashes[0]}
    assert hashes[3] is None
