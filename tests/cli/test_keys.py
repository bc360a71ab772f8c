"""`campaign keys`: what an organiser of a server types when a key has leaked, or has served its time."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet

from campaign.cli import main


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CAMPAIGN_DATA_KEYS", "CAMPAIGN_SECRET_KEY", "CAMPAIGN_DATABASE_URL", "CAMPAIGN_MODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    assert run("init").exit_code == 0
    assert run("demo").exit_code == 0
    return tmp_path / "home"


def run(*arguments: str) -> object:
    return CliRunner().invoke(main, arguments)


def said(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == code, result.output
    return result.output


def test_a_key_is_added_rotated_to_and_the_old_one_retired(home: Path) -> None:
    old = said("keys", "list").split()[0]
    said("keys", "retire", old, code=2)
    assert "Then run: campaign keys rotate" in said("keys", "add")
    refused = said("keys", "retire", old, code=2)
    assert "still lie under key" in refused and "campaign keys rotate" in refused
    rotated = said("keys", "rotate")
    new = said("keys", "list").split()[0]
    assert new != old and f"Everything lies under key {new}" in rotated
    assert f"Key {old} is retired, and deleted" in said("keys", "retire", old)
    listed = said("keys", "list").splitlines()
    assert [line.split()[:2] for line in listed] == [[new, "newest"], [old, "retired"]]
    assert "✗" not in said("check")
    assert (home / "keys" / "data_keys").read_text().count("=") == 1
    assert (home / "keys" / "data_keys").stat().st_mode & 0o777 == 0o600


def test_an_unknown_key_is_refused_in_one_sentence(home: Path) -> None:
    assert said("keys", "retire", "00000000", code=2) == (
        "campaign: There is no key 00000000. List them: campaign keys list\n"
    )


def test_check_names_the_missing_key_and_accuses_nobody(home: Path) -> None:
    number = said("keys", "list").split()[0]
    (home / "keys" / "data_keys").write_text(Fernet.generate_key().decode())
    output = said("check", code=1)
    assert f"Key {number} opens the look-up key of this database, and is not in CAMPAIGN_DATA_KEYS" in output
    assert "changed the database" not in output and "audit trail" not in output
    refused = said("keys", "rotate", code=2)
    assert number in refused and "Traceback" not in refused


def test_check_tells_wrong_keys_of_an_installation_of_before_whose_keys_were_never_noted(home: Path) -> None:
    with sqlite3.connect(home / "campaign.db") as database:
        database.execute("DELETE FROM look_up_key")
        database.execute("DELETE FROM known_keys")
    database.close()
    (home / "keys" / "data_keys").write_text(Fernet.generate_key().decode())
    output = said("check", code=1)
    assert "open nothing of this database" in output and "changed the database" not in output


def test_keys_in_the_environment_are_told_and_not_written(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_DATA_KEYS", (home / "keys" / "data_keys").read_text().strip())
    output = said("keys", "add")
    fresh = output.splitlines()[1]
    monkeypatch.setenv("CAMPAIGN_DATA_KEYS", f"{fresh},{(home / 'keys' / 'data_keys').read_text().strip()}")
    old = said("keys", "list").splitlines()[1].split()[0]
    said("keys", "rotate")
    assert "Take it out of CAMPAIGN_DATA_KEYS and restart" in said("keys", "retire", old)
    monkeypatch.setenv("CAMPAIGN_DATA_KEYS", fresh)
    assert "✗" not in said("check")


def test_a_new_secret_key_leaves_the_one_before_accepted_for_a_stated_time(home: Path) -> None:
    before = (home / "keys" / "secret_key").read_text().strip()
    assert "accepted until" in said("keys", "add", "--secret", "--days", "30")
    assert (home / "keys" / "secret_key").read_text().strip() != before
    assert (home / "keys" / "secret_key_before").read_text().startswith(before)
    assert "The secret key of before is accepted until" in said("keys", "list")
