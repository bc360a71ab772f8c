"""Commands for whoever runs an installation: letting the first organiser in, taking the state out and in."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from campaign.cli import main


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))

    def command(*arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments))

    command("init")
    return command


def test_the_first_admin_gets_a_link_to_choose_a_password(run) -> None:  # type: ignore[no-untyped-def]
    made = run("user", "add", "ann@example.org", "--name", "Ann Lee", "--role", "admin")
    assert made.exit_code == 0
    assert "http://127.0.0.1:8000/organise/welcome/" in made.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("not an address", "--name", "Ann"), "This is not an e-mail address"),
        (("ann@example.org", "--name", " "), "Enter the person’s name"),
        (("ann@example.org", "--name", "Ann", "--role", "queen"), "queen"),
    ],
)
def test_bad_input_makes_no_account(run, arguments: tuple[str, ...], said: str) -> None:  # type: ignore[no-untyped-def]
    refused = run("user", "add", *arguments)
    assert refused.exit_code == 2
    assert said in refused.output


def test_one_address_has_one_account(run) -> None:  # type: ignore[no-untyped-def]
    assert run("user", "add", "ann@example.org", "--name", "Ann").exit_code == 0
    assert run("user", "add", "Ann@Example.org", "--name", "Ann").exit_code == 2


def test_the_demonstration_goes_out_and_comes_back(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    run("demo")
    saved = run("backup", str(tmp_path / "state.zip"))
    assert saved.exit_code == 0, saved.output
    assert "keys" in saved.output
    assert run("restore", str(tmp_path / "state.zip")).exit_code == 2
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "other"))
    back = run("restore", str(tmp_path / "state.zip"))
    assert back.exit_code == 0, back.output
    assert back.output.split()[1] == saved.output.split()[1]
    assert "Search finds everything as it is." in run("check").output
    assert "The audit trail is complete." in run("check").output


def test_a_drill_needs_nothing_empty_and_changes_nothing(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("user", "add", "ann@example.org", "--name", "Ann").exit_code == 0
    assert run("backup", str(tmp_path / "state.zip")).exit_code == 0
    drilled = run("restore", "--verify", str(tmp_path / "state.zip"))
    assert drilled.exit_code == 0, drilled.output
    assert "It is whole" in drilled.output
    assert run("restore", str(tmp_path / "state.zip")).exit_code == 2  # this installation is in use
    assert "already" in run("user", "add", "ann@example.org", "--name", "Ann").output
