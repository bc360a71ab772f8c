"""Where signatures come from: found again for two days, and told by nobody else's key."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from campaign.appeals.abuse import origins
from campaign.storage import Storage, Vault
from campaign.storage.tables import Signature
from tests import made
from tests.appeals import crowd

pytestmark = pytest.mark.databases

VAULT = Vault((Fernet.generate_key().decode(),))


def test_marks_have_the_length_that_the_table_keeps() -> None:
    marks = origins.of(VAULT, "192.0.2.0/24", "example.org", "Ada Lovelace")
    assert {name: len(mark) for name, mark in marks.items()} == {
        "network_hash": 16,
        "domain_hash": 16,
        "name_hash": 32,
    }


def test_a_name_is_found_however_its_letters_and_spaces_were_typed() -> None:
    assert origins.name_hash(VAULT, "ada  LOVELACE") == origins.name_hash(VAULT, " Ada Lovelace ")
    assert origins.name_hash(VAULT, "A\u030asa") == origins.name_hash(VAULT, "\u00c5sa")
    assert origins.name_hash(VAULT, "Ada") != origins.name_hash(VAULT, "Ada Lovelace")


def test_a_domain_is_the_same_with_its_sign_and_in_capitals() -> None:
    assert origins.domain_mark(VAULT, "@Example.ORG") == origins.domain_mark(VAULT, "example.org")


def test_a_network_and_a_domain_of_the_same_letters_have_different_marks() -> None:
    assert origins.domain_mark(VAULT, "10.0.0.0/24") != origins.network_mark(VAULT, "10.0.0.0/24")


def test_another_installation_makes_other_marks() -> None:
    other = Vault((Fernet.generate_key().decode(),))
    assert origins.of(other, "n", "d", "Ada") != origins.of(VAULT, "n", "d", "Ada")


def test_after_two_days_an_origin_is_known_too_long(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    crowd.sign(storage, 1, at=made.NOON - timedelta(hours=47))
    crowd.sign(storage, 1, at=made.NOON - timedelta(hours=49))
    with storage.reading() as session:
        found = session.scalars(select(Signature.created_at).where(origins.known_too_long(made.NOON))).all()
    assert found == [made.NOON - timedelta(hours=49)]
