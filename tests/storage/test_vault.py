"""Secrets at rest."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet, InvalidToken

from campaign.storage import Vault

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


def test_what_is_sealed_cannot_be_read_and_never_looks_the_same_twice() -> None:
    vault = Vault((NEW,))
    assert b"ada" not in vault.encrypt("ada@example.org")
    assert vault.encrypt("ada@example.org") != vault.encrypt("ada@example.org")
    assert vault.decrypt(vault.encrypt("ada@example.org")) == "ada@example.org"


def test_after_a_rotation_old_values_are_read_and_found_and_new_ones_use_the_new_key() -> None:
    before, after = Vault((OLD,)), Vault((NEW, OLD))
    assert after.decrypt(before.encrypt("ada")) == "ada"
    assert after.keyed_hash("e-mail", "ada") == before.keyed_hash("e-mail", "ada")
    assert Vault((NEW,)).decrypt(after.reencrypt(before.encrypt("ada"))) == "ada"


def test_without_its_key_nothing_is_read() -> None:
    with pytest.raises(InvalidToken):
        Vault((OTHER,)).decrypt(Vault((NEW,)).encrypt("ada"))


def test_hashes_of_different_kinds_cannot_be_compared() -> None:
    vault = Vault((NEW,))
    assert vault.keyed_hash("e-mail", "ada") != vault.keyed_hash("network", "ada")
    assert vault.keyed_hash("e-mail", "ada") != Vault((OTHER,)).keyed_hash("e-mail", "ada")
