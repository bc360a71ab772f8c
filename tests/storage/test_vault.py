"""Secrets at rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet, InvalidToken

from campaign.storage import Vault
from campaign.storage.vault import number_of

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))
HERE = ("signatures.email", b"ada's row")


def test_what_is_sealed_cannot_be_read_and_never_looks_the_same_twice() -> None:
    vault = Vault((NEW,))
    assert b"ada" not in vault.encrypt("ada@example.org", *HERE)
    assert vault.encrypt("ada@example.org", *HERE) != vault.encrypt("ada@example.org", *HERE)
    assert vault.decrypt(vault.encrypt("ada@example.org", *HERE), *HERE) == "ada@example.org"


def test_after_a_rotation_old_values_are_read_and_found_and_new_ones_use_the_new_key() -> None:
    before, after = Vault((OLD,)), Vault((NEW, OLD))
    assert after.decrypt(before.encrypt("ada", *HERE), *HERE) == "ada"
    assert after.keyed_hash("e-mail", "ada") == before.keyed_hash("e-mail", "ada")
    assert Vault((NEW,)).decrypt(after.reencrypt(before.encrypt("ada", *HERE), *HERE), *HERE) == "ada"


@pytest.mark.parametrize(
    "elsewhere", [("signatures.name", b"ada's row"), ("letters.content", b"ada's row"), ("signatures.email", b"bob's")]
)
def test_a_value_that_is_moved_to_another_row_or_column_opens_nowhere(elsewhere: tuple[str, bytes]) -> None:
    vault = Vault((NEW,))
    with pytest.raises(InvalidToken):
        vault.decrypt(vault.encrypt("ada", *HERE), *elsewhere)


def test_an_opener_of_many_values_opens_what_the_vault_opens_and_nothing_else() -> None:
    old, vault = Vault((OLD,)).encrypt("ada@example.org", *HERE), Vault((NEW, OLD))
    opened = vault.opener(HERE[0])
    token = Fernet(OLD).encrypt(b"of before")
    assert [opened(it, HERE[1]) for it in (old, vault.encrypt("new", *HERE), token)] == [
        "ada@example.org", "new", "of before",
    ]  # fmt: skip
    for wrong, row in ((old, b"another row"), (old[:-1] + bytes([old[-1] ^ 1]), HERE[1]), (b"", HERE[1])):
        with pytest.raises(InvalidToken):
            opened(wrong, row)
    with pytest.raises(InvalidToken):
        vault.opener("signatures.name")(old, HERE[1])


def test_no_byte_of_a_value_can_be_changed() -> None:
    vault = Vault((NEW,))
    value = vault.encrypt("ada", *HERE)
    for place in range(len(value)):
        changed = value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :]
        with pytest.raises(InvalidToken):
            vault.decrypt(changed, *HERE)
    for cut in range(len(value)):
        with pytest.raises(InvalidToken):
            vault.decrypt(value[:cut], *HERE)


def test_a_value_carries_the_number_of_its_key_and_a_fernet_token_of_before_is_still_read() -> None:
    vault = Vault((NEW, OLD))
    assert number_of(vault.encrypt("ada", *HERE)) == vault.keys[0].name
    token = Fernet(OLD).encrypt(b"ada")
    assert number_of(token) is None
    assert vault.decrypt(token, *HERE) == "ada"
    assert number_of(vault.reencrypt(token, *HERE)) == vault.keys[0].name


def test_without_its_key_nothing_is_read() -> None:
    for value in (Vault((NEW,)).encrypt("ada", *HERE), Fernet(NEW).encrypt(b"ada"), b"", b"\x01", b"ada"):
        with pytest.raises(InvalidToken):
            Vault((OTHER,)).decrypt(value, *HERE)


def test_a_process_that_runs_while_a_key_is_added_or_retired_takes_that_up(tmp_path: Path) -> None:
    file = tmp_path / "data_keys"
    file.write_text(OLD)
    running = Vault((OLD,), file)
    file.write_text(f"{NEW}\n{OLD}\n")
    value = Vault((NEW,)).encrypt("ada", *HERE)
    assert running.decrypt(value, *HERE) == "ada"
    file.write_text(f"{NEW}\n")
    assert number_of(running.encrypt("ada", *HERE)) == Vault((NEW,)).keys[0].name
    assert [key.name for key in running.keys] == [Vault((NEW,)).keys[0].name]


def test_hashes_of_different_kinds_cannot_be_compared() -> None:
    vault = Vault((NEW,))
    assert vault.keyed_hash("e-mail", "ada") != vault.keyed_hash("network", "ada")
    assert vault.keyed_hash("e-mail", "ada") != Vault((OTHER,)).keyed_hash("e-mail", "ada")
