"""Letters that we send for a supporter: shown as they will go, agreed to, and theirs to take back."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from campaign.appeals.relay import consent
from campaign.cases.lifecycle import opening_and_closing
from campaign.storage.tables import Case, Letter, LetterConsent, Official, Signature
from campaign.vocabulary import LetterStatus
from tests.conftest import Site
from tests.web.conftest import SLUG, Supporter, signatures
from tests.web.reading import Page

OWN = "I teach in Leeds, and half of my class was born in exile.\n\nPlease renew their parents' cards."


@pytest.fixture
def ada(supporter: Supporter) -> Supporter:
    """Ada has signed and confirmed."""
    supporter.signs()
    supporter.site.client.post(supporter.link())
    return supporter


def mine(site: Site, locale: str = "en") -> str:
    return f"/{locale}/mine/{site.door.links.mine(signatures(site)[0].reference)}"


def letters(site: Site) -> list[Letter]:
    with site.storage.reading() as session:
        return list(session.scalars(select(Letter).order_by(Letter.id)))


def drafted(site: Site, text: str = OWN, locale: str = "en") -> str:
    """Where a letter is shown that was written and not agreed to."""
    there = f"{mine(site, locale)}/letter"
    page = Page(site.client.get(there).text)
    answer = site.client.post(there, data={"lang": page.hidden("lang"), "official": "1", "text": text})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def agree(site: Site, there: str, **more: str) -> TestResponse:
    return site.client.post(there, data={"answer": "agree", "sure": "yes", **more})


def test_a_letter_goes_from_the_thanks_to_the_queue_and_only_by_agreeing(ada: Supporter) -> None:
    site = ada.site
    thanks = Page(site.client.get(ada.link()).text)
    form = next(it for it in thanks.links if it.endswith("/letter"))
    page = Page(site.client.get(form).text)
    assert page.one("textarea", id="text").text.startswith("I write about the cards of at least 1.4 million people.")
    there = drafted(site)
    page = Page(site.client.get(there).text)
    for told in (
        "Ada Lovelace via Example Rights Office <appeals@example.org>",
        "Ada Lovelace <ada@example.org>",
        "Sample Minister",
        "Renew the cards",
        "half of my class was born in exile",
        consent.wording("en"),
    ):
        assert told in page.text, told
    assert [it.status for it in letters(site)] == [LetterStatus.DRAFTED]
    refused = site.client.post(there, data={"answer": "agree"})
    assert refused.status_code == 422
    assert Page(refused.text).one("input", id="sure")["aria-describedby"] == "sure-fault"
    assert [it.status for it in letters(site)] == [LetterStatus.DRAFTED]

    done = agree(site, there)
    assert done.status_code == 200
    assert "Your letter is waiting to be sent" in Page(done.text).text
    assert agree(site, there).status_code == 200  # reloading asks for it once
    assert [it.status for it in letters(site)] == [LetterStatus.QUEUED]
    with site.storage.reading() as session:
        (told,) = session.scalars(select(LetterConsent)).all()
    assert (told.locale, told.text) == ("en", consent.wording("en"))
    page = Page(site.client.get(mine(site)).text)
    assert "Waiting to be sent since" in page.text
    assert "half of my class" in page.text


def test_it_can_be_taken_back_before_and_after_agreeing_and_nothing_of_it_is_kept(ada: Supporter) -> None:
    site = ada.site
    for agreed in (False, True):
        there = drafted(site)
        if agreed:
            agree(site, there)
        answer = site.client.post(there, data={"answer": "forget"})
        assert "You have withdrawn the letter." in answer.text
        assert letters(site) == []
    assert site.client.post(there, data={"answer": "forget"}).status_code == 404


def test_a_letter_that_has_gone_says_so_and_has_no_button(ada: Supporter) -> None:
    site = ada.site
    there = drafted(site)
    agree(site, there)
    with site.storage.writing() as session:
        session.execute(update(Letter).values(status=LetterStatus.SENT, sent_at=ada.hour.now))
    page = Page(site.client.get(mine(site)).text)
    assert "Sent on" in page.one("section", aria_labelledby="letters").text
    assert not page.all("button", value="forget")
    assert site.client.post(there, data={"answer": "forget"}).status_code == 409


def test_who_may_be_at_risk_is_warned_first_and_asked_twice(ada: Supporter) -> None:
    site = ada.site
    with site.storage.writing() as session:
        session.execute(update(Case).values(at_risk_countries=["GB"]))
    assert "could be dangerous" in Page(site.client.get(f"{mine(site)}/letter").text).text
    there = drafted(site)
    assert "could be dangerous" in Page(site.client.get(there).text).text
    refused = agree(site, there)
    assert refused.status_code == 422
    assert Page(refused.text).all("p", id="danger-fault")
    assert agree(site, there, danger="yes").status_code == 200
    assert [it.status for it in letters(site)] == [LetterStatus.QUEUED]


def test_a_stop_hides_the_letter_that_was_not_agreed_to_and_lets_it_be_forgotten(ada: Supporter) -> None:
    site = ada.site
    there = drafted(site)
    with site.storage.writing() as session:
        opening_and_closing.stop(session, SLUG, {"en": "She is in danger."}, ada.hour.now)
    answer = site.client.get(there)
    assert answer.status_code == 410
    assert "half of my class" not in answer.text
    assert agree(site, there).status_code == 410
    assert site.client.post(there, data={"answer": "forget"}).status_code == 200
    assert letters(site) == []


def test_a_refusal_loses_nothing_that_was_written(ada: Supporter) -> None:
    site = ada.site
    form = {"lang": "en", "official": "1", "text": "Two words \ue000"}
    answer = site.client.post(f"{mine(site)}/letter", data=form)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.one("textarea", id="text").text == "Two words \ue000"
    assert page.one("p", id="text-fault").text
    agree(site, drafted(site))
    again = site.client.post(f"{mine(site)}/letter", data={**form, "text": OWN})
    assert again.status_code == 409
    assert "half of my class" in Page(again.text).one("textarea", id="text").text


def test_the_preview_offers_it_to_who_came_by_their_own_link_and_to_no_one_else(ada: Supporter) -> None:
    site = ada.site
    thanks = Page(site.client.get(ada.link()).text)
    token = thanks.all("input", type="hidden", name="mine")[0]["value"]
    form = {"lang": "en", "official": "1", "name": "Ada Lovelace", "text": OWN}
    page = Page(site.client.post(f"/en/actions/{SLUG}/write", data={**form, "mine": token}).text)
    (button,) = [it for it in page.all("button") if (it.get("formaction") or "").endswith("/letter")]
    assert site.client.post(button["formaction"], data={**form, "mine": token}).status_code == 303
    for whose in ("", "forged", site.door.links.confirmation(signatures(site)[0].reference)):
        answer = site.client.post(f"/en/actions/{SLUG}/write", data={**form, "mine": whose})
        assert "Ask us to send it" not in answer.text
        assert not Page(answer.text).all("input", name="mine")


@pytest.mark.parametrize("why", ["pending", "over", "no address", "stopped", "taken back"])
def test_it_is_not_offered_where_nothing_could_be_sent(supporter: Supporter, why: str) -> None:
    site = supporter.site
    supporter.signs()
    if why != "pending":
        site.client.post(supporter.link())
    with site.storage.writing() as session:
        if why == "no address":
            session.execute(update(Official).values(emails=[]))
        elif why == "stopped":
            opening_and_closing.stop(session, SLUG, {"en": "She is in danger."}, supporter.hour.now)
        elif why == "taken back":
            session.execute(update(Signature).values(status="withdrawn", name=None, email=None, counts=False))
    if why == "over":
        supporter.hour.passes(days=12)
    page = site.client.get(mine(site))
    assert page.status_code == 200
    assert not [it for it in Page(page.text).links if it.endswith("/letter")]
    answer = site.client.get(f"{mine(site)}/letter")
    assert answer.status_code in (410, 422), answer.status
    form = {"lang": "en", "official": "1", "text": OWN}
    assert site.client.post(f"{mine(site)}/letter", data=form).status_code >= 400
    assert letters(site) == []


def test_no_name_or_address_is_in_any_address_of_it_and_nobody_keeps_a_copy(ada: Supporter) -> None:
    site = ada.site
    there = drafted(site)
    for path in (f"{mine(site)}/letter", there):
        answer = site.client.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
        page = Page(answer.text)
        assert page.one("meta", name="robots")["content"] == "noindex"
        assert not [it for it in page.links if "ada" in it.casefold() or "lovelace" in it.casefold()]
    assert site.client.get(there.replace("/mine/", "/mine/x")).status_code in (404, 410)


def test_an_official_without_an_address_is_not_swapped_for_another(ada: Supporter) -> None:
    form = {"lang": "en", "official": "2", "text": OWN}
    answer = ada.site.client.post(f"{mine(ada.site)}/letter", data=form)
    assert answer.status_code == 422
    assert "no e-mail address" in answer.text
    assert letters(ada.site) == []


def test_another_ones_letter_is_nobodys(ada: Supporter) -> None:
    site = ada.site
    there = drafted(site)
    number = there.rpartition("/")[2]
    ada.signs(email="eve@example.org", name="Eve")
    site.client.post(ada.link(nth=1))
    hers = f"/en/mine/{site.door.links.mine(signatures(site)[1].reference)}/letter/{number}"
    assert site.client.get(hers).status_code == 404
    assert site.client.post(hers, data={"answer": "forget"}).status_code == 404
    assert len(letters(site)) == 1


def test_looking_keeps_nothing_and_a_draft_is_shown_in_every_language(ada: Supporter) -> None:
    site = ada.site
    site.client.get(f"{mine(site)}/letter")
    assert letters(site) == []
    there = drafted(site, locale="ur")
    page = Page(site.client.get(there).text)
    assert page.one("html")["dir"] == "rtl"
    assert page.one("article", class_="paper")["lang"] == "ur"
    for tag in ("fr", "ar"):
        answer = site.client.get(there.replace("/ur/", f"/{tag}/", 1))
        assert Page(answer.text).one("article", class_="paper")["lang"] == "ur"
