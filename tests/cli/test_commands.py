"""The command line: each command does what its name says, and a refusal is one sentence and an exit code."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, update

from campaign import clock
from campaign.cli import main
from campaign.office.audit import COMMAND_LINE
from campaign.office.webhooks import registry
from campaign.office.webhooks.registry import Wanted
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import OrganiserSession, Webhook
from campaign.vocabulary import OfficeEvent
from tests import made

BULLETIN = """URGENT ACTION
LAWYER HELD WITHOUT CHARGE
Sample Person, a lawyer, was taken from her home on 3 May 2025. Her family does not know where she is.

TAKE ACTION: WRITE AN APPEAL IN YOUR OWN WORDS OR USE THIS MODEL LETTER

Minister of Justice
Invented Official
1 Ministry Square
Islamabad, Pakistan
Email: justice@example.invalid

Dear Minister,

I am worried about Sample Person, who was taken from her home.

I urge you to say where she is and to free her at once.

Yours sincerely,

ADDITIONAL INFORMATION

Sample Person has defended workers for ten years.

PREFERRED LANGUAGE TO ADDRESS TARGET: English
PLEASE TAKE ACTION AS SOON AS POSSIBLE UNTIL: 15 June 2025
NAME AND PRONOUN: Sample Person (she/her)
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    for name in ("CAMPAIGN_MODE", "CAMPAIGN_DATABASE_URL", "CAMPAIGN_BASE_URL", "CAMPAIGN_SCREENING"):
        monkeypatch.delenv(name, raising=False)

    def command(*arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments))

    return command


@pytest.fixture
def installed(run):  # type: ignore[no-untyped-def]
    assert run("init").exit_code == 0
    return run


@pytest.fixture
def bulletin(tmp_path: Path) -> Path:
    path = tmp_path / "bulletin.txt"
    path.write_text(BULLETIN, "utf-8")
    return path


def test_nothing_works_before_init_and_the_sentence_says_what_to_run(run) -> None:  # type: ignore[no-untyped-def]
    result = run("demo")
    assert result.exit_code == 2
    assert "campaign init" in result.output


def test_init_and_demo_may_be_run_again(installed) -> None:  # type: ignore[no-untyped-def]
    assert installed("init").exit_code == 0
    assert installed("demo").exit_code == 0
    assert installed("demo", "--if-empty").exit_code == 0
    assert installed("demo").exit_code == 2


def test_init_may_load_the_demonstration_too_and_leaves_one_that_is_there(run) -> None:  # type: ignore[no-untyped-def]
    assert run("init", "--demo").exit_code == 0
    assert run("init", "--demo").exit_code == 0
    assert json.loads(run("show", "renew-the-cards", "--json").output)["status"] == "open"


def test_a_dry_run_prints_what_was_read_and_stores_nothing(installed, bulletin: Path) -> None:  # type: ignore[no-untyped-def]
    result = installed("import", str(bulletin), "--dry-run", "--json")
    read = json.loads(result.output)
    assert read["officials"][0]["name"] == "Invented Official"
    assert read["slug"] is None
    assert installed("show", "lawyer-held-without-charge").exit_code == 2


def test_the_report_counts_what_organisers_moved_and_needs_no_file(installed, bulletin: Path) -> None:  # type: ignore[no-untyped-def]
    assert "No organiser has moved a line" in installed("import", "--report").output
    assert json.loads(installed("import", "--report", "--json").output) == []
    nothing = installed("import")
    assert nothing.exit_code == 2
    assert "Name the file" in nothing.output


def test_a_bulletin_becomes_a_page_a_letter_and_a_bulletin_again(  # type: ignore[no-untyped-def]
    installed, bulletin: Path, tmp_path: Path
) -> None:
    slug = json.loads(installed("import", str(bulletin), "--json").output)["slug"]
    late = installed("publish", slug)
    assert late.exit_code == 2
    assert "2025-06-15) has passed" in late.output
    ahead = (clock.now() + timedelta(days=20)).date().isoformat()
    assert installed("publish", slug, "--deadline", ahead).exit_code == 0
    shown = json.loads(installed("show", slug, "--json").output)
    assert (shown["status"], shown["deadline"]) == ("open", ahead)
    letter = tmp_path / "letter.pdf"
    assert installed("letter", slug, "--name", "Ada Lovelace", "--place", "London", "-o", str(letter)).exit_code == 0
    text = pypdfium2.PdfDocument(letter)[0].get_textpage().get_text_range()
    assert "Ada Lovelace" in text
    assert "free her at once" in text
    printed = tmp_path / "bulletin.pdf"
    assert installed("bulletin", slug, "-o", str(printed)).exit_code == 0
    assert printed.read_bytes().startswith(b"%PDF")


