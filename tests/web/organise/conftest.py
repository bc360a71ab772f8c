"""Organisers at their desks: one of each role, signed in as people sign in."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.office import organisers
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.vocabulary import Role
from tests import made
from tests.conftest import Site
from tests.web.reading import Page

PASSWORD = "nine brave otters sing"


# What a guess costs is told in `tests/office/test_passwords.py`; hundreds of them would make these tests wait for it.
CHEAP = {"argon2__memory_cost": 64, "argon2__rounds": 1, "argon2__parallelism": 1}


@cache
def kept_password() -> str:
    """Hashed once a test process, and cheaply."""
    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


def address(role: Role) -> str:
    return f"{role}@office.example"


class Desk:
    """Somebody's browser on the organisers' side. Posts carry the token of the page that was read last."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.client: FlaskClient = site.app.test_client()
        self.token = ""

    def read(self, path: str, **more: object) -> Page:
        answer = self.get(path, **more)
        assert answer.status_code == 200, answer.status
        return Page(answer.text)

    def get(self, path: str, **more: object) -> TestResponse:
        answer = self.client.get(path, **more)  # type: ignore[arg-type]
        self._remember(answer)
        return answer

    def post(self, path: str, data: dict[str, object] | None = None, **more: object) -> TestResponse:
        answer = self.client.post(path, data={"csrf_token": self.token, **(data or {})}, **more)  # type: ignore[arg-type]
        self._remember(answer)
        return answer

    def sign_in(self, email: str, password: str = PASSWORD) -> TestResponse:
        self.read("/organise/sign-in")
        answer = self.post("/organise/sign-in", {"email": email, "password": password})
        if answer.status_code == 302:
            self.get("/organise/account")  # the token of the new session
        return answer

    def _remember(self, answer: TestResponse) -> None:
        if answer.mimetype == "text/html":
            tokens = Page(answer.text).all("input", name="csrf_token")
            self.token = tokens[0]["value"] if tokens else self.token


def agreed(other: Desk, slug: str = "renew-the-cards") -> int:
    """Somebody else publishes what waits for a second person under an action; returns how many changes."""
    page = other.read(f"/organise/actions/{slug}/review/")
    forms = [
        it["action"] for it in page.all("form") if "/changes/" in it["action"] and it["action"].endswith("publish")
    ]
    for there in forms:
        assert other.post(there).status_code == 302
        # It is published, and not only answered.
        assert there not in [it["action"] for it in other.read(f"/organise/actions/{slug}/review/").all("form")]
    return len(forms)


@pytest.fixture
def staffed(site: Site) -> Site:
    """The site with one organiser of each role."""
    site.app.extensions["security"].pwd_context.update(**CHEAP)
    with site.storage.writing() as session:
        for role in Role:
            who = Invitee(f"The {role}", address(role), role)
            organisers.add(session, site.storage.vault, COMMAND_LINE, who, made.NOON, kept_password())
    return site


@pytest.fixture
def desk(staffed: Site) -> Callable[[Role], Desk]:
    """A signed-in organiser of a role."""

    def sit_down(role: Role = Role.ADMIN) -> Desk:
        made_desk = Desk(staffed)
        assert made_desk.sign_in(address(role)).status_code == 302
        return made_desk

    return sit_down
