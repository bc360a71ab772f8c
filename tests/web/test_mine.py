"""My signature on the web, and people at risk: what a page asks, what a mail says, and what no link can do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import MetaData, select

from campaign.appeals.counting import tallies
from campaign.jobs.sweeps import Jobs
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Case
from campaign.vocabulary import Disclosure, SignatureStatus
from tests import made
from tests.conftest import Site
from tests.web.conftest import SLUG, Supporter, messages, name_of, page_of, signatures
from tests.web.reading import Page

OURS = "http://campaign.test"
LINK = re.compile(r"https?://[^\s<>\"]+")


def mails(site: Site) -> list[EmailMessage]:
    """What the outbox owes, sent: every captured message, the eldest first."""
    Jobs(site.settings, site.storage).post()
    read = [
        message_from_bytes(it.read_bytes(), policy=policy.default) for it in sorted(site.settings.mailbox.glob("*.eml"))
    ]
    return [it for it in read if isinstance(it, EmailMessage)]


def part(mail: EmailMessage, subtype: str = "plain") -> str:
    body = mail.get_body(preferencelist=(subtype,))
    assert body is not None
    return str(body.get_content())


def links(mail: EmailMessage) -> list[str]:
    """The paths of our own links in a message's plain text."""
    return [it.removeprefix(OURS) for it in LINK.findall(part(mail)) if it.startswith(OURS)]


def mine(site: Site, nth: int = 0, locale: str = "en") -> str:
    return f"/{locale}/mine/{site.door.links.mine(signatures(site)[nth].reference)}"


def unsubscribing(site: Site, nth: int = 0) -> str:
    return f"/en/unsubscribe/{site.door.links.unsubscribing(signatures(site)[nth].reference)}"


def tables(storage: Storage) -> dict[str, list[Any]]:
    """Every row of every table, but for the throttles."""
    there = MetaData()
    there.reflect(storage.engine)
    with storage.engine.connect() as connection:
        return {
            table.name: sorted(map(str, connection.execute(select(table)).all()))
            for table in there.sorted_tables
            if table.name != "throttles"
        }


@pytest.fixture
def confirmed(supporter: Supporter) -> Supporter:
    """Ada has signed with a few words, asked for updates, and confirmed."""
    supporter.signs(message="Please renew them.", updates="yes")
    supporter.site.client.post(supporter.link())
    return supporter


# My signature


def test_every_mail_leads_to_ones_own_page_without_an_account(supporter: Supporter) -> None:
    site = supporter.site
    supporter.signs()
    (asking,) = mails(site)
    site.client.post(supporter.link())
    supporter.signs()  # once more: "you have signed already"
    sent = [asking, *mails(site)[1:]]
    assert [str(it["Message-ID"]).split(".")[0] for it in sent] == ["<confirm", "<thanks", "<signed_already"]
    for mail in sent:
        (path,) = (it for it in links(mail) if "/mine/" in it)
        assert "our signature" in Page(site.client.get(path).text).heading
        assert OURS + path in part(mail, "html")


def test_the_page_shows_what_is_stored_and_not_the_whole_address(confirmed: Supporter) -> None:
    answer = confirmed.site.client.get(mine(confirmed.site))
    assert answer.headers["Cache-Control"] == "no-store"
    page = Page(answer.text)
    assert page.one("meta", name="robots")["content"] == "noindex"
    for told in ("Ada Lovelace", "a•••@e•••.org", "United Kingdom", "Please renew them.", "version 1"):
        assert told in page.text
    assert "We delete it 90 days after the action ends" in page.text
    assert "ada@example.org" not in answer.text


def test_looking_changes_nothing_however_often(confirmed: Supporter) -> None:
    site = confirmed.site
    before = tables(site.storage)
    for path in (mine(site), unsubscribing(site), mine(site, locale="ur")):
        for method in ("GET", "HEAD"):
            assert site.client.open(path, method=method).status_code == 200
    assert tables(site.storage) == before


