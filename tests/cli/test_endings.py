"""Ending an action from the terminal: stop, close, discard; and a bulletin that was imported before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from campaign.cases.writing import reading_layouts
from campaign.cli import main
from campaign.office.audit import COMMAND_LINE
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Organisation, TextVersion
from campaign.vocabulary import ActionStatus
from tests import made
from tests.cases.importing.test_own_layouts import TEXT as IN_OTHER_WORDS
from tests.cli.test_commands import BULLETIN

SLUG = "renew-the-cards"


@pytest.fixture
def home(on_sqlite: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("CAMPAIGN_HOME", str(on_sqlite.home))
    monkeypatch.setenv("CAMPAIGN_DATA_KEYS", ",".join(on_sqlite.data_keys))
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY", on_sqlite.secret_key)
    return on_sqlite


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def begin(settings: Settings, status: ActionStatus) -> None:
    storage = Storage(settings)
    with storage.writing() as session:
        made.action(session, SLUG, status=status)
    storage.dispose()


def status(settings: Settings) -> ActionStatus:
    storage = Storage(settings)
    with storage.reading() as session:
        found = session.scalars(select(Action.status).where(Action.slug == SLUG)).one()
    storage.dispose()
    return found


def test_a_public_action_is_stopped_with_a_reason(home: Settings) -> None:
    begin(home, ActionStatus.OPEN)
    told = run("stop", SLUG, "--reason", "She asked for silence.")
    assert told.exit_code == 0, told.output
    assert status(home) is ActionStatus.STOPPED
    again = run("stop", SLUG)
    assert again.exit_code == 2
    assert "already stopped" in again.output


def test_a_draft_is_discarded_and_taken_back_and_never_stopped(home: Settings) -> None:
    begin(home, ActionStatus.DRAFT)
    refused = run("stop", SLUG)
    assert (refused.exit_code, "Discard the draft instead" in refused.output) == (2, True)
    assert "--undo" in run("discard", SLUG).output
    assert run("discard", SLUG).exit_code == 2
    assert run("publish", SLUG).exit_code == 2
    assert run("discard", SLUG, "--undo").exit_code == 0
    assert run("publish", SLUG).exit_code == 0
    assert run("discard", SLUG).exit_code == 2


def test_an_open_action_is_closed_early(home: Settings) -> None:
    begin(home, ActionStatus.OPEN)
    assert run("close", SLUG).exit_code == 0
    assert status(home) is ActionStatus.CLOSED
    assert run("close", SLUG).exit_code == 2


def test_an_unknown_name_is_one_sentence(home: Settings) -> None:
    for command in ("stop", "close", "discard"):
        refused = run(command, "no-such")
        assert refused.exit_code == 2
        assert "There is no action with the name no-such." in refused.output


def test_a_bulletin_that_was_imported_before_is_not_imported_again_unasked(home: Settings, tmp_path: Path) -> None:
    file = tmp_path / "bulletin.txt"
    file.write_text(BULLETIN, "utf-8")
    first = json.loads(run("import", str(file), "--json").output)
    second = json.loads(run("import", str(file), "--json").output)
    assert (first["imported_before"], second["imported_before"]) == (False, True)
    assert second["slug"] == first["slug"]
    assert "was imported before" in run("import", str(file)).output
    third = json.loads(run("import", str(file), "--json", "--again").output)
    assert third["slug"] not in (first["slug"], None)


def test_import_from_the_terminal_leaves_what_the_browser_leaves(home: Settings, tmp_path: Path) -> None:
    storage = Storage(home)
    with storage.writing() as session:
        session.get_one(Organisation, 1).household_seats = 2
    file = tmp_path / "bulletin.txt"
    file.write_text(BULLETIN, "utf-8")
    slug = json.loads(run("import", str(file), "--json").output)["slug"]
    with storage.reading() as session:
        action = session.scalars(select(Action).where(Action.slug == slug)).one()
        assert action.seats == 2
        assert session.scalars(select(AuditEvent.what).where(AuditEvent.action_id == action.id)).all() == [
            "bulletin imported"
        ]
        assert session.scalars(select(TextVersion.version).where(TextVersion.action_id == action.id)).all() == [1]
    storage.dispose()


def test_a_bulletin_is_read_with_a_layout_of_the_office_unless_asked_otherwise(home: Settings, tmp_path: Path) -> None:
    storage = Storage(home)
    with storage.writing() as session:
        labels = {"Kas notika:": "summary", "Pēdējā diena:": "deadline"}
        reading_layouts.keep(session, storage.vault, COMMAND_LINE, "Section Latvia", labels, made.NOON)
    file = tmp_path / "bulletin.txt"
    file.write_text(IN_OTHER_WORDS, "utf-8")
    plain = json.loads(run("import", str(file), "--json", "--no-layout", "--dry-run").output)
    assert (plain["layout"], plain["deadline"]) == (None, None)
    named = json.loads(run("import", str(file), "--json", "--layout", "section latvia", "--dry-run").output)
    assert (named["layout"], named["deadline"]) == ("Section Latvia", "2031-06-30")
    told = json.loads(run("import", str(file), "--json").output)
    assert (told["layout"], told["deadline"]) == ("Section Latvia", "2031-06-30")
    assert "Read with the layout “Section Latvia”." in run("import", str(file), "--again").output
    missing = run("import", str(file), "--layout", "Riga")
    assert (missing.exit_code, "There is no layout “Riga”." in missing.output) == (2, True)
    both = run("import", str(file), "--layout", "Riga", "--no-layout")
    assert (both.exit_code, "Choose --layout or --no-layout." in both.output) == (2, True)
