"""What leaks: after everything people do here, no byte of the state or the logs shows who they are."""

from __future__ import annotations

import base64
import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import product
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from click.testing import CliRunner

from campaign.appeals.signing.links import FORM_LEAST_AGE
from campaign.cli import main
from campaign.settings import Settings
from tests.conftest import settings_for
from tests.faults.served import Answer, Served, eventually

pytestmark = pytest.mark.faults

ACTION = "/en/actions/renew-the-cards"
VISITOR, FORWARDED = "127.83.61.7", "203.0.113.77"


@dataclass(frozen=True)
class Person:
    """Someone who signs."""

    name: str
    email: str
    words: str

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.name, self.email, self.email.partition("@")[0], self.words)


CONFIRMS = Person("Zephyrine Quillfeather", "zephyrine.quillfeather@post.example.org", "Grant them a peaceful harvest")
IN_URDU = Person("زرمینہ یاقوت خٹک", "zarmina-yaqut@letters.example.net", "انصاف ضرور کیجیے گا")
WAS_NOT = Person("Ottoline Marchbanks", "ottoline_marchbanks@house.example.com", "Written by somebody else")
SAYS_NOTHING = Person("Peregrine Thistlewood", "peregrine.thistlewood@bücher.example", "Never to be confirmed")
MEETS_A_FAULT = Person("Leocadia Fernsby", "leocadia.fernsby@mail.example.org", "Lost in an accident")
SIGN = (CONFIRMS, IN_URDU, WAS_NOT, SAYS_NOTHING)
PEOPLE = (*SIGN, MEETS_A_FAULT)
ONLY_PRINTS = "Cosimo Ravenscroft-Bell"


def spellings(secret: str) -> Iterator[tuple[str, bytes]]:
    """(name of the encoding, bytes) of each way in which a text may lie in a file, in lower case byte for byte."""
    plain = secret.encode()
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le"):
        yield encoding, secret.lower().encode(encoding).lower()
    yield "percent", quote(secret).lower().encode()
    yield "form", quote_plus(secret).lower().encode()
    yield "JSON", json.dumps(secret)[1:-1].lower().encode()
    yield "repr", repr(plain)[2:-1].lower().encode()
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        yield f"hex of {encoding}", secret.encode(encoding).hex().encode()


