"""Settings: complete, or a sentence that names what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from campaign.errors import Incomplete
from campaign.settings import Settings

KEY = Fernet.generate_key().decode()
LIVE = {
    "CAMPAIGN_MODE": "live",
    "CAMPAIGN_DATABASE_URL": "postgresql+psycopg://localhost/campaign",
    "CAMPAIGN_MAIL_URL": "smtp://mail.example.org",
    "CAMPAIGN_FILES_URL": "s3://bucket/files",
    "CAMPAIGN_BASE_URL": "https://act.example.org/",
    "CAMPAIGN_SECRET_KEY": "x" * 40,
    "CAMPAIGN_DATA_KEYS": KEY,
}


def read(home: Path, **given: str) -> Settings:
    return Settings.from_environment({"CAMPAIGN_HOME": str(home), **given})


def test_the_demonstration_needs_no_setting_and_makes_its_keys_once(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)
    assert first.demo
    assert first.mail_url is None
    assert (first.secret_key, first.data_keys) == (second.secret_key, second.data_keys)
    assert (tmp_path / "keys" / "secret_key").stat().st_mode & 0o077 == 0


def test_live_mode_takes_every_setting(tmp_path: Path) -> None:
    settings = read(tmp_path, **LIVE)
    assert not settings.demo
    assert settings.base_url == "https://act.example.org"


@pytest.mark.parametrize("missing", [it for it in LIVE if it != "CAMPAIGN_MODE"])
def test_live_mode_refuses_to_start_without_any_one_of_them(tmp_path: Path, missing: str) -> None:
    with pytest.raises(Incomplete, match=missing):
        read(tmp_path, **{key: value for key, value in LIVE.items() if key != missing})


def test_live_mode_refuses_to_switch_screening_off(tmp_path: Path) -> None:
    with pytest.raises(Incomplete, match="SCREENING"):
        read(tmp_path, **LIVE, CAMPAIGN_SCREENING="off")


def test_live_mode_refuses_to_write_to_this_machine_itself(tmp_path: Path) -> None:
    assert read(tmp_path, CAMPAIGN_WEBHOOKS_LOOPBACK="on").webhooks_to_loopback
    with pytest.raises(Incomplete, match="not allowed in live mode"):
        read(tmp_path, **LIVE, CAMPAIGN_WEBHOOKS_LOOPBACK="on")


def test_a_mail_server_named_in_demo_mode_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(Incomplete, match="demo mode sends no e-mail"):
        read(tmp_path, CAMPAIGN_MAIL_URL="smtp://mail.example.org")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CAMPAIGN_MODE", "production"),
        ("CAMPAIGN_BASE_URL", "act.example.org"),
        ("CAMPAIGN_DATA_KEYS", "not a key"),
        ("CAMPAIGN_SCREENING", "maybe"),
        ("CAMPAIGN_WEBHOOKS_LOOPBACK", "maybe"),
        ("CAMPAIGN_PROXIES", "one"),
        ("CAMPAIGN_SECRET_KEY_FILE", "/nowhere/at/all"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(Incomplete, match=name.removesuffix("_FILE")):
        read(tmp_path, **{name: value})


def test_secrets_may_be_given_as_files(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("a secret from a file\n")
    assert read(tmp_path, CAMPAIGN_SECRET_KEY_FILE=str(tmp_path / "key")).secret_key == "a secret from a file"


def test_secrets_do_not_show_when_settings_are_printed(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.secret_key not in repr(settings)
    assert settings.data_keys[0] not in repr(settings)


def test_posting_days_are_set_by_country(tmp_path: Path) -> None:
    told = {"CAMPAIGN_HOME": str(tmp_path), "CAMPAIGN_POSTING_DAYS": "pk=18, FR = 5,"}
    assert Settings.from_environment(told).posting_days == {"PK": 18, "FR": 5}
    assert Settings.from_environment({"CAMPAIGN_HOME": str(tmp_path)}).posting_days == {}


@pytest.mark.parametrize("written", ["Pakistan=18", "PK=soon", "PK", "PK=-3", "=4"])
def test_posting_days_that_are_no_list_of_countries_and_days_stop_the_start(tmp_path: Path, written: str) -> None:
    with pytest.raises(Incomplete, match="PK=18,FR=5"):
        Settings.from_environment({"CAMPAIGN_HOME": str(tmp_path), "CAMPAIGN_POSTING_DAYS": written})
