"""Errors: each a page in the reader's language, with the status to match, that tells nothing of the inside."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.engine import connect
from campaign.storage.tables import Action
from campaign.vocabulary import ActionStatus
from campaign.web.public import pages
from tests import made
from tests.conftest import Site
from tests.web.conftest import SLUG
from tests.web.reading import Page
from tests.web.test_security_headers import assert_guarded

SIGN = f"/actions/{SLUG}/sign"

# (status, how it is asked for, after the locale): each in both languages below.
REFUSED = [
    (404, "GET", "/nowhere", {}),
    (404, "GET", "/actions/no-such-action", {}),
    (404, "POST", "/actions/no-such-action/sign", {}),
    (404, "GET", "/actions/no-such-action/letter.pdf", {}),
    (405, "GET", SIGN, {}),
    (405, "DELETE", "/privacy", {}),
    (410, "GET", "/confirm/garbage", {}),
    (413, "POST", SIGN, {"data": {"message": "w" * 70_000}}),
    (413, "POST", f"/actions/{SLUG}/letter.pdf", {"data": {"text": "w" * 70_000}}),
    (413, "POST", "/confirm/garbage", {"data": {"answer": "w" * 70_000}}),
    (413, "POST", SIGN, {"data": {"file": (__file__, "x")}, "content_type": "multipart/form-data"}),
    (422, "GET", f"/actions/{SLUG}/letter.pdf?paper=a3", {}),
]


@pytest.mark.parametrize(
    ("status", "method", "path", "more"), REFUSED, ids=[f"{it[0]} {it[1]} {it[2]}" for it in REFUSED]
)
def test_every_refusal_has_a_page_in_the_language_of_its_address(
    site: Site, status: int, method: str, path: str, more: dict[str, object]
) -> None:
    headings = set()
    for locale, direction in (("en", "ltr"), ("ur", "rtl")):
        if "content_type" in more:
            more = {"data": {"file": (open_large(), "x")}, "content_type": "multipart/form-data"}
        answer = site.client.open(f"/{locale}{path}", method=method, **more)
        assert answer.status_code == status
        page = Page(answer.text)
        root = page.one("html")
        assert (root["lang"], root["dir"]) == (locale, direction)
        assert page.title.startswith(page.heading)
        assert f"/{locale}/" in page.links
        assert answer.headers["Cache-Control"] == "no-store"
        assert_guarded(answer)
        headings.add(page.heading)
    assert len(headings) == 2


def test_a_stop_a_deadline_a_dead_link_and_a_page_open_too_long_have_each_a_heading_of_its_own(site: Site) -> None:
    """One heading for several faults tells a person the wrong one."""

    def heading(path: str, method: str = "GET") -> str:
        answer = site.fresh().client.open(path, method=method, data={"csrf_token": "old"} if method == "POST" else None)
        assert answer.status_code in (410, 422), path
        return Page(answer.text).heading

    said = [heading("/en/confirm/garbage"), heading(f"/organise/actions/{SLUG}/review/submit", "POST")]
    with site.storage.writing() as session:
        session.execute(update(Action).values(status=ActionStatus.CLOSED, ended_at=made.NOON))
    said.append(heading(f"/en/actions/{SLUG}/poster.pdf"))
    with site.storage.writing() as session:
        session.execute(update(Action).values(status=ActionStatus.STOPPED, stop_reason={"en": "She is free."}))
    said.append(heading(f"/en/actions/{SLUG}/poster.pdf"))
    assert said == [
        "This link no longer works",
        "Please reload the page",
        "It is too late for this",
        "This action was stopped",
    ]


def open_large() -> object:
    from io import BytesIO

    return BytesIO(b"\0" * 100_000)


def test_an_address_without_a_language_errs_in_the_browsers(site: Site) -> None:
    for said, locale in (("ur", "ur"), ("en", "en"), ("de", "en")):
        page = Page(site.client.get("/nowhere", headers={"Accept-Language": said}).text)
        assert page.one("html")["lang"] == locale


def test_a_method_that_does_not_fit_is_told_which_would(site: Site) -> None:
    answer = site.client.get(f"/en{SIGN}")
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


@pytest.fixture
def broken(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A place where a fault of ours quotes what someone wrote."""

    def fail(*_: object) -> None:
        raise RuntimeError("ada@example.org could not be stored at /srv/secret")

    monkeypatch.setattr(pages, "open_actions", fail)
    return site