def test_name_disclosure_and_updates_are_changed_by_their_buttons(confirmed: Supporter) -> None:
    site = confirmed.site
    for change in (
        {"change": "name", "name": "  Ada   King "},
        {"change": "disclosure", "disclosure": "official"},
        {"change": "updates"},
    ):
        answer = site.client.post(mine(site), data=change)
        assert answer.status_code == 200
        assert Page(answer.text).one("p", role="status").text
    (signature,) = signatures(site)
    assert name_of(site, signature) == "Ada King"
    assert (signature.disclosure, signature.updates) == (Disclosure.OFFICIAL, False)
    site.client.post(mine(site), data={"change": "updates", "updates": "yes"})
    assert signatures(site)[0].updates


def test_the_name_on_the_public_page_follows(confirmed: Supporter) -> None:
    site = confirmed.site
    assert "Ada Lovelace" in site.fresh().client.get(f"/en/actions/{SLUG}").text
    site.client.post(mine(site), data={"change": "disclosure", "disclosure": "withheld"})
    assert "Ada Lovelace" not in site.fresh().client.get(f"/en/actions/{SLUG}").text


@pytest.mark.parametrize("name", ["", "  \u200b ", "A" * 201])
def test_a_name_that_is_none_is_refused_beside_its_field_and_changes_nothing(confirmed: Supporter, name: str) -> None:
    site = confirmed.site
    answer = site.client.post(mine(site), data={"change": "name", "name": name})
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.title.startswith("Error: ")
    assert page.one("input", id="name")["aria-describedby"] == "name-fault"
    assert page.one(id="name-fault").text
    assert name_of(site, signatures(site)[0]) == "Ada Lovelace"


@pytest.mark.parametrize("form", [{}, {"change": "country"}, {"change": "disclosure", "disclosure": "everyone"}])
def test_a_change_that_is_none_is_refused(confirmed: Supporter, form: dict[str, str]) -> None:
    before = tables(confirmed.site.storage)
    assert confirmed.site.client.post(mine(confirmed.site), data=form).status_code == 422
    assert tables(confirmed.site.storage) == before


def test_a_signature_is_taken_back_and_the_page_still_tells_where_it_went(confirmed: Supporter) -> None:
    site = confirmed.site
    page = Page(site.client.post(mine(site), data={"change": "withdraw"}).text)
    assert signatures(site)[0].status is SignatureStatus.WITHDRAWN
    assert "You withdrew your signature" in page.text
    assert "Ada Lovelace" not in page.text
    assert not page.all("button", value="name")


def test_a_pending_signature_is_confirmed_from_ones_own_page_too(supporter: Supporter) -> None:
    supporter.signs()
    site = supporter.site
    page = Page(site.client.get(mine(site)).text)
    assert "does not count yet" in page.text
    (confirm,) = [it for it in page.all("form") if "/confirm/" in it["action"]]
    assert site.client.post(confirm["action"], data={"answer": "yes"}).status_code == 200
    assert signatures(site)[0].status is SignatureStatus.CONFIRMED


def test_what_can_be_confirmed_no_more_is_not_offered(supporter: Supporter) -> None:
    supporter.signs()
    supporter.hour.passes(days=12)
    page = Page(supporter.site.client.get(mine(supporter.site)).text)
    assert not [it for it in page.all("form") if "/confirm/" in it["action"]]


def test_the_file_comes_by_post_alone_and_its_name_tells_nothing(confirmed: Supporter) -> None:
    path = f"{mine(confirmed.site)}/data"
    assert confirmed.site.client.get(path).status_code == 405
    answer = confirmed.site.client.post(path)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert json.loads(answer.text)["email"] == "ada@example.org"


def test_erasing_takes_a_tick_and_a_button(confirmed: Supporter) -> None:
    site = confirmed.site
    path = mine(site)
    refused = site.client.post(f"{path}/erase")
    assert refused.status_code == 422
    assert "cannot undo" in Page(refused.text).one(id="sure-fault").text
    assert len(signatures(site)) == 1
    for _ in range(2):  # someone presses twice
        answer = site.client.post(f"{path}/erase", data={"sure": "yes"})
        assert answer.status_code == 200
        assert "We have deleted your data" in Page(answer.text).heading
        assert SLUG not in answer.text
    assert not signatures(site)
    assert not messages(site)
    assert site.client.get(path).status_code == 410


