"""The environment, read once into a frozen `Settings`; refuses to start incomplete.

A secret may also be given as a file: `CAMPAIGN_SECRET_KEY_FILE=/run/secrets/key`.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
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
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


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
    data_keys_file: Path | None = None  # which they were read from, and are read from again when it changes
    secret_key_before: str = field(default="", repr=False)  # still accepted in links and sessions
    secret_key_until: date | None = None  # the last day of that
    screening: bool = True
    web_processes: int = 2
    web_threads: int = 4  # of each process, for pages; more wait for each other
    workers: int = 1
    proxies: int = 0  # reverse proxies in front whose X-Forwarded-For is believed
    posting_days: Mapping[str, int] = field(default_factory=dict)  # by country, where the defaults are not right
    seal_file: Path | None = None  # PKCS#12: the organisation's certificate and key, for the seal on dossiers
    seal_password: str = field(default="", repr=False)
    seal_tsa: str | None = None  # a time-stamping authority (RFC 3161)
    log_level: str = "WARNING"  # a level's name, as Python's logging has them
    log_json: bool = False  # one JSON object a line instead of text
    stamp_authorities: tuple[str, ...] = ()  # those that vouch for a dossier's list of hashes; two are better than one
    stamp_roots: Path | None = None  # PEM: the certificates that theirs must lead to
    bounces_url: str | None = field(default=None, repr=False)  # a mailbox that delivery reports come to (IMAP)
    mail_utf8: bool = True  # whether the mail server takes addresses whose first part is not ASCII (SMTPUTF8)
    metrics_token: str = field(default="", repr=False)  # who shows it is told figures at /metrics; empty: nobody
    webhooks_to_loopback: bool = False  # in the demonstration: webhooks may go to this machine itself
    bounces_address: str | None = None  # the return address of letters: each gets one of its own from it (VERP)

    @property
    def demo(self) -> bool:
        """Whether this is the demonstration: nothing leaves the machine."""
        return self.mode == "demo"

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The secret key, and the one before it for as long as it is accepted; newest first."""
        before = self.secret_key_before
        if not before or self.secret_key_until is None or self.secret_key_until < datetime.now(UTC).date():
            return (self.secret_key,)
        return (self.secret_key, before)

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
            raise Incomplete("CAMPAIGN_MODE must be demo or live.")
        home = Path(given.get("CAMPAIGN_HOME") or "instance").absolute()
        values = {name: _value(given, name) for name in NEEDED_LIVE}
        if mode == "live":
            _refuse_incomplete_live(values, given)
        else:
            _refuse_mail_server_in_demo({**values, BOUNCES: _value(given, BOUNCES)})
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        _for_the_owner_alone(home)
        before, until = _secret_key_before(given, home)
        base_url = (values["CAMPAIGN_BASE_URL"] or "http://127.0.0.1:8000").rstrip("/")
        if urlsplit(base_url).scheme not in {"http", "https"} or not urlsplit(base_url).netloc:
            raise Incomplete("CAMPAIGN_BASE_URL must be a web address, such as https://act.example.org.")
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
            data_keys_file=_data_keys_file(given, home),
            secret_key_before=before,
            secret_key_until=until,
            screening=_screening(given, mode),
            web_processes=_at_least_one(given, "CAMPAIGN_WEB_PROCESSES", _from_cores()),
            web_threads=_at_least_one(given, "CAMPAIGN_WEB_THREADS", 4),
            workers=_at_least_one(given, "CAMPAIGN_WORKERS", 1),
            proxies=_whole_number(given, "CAMPAIGN_PROXIES"),
            posting_days=_posting_days(given),
            seal_file=Path(given["CAMPAIGN_SEAL_FILE"]).absolute() if given.get("CAMPAIGN_SEAL_FILE") else None,
            seal_password=_value(given, "CAMPAIGN_SEAL_PASSWORD") or "",
            seal_tsa=_seal_tsa(given),
            log_level=_log_level(given, mode),
            log_json=_log_json(given),
            stamp_authorities=_stamp_authorities(given),
            stamp_roots=Path(given["CAMPAIGN_STAMP_ROOTS"]).absolute() if given.get("CAMPAIGN_STAMP_ROOTS") else None,
            bounces_url=_bounces_url(given),
            bounces_address=_bounces_address(given),
            mail_utf8=_mail_utf8(given, mode),
            metrics_token=_metrics_token(given),
            webhooks_to_loopback=_webhooks_to_loopback(given, mode),
        )


