"""Dossiers at the terminal: printed with the organisation's seal, gone on with, taken away."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from campaign.cli import main

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line of a demonstration."""
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    for name in ("CAMPAIGN_MODE", "CAMPAIGN_DATABASE_URL", "CAMPAIGN_SEAL_FILE", "CAMPAIGN_SEAL_PASSWORD"):
        monkeypatch.delenv(name, raising=False)

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(main, list(words))

    assert invoke("init", "--quiet").exit_code == 0
    return invoke


def slug(run: Run) -> str:
    """The action of the demonstration."""
    return run("demo").output.split("action ")[1].split()[0]


def test_a_seal_is_made_used_and_told_of(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "seal.p12"
    monkeypatch.setenv("CAMPAIGN_SEAL_PASSWORD", "a password of the tests")
    assert run("seal", "create", "--name", "Example Rights Office", "-o", str(file)).exit_code == 0
    assert file.stat().st_mode & 0o077 == 0
    assert run("seal", "create", "--name", "Example Rights Office", "-o", str(file)).exit_code == 2

    monkeypatch.setenv("CAMPAIGN_SEAL_FILE", str(file))
    made = json.loads(run("dossier", "build", slug(run), "--json").output)
    assert made["volumes"][0]["sealed_by"] == "Example Rights Office"
    volume, archive = tmp_path / "volume.pdf", tmp_path / "all.zip"
    shown = run("dossier", "show", made["code"], "-o", str(volume), "--archive", str(archive))
    assert "sealed by Example Rights Office" in shown.output
    said = run("dossier", "verify", str(volume))
    assert said.exit_code == 0
    assert "Sealed by Example Rights Office, without a time stamp." in said.output
    with zipfile.ZipFile(archive) as packed:
        assert packed.read(f"dossier-{made['code']}.pdf") == volume.read_bytes()
    altered = volume.read_bytes() + b"\n"
    volume.write_bytes(altered)
    assert run("dossier", "verify", str(volume)).exit_code == 1


def test_a_seal_that_cannot_be_opened_is_told_before_anything_is_frozen(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_SEAL_FILE", str(tmp_path / "none.p12"))
    refused = run("dossier", "build", slug(run))
    assert refused.exit_code == 2
    assert "CAMPAIGN_SEAL_FILE cannot be opened" in refused.stderr
    assert run("dossier", "list").output == ""


def test_what_is_printed_is_not_printed_again(run: Run) -> None:
    code = run("dossier", "build", slug(run)).stdout[:9]
    again = run("dossier", "resume", code)
    assert again.exit_code == 2
    assert "already printed" in again.stderr


def test_the_record_of_changes_is_handed_out_and_that_is_on_record(run: Run, tmp_path: Path) -> None:
    code = json.loads(run("dossier", "build", slug(run), "--json").output)["code"]
    archive, file = tmp_path / "all.zip", tmp_path / "audit.jsonl"
    run("dossier", "show", code, "--archive", str(archive))
    done = run("audit", "export", "-o", str(file), "--reason", "asked for by a court")
    with zipfile.ZipFile(archive) as packed:
        link = json.loads(packed.read("manifest.json"))["audit"]["link"]
        packed.extract("verify_audit.py", tmp_path)
    last = json.loads(file.read_text().splitlines()[-1])
    command = [sys.executable, "-I", str(tmp_path / "verify_audit.py"), str(file), link]

    assert done.exit_code == 0
    assert (last["what"], last["who"], last["reason"]) == (
        "audit trail exported",
        "command line",
        "asked for by a court",
    )
    assert subprocess.run(command, check=False).returncode == 0
    file.write_text(file.read_text().replace("command line", "someone else", 1))
    assert subprocess.run(command, check=False).returncode == 1