def test_the_count_on_the_page_falls_when_a_counted_signature_is_erased(confirmed: Supporter) -> None:
    site = confirmed.site
    with site.storage.writing() as session:
        tallies.roll_up(session)
    assert site.client.get(f"/actions/{SLUG}/count.json").json["count"] == 1
    site.client.post(f"{mine(site)}/erase", data={"sure": "yes"})
    assert site.client.get(f"/actions/{SLUG}/count.json").json["count"] == 0


def test_a_link_opens_its_own_page_and_no_other(confirmed: Supporter) -> None:
    site = confirmed.site
    gone = Page(site.client.get("/en/confirm/garbage").text).text
    tokens = {
        it: path.rsplit("/", 1)[1]
        for it, path in (("confirm", confirmed.link()), ("mine", mine(site)), ("unsubscribe", unsubscribing(site)))
    }
    for page in tokens:
        for token in ("garbage", *(it for of, it in tokens.items() if of != page)):
            answer = site.client.get(f"/en/{page}/{token}")
            assert answer.status_code == 410
            assert Page(answer.text).text == gone
            assert site.client.post(f"/en/{page}/{token}", data={"change": "withdraw"}).status_code == 410
    for path in ("erase", "data"):
        assert site.client.post(f"/en/mine/{tokens['confirm']}/{path}", data={"sure": "yes"}).status_code == 410
    assert signatures(site)[0].status is SignatureStatus.CONFIRMED


def test_the_page_of_a_stopped_action_tells_nothing_to_write_and_still_lets_one_erase(
    confirmed: Supporter, changed: Any
) -> None:
    changed(status=made.ActionStatus.STOPPED)
    page = Page(confirmed.site.client.get(mine(confirmed.site)).text)
    assert "was stopped" in page.text
    assert "Renew the cards" not in page.text
    assert page.one("input", id="sure")


def test_an_answer_to_a_form_offers_other_languages_of_the_page_the_form_stands_on(confirmed: Supporter) -> None:
    site = confirmed.site
    for path, form in ((mine(site), {"change": "updates"}), (unsubscribing(site), {})):
        page = Page(site.client.post(path, data=form).text)
        assert page_of(path.replace("/en/", "/ur/"), page.one("link", rel="alternate", hreflang="ur")["href"])


# Stopping updates


