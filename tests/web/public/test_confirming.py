"""The page behind a mailed link: looking changes nothing, a button does, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from campaign.appeals.abuse import rate_limits
from campaign.storage.tables import LaterWish, Message, Signature
from campaign.vocabulary import ActionStatus, MessageKind, SignatureStatus
from tests.conftest import Site
from tests.printing.reading import by_pdfium
from tests.web.conftest import Supporter, messages, name_of, page_of, signatures
from tests.web.reading import Page

MIDNIGHT = datetime(2025, 9, 16, tzinfo=ZoneInfo("Asia/Karachi"))


@pytest.fixture
def link(supporter: Supporter) -> str:
    """The address in Ada's mail."""
    supporter.signs(message="Please.")
    return supporter.link()


def stored(site: Site) -> Signature:
    (signature,) = signatures(site)
    return signature


def test_following_the_link_any_number_of_times_by_any_program_confirms_nothing(site: Site, link: str) -> None:
    for _ in range(10):
        site.client.head(link)
        answer = site.client.get(link)
        assert answer.status_code == 200
    for method in ("OPTIONS", "PUT", "DELETE", "PATCH"):
        site.client.open(link, method=method)
    site.client.get(f"{link}?answer=yes")
    assert stored(site).status is SignatureStatus.PENDING
    assert len(messages(site)) == 1


def test_the_page_asks_shows_the_name_and_has_a_button_for_each_answer(site: Site, link: str) -> None:
    answer = site.client.get(link)
    assert answer.headers["Cache-Control"] == "no-store"
    page = Page(answer.text)
    assert page.heading == "Confirm your signature"
    assert "Renew the cards" in page.text
    assert [it.text for it in page.all("bdi")].count("Ada Lovelace") == 1
    assert [(it["method"], page_of(link, it["action"])) for it in page.all("form")] == [("post", True)] * 2
    assert {it["value"] for it in page.all("input", name="answer")} == {"yes", "not_me"}
    assert page.one("meta", name="robots")["content"] == "noindex"
    assert "ada@example.org" not in answer.text


def test_pressing_the_button_confirms_and_pressing_it_again_changes_nothing(site: Site, link: str) -> None:
    pages = []
    for _ in range(3):
        answer = site.client.post(link)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        pages.append(answer.data)
    pages.append(site.client.get(link).data)
    assert Page(pages[0].decode()).heading == "Thank you. You have signed."
    signature = stored(site)
    assert signature.status is SignatureStatus.CONFIRMED
    assert signature.counts
    assert [it.kind for it in messages(site)] == [MessageKind.CONFIRM, MessageKind.THANKS]
    assert pages[0] == pages[1] == pages[2]


def test_who_was_the_first_to_sign_is_not_asked_to_be_it(site: Site, link: str) -> None:
    """The number on the page is made every few seconds: until then it may still be none."""
    assert "Be the first to sign" not in site.client.post(link).text


def test_the_thanks_give_a_number_and_one_thing_to_do_and_the_postmark_names_nobody(site: Site, link: str) -> None:
    page = Page(site.client.post(link).text)
    mark = page.one("svg", class_="stamp fresh")
    assert mark["aria-label"].startswith("Postmark: SIGNED 1, ")
    assert "Ada" not in mark.text
    assert "You are number 1." in page.text
    assert [it.text for it in page.all(class_="go")] == ["Read and send my letter"]
    assert "stands" not in page.text


def test_who_is_at_risk_and_unnamed_is_thanked_with_nothing_to_send_or_share(site: Site, supporter: Supporter) -> None:
    supporter.signs(country="PK", disclosure="withheld")
    page = Page(site.client.post(supporter.link()).text)
    assert page.heading == "Thank you. You are counted."
    assert "Ada" not in page.text
    assert "Renew the cards" not in page.text
    assert not page.all(class_="go")
    assert not [it for it in page.elements if it.get("data-share")]
    there = [it for it in page.links if it.startswith("http") and "wikipedia.org" not in it]
    assert not there
    assert not [it for it in page.all("form") if not it["action"].startswith("/en/confirm/")]


