"""What every answer of every address carries, and what none may. A new address fails here until it is listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import g
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from campaign import clock
from campaign.appeals.network import membership
from campaign.appeals.network.choices import Choices
from campaign.appeals.relay import requests
from campaign.appeals.signing.links import Sender
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.delivery import freezing
from campaign.mail.transport import Captured
from campaign.publication.reading import published
from campaign.settings import Settings
from campaign.storage.tables import Action, Letter, Member
from campaign.vocabulary import LetterStatus
from tests import made
from tests.conftest import Site
from tests.web.conftest import SLUG, Hour, signatures
from tests.web.reading import Page

PUBLIC, PERSONAL = "public", "no-store"


@dataclass(frozen=True)
class Visit:
    """One way to ask for an address: what is asked, the status it gets, and who may keep the answer."""

    path: str
    status: int = 200
    kept: str = PUBLIC
    method: str = "GET"


# At least one visit for every endpoint there is, by its name.
VISITS: dict[str, tuple[Visit, ...]] = {
    "static": (
        Visit("/static/campaign.css"),
        Visit("/static/icon.svg"),
        Visit("/static/public.js"),
        Visit("/static/nothing.css", 404, PERSONAL),
    ),
    "pages.home": (Visit("/", 302),),
    "pages.index": (Visit("/en/"), Visit("/ur/"), Visit("/ur/?q=%00&country=pk&theme=none&language=xx&page=-3")),
    "pages.closed": (Visit("/en/closed"), Visit("/ur/closed?q=cards&page=9")),
    "picture.file": (Visit("/picture/none-360.avif", 404, PERSONAL),),
    "pages.action": (
        Visit(f"/en/actions/{SLUG}"),
        Visit(f"/ur/actions/{SLUG}?letter=en&official=1"),
        Visit("/en/actions/over"),
        Visit("/ur/actions/stopped"),
    ),
    "pages.why_people_sign": (
        Visit(f"/en/actions/{SLUG}/reasons"),
        Visit(f"/ur/actions/{SLUG}/reasons?page=999999999999999999999"),
        Visit("/ur/actions/stopped/reasons"),
        Visit("/en/actions/none/reasons", 404, PERSONAL),
    ),
    "pages.action_in_any_language": (Visit(f"/actions/{SLUG}", 302),),
    "pages.count": (Visit(f"/actions/{SLUG}/count.json"),),
    "pages.privacy": (Visit("/en/privacy"), Visit("/ur/privacy")),
    "signing.sign": (
        Visit(f"/en/actions/{SLUG}/sign", 422, PERSONAL, "POST"),
        Visit("/ur/actions/over/sign", 410, PERSONAL, "POST"),
    ),
    "confirming.ask": (Visit("/en/confirm/{token}", 200, PERSONAL), Visit("/ur/confirm/garbage", 410, PERSONAL)),
    "confirming.answer": (Visit("/ur/confirm/{token}", 200, PERSONAL, "POST"),),
    "mine.message": (Visit("/en/m/{token}", 200, PERSONAL), Visit("/ur/m/{mine}", 200, PERSONAL)),
    "mine.show": (
        Visit("/en/mine/{mine}", 200, PERSONAL),
        Visit("/ur/mine/{mine}", 200, PERSONAL),
        Visit("/en/mine/{token}", 410, PERSONAL),
    ),
    "mine.change": (Visit("/ur/mine/{mine}", 422, PERSONAL, "POST"),),
    "mine.data": (Visit("/en/mine/{mine}/data", 200, PERSONAL, "POST"),),
    "mine.proof": (Visit("/en/mine/{mine}/proof/{code}", 404, PERSONAL, "POST"),),
    "mine.erase": (Visit("/en/mine/{mine}/erase", 422, PERSONAL, "POST"),),
    "mine.ask_to_stop": (Visit("/en/unsubscribe/{unsubscribe}", 200, PERSONAL),),
    "mine.stop": (Visit("/ur/unsubscribe/{unsubscribe}", 200, PERSONAL, "POST"),),
    "sending.write": (
        Visit("/en/mine/{mine}/letter", 200, PERSONAL),
        Visit("/ur/mine/{mine}/letter", 200, PERSONAL),
        Visit("/en/mine/{token}/letter", 410, PERSONAL),
    ),
    "sending.shown": (Visit("/ur/mine/{mine}/letter/{letter}", 200, PERSONAL),),
    "sending.answer": (Visit("/en/mine/{mine}/letter/{letter}", 422, PERSONAL, "POST"),),
    # Last of these: a new draft takes the place of the one before.
    "sending.keep": (Visit("/ur/mine/{mine}/letter", 303, PERSONAL, "POST"),),
    "prints.letter": (Visit(f"/en/actions/{SLUG}/letter.pdf"), Visit("/en/actions/stopped/letter.pdf", 410, PERSONAL)),
    "prints.own_letter": (Visit(f"/ur/actions/{SLUG}/letter.pdf", 200, PERSONAL, "POST"),),
    "prints.envelope": (Visit(f"/en/actions/{SLUG}/envelope.pdf"),),
    "prints.own_envelope": (Visit(f"/en/actions/{SLUG}/envelope.pdf", 200, PERSONAL, "POST"),),
    "writing.write": (Visit(f"/ur/actions/{SLUG}/write"),),
    "writing.preview": (Visit(f"/en/actions/{SLUG}/write", 200, PERSONAL, "POST"),),
    "writing.sent": (Visit(f"/en/actions/{SLUG}/sent", 422, PERSONAL, "POST"),),
    "prints.bulletin": (Visit(f"/ur/actions/{SLUG}/bulletin.pdf"),),
    "sharing.image": (
        Visit(f"/ur/actions/{SLUG}/share.png"),
        Visit("/en/actions/over/share.png"),
        Visit("/en/actions/stopped/share.png", 410, PERSONAL),
    ),
    "sharing.poster": (
        Visit(f"/ur/actions/{SLUG}/poster.pdf"),
        Visit("/en/actions/over/poster.pdf", 410, PERSONAL),
        Visit("/ur/actions/stopped/poster.pdf", 410, PERSONAL),
    ),
    "sheets.sheet": (
        Visit(f"/ur/actions/{SLUG}/sheet.pdf"),
        Visit("/en/actions/over/sheet.pdf", 410, PERSONAL),
        Visit("/ur/actions/stopped/sheet.pdf", 410, PERSONAL),
    ),
    "sheets.scanned": (Visit(f"/sheets/{SLUG}/7Q4-2M9K", 302),),
    "feeds.actions": (Visit("/en/feed.atom"), Visit("/ur/feed.atom")),
    "feeds.action": (
        Visit(f"/ur/actions/{SLUG}/feed.atom"),
        Visit("/en/actions/over/feed.atom"),
        Visit("/en/actions/stopped/feed.atom"),
    ),
    "feeds.deadline": (
        Visit(f"/en/actions/{SLUG}/deadline.ics"),
        Visit("/en/actions/stopped/deadline.ics"),
    ),
    "network.ask": (Visit("/en/join"), Visit("/ur/join")),
    "network.join": (Visit("/en/join", 422, PERSONAL, "POST"),),
    "network.show": (Visit("/en/network/{member}", 200, PERSONAL), Visit("/ur/network/garbage", 410, PERSONAL)),
    "network.change": (Visit("/en/network/garbage", 410, PERSONAL, "POST"),),
    "calling.call": (
        Visit(f"/en/actions/{SLUG}/call?official=99", 404, PERSONAL),
        Visit("/en/actions/stopped/call", 410, PERSONAL),
    ),
    "by_mail.ask": (
        Visit("/en/sign/{one_step}", 200, PERSONAL),
        Visit("/ur/sign/{late}", 303, PERSONAL),
        Visit("/en/sign/garbage", 410, PERSONAL),
    ),
    "by_mail.sign": (Visit("/en/sign/garbage", 410, PERSONAL, "POST"),),
    "by_mail.ask_to_undo": (Visit("/en/undo/{undo}", 200, PERSONAL), Visit("/ur/undo/garbage", 410, PERSONAL)),
    "by_mail.undo": (Visit("/en/undo/garbage", 410, PERSONAL, "POST"),),
    "mine.one_click": (Visit("/en/m/garbage", 410, PERSONAL, "POST"),),
    "answering.ask": (Visit("/en/answer/{answer}", 200, PERSONAL), Visit("/ur/answer/garbage", 410, PERSONAL)),
    "answering.tell": (Visit("/en/answer/garbage", 422, PERSONAL, "POST"),),
    "network.ask_to_leave": (Visit("/en/leave/{leave}", 200, PERSONAL),),
    "network.leave": (Visit("/en/leave/garbage", 410, PERSONAL, "POST"),),
    "verifying.check": (Visit("/verify/{code}", 422, PERSONAL, "POST"),),
    "logo.picture": (Visit("/logo/none.png", 404, PERSONAL),),
    "handing.handed": (Visit("/handed/garbage", 404, PERSONAL),),
    "handing.reply": (Visit("/replies/1", 404, PERSONAL),),
    "shielding.challenge": (Visit(f"/actions/{SLUG}/proof.json", 404, PERSONAL),),
    "verifying.verify": (Visit("/verify/{code}"), Visit("/verify/AAAA-AAAA", 404, PERSONAL)),
    "well_known.security": (Visit("/.well-known/security.txt"),),
    "health.healthz": (Visit("/healthz", 200, PERSONAL),),
    "health.readyz": (Visit("/readyz", 200, PERSONAL),),
    "demo.mailbox": (Visit("/demo/mailbox", 200, PERSONAL),),
    "demo.mail": (Visit("/demo/mailbox/{mail}", 200, PERSONAL), Visit("/demo/mailbox/none", 404, PERSONAL)),
}
EVERY = tuple(visit for visits in VISITS.values() for visit in visits)


@pytest.fixture
def furnished(site: Site) -> dict[str, str]:
    """Everything that an address can name: a signature to confirm, a dossier, a captured mail, other actions."""
    now, vault = clock.now(), site.storage.vault
    with site.storage.writing() as session:
        made.action(session, "over", status=made.ActionStatus.CLOSED, deadline=now.date().replace(year=2025))
        made.action(session, "stopped", status=made.ActionStatus.STOPPED, stop_reason={"en": "She is free."})
        for email in ("ada@example.org", "bea@example.org"):
            sign(session, vault, SLUG, made.wish(email), now)
    pending, confirmed = (it.reference for it in signatures(site))
    with site.storage.writing() as session:
        confirming.confirm(session, vault, confirmed, now)
        code = freezing.freeze(session, published(session, SLUG, "en"), None, now)
        answered = requests.save_draft(session, vault, confirmed, SLUG, 1, "en", "Please.", now)
        session.execute(update(Letter).values(status=LetterStatus.SENT, sent_at=now))
        letter = requests.save_draft(session, vault, confirmed, SLUG, 1, "en", "Please, today.", now)
        action_id = session.scalars(select(Action.id).where(Action.slug == SLUG)).one()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "appeals@example.org", "ada@example.org", "Please confirm"
    mail["Date"], mail["Message-ID"] = now, "<1@example.org>"
    mail.set_content("Open http://campaign.test/en/confirm/x\n")
    Captured(site.settings.mailbox).send(mail, "00000001-confirm")
    (captured,) = site.settings.mailbox.glob("*.eml")
    links = site.door.links
    with site.storage.writing() as session:
        membership.join(session, vault, "cleo@example.org", Choices("en"), now)
        member = session.scalars(select(Member.reference)).one()
        membership.confirm(session, member, Choices("en"), now)
    return {
        "member": links.member(member),
        "leave": links.leaving(member),
        "token": links.confirmation(pending),
        "mine": links.mine(confirmed),
        "unsubscribe": links.unsubscribing(confirmed),
        "code": code,
        "mail": captured.stem,
        "letter": str(letter.id),
        "one_step": links.one_step(Sender.MEMBER, member, action_id, now + timedelta(days=1)),
        "late": links.one_step(Sender.MEMBER, member, action_id, now - timedelta(days=1)),
        "undo": links.undoing(confirmed, now + timedelta(days=1)),
        "answer": links.answering(answered.id),
    }


def visited(site: Site, visit: Visit, names: dict[str, str], **more: object) -> TestResponse:
    return site.client.open(visit.path.format_map(names), method=visit.method, **more)


def test_every_address_there_is_has_a_visit_here(site: Site) -> None:
    # Those of the organisers' side are walked, with every role, by tests/web/organise/account/test_authorisation.py.
    public = (rule for rule in site.app.url_map.iter_rules() if not rule.rule.startswith("/organise"))
    assert {rule.endpoint for rule in public} == set(VISITS)


def test_an_answer_carries_every_guard_and_may_be_kept_by_whom_it_should(site: Site, furnished: dict[str, str]) -> None:
    for visit in EVERY:
        answer = visited(site, visit, furnished)
        assert answer.status_code == visit.status, visit
        assert_guarded(answer)
        kept = answer.headers["Cache-Control"]
        assert kept.startswith("public, max-age=") if visit.kept == PUBLIC else kept == "no-store", visit


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_other_methods_are_guarded_alike(site: Site, furnished: dict[str, str], method: str) -> None:
    for visits in VISITS.values():
        answer = visited(site, replace(visits[0], method=method), furnished)
        assert answer.status_code < 500
        assert_guarded(answer)


def test_head_tells_what_get_would_and_says_nothing(site: Site, furnished: dict[str, str], hour: Hour) -> None:
    # The clock stands still: forms are stamped with the second they are made in, signing's and "I sent it" alike.
    for visit in EVERY:
        if visit.method != "GET":
            continue
        # HEAD first: what it leaves in the cache must be what GET would have made.
        head = visited(site.fresh(), replace(visit, method="HEAD"), furnished)
        kept = visited(site, visit, furnished)
        anew = visited(site.fresh(), visit, furnished)
        assert head.data == b"", visit
        assert (head.status_code, head.content_type) == (anew.status_code, anew.content_type), visit
        assert kept.data == anew.data, visit


def assert_guarded(answer: TestResponse) -> None:
    headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http:" not in policy
    assert "*" not in policy
    assert "data:" not in policy
    rules = {name: value for name, _, value in (rule.partition(" ") for rule in policy.split("; "))}
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Set-Cookie" not in headers
    if (answer.request.path or "").startswith("/static/") and answer.status_code in (200, 304):
        # A style sheet, a script, an icon: allowed to ask for nothing at all, and light.
        assert set(rules) == {"default-src", "frame-ancestors", "sandbox"}
        return
    assert rules["base-uri"] == "'none'"
    assert rules["form-action"] == "'self'"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    for power in ("camera", "geolocation", "microphone", "payment"):
        assert f"{power}=()" in headers["Permissions-Policy"]
    assert "Set-Cookie" not in headers
    assert "Cache-Control" in headers
    # Nothing tells which version of what is served, and plain http is not locked out.
    assert "Server" not in headers
    assert "Strict-Transport-Security" not in headers


def test_only_where_the_place_is_served_by_https_browsers_are_told_to_insist_on_it(on_sqlite: Settings) -> None:
    secure = Site(replace(on_sqlite, base_url="https://campaign.test"))
    try:
        for path in ("/en/", "/static/campaign.css", "/en/nowhere"):
            said = secure.client.get(path).headers["Strict-Transport-Security"]
            assert int(said.split("max-age=")[1].split(";")[0]) >= 31_536_000
    finally:
        secure.storage.dispose()


def test_the_address_behind_a_trusted_proxy_is_believed_and_a_made_up_one_is_not(on_sqlite: Settings) -> None:
    from campaign.web.security_headers import visitor

    for proxies, given, believed in (
        (0, "198.51.100.7", "127.0.0.1"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
    ):
        behind = Site(replace(on_sqlite, proxies=proxies))
        seen: list[str] = []
        behind.app.before_request(lambda seen=seen: seen.append(visitor()))
        behind.client.get("/healthz", headers={"X-Forwarded-For": given})
        behind.storage.dispose()
        assert seen == [believed]


def pages(site: Site, names: dict[str, str]) -> Iterator[tuple[Visit, Page]]:
    """Every answer that is a page of ours."""
    for visit in EVERY:
        answer = visited(site, visit, names)
        if answer.mimetype == "text/html" and answer.status_code not in {302, 303}:
            yield visit, Page(answer.text)


def test_a_page_holds_no_script_or_style_of_its_own_and_loads_nothing_from_elsewhere(
    site: Site, furnished: dict[str, str]
) -> None:
    for visit, element in ((visit, it) for visit, page in pages(site, furnished) for it in page.elements):
        assert element.tag not in {"style", "iframe", "object", "embed", "base"}, visit
        if element.tag == "script":  # a file of ours
            source = element.attributes.get("src") or ""
            assert source, visit
            # No page waits for one, but those behind the links of mails: they hide their address before they show.
            assert ("defer" in element.attributes) is not source.startswith("/static/at_once.js?"), visit
            assert not element.text, visit
        if element.get("rel") == "canonical":  # names the page itself, in full, and loads nothing
            assert element["href"].startswith(site.settings.base_url + "/"), visit
            continue
        assert not [name for name in element.attributes if name == "style" or name.startswith("on")], visit
        for name, value in element.attributes.items():
            loads = name in {"src", "srcset", "action", "formaction", "poster", "data", "background", "xlink:href"}
            if loads or (name == "href" and element.tag != "a"):
                assert value.startswith("/"), f"{visit}: <{element.tag} {name}={value}>"
                assert not value.startswith("//"), visit
            assert not value.lower().startswith("javascript:")


def test_a_page_names_its_language_begins_its_title_with_its_heading_and_has_every_id_once(
    site: Site, furnished: dict[str, str]
) -> None:
    for visit, page in pages(site, furnished):
        root = page.one("html")
        assert (root["lang"], root["dir"]) in {("en", "ltr"), ("ur", "rtl")}, visit
        # A form that was refused says so before anything else.
        assert page.title.removeprefix("Error: ").startswith(page.heading), visit
        assert page.heading, visit
        ids = [it["id"] for it in page.elements if it.get("id") is not None]
        assert len(ids) == len(set(ids)), visit
        for element in page.elements:
            for name in ("aria-labelledby", "aria-describedby", "for"):
                assert set((element.get(name) or "").split()) <= set(ids), f"{visit}: {element.tag} {name}"
        assert {link[1:] for link in page.links if link.startswith("#")} <= set(ids), visit


def test_a_static_file_is_kept_for_a_year_since_its_address_names_what_it_holds(site: Site) -> None:
    page = Page(site.client.get("/en/").text)
    sheets = [it["href"] for it in page.all("link", rel="stylesheet")]
    assert len(sheets) == 2
    for sheet in sheets:
        assert "?v=" in sheet
        answer = site.client.get(sheet)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000"
        assert answer.mimetype == "text/css"


def test_the_page_that_most_people_open_first_asks_for_one_style_sheet(site: Site) -> None:
    page = Page(site.client.get(f"/en/actions/{SLUG}").text)
    assert len(page.all("link", rel="stylesheet")) == 1


def test_nobody_who_reads_or_signs_is_asked_who_they_are(site: Site) -> None:
    with site.client as client:
        for path in (f"/actions/{SLUG}/count.json", "/healthz", "/organised"):
            client.get(path)
            assert "identity" not in g, path
        client.get("/organise/sign-in")
        assert "identity" in g