def test_mail_to_who_asked_for_updates_can_be_stopped_with_one_click(on_sqlite: Settings, hour: Any) -> None:
    # A long host: the header must stand on one line as it is, or mail programs do not find the address in it.
    host = "https://appeals.a-rather-long-name-of-an-organisation.campaigns.example.org"
    site = Site(replace(on_sqlite, base_url=host))
    with site.storage.writing() as session:
        made.action(session)
    Supporter(site, hour).signs(updates="yes")
    (mail,) = mails(site)
    (file,) = site.settings.mailbox.glob("*.eml")
    (line,) = [it for it in file.read_text().splitlines() if it.startswith("List-Unsubscribe:")]
    found = re.fullmatch(rf"List-Unsubscribe: <{re.escape(host)}(/en/unsubscribe/[\w-]+)>", line)
    assert found
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert signatures(site)[0].updates
    answer = site.client.post(found[1], data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not signatures(site)[0].updates
    site.storage.dispose()


def test_mail_to_who_asked_for_none_has_no_such_header(supporter: Supporter) -> None:
    supporter.signs()
    (mail,) = mails(supporter.site)
    assert mail["List-Unsubscribe"] is None


def test_following_the_link_shows_a_button_and_only_the_button_stops(confirmed: Supporter) -> None:
    site = confirmed.site
    page = Page(site.client.get(unsubscribing(site)).text)
    assert page.one("form")["method"] == "post"
    assert signatures(site)[0].updates
    site.client.post(page.one("form")["action"])
    assert not signatures(site)[0].updates
    assert signatures(site)[0].status is SignatureStatus.CONFIRMED


# People at risk


@pytest.mark.parametrize("chosen", ["public", "official"])
def test_a_name_that_could_harm_its_owner_comes_back_once_with_no_one_chosen(supporter: Supporter, chosen: str) -> None:
    form = supporter.opens(country="PK", disclosure=chosen)
    supporter.hour.passes(seconds=20)
    answer = supporter.sends(form)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert not signatures(supporter.site)
    assert "being named here could be dangerous" in page.one(id="disclosure-fault").text
    (ticked,) = [it for it in page.all("input", name="disclosure") if "checked" in it.attributes]
    assert ticked["value"] == "withheld"
    assert page.one("input", id="name")["value"] == "Ada Lovelace"
    # Pressed again as it stands:
    supporter.hour.passes(seconds=5)
    again = {**form, "token": page.hidden("token"), "sure": page.hidden("sure"), "disclosure": ticked["value"]}
    assert supporter.sends(again).status_code == 200
    assert signatures(supporter.site)[0].disclosure is Disclosure.WITHHELD


def test_a_choice_is_never_refused_twice(supporter: Supporter) -> None:
    form = supporter.opens(country="PK", disclosure="public")
    supporter.hour.passes(seconds=20)
    page = Page(supporter.sends(form).text)
    supporter.hour.passes(seconds=5)
    again = {**form, "token": page.hidden("token"), "sure": page.hidden("sure"), "disclosure": "public"}
    assert supporter.sends(again).status_code == 200
    assert signatures(supporter.site)[0].disclosure is Disclosure.PUBLIC


def test_what_else_is_wrong_with_the_form_is_said_in_the_same_breath(supporter: Supporter) -> None:
    form = supporter.opens(country="PK", disclosure="public", email="nowhere")
    supporter.hour.passes(seconds=20)
    page = Page(supporter.sends(form).text)
    assert page.one(id="email-fault")
    assert page.one(id="disclosure-fault")
    supporter.hour.passes(seconds=5)
    again = {**form, "token": page.hidden("token"), "sure": page.hidden("sure"), "email": "ada@example.org"}
    assert supporter.sends(again).status_code == 200


def test_silence_means_no_one_where_being_named_is_dangerous_and_is_asked_about_elsewhere(supporter: Supporter) -> None:
    assert supporter.signs(country="GB", disclosure="").status_code == 422
    assert supporter.signs(country="PK", disclosure="").status_code == 200
    assert [it.disclosure for it in signatures(supporter.site)] == [Disclosure.WITHHELD]


def test_the_organiser_may_list_more_countries(supporter: Supporter) -> None:
    assert supporter.signs(country="AF").status_code == 200
    with supporter.site.storage.writing() as session:
        session.scalars(select(Case)).one().at_risk_countries = ["AF"]
    assert supporter.signs(country="AF", email="bea@example.org").status_code == 422
    page = Page(supporter.site.fresh().client.get(f"/en/actions/{SLUG}").text)
    assert "Pakistan or Afghanistan" in page.text
    assert page.one("select", id="country")["data-at-risk"] == "PK AF"


def test_the_note_on_safety_stands_before_the_choice_it_is_about(site: Site) -> None:
    source = site.client.get(f"/en/actions/{SLUG}").text
    assert source.index("If you live in Pakistan") < source.index('name="disclosure"')


@pytest.mark.parametrize("locale", ["en", "ur"])
def test_a_message_to_someone_at_risk_says_nothing_of_the_case(supporter: Supporter, locale: str) -> None:
    site = supporter.site
    supporter.signs(locale, country="PK", disclosure="withheld", updates="yes")
    waiting = mails(site)
    site.client.post(supporter.link(locale))
    supporter.signs(locale, country="PK", disclosure="withheld")
    sent = [*waiting, *mails(site)[1:]]
    assert len(sent) == 3
    for mail in sent:
        said = "\n".join([*(f"{name}: {value}" for name, value in mail.items()), part(mail), part(mail, "html")])
        for word in (
            "Renew",
            "cards",
            "کارڈ",
            "UA 56",
            "56/25",
            SLUG,
            "Pakistan",
            "پاکستان",
            "Minister",
            "appeal",
            "اپیل",
        ):
            # The sender's own address is the organisation's to choose.
            assert word not in said.replace("appeals@example.org", "")
        (path,) = links(mail)
        assert site.client.get(path).status_code == 200
        assert re.fullmatch(rf"/{locale}/m/[\w-]{{38}}", path)
    assert links(sent[0])[0] == supporter.link(locale).replace("/confirm/", "/m/")
    assert len({str(it["Subject"]) for it in sent}) == 1


def test_a_message_to_everyone_else_says_what_it_is_about(supporter: Supporter) -> None:
    supporter.signs(disclosure="withheld")
    (mail,) = mails(supporter.site)
    assert mail["Subject"] == "Confirm your signature: Renew the cards"
    assert "Renew the cards" in part(mail)


def test_leaving_quickly_is_a_plain_link_that_tells_the_next_site_nothing(confirmed: Supporter) -> None:
    site = confirmed.site
    for locale in ("en", "ur"):
        for path in (f"/{locale}/actions/{SLUG}", mine(site, locale=locale), confirmed.link(locale)):
            answer = site.fresh().client.get(path)
            page = Page(answer.text)
            leave = page.one("a", id="leave")
            assert leave["href"] == f"https://{locale}.wikipedia.org/"
            assert leave["rel"] == "noreferrer"
            assert page.elements.index(leave) < page.elements.index(page.one("main"))
            assert page.one(id=leave["aria-describedby"])
            assert answer.headers["Referrer-Policy"] == "no-referrer"


# What no link does, and no address shows


def walked(site: Site, starts: list[str]) -> Iterator[tuple[str, Page]]:
    """Every page of ours that links lead to, each asked for once by HEAD and once by GET."""
    todo, seen = list(starts), set(starts)
    while todo:
        path = todo.pop()
        site.client.head(path)
        answer = site.client.get(path, follow_redirects=True)
        assert answer.status_code < 500, path
        if answer.mimetype != "text/html":
            continue
        page = Page(answer.text)
        yield path, page
        found = [it.get("href") for it in page.elements if it.tag in {"a", "link"}]
        for link in (it.removeprefix(OURS).partition("#")[0] for it in found if it):
            # What is printed is the same for everyone, and takes long.
            if link.startswith("/") and link not in seen and not re.search(r"\.(pdf|png|docx)\b", link):
                seen.add(link)
                todo.append(link)


def test_a_mail_scanner_that_follows_every_link_and_submits_nothing_changes_nothing(supporter: Supporter) -> None:
    """Public reports: mysociety/fixmystreet#4543, netlify/netlify-identity-widget#458 (a scanner confirmed first)."""
    site = supporter.site
    supporter.signs(updates="yes", message="Please.")
    supporter.signs(email="bea@example.org", country="PK", disclosure="withheld")
    waiting = mails(site)
    site.client.post(supporter.link(nth=1))
    supporter.signs(email="cy@example.org", updates="yes")
    site.client.post(supporter.link(nth=2))
    supporter.signs(email="cy@example.org")
    every = [*waiting, *mails(site)]
    starts = {
        it.removeprefix(OURS)
        for mail in every
        for text in (part(mail), part(mail, "html"), mail.as_string())
        for it in LINK.findall(text)
        if it.startswith(OURS)
    }
    assert {it.split("/")[2] for it in starts} >= {"confirm", "mine", "unsubscribe", "actions"}
    before = tables(site.storage)
    visited = [path for path, _ in walked(site, sorted(it.partition("#")[0] for it in starts))]
    assert len(visited) > len(starts)
    assert tables(site.storage) == before


def test_no_name_and_no_address_of_a_supporter_stands_in_any_address(confirmed: Supporter) -> None:
    site = confirmed.site
    starts = ["/en/", mine(site), confirmed.link(), unsubscribing(site)]
    for path, page in walked(site, starts):
        for element in page.elements:
            for attribute in ("href", "action", "src", "formaction", "content"):
                said = (element.get(attribute) or "").lower()
                for theirs in ("ada@", "ada%40", "lovelace", "example.org%2cada"):
                    assert theirs not in said, f"{path}: {element.tag} {attribute}"
        # What is typed into a form goes in its body: one that is sent by GET would write it into an address.
        for form in page.all("form"):
            assert form.get("method") == "post", path
            assert form["action"].startswith("/"), path