def test_the_thanks_page_prints_the_letter_with_the_name_already_on_it(site: Site, link: str) -> None:
    page = Page(site.client.post(link).text)
    form = {
        it["name"]: it["value"] for it in page.all("input") if it.get("name") in {"name", "place", "lang", "official"}
    }
    assert form["name"] == "Ada Lovelace"
    answer = site.client.post(page.one("form", class_="choosing")["action"], data=form)
    assert "Ada Lovelace" in by_pdfium(answer.data)


def test_from_the_thanks_page_the_letter_is_made_ones_own_with_name_and_place_already_under_it(
    site: Site, link: str
) -> None:
    page = Page(site.client.post(link).text)
    filled = {it["name"]: it["value"] for it in page.all("input") if it.get("name") in {"name", "lang", "official"}}
    (there,) = [it["formaction"] for it in page.all("button") if it.get("formaction")]
    desk = Page(site.client.post(there, data={**filled, "place": "London"}).text)
    assert desk.one("input", id="name")["value"] == "Ada Lovelace"
    assert desk.one("input", id="place")["value"] == "London"
    assert desk.one("article").text.endswith("Yours sincerely, Ada LovelaceLondonWhole letter")
    assert desk.one("textarea", id="text").text.startswith("I write about the cards")


def test_not_me_deletes_what_was_entered_at_once(site: Site, link: str) -> None:
    answer = site.client.post(link, data={"answer": "not_me"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert Page(answer.text).heading == "We have deleted this signature"
    assert "Ada" not in answer.text
    signature = stored(site)
    assert signature.status is SignatureStatus.REJECTED
    assert (signature.name, signature.email, signature.message) == (None, None, None)
    # The link tells the same from now on, and its first button does not bring the name back.
    assert Page(site.client.get(link).text).heading == "We have deleted this signature"
    assert site.client.post(link).status_code == 410
    assert stored(site).status is SignatureStatus.REJECTED


def test_a_confirmed_signature_can_be_taken_back_behind_the_same_link(site: Site, link: str) -> None:
    thanks = Page(site.client.post(link).text)
    assert thanks.one("input", name="answer")["value"] == "not_me"
    assert [it["action"] for it in thanks.all("form") if page_of(link, it["action"])]
    answer = site.client.post(link, data={"answer": "not_me"})
    assert answer.status_code == 200
    signature = stored(site)
    assert signature.status is SignatureStatus.WITHDRAWN
    assert not signature.counts
    assert name_of(site, signature) is None


@pytest.mark.parametrize(
    "token",
    ["garbage", "A" * 38, "a" * 4_000, "%00", "é", "..%2F..%2Fetc", "%E2%80%AE", "====", "-", "{spoilt}", "{cut}"],
)
def test_a_link_that_was_not_made_here_is_answered_like_one_long_gone(
    site: Site, supporter: Supporter, token: str
) -> None:
    supporter.signs()
    real = supporter.link().rpartition("/")[2]
    token = token.format(spoilt=("B" if real[0] == "A" else "A") + real[1:], cut=real[:-1])
    for method in ("GET", "POST"):
        for locale in ("en", "ur"):
            answer = site.client.open(f"/{locale}/confirm/{token}", method=method, data={"answer": "not_me"})
            if token not in {"%00", "..%2F..%2Fetc"}:  # what no part of a path can hold makes another address
                assert answer.status_code == 410
                assert ("no longer works" in answer.text) is (locale == "en")
            assert Page(answer.text).one("html")["lang"] == locale
    assert stored(site).status is SignatureStatus.PENDING


def test_a_signature_given_in_time_may_be_confirmed_for_a_day_after_the_deadline(
    site: Site, supporter: Supporter, changed: Callable[..., None]
) -> None:
    changed(deadline=date(2025, 9, 15))
    supporter.hour.becomes(MIDNIGHT - timedelta(minutes=1))
    supporter.signs(email="ada@example.org")
    supporter.hour.becomes(MIDNIGHT - timedelta(minutes=1))
    supporter.signs(email="bea@example.org")
    changed(status=ActionStatus.CLOSED)
    supporter.hour.becomes(MIDNIGHT + timedelta(hours=24) - timedelta(seconds=1))
    assert site.client.get(supporter.link(nth=0)).status_code == 200
    assert site.client.post(supporter.link(nth=0)).status_code == 200
    supporter.hour.becomes(MIDNIGHT + timedelta(hours=24, seconds=1))
    for answer in (site.client.get(supporter.link(nth=1)), site.client.post(supporter.link(nth=1))):
        assert answer.status_code == 410
        assert "too late" in Page(answer.text).text
    assert [it.status for it in signatures(site)] == [SignatureStatus.CONFIRMED, SignatureStatus.PENDING]
    # Who confirmed in time still reaches the page from which a signature is taken back.
    assert site.client.get(supporter.link(nth=0)).status_code == 200


def test_a_stopped_action_takes_no_confirmation_but_still_erases(
    site: Site, link: str, changed: Callable[..., None]
) -> None:
    changed(status=ActionStatus.STOPPED)
    for answer in (site.client.get(link), site.client.post(link)):
        assert answer.status_code == 410
        assert "Renew the cards" not in answer.text
        # Whoever gets the link late can still say that it was not them.
        page = Page(answer.text)
        assert page.heading == "Please do not write any more"
        assert page_of(link, page.one("form")["action"])
        assert page.one("input", name="answer")["value"] == "not_me"
        assert page.one("button").text == "This was not me"
    assert stored(site).status is SignatureStatus.PENDING
    erased = site.client.post(link, data={"answer": "not_me"})
    assert erased.status_code == 200
    assert "Renew the cards" not in erased.text
    assert stored(site).status is SignatureStatus.REJECTED


def test_who_had_confirmed_before_an_action_was_stopped_is_not_sent_its_letter(
    site: Site, link: str, changed: Callable[..., None]
) -> None:
    site.client.post(link)
    changed(status=ActionStatus.STOPPED)
    for answer in (site.client.get(link), site.client.post(link)):
        assert "Dear%20Minister" not in answer.text
        assert "letter.pdf" not in answer.text
        assert "minister@example.invalid" not in answer.text
        assert "Renew the cards" not in answer.text
    assert site.client.post(link, data={"answer": "not_me"}).status_code == 200


def test_the_language_of_the_link_is_the_language_of_the_page(site: Site, supporter: Supporter) -> None:
    supporter.signs(locale="ur")
    for answer in (site.client.get(supporter.link("ur")), site.client.post(supporter.link("ur"))):
        page = Page(answer.text)
        assert page.one("html")["dir"] == "rtl"
        # Another language is one link away, on the same page and not at its beginning.
        assert page_of(supporter.link("en"), page.one("a", hreflang="en")["href"])


def test_pressing_without_end_is_held_off(site: Site, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "CONFIRMING", replace(rate_limits.CONFIRMING, hits=1))
    site.client.post(link)
    held = site.client.post(link)
    assert held.status_code == 429
    assert int(held.headers["Retry-After"]) > 0
    assert site.client.get(link).status_code == 200


def mailed(site: Site) -> list[str]:
    """The addresses of the links in the mails, in the order in which they are owed."""
    with site.storage.reading() as session:
        owed = session.scalars(select(Message).where(Message.kind == MessageKind.CONFIRM).order_by(Message.id)).all()
        wishes = [session.get(LaterWish if it.wish_id else Signature, it.wish_id or it.signature_id) for it in owed]
        return [f"/en/confirm/{site.door.links.confirmation(it.reference)}" for it in wishes if it is not None]


def filled(page: Page, **changes: str) -> dict[str, str]:
    """The confirm form as a browser without a script sends it."""
    sent = {it["name"]: it["value"] for it in page.all("input", type="hidden") if it["value"] != "not_me"}
    sent["name"] = page.one("input", id="name")["value"]
    sent["country"] = next(it["value"] for it in page.all("option") if "selected" in it.attributes)
    sent["disclosure"] = next(it["value"] for it in page.all("input", name="disclosure") if "checked" in it.attributes)
    sent["message"] = page.one("textarea", id="message").text
    return {**sent, **changes}


def test_all_that_is_confirmed_stands_on_the_page_and_can_be_changed_there(site: Site, link: str) -> None:
    page = Page(site.client.get(link).text)
    form = filled(page)
    assert (form["name"], form["country"], form["disclosure"], form["message"]) == (
        "Ada Lovelace",
        "GB",
        "public",
        "Please.",
    )
    site.client.post(link, data={**form, "name": "Ada King", "country": "FR", "disclosure": "official", "message": ""})
    kept = stored(site)
    assert (name_of(site, kept), kept.country, kept.disclosure, kept.message) == ("Ada King", "FR", "official", None)


def test_a_slip_on_the_page_is_named_and_nothing_is_confirmed(site: Site, link: str) -> None:
    answer = site.client.post(link, data={**filled(Page(site.client.get(link).text)), "name": "evil.com"})
    assert answer.status_code == 422
    assert "web address" in Page(answer.text).text
    assert stored(site).status is SignatureStatus.PENDING


def test_who_moves_to_a_country_at_risk_on_the_page_is_asked_once_before_they_are_named(site: Site, link: str) -> None:
    form = filled(Page(site.client.get(link).text), country="PK")
    asked = site.client.post(link, data=form)
    assert asked.status_code == 422
    again = filled(Page(asked.text))
    assert again["disclosure"] == "withheld"
    assert site.client.post(link, data={**again, "disclosure": "public"}).status_code == 200
    assert stored(site).disclosure == "public"


def test_everyone_then_no_one_is_not_published_from_the_newest_mail(site: Site, supporter: Supporter) -> None:
    supporter.signs(disclosure="public")
    supporter.signs(disclosure="withheld")
    newest = mailed(site)[-1]
    assert filled(Page(site.client.get(newest).text))["disclosure"] == "withheld"
    site.client.post(newest)
    assert stored(site).disclosure == "withheld"
    assert "Ada Lovelace" not in site.fresh().client.get("/en/actions/renew-the-cards").text


def test_a_page_that_was_opened_before_the_last_wish_does_not_undo_it(site: Site, supporter: Supporter) -> None:
    supporter.signs(disclosure="public")
    (first,) = mailed(site)
    old = filled(Page(site.client.get(first).text))
    supporter.signs(disclosure="withheld")
    site.client.post(first, data=old)
    assert stored(site).disclosure == "withheld"


def test_a_strangers_words_are_shown_on_no_link_but_their_own(site: Site, supporter: Supporter) -> None:
    supporter.signs(name="Somebody Else", message="Words of a stranger.")
    supporter.signs()
    theirs, own = mailed(site)
    assert "stranger" not in site.client.get(own).text
    assert "Words of a stranger." in site.client.get(theirs).text
    site.client.post(own)
    assert name_of(site, stored(site)) == "Ada Lovelace"
    assert stored(site).message is None


def test_who_is_counted_without_a_name_where_that_is_dangerous_is_led_to_no_letter_and_no_sharing(
    site: Site, supporter: Supporter
) -> None:
    supporter.signs(country="PK", disclosure="withheld")
    page = Page(site.client.post(supporter.link()).text)
    assert page.heading == "Thank you. You are counted."
    assert "appears nowhere" in page.text
    assert "Ada Lovelace" not in page.text
    assert not [it for it in page.all("form") if "letter" in it["action"] or "write" in it["action"]]
    assert "WhatsApp" not in page.text


def test_not_me_on_a_later_wish_leaves_the_signature_that_its_owner_confirmed(site: Site, supporter: Supporter) -> None:
    supporter.signs()
    site.client.post(supporter.link())
    supporter.signs(name="Somebody Else")
    answer = site.client.post(mailed(site)[-1], data={"answer": "not_me"})
    assert "still counts and has not changed" in Page(answer.text).text
    assert stored(site).status is SignatureStatus.CONFIRMED