def base64_spellings(secret: str) -> Iterator[tuple[str, bytes]]:
    """The middle of each of the three ways in which base64 may fall on a text within a longer one."""
    for encoding, shift in product(("utf-8", "utf-16-le", "utf-16-be"), range(3)):
        content = secret.encode(encoding)[-shift % 3 :]
        whole = content[: len(content) // 3 * 3]
        for kind, alphabet in (("base64", base64.b64encode), ("URL base64", base64.urlsafe_b64encode)):
            yield f"{kind} of {encoding} from {shift}", alphabet(whole)


def found(secret: str, content: bytes) -> list[str]:
    """The ways in which a text can be read in some bytes."""
    return ways_in(secret, content, content.lower())


def ways_in(secret: str, content: bytes, low: bytes) -> list[str]:
    """The same, where `low` is the content in lower case: made once for many texts."""
    ways = [way for way, spelling in spellings(secret) if spelling in low]
    return ways + [way for way, spelling in base64_spellings(secret) if spelling in content]


@pytest.mark.parametrize("secret", [CONFIRMS.email, IN_URDU.name])
def test_the_search_finds_a_text_however_it_was_written_down(secret: str) -> None:
    assert found(secret, b"nothing at all") == []
    for way, spelling in (*spellings(secret), *base64_spellings(secret)):
        assert way in found(secret, b"before " + spelling + b" after"), way
    for before in range(4):
        around = b"x" * before + secret.encode() + b"after"
        assert [it for it in found(secret, base64.b64encode(around)) if it.startswith("base64 of utf-8")]
    assert "utf-8" in found(secret, f"Name={secret.upper()}".encode())


class Site:
    """People's dealings with an installation, each from the same network address."""

    def __init__(self, served: Served) -> None:
        self.served = served

    def get(self, path: str) -> Answer:
        return self.served.ask("GET", path, headers={"X-Forwarded-For": FORWARDED}, visitor=VISITOR)

    def post(self, path: str, **form: str) -> Answer:
        return self.served.ask("POST", path, form, headers={"X-Forwarded-For": FORWARDED}, visitor=VISITOR)

    def sign(self, person: Person, token: str, locale: str = "en", **changes: str) -> Answer:
        form = {
            "name": person.name,
            "email": person.email,
            "country": "IS",
            "disclosure": "official",
            "message": person.words,
            "token": token,
        }
        return self.post(f"/{locale}/actions/renew-the-cards/sign", **{**form, **changes})


def mail(settings: Settings) -> dict[str, EmailMessage]:
    """Captured confirmation messages by the part of their address before the @."""
    read = [message_from_bytes(it.read_bytes(), policy=policy.default) for it in settings.mailbox.glob("*-confirm.eml")]
    return {str(it["To"]).partition("@")[0]: it for it in read if isinstance(it, EmailMessage)}


def confirmation(message: EmailMessage) -> str:
    """The path of the link in a confirmation message."""
    body = message.get_body(preferencelist=("plain",))
    assert body is not None
    link = re.search(r"http://[^/]+(/\S+/confirm/\S+)", body.get_content())
    assert link
    return link[1]


def everything_is_done(site: Site, settings: Settings) -> list[str]:
    """Sign, confirm, refuse, print, err; the tokens that were seen on the way."""
    token = site.served.token(visitor=VISITOR)
    assert site.sign(CONFIRMS, token).status == 422  # under three seconds: nobody is so fast
    time.sleep(FORM_LEAST_AGE.total_seconds() + 1)
    assert site.sign(CONFIRMS, token, email=CONFIRMS.email.replace("@", " at ")).status == 422
    assert site.sign(CONFIRMS, token, country="").status == 422
    for person in SIGN:
        assert site.sign(person, token, "ur" if person is IN_URDU else "en").status == 200
    assert site.sign(CONFIRMS, token).status == 200  # once more

    letters = eventually(lambda: len(found := mail(settings)) == len(SIGN) and found, "their mail is there")
    links = {it: confirmation(letters[it.email.partition("@")[0]]) for it in SIGN}
    pages = []
    for person in (CONFIRMS, IN_URDU, WAS_NOT):
        led_on = site.get(links[person])
        assert led_on.status == 303
        assert person.name in site.get(led_on.location).body
        pages.append(led_on.location.rpartition("/")[2])
    assert site.post(links[CONFIRMS]).status == 200
    assert site.post(links[IN_URDU]).status == 200
    assert site.post(links[WAS_NOT], answer="not_me").status == 200
    assert site.post(links[CONFIRMS], answer="not_me").status == 200  # changed her mind
    assert site.get(f"/en/confirm/{links[CONFIRMS].rpartition('/')[2][:-3]}xyz").status == 410

    assert site.post(f"{ACTION}/letter.pdf", name=ONLY_PRINTS, place="Reykjavik").status == 200
    assert site.get(f"{ACTION}/letter.pdf?name={quote(ONLY_PRINTS)}").status == 200

    address = quote(CONFIRMS.email)
    assert site.get(f"/en/nowhere/{address}?email={address}&name={quote(CONFIRMS.name)}").status == 404
    assert site.get(f"{ACTION}/sign?email={address}").status == 405
    assert site.sign(CONFIRMS, token, message=f"{CONFIRMS.email} " * 5_000).status == 413
    assert site.sign(CONFIRMS, f"{token}{CONFIRMS.email}").status == 422
    with closing(sqlite3.connect(settings.home / "campaign.db")) as database:
        # Faults of ours, with everything about a person at hand; the second even while its page is made.
        for table in ("messages", "organisation"):
            database.execute(f"ALTER TABLE {table} RENAME TO lost")
            assert site.sign(MEETS_A_FAULT, token, **({} if table == "messages" else {"country": ""})).status == 500
            if table == "messages":
                eventually(lambda: "look failed" in log(site), "the worker logs the fault")
            database.execute(f"ALTER TABLE lost RENAME TO {table}")
    assert log(site).count("OperationalError at") >= 2
    assert site.sign(MEETS_A_FAULT, token, country="Atlantis").status == 422
    return [token, *pages, *(link.rpartition("/")[2] for link in links.values())]


def log(site: Site) -> str:
    return site.served.log.read_text()


def left_behind(settings: Settings, *more: Path) -> dict[str, bytes]:
    """Every file of the installation, outside of the mail that it captured."""
    files = [it for it in settings.home.rglob("*") if it.is_file() and settings.mailbox not in it.parents]
    for path in more:
        files += [path] if path.is_file() else [it for it in path.rglob("*") if it.is_file()]
    return {it.name: it.read_bytes() for it in files}


@pytest.fixture
def demonstration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, serving: Callable[..., Served]
) -> Iterator[tuple[Site, Path]]:
    """The demonstration as it is served to visitors, and the folder for its temporary files."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    served = serving(settings_for(tmp_path / "home"), screening=True)
    for command in ("init", "demo"):
        assert CliRunner().invoke(main, [command], env=served.environment()).exit_code == 0
    served.start()
    yield Site(served), tmp_path / "temporary"


def test_nothing_that_people_do_leaves_their_names_addresses_or_tokens_where_others_can_read_them(
    demonstration: tuple[Site, Path],
) -> None:
    site, temporary = demonstration
    settings = site.served.settings
    tokens = everything_is_done(site, settings)
    running = left_behind(settings, site.served.log, temporary)
    assert settings.home.stat().st_mode & 0o077 == 0  # its owner's alone
    assert site.served.stop() == 0
    stopped = left_behind(settings, site.served.log, temporary)

    assert {"campaign.db", "campaign.db-wal", "campaign.db-shm", site.served.log.name} <= running.keys()
    assert {"campaign.db", site.served.log.name} <= stopped.keys()
    told = "".join(it.read_text("utf-8") for it in settings.mailbox.glob("*.eml"))
    assert all(person.email.partition("@")[0] in told for person in SIGN)  # what is looked for was there to leak

    secrets = [each for person in PEOPLE for each in person.secrets]
    secrets += [ONLY_PRINTS, VISITOR, VISITOR.rpartition(".")[0], FORWARDED, "supporter-7@campaign.invalid", *tokens]
    leaks = [
        (name, when, secret, ways)
        for when, files in (("running", running), ("stopped", stopped))
        for name, content in files.items()
        if when == "running" or running.get(name) != content
        for low in (content.lower(),)
        for secret in secrets
        if (ways := ways_in(secret, content, low))
    ]
    assert leaks == []