@pytest.mark.parametrize("locale", ["en", "ur"])
def test_a_fault_of_ours_has_a_page_too_that_tells_nothing_of_the_inside(
    broken: Site, caplog: pytest.LogCaptureFixture, locale: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = broken.client.get(f"/{locale}/")
    assert answer.status_code == 500
    page = Page(answer.text)
    assert page.one("html")["lang"] == locale
    assert ("our side" in page.heading) is (locale == "en")
    for inside in ("RuntimeError", "secret", "ada@", "Traceback"):
        assert inside not in answer.text
    assert_guarded(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    # The log says what kind of fault and where, and nothing that anyone wrote.
    assert "RuntimeError at " in caplog.text
    assert "test_errors.py:" in caplog.text
    assert "ada@" not in caplog.text
    # It was not kept: the next reader is asked for anew.
    assert broken.client.get(f"/{locale}/").status_code == 500


def test_the_page_of_a_fault_names_the_number_that_the_log_has_and_a_page_that_is_missing_names_none(
    broken: Site, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        number = Page(broken.client.get("/en/?q=ada@example.org").text).one("code").text
    assert len(number) == 10
    assert f"GET /<locale:locale>/, request {number})" in caplog.text
    assert "ada@" not in caplog.text
    assert not Page(broken.client.get("/en/nothing-here").text).all("code")


def test_without_a_database_there_is_still_an_answer_and_it_is_not_ready(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OSError("no database at postgresql://campaign:password@db")

    monkeypatch.setattr(Storage, "reading", gone)
    monkeypatch.setattr(Storage, "writing", gone)
    for method, path in (("GET", "/en/"), ("GET", f"/ur/actions/{SLUG}"), ("POST", "/en/confirm/x")):
        answer = site.client.open(path, method=method)
        assert answer.status_code == 500
        assert "password" not in answer.text
        assert answer.text.strip()
        assert_guarded(answer)
    assert site.client.get("/readyz").status_code == 503
    assert site.client.get("/healthz").status_code == 200
    assert "password" not in caplog.text


def test_a_place_that_was_never_set_up_errs_with_a_page(site: Site) -> None:
    from sqlalchemy import delete

    from campaign.storage.tables import Organisation

    with site.storage.writing() as session:
        session.execute(delete(Organisation))
    answer = site.client.get("/en/nowhere")
    assert answer.status_code == 404
    assert Page(answer.text).heading


@pytest.mark.databases
@pytest.mark.parametrize(
    "path",
    [
        "/en/actions/%00",
        "/en/actions/a%00b/letter.pdf",
        "/en/actions/%00/bulletin.pdf",
        "/actions/%00/count.json",
        "/verify/%00",
        "/verify/%F0%9F%99%82",
        "/en/actions/%FF%FE",
        f"/en/actions/{'x' * 3_000}",
        "/en/actions/%E2%80%AE",
        "/static/../setup.cfg",
        "/static/%2e%2e/setup.cfg",
        "/static/none.css",
    ],
)
def test_an_address_that_nobody_made_does_not_exist_on_any_database(
    settings: Settings, storage: Storage, path: str
) -> None:
    site = Site(settings)
    assert site.client.get(path).status_code == 404
    site.storage.dispose()


@pytest.mark.databases
@pytest.mark.parametrize("path", [f"/en/actions/{SLUG}/sign", "/en/actions/%00/sign"])
def test_a_form_full_of_signs_that_no_keyboard_has_is_refused_and_not_a_fault(
    settings: Settings, storage: Storage, path: str
) -> None:
    site = Site(settings)
    with storage.writing() as session:
        made.action(session)
    odd = "\x00\ud7ff\uffff\U0010ffff\u2028"
    form = dict.fromkeys(("name", "email", "country", "disclosure", "message", "updates", "token"), odd)
    assert site.client.post(path, data=form).status_code in {404, 422}
    assert site.client.post(
        path, data=b"name=%FF%00&=&&;%", content_type="application/x-www-form-urlencoded"
    ).status_code in {404, 422}
    assert site.client.post(path, data=b"--x\r\n", content_type="multipart/form-data; boundary=x").status_code < 500
    assert site.client.post(path, data=b"{}", content_type="application/json").status_code in {404, 422}
    site.storage.dispose()


@pytest.fixture
def outage(site: Site) -> Iterator[None]:
    """The database was there, and is away; whatever page was made is as fresh as it was."""
    site.door.cache.__init__(clock=lambda: 0.0)
    site.client.get("/en/")
    away = connect("postgresql+psycopg://nobody@127.0.0.1:1/campaign")
    site.storage._sessions.configure(bind=away)
    site.storage.engine, before = away, site.storage.engine
    yield
    site.door.cache.__init__()
    site.storage._sessions.configure(bind=before)
    site.storage.engine = before


@pytest.mark.usefixtures("outage")
@pytest.mark.parametrize(
    ("locale", "method", "path"),
    [
        ("en", "GET", "/en/actions/renew-the-cards"),
        ("ur", "GET", "/ur/actions/renew-the-cards"),
        ("fr", "POST", "/fr/confirm/x"),
    ],
)
def test_while_the_database_is_away_every_page_says_so_in_the_language_of_its_address(
    site: Site, locale: str, method: str, path: str
) -> None:
    answer = site.client.open(path, method=method)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert f'<html lang="{locale}"' in answer.text
    assert "office@example.org" in answer.text, "the page says who runs the place, as it was read last"


@pytest.mark.usefixtures("outage")
def test_while_the_database_is_away_the_organisers_side_says_so_too(site: Site) -> None:
    site.client.set_cookie("campaign_organiser", "k.some-session", path="/organise")
    assert site.client.get("/organise/").status_code == 503


@pytest.mark.usefixtures("outage")
def test_while_the_database_is_away_a_form_comes_back_with_what_was_typed(site: Site) -> None:
    form = {
        "name": "Ada <b>Lovelace</b>",
        "email": "ada@example.org",
        "message": "Please let\nthem stay.",
        "country": "GB",
        "token": site.door.links.form("renew-the-cards"),
    }
    answer = site.client.post("/en/actions/renew-the-cards/sign", data=form)
    assert answer.status_code == 503
    page = Page(answer.text)
    again = {field["name"]: field.get("value") or "" for field in page.all("input")}
    assert again == {name: value for name, value in form.items() if name != "message"}
    assert "Please let\nthem stay." in answer.text
    assert page.one("form")["action"] == "/en/actions/renew-the-cards/sign"


@pytest.mark.usefixtures("outage")
def test_while_the_database_is_away_a_page_that_was_made_is_there_for_its_seconds(site: Site) -> None:
    assert site.client.get("/en/").status_code == 200
    assert site.fresh().client.get("/en/").status_code == 503