def _for_the_owner_alone(home: Path) -> None:
    """Everything under home is read by its owner alone, also in a folder that was there before.

    What comes to lie there later is made so: `umask` in the commands. Folders protect what lies in them.
    """
    for path in (home, *home.iterdir()):
        mode, wanted = path.lstat().st_mode, 0o700 if path.is_dir() else 0o600
        if not path.is_symlink() and mode & 0o077:
            with contextlib.suppress(OSError):  # another's, put there on purpose
                path.chmod(wanted)


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
        raise Incomplete("Live mode needs these settings: %(names)s.", names=", ".join(missing))
    if given.get("CAMPAIGN_SCREENING", "on") != "on":
        raise Incomplete("CAMPAIGN_SCREENING=off is not allowed in live mode. It is for load tests on one machine.")
    if not (values["CAMPAIGN_BASE_URL"] or "").startswith("https://"):
        raise Incomplete("CAMPAIGN_BASE_URL must start with https:// in live mode, because it is used in e-mail links.")
    if len(values["CAMPAIGN_SECRET_KEY"] or "") < 32:
        raise Incomplete("CAMPAIGN_SECRET_KEY must have at least 32 characters.")


def _refuse_mail_server_in_demo(values: Mapping[str, str | None]) -> None:
    # The promise of the demonstration is that nothing leaves the machine: a mail server named by mistake
    # must stop the start, not be quietly ignored or, worse, used.
    if values["CAMPAIGN_MAIL_URL"]:
        raise Incomplete(
            "CAMPAIGN_MAIL_URL is set, but demo mode sends no e-mail. Unset it, or set CAMPAIGN_MODE=live."
        )
    if values[BOUNCES]:
        raise Incomplete(
            "CAMPAIGN_BOUNCES_URL is set, but demo mode connects to no server. Unset it, or set CAMPAIGN_MODE=live."
        )


def _data_keys(written: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in written.replace("\n", ",").split(",") if key.strip())
    for key in keys:
        try:
            Fernet(key)
        except ValueError as error:
            raise Incomplete("CAMPAIGN_DATA_KEYS contains an invalid Fernet key (32 bytes, base64).") from error
    if not keys:
        raise Incomplete("CAMPAIGN_DATA_KEYS is empty.")
    return keys


def _data_keys_file(given: Mapping[str, str], home: Path) -> Path | None:
    """Where a key can be added by a command; None where the keys stand in the environment itself."""
    if given.get("CAMPAIGN_DATA_KEYS"):
        return None
    named = given.get("CAMPAIGN_DATA_KEYS_FILE")
    return Path(named).absolute() if named else home / "keys" / "data_keys"


def _secret_key_before(given: Mapping[str, str], home: Path) -> tuple[str, date | None]:
    """The secret key that was replaced, and the last day on which it is accepted."""
    kept = home / "keys" / "secret_key_before"
    before, until = _value(given, "CAMPAIGN_SECRET_KEY_BEFORE"), given.get("CAMPAIGN_SECRET_KEY_UNTIL")
    if before is None and kept.is_file() and not _value(given, "CAMPAIGN_SECRET_KEY"):
        before, _, until = kept.read_text("utf-8").strip().partition(" until ")
    if not before:
        return "", None
    try:
        return before, date.fromisoformat(until or "")
    except ValueError as error:
        raise Incomplete(
            "CAMPAIGN_SECRET_KEY_UNTIL is not a day such as 2027-03-31: the last day on which the secret key of "
            "before is accepted."
        ) from error


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
        raise Incomplete("CAMPAIGN_SCREENING must be on or off.")
    return written == "on" or mode == "live"


def _whole_number(given: Mapping[str, str], name: str) -> int:
    written = given.get(name, "0")
    if not written.isdecimal():
        raise Incomplete("%(name)s must be a whole number.", name=name)
    return int(written)