def test_a_dossier_is_built_listed_shown_and_verified(installed, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    installed("demo")
    made = json.loads(installed("dossier", "build", "renew-the-cards", "--json").output)
    code = made["code"]
    assert code in installed("dossier", "list").output
    volume = tmp_path / "volume.pdf"
    assert json.loads(installed("dossier", "show", code, "--json", "-o", str(volume)).output)["total"] == made["total"]
    assert installed("dossier", "verify", str(volume)).exit_code == 0
    volume.write_bytes(volume.read_bytes() + b"\n")
    altered = installed("dossier", "verify", str(volume))
    assert altered.exit_code == 1
    assert "Changed:" in altered.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "no-such-file.txt"),
        ("show", "no-such-action"),
        ("publish", "no-such-action", "--deadline", "2030-01-01"),
        ("publish", "renew-the-cards", "--deadline", "soon"),
        ("letter", "no-such-action", "-o", "x.pdf"),
        ("letter", "renew-the-cards"),
        ("bulletin", "no-such-action", "-o", "x.pdf"),
        ("dossier", "build", "no-such-action"),
        ("dossier", "show", "2222-2222"),
        ("dossier", "verify", "no-such-file.pdf"),
        ("no-such-command",),
    ],
)
def test_bad_input_is_one_sentence_and_exit_two(installed, arguments: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    result = installed(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_file_that_is_no_bulletin_is_refused_and_nothing_is_saved(installed, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    for name, content in (("empty.txt", b""), ("noise.txt", b"\x00\x01\x02" * 99), ("shopping.txt", b"milk, bread")):
        path = tmp_path / name
        path.write_bytes(content)
        result = installed("import", str(path))
        assert result.exit_code == 2, name
        assert result.output.count("\n") == 1


def test_an_output_that_cannot_be_written_is_named(installed, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    installed("demo")
    result = installed("letter", "renew-the-cards", "-o", str(tmp_path / "nowhere" / "letter.pdf"))
    assert result.exit_code == 2
    assert "cannot be written" in result.output


def test_check_says_in_sentences_what_is_wrong(installed, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    assert installed("check").exit_code == 0
    monkeypatch.setenv("CAMPAIGN_MODE", "live")
    result = installed("check")
    assert result.exit_code == 1
    assert "CAMPAIGN_MAIL_URL" in result.output


def test_check_names_a_webhook_that_was_given_up_on(installed, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert "The webhook" not in installed("check").output
    storage = Storage(Settings.from_environment({"CAMPAIGN_HOME": str(tmp_path / "home")}))
    with storage.writing() as session:
        wanted = Wanted("Team", "slack://a/b/c", (OfficeEvent.REVIEW,), "en")
        registry.add(session, storage.vault, COMMAND_LINE, wanted, "slack", made.NOON)
        session.execute(update(Webhook).values(gave_up_at=made.NOON))
    storage.dispose()
    result = installed("check")
    assert result.exit_code == 0
    assert (
        "! The webhook Team could not be told anything for a day. Look at it under Settings, Webhooks." in result.output
    )


def test_check_knows_an_installation_that_was_never_set_up(run) -> None:  # type: ignore[no-untyped-def]
    result = run("check")
    assert result.exit_code == 1
    assert "run campaign init" in result.output


def test_purge_says_what_would_go(installed) -> None:  # type: ignore[no-untyped-def]
    result = installed("purge", "--dry-run")
    assert result.exit_code == 0
    assert "0 unconfirmed" in result.output
    assert "0 names in dossiers would be deleted" in result.output
    assert "0 expired organiser sessions would be deleted" in result.output


def test_purge_lets_go_of_sessions_that_are_over_and_of_no_other(installed) -> None:  # type: ignore[no-untyped-def]
    storage = Storage(Settings.from_environment())
    now = clock.now()
    with storage.writing() as session:
        for n, left in enumerate((-1, 1)):
            ends = now + timedelta(hours=left)
            session.add(
                OrganiserSession(token_hash=bytes([n]) * 32, content=b"sealed", created_at=now, expires_at=ends)
            )
    assert "1 expired organiser sessions would be" in installed("purge", "--dry-run").output
    assert "1 expired organiser sessions were" in installed("purge").output
    assert "0 expired organiser sessions were" in installed("purge").output
    with storage.reading() as session:
        assert session.scalar(select(func.count()).select_from(OrganiserSession)) == 1
    storage.dispose()


@pytest.mark.parametrize("command", [("init", "--quiet"), ("serve", "--port", "0"), ("web",), ("worker",)])
def test_where_the_database_is_away_a_command_says_so_in_one_sentence(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path))
    monkeypatch.setenv("CAMPAIGN_DATABASE_URL", "postgresql+psycopg://noor:a-password@127.0.0.1:1/campaign")
    told = CliRunner().invoke(main, list(command))
    assert told.exit_code == 1
    assert told.stderr.startswith("campaign: The database does not answer.")
    assert "a-password" not in told.output
    assert "Traceback" not in told.output
