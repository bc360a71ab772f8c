"""The environment, read once into a frozen `Settings`; refuses to start incomplete.

A secret may also be given as a file: `CAMPAIGN_SECRET_KEY_FILE=/run/secrets/key`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

from campaign.errors import Incomplete

ROOT = Path(__file__).resolve().parent.parent

NEEDED_LIVE = (
    "CAMPAIGN_DATABASE_URL",
    "CAMPAIGN_MAIL_URL",
    "CAMPAIGN_FILES_URL",
    "CAMPAIGN_BASE_URL",
    "CAMPAIGN_SECRET_KEY",
    "CAMPAIGN_DATA_KEYS",
)


BOUNCES = "CAMPAIGN_BOUNCES_URL"


@dataclass(frozen=True)
class Settings:
    """What an installation is told from outside. Paths are absolute, URLs carry no trailing slash."""

    home: Path
    mode: str
    database_url: str
    mail_url: str | None  # None: captured under home
    files_url: str
    base_url: str
    secret_key: str = field(repr=False)
    data_keys: tuple[str, ...] = field(repr=False)  # Fernet keys, newest first
    screening: bool = True
    proxies: int = 0  # reverse proxies in front whose X-Forwarded-For is believed
    posting_days: Mapping[str, int] = field(default_factory=dict)  # by country, where the defaults are not right
    seal_file: Path | None = None  # PKCS#12: the organisation's certificate and key, for the seal on dossiers
    seal_password: str = field(default="", repr=False)
    seal_tsa: str | None = None  # a time-stamping authority (RFC 3161)
    stamp_authorities: tuple[str, ...] = ()  # those that vouch for a dossier's list of hashes; two are better than one
    stamp_roots: Path | None = None  # PEM: the certificates that theirs must lead to
    bounces_url: str | None = field(default=None, repr=False)  # a mailbox that delivery reports come to (IMAP)

    @property
    def demo(self) -> bool:
        """Whether this is the demonstration: nothing leaves the machine."""
        return self.mode == "demo"

    @property
    def mailbox(self) -> Path:
        """Where captured mail lies."""
        return self.home / "mail"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read `CAMPAIGN_*`. Raises `Incomplete` with one sentence that names every setting at fault."""
        given = os.environ if environ is None else environ
        mode = given.get("CAMPAIGN_MODE", "demo")
        if mode not in {"demo", "live"}:
            raise Incomplete("CAMPAIGN_MODE is neither demo nor live.")
        home = Path(given.get("CAMPAIGN_HOME") or "instance").absolute()
        values = {name: _value(given, name) for name in NEEDED_LIVE}
        if mode == "live":
            _refuse_incomplete_live(values, given)
        else:
            _refuse_mail_server_in_demo({**values, BOUNCES: _value(given, BOUNCES)})
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        base_url = (values["CAMPAIGN_BASE_URL"] or "http://127.0.0.1:8000").rstrip("/")
        if urlsplit(base_url).scheme not in {"http", "https"} or not urlsplit(base_url).netloc:
            raise Incomplete("CAMPAIGN_BASE_URL is not a web address such as https://act.example.org.")
        return cls(
            home=home,
            mode=mode,
            database_url=values["CAMPAIGN_DATABASE_URL"] or f"sqlite:///{home / 'campaign.db'}",
            mail_url=values["CAMPAIGN_MAIL_URL"],
            files_url=values["CAMPAIGN_FILES_URL"] or str(home / "files"),
            base_url=base_url,
            secret_key=values["CAMPAIGN_SECRET_KEY"] or _kept(home, "secret_key", secrets.token_urlsafe(48)),
            data_keys=_data_keys(
                values["CAMPAIGN_DATA_KEYS"] or _kept(home, "data_keys", Fernet.generate_key().decode())
            ),
            screening=_screening(given, mode),
            proxies=_whole_number(given, "CAMPAIGN_PROXIES"),
            posting_days=_posting_days(given),
            seal_file=Path(given["CAMPAIGN_SEAL_FILE"]).absolute() if given.get("CAMPAIGN_SEAL_FILE") else None,
            seal_password=_value(given, "CAMPAIGN_SEAL_PASSWORD") or "",
            seal_tsa=_seal_tsa(given),
            stamp_authorities=_stamp_authorities(given),
            stamp_roots=Path(given["CAMPAIGN_STAMP_ROOTS"]).absolute() if given.get("CAMPAIGN_STAMP_ROOTS") else None,
            bounces_url=_bounces_url(given),
        )


def _value(given: Mapping[str, str], name: str) -> str | None:
    if given.get(name):
        return given[name]
    named = given.get(f"{name}_FILE")
    if not named:
        return None
    try:
        return Path(named).read_text("utf-8").strip()
    except OSError as error:
        raise Incomplete("%(name)s_FILE cannot be read: %(why)s.", name=name, why=error.strerror) from error