def _log_level(given: Mapping[str, str], mode: str) -> str:
    # Whoever tries the demonstration in a terminal reads what went wrong; an operator also what was done.
    written = given.get("CAMPAIGN_LOG_LEVEL", "").upper() or ("INFO" if mode == "live" else "WARNING")
    if written not in LOG_LEVELS:
        raise Incomplete("CAMPAIGN_LOG_LEVEL must be one of %(levels)s.", levels=", ".join(LOG_LEVELS).lower())
    return written


def _log_json(given: Mapping[str, str]) -> bool:
    written = given.get("CAMPAIGN_LOG_FORMAT", "text")
    if written not in {"text", "json"}:
        raise Incomplete("CAMPAIGN_LOG_FORMAT must be text or json.")
    return written == "json"


def _from_cores() -> int:
    """A process for each core, two at least, so that one that is restarted leaves another; beyond eight, say so."""
    return max(2, min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1))


def _at_least_one(given: Mapping[str, str], name: str, default: int) -> int:
    written = given.get(name) or str(default)
    if not (written.isascii() and written.isdecimal() and 1 <= int(written[:4]) <= 64 and len(written) <= 2):
        raise Incomplete("%(name)s is not a whole number from 1 to 64.", name=name)
    return int(written)


def _metrics_token(given: Mapping[str, str]) -> str:
    written = _value(given, "CAMPAIGN_METRICS_TOKEN") or ""
    if written and (len(written) < 16 or not written.isascii() or not written.isprintable()):
        raise Incomplete("CAMPAIGN_METRICS_TOKEN must have at least 16 plain characters.")
    return written


def _seal_tsa(given: Mapping[str, str]) -> str | None:
    written = given.get("CAMPAIGN_SEAL_TSA") or None
    if written is not None and urlsplit(written).scheme not in {"http", "https"}:
        raise Incomplete("CAMPAIGN_SEAL_TSA must be a web address, such as http://timestamp.example.org.")
    return written


def _mail_utf8(given: Mapping[str, str], mode: str) -> bool:
    written = given.get("CAMPAIGN_MAIL_UTF8") or ("on" if mode == "demo" else "off")
    if written not in {"on", "off"}:
        raise Incomplete("CAMPAIGN_MAIL_UTF8 must be on (the mail server offers SMTPUTF8) or off.")
    return written == "on"


def _webhooks_to_loopback(given: Mapping[str, str], mode: str) -> bool:
    written = given.get("CAMPAIGN_WEBHOOKS_LOOPBACK", "off")
    if written not in {"on", "off"}:
        raise Incomplete("CAMPAIGN_WEBHOOKS_LOOPBACK must be on or off.")
    if written == "on" and mode == "live":
        raise Incomplete("CAMPAIGN_WEBHOOKS_LOOPBACK=on is not allowed in live mode. It is for trying webhooks out.")
    return written == "on"


def _bounces_address(given: Mapping[str, str]) -> str | None:
    written = (given.get("CAMPAIGN_BOUNCES_ADDRESS") or "").strip()
    if not written:
        return None
    local, _, domain = written.rpartition("@")
    # Sixty-four characters may stand before the sign, and a letter's number and seal take fifty-two of them.
    right = local == "*" or (local.replace("-", "").replace(".", "").isalnum() and len(local) <= 12)
    if not right or "." not in domain or not written.isascii() or any(it.isspace() for it in written):
        raise Incomplete(
            "CAMPAIGN_BOUNCES_ADDRESS must look like bounces@act.example.org (at most 12 characters before the @, and "
            "the server takes plus addresses), or *@bounces.example.org (the server takes every address)."
        )
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
        raise Incomplete("CAMPAIGN_BOUNCES_URL must look like imaps://user:password@host/INBOX.")
    return written


def _posting_days(given: Mapping[str, str]) -> Mapping[str, int]:
    """ "PK=18,FR=5": days that a letter takes to a country, by its ISO 3166 alpha-2 code."""
    written = given.get("CAMPAIGN_POSTING_DAYS", "")
    pairs = (it.strip().partition("=") for it in written.split(",") if it.strip())
    days = {country.strip().upper(): number.strip() for country, _, number in pairs}
    if not all(len(country) == 2 and country.isalpha() and number.isdecimal() for country, number in days.items()):
        raise Incomplete("CAMPAIGN_POSTING_DAYS must be a list of country codes and days, such as PK=18,FR=5.")
    return {country: int(number) for country, number in days.items()}
