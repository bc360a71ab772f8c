"""What operators are told to type, and the files that they are given: read by the programs that will read them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from campaign.cli import main
from campaign.settings import ROOT

OPS = ROOT / "ops"
# `campaign …` in a line of a shell example, or between backticks.
_WRITTEN = re.compile(r"(?:^|`)campaign ([a-z][^`\n]*)", re.M)


def named() -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / "docs").glob("*.md")):
        for found in _WRITTEN.finditer(path.read_text("utf-8")):
            # `backup FILE` · `restore FILE`, or commands of one group, are told apart by a dot.
            yield path, found[1].split("·")[0].split(" #")[0].split("|")[0].split("<")[0]


def fault(words: str) -> str | None:
    """What a command line has that `campaign` has not."""
    command: click.Command = main
    for word in words.split():
        if word.startswith("-"):
            option = word.strip("[]…,.").partition("=")[0]
            if option not in {name for it in command.params for name in it.opts} | {"--help"}:
                return f"{command.name} has no {option}"
        elif isinstance(command, click.Group):
            inner = command.get_command(click.Context(command), word.strip("[],."))
            if inner is None:
                return f"{command.name} has no command {word}"
            command = inner
    return None


@pytest.mark.parametrize("name", sorted({path.name for path, _ in named()}))
def test_every_command_in_the_docs_is_there_with_its_options(name: str) -> None:
    wrong = [f"campaign {words}: {fault(words)}" for path, words in named() if path.name == name and fault(words)]
    assert wrong == []


def test_a_command_that_is_not_there_is_noticed() -> None:
    assert fault("dossier build SLUG --official 1") is None
    assert fault("dossier burn") == "dossier has no command burn"
    assert fault("backup --verify FILE") == "backup has no --verify"


def tool(name: str) -> str:
    """A program that reads one of the files in `ops`, as a distribution installs it; the test ends where it is not."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/bin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def run(*words: object, **more: str) -> str:
    """What a program says, which must be content."""
    done = subprocess.run([str(it) for it in words], capture_output=True, text=True, check=False,
                          env={**os.environ, **more})  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def certificate(folder: Path) -> None:
    """One of an own authority, where the shipped configuration expects it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "act.example.org")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True)
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def test_nginx_takes_its_file(tmp_path: Path) -> None:
    program = tool("nginx")
    certificate(tmp_path / "tls")
    shipped = (OPS / "nginx.conf").read_text("utf-8")
    # Where things lie on this machine, and nothing else: two folders, the certificate, ports that need no root.
    here = {
        "/etc/letsencrypt/live/act.example.org": f"{tmp_path}/tls",
        "/var/lib/nginx/campaign": f"{tmp_path}/kept",
        "/var/log/nginx": str(tmp_path),
        "listen 80;": "listen 18080;",
        "listen 443 ssl;": "listen 18443 ssl;",
    }
    for written, instead in here.items():
        assert written in shipped
        shipped = shipped.replace(written, instead)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}\nhttp {{\n"
        + "".join(f"{it}_temp_path {tmp_path}/{it};\n" for it in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        + shipped
        + "}\n"
    )
    assert "test is successful" in run(program, "-t", "-c", tmp_path / "nginx.conf")
    broken = (tmp_path / "nginx.conf").read_text().replace("proxy_cache_lock on;", "proxy_cache_lock perhaps;")
    (tmp_path / "nginx.conf").write_text(broken)
    with pytest.raises(AssertionError):
        run(program, "-t", "-c", tmp_path / "nginx.conf")


def test_caddy_takes_its_file() -> None:
    run(tool("caddy"), "validate", "--config", OPS / "Caddyfile", "--adapter", "caddyfile",
        CAMPAIGN_HOST="act.example.org", HOME="/tmp")  # fmt: skip


def test_prometheus_takes_the_alerts_and_knows_what_they_ask_for() -> None:
    assert "8 rules found" in run(tool("promtool"), "check", "rules", OPS / "alerts.yaml")
    told = (ROOT / "campaign" / "web" / "metrics.py").read_text("utf-8")
    asked = set(re.findall(r"\bcampaign_[a-z_]+", (OPS / "alerts.yaml").read_text("utf-8")))
    assert asked
    # A counter is told without the ending that Prometheus gives it.
    assert [it for it in asked if it.removesuffix("_total") not in told] == []


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    program = tool("systemd-analyze")
    for unit in (OPS / "systemd").iterdir():
        # What they start is not installed here, and its user is none of this machine's.
        text = unit.read_text("utf-8").replace("/srv/campaign/.venv/bin/campaign", "/bin/true")
        (tmp_path / unit.name).write_text(text.replace("User=campaign", "User=root"))
    assert run(program, "verify", *sorted(tmp_path.iterdir())) == ""
    (tmp_path / "campaign-web.service").write_text("[Service]\nExecStart=/bin/true\nProtectEverything=yes\n")
    assert "ProtectEverything" in run(program, "verify", tmp_path / "campaign-web.service")


def test_the_compose_files_name_only_settings_that_there_are_and_secrets_that_they_have() -> None:
    known = set(re.findall(r'"(CAMPAIGN_[A-Z_0-9]+)"', (ROOT / "campaign" / "settings.py").read_text("utf-8")))
    whole = yaml.safe_load((OPS / "compose.yaml").read_text("utf-8"))
    more = yaml.safe_load((OPS / "compose.s3.yaml").read_text("utf-8"))
    secrets = {*whole["secrets"], *more["secrets"]}
    ours = ("init", "web-1", "web-2", "worker")
    assert set(more["services"]) == set(ours) <= set(whole["services"])
    for name in ours:
        told = {**whole["services"][name]["environment"], **more["services"][name]["environment"]}
        named = {it.removesuffix("_FILE") for it in told if it.startswith("CAMPAIGN_")}
        assert sorted(named - known) == []
        used = {*whole["services"][name]["secrets"], *more["services"][name]["secrets"]}
        assert used <= secrets
        pointed = {str(it).rpartition("/")[2] for it in told.values() if str(it).startswith("/run/secrets/")}
        assert pointed <= used
        command = whole["services"][name]["command"]
        assert command[0] in main.list_commands(click.Context(main))
    assert all((OPS / it.split(":")[0].removeprefix("./")).exists() for it in whole["services"]["proxy"]["volumes"]
               if it.startswith("./"))  # fmt: skip


@pytest.mark.parametrize("name", ["campaign", "fresh", "lock"])
def test_the_shell_takes_what_is_started_by_hand(name: str) -> None:
    run("bash", "-n", OPS / name)
    assert os.access(OPS / name, os.X_OK)


def test_the_page_names_only_files_that_are_there() -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    named = set(re.findall(r"\bops/[\w./-]*[\w]", page))
    assert len(named) > 6
    assert sorted(it for it in named if not (ROOT / it).exists()) == []