def _refuse_incomplete_live(values: Mapping[str, str | None], given: Mapping[str, str]) -> None:
    missing = [name for name, value in values.items() if not value]
    if missing:
        raise Incomplete("Live mode needs these settings, which are not set: %(names)s.", names=", ".join(missing))
    if given.get("CAMPAIGN_SCREENING", "on") != "on":
        raise Incomplete("CAMPAIGN_SCREENING=off is refused in live mode: it is for load tests on one machine.")
    if not (values["CAMPAIGN_BASE_URL"] or "").startswith("https://"):
        raise Incomplete("CAMPAIGN_BASE_URL must begin with https:// in live mode: links in mails open it.")
    if len(values["CAMPAIGN_SECRET_KEY"] or "") < 32:
        raise Incomplete("CAMPAIGN_SECRET_KEY is shorter than 32 characters.")


def _refuse_mail_server_in_demo(values: Mapping[str, str | None]) -> None:
    # The promise of the demonstration is that nothing leaves the machine: a mail server named by mistake
    # must stop the start, not be quietly ignored or, worse, used.
    if values["CAMPAIGN_MAIL_URL"]:
        raise Incomplete(
            "CAMPAIGN_MAIL_URL is set, but demo mode captures all mail. Unset it, or set CAMPAIGN_MODE=live."
        )
    if values[BOUNCES]:
        raise Incomplete(
            "CAMPAIGN_BOUNCES_URL is set, but demo mode asks no server. Unset it, or set CAMPAIGN_MODE=live."
        )


def _data_keys(written: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in written.replace("\n", ",").split(",") if key.strip())
    for key in keys:
        try:
            Fernet(key)
        except ValueError as error:
            raise Incomplete(
                "CAMPAIGN_DATA_KEYS holds something that is not a Fernet key (32 bytes, base64)."
            ) from error
    if not keys:
        raise Incomplete("CAMPAIGN_DATA_KEYS is empty.")
    return keys


def _kept(home: Path, name: str, fresh: str) -> str:
    """A secret of the demonstration, made once; two processes that start together agree on one."""
    folder = home / "keys"
    folder.mkdir(exist_ok=True, mode=0o700)
    path = folder / name
    draft = folder / f".{name}.{secrets.token_hex(8)}"
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(fresh, "utf-8")
        try:
            os.link(draft, path)  # fails if another process was first: then theirs is the key
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text("utf-8").strip()


def _screening(given: Mapping[str, str], mode: str) -> bool:
    written = given.get("CAMPAIGN_SCREENING", "on")
    if written not in {"on", "off"}:
        raise Incomplete("CAMPAIGN_SCREENING is neither on nor off.")
    return written == "on" or mode == "live"


def _whole_number(given: Mapping[str, str], name: str) -> int:
    written = given.get(name, "0")
    if not written.isdecimal():
        raise Incomplete("%(name)s is not a whole number.", name=name)
    return int(written)


def _seal_tsa(given: Mapping[str, str]) -> str | None:
    written = given.get("CAMPAIGN_SEAL_TSA") or None
    if written is not None and urlsplit(written).scheme not in {"http", "https"}:
        raise Incomplete("CAMPAIGN_SEAL_TSA is not a web address such as http://timestamp.example.org.")
    return written


def _stamp_authorities(given: Mapping[str, str]) -> tuple[str, ...]:
    written = tuple((given.get("CAMPAIGN_STAMP_AUTHORITIES") or "").replace(",", " ").split())
    if any(urlsplit(address).scheme not in {"http", "https"} or len(address) > 200 for address in written):
        raise Incomplete("CAMPAIGN_STAMP_AUTHORITIES are not web addresses such as http://timestamp.example.org.")
    if written and not given.get("CAMPAIGN_STAMP_ROOTS"):
        raise Incomplete("CAMPAIGN_STAMP_AUTHORITIES need CAMPAIGN_STAMP_ROOTS, a file of the certificates to believe.")
    return tuple(dict.fromkeys(written))


def _bounces_url(given: Mapping[str, str]) -> str | None:
    written = _value(given, BOUNCES)
    if written is not None and (urlsplit(written).scheme not in {"imap", "imaps"} or not urlsplit(written).hostname):
        raise Incomplete("CAMPAIGN_BOUNCES_URL is not like imaps://user:password@host/INBOX.")
    return written


def _posting_days(given: Mapping[str, str]) -> Mapping[str, int]:
    """ "PK=18,FR=5": days that a letter takes to a country, by its ISO 3166 alpha-2 code."""
    written = given.get("CAMPAIGN_POSTING_DAYS", "")
    pairs = (it.strip().partition("=") for it in written.split(",") if it.strip())
    days = {country.strip().upper(): number.strip() for country, _, number in pairs}
    if not all(len(country) == 2 and country.isalpha() and number.isdecimal() for country, number in days.items()):
        raise Incomplete("CAMPAIGN_POSTING_DAYS is not a list such as PK=18,FR=5: country codes and days.")
    return {country: int(number) for country, number in days.items()}
