"""No page of the organisers says a word that only the database knows: every page, every state of an office at work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import BuildError

from campaign import vocabulary
from campaign.web.organise import words
from tests.browser.office import ADMIN, PASSWORD, Office, fill, opened
from tests.conftest import Site
from tests.web.reading import Page

# Signs that no page has: what stands between them is a raw state or kind, wherever a template wrote it.
OPEN, CLOSE = "\u27e6", "\u27e7"


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    path = tmp_path / "campaign.db"
    path.write_bytes(sqlite_template.read_bytes())
    with opened(tmp_path, f"sqlite:///{path}") as it:
        # Set before any template is compiled: each value that a template writes goes through it.
        it.app.jinja_env.finalize = lambda value: f"{OPEN}{value}{CLOSE}" if isinstance(value, StrEnum) else value
        fill(it, tmp_path)
        yield it


@pytest.mark.slow
def test_no_page_shows_a_raw_state_or_kind(office: Office) -> None:
    client = office.app.test_client()
    sign_in(client)
    seen, raw = 0, []
    answers: Counter[int] = Counter()
    for path in paths(office):
        answer = client.get(path)
        answers[answer.status_code] += 1
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        seen += 1
        # In attributes they are values for programs; in words they are for people.
        text = Page(answer.text).text
        raw += [f"{path}: …{text[max(0, n - 40) : n + 30]}…" for n in range(len(text)) if text[n] == OPEN]
    assert seen > 60, answers
    assert raw == []


def sign_in(client: FlaskClient) -> None:
    page = Page(client.get("/organise/sign-in").text)
    form = {"csrf_token": page.hidden("csrf_token"), "email": ADMIN, "password": PASSWORD}
    assert client.post("/organise/sign-in", data=form).status_code == 302


def paths(office: Office) -> list[str]:
    """Every page there is, of every action, part and delivery."""
    slugs = ("renew-the-cards", "imported", "in-review", "approved", "over", "told", "stopped", "paused")
    found: list[str] = []
    urls = office.app.url_map.bind("localhost")
    for rule in office.app.url_map.iter_rules():
        if not rule.rule.startswith("/organise") or "GET" not in (rule.methods or ()):
            continue
        # What is seen before one is in, or ends it.
        if rule.rule.startswith(("/organise/sign-in/", "/organise/sign-out")):
            continue
        for slug in slugs if "slug" in rule.arguments and "/actions/" in rule.rule else (slugs[0],):
            for kind in ("subjects", "events", "sources") if "kind" in rule.arguments else ("",):
                for delivery in office.values["deliveries"] if "delivery_id" in rule.arguments else (0,):
                    values = {**office.values, "slug": slug, "kind": kind, "delivery_id": delivery}
                    values["part_id"] = office.values.get(kind, 0)
                    try:
                        found.append(urls.build(rule.endpoint, {it: values[it] for it in rule.arguments}))
                    except (KeyError, BuildError):
                        continue
    return list(dict.fromkeys(found))


def test_every_state_and_kind_is_said_in_words(site: Site) -> None:
    with site.app.app_context():
        for kind in vars(vocabulary).values():
            if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum:
                for state in kind:
                    assert "_" not in words.worded(state), state
