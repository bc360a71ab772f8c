"""Signing in one step by the link in a mail: a button signs, the link does not, and it tells of its owner no more than
is safe."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from campaign.appeals.mails import update_mails
from campaign.appeals.signing.links import Links, Sender
from campaign.jobs.sweeps import Jobs
from campaign.storage.tables import Action, ConsentText, Organiser, Signature, SignedText, Update, UpdateText
from campaign.vocabulary import ActionStatus, Disclosure, MessageKind, Role, Shield, SignatureStatus, UpdateStatus
from tests import made
from tests.conftest import Site
from tests.web.conftest import Hour, Supporter, messages, name_of, signatures
from tests.web.public.test_network import joins, own_page
from tests.web.reading import Page
from tests.web.test_mine import OURS, links, mails, part, tables

ADA = {"name": "Ada Lovelace", "country": "GB", "disclosure": "public", "sure": ""}


def told(
    site: Site, hour: Hour, email: str = "ada@example.org", slug: str = "another", **joining: object
) -> EmailMessage:
    """Somebody joins the network and gets the mail of a new action."""
    joins(site, hour, email=email, **joining)
    there = Page(site.client.get(own_page(mails(site)[-1])).text).all("form")[0]["action"]
    site.client.post(there, data={"rhythm": "each", **joining})
    with site.storage.writing() as session:
        made.action(session, slug, serial=57, opened_at=hour.now)
    hour.passes(minutes=11)
    Jobs(site.settings, site.storage).spread()
    return next(it for it in reversed(mails(site)) if it["To"] == email)


def link(mail: EmailMessage) -> str:
    return next(it for it in links(mail) if "/sign/" in it)


@pytest.fixture
def known(supporter: Supporter) -> Supporter:
    """Ada has signed an action before, and confirmed."""
    supporter.signs(disclosure="official")
    supporter.site.client.post(supporter.link())
    return supporter


def test_from_a_mail_of_the_network_one_opens_the_link_and_presses_the_button(known: Supporter, hour: Hour) -> None:
    site = known.site
    path = link(told(site, hour))
    page = Page(site.client.get(path).text)
    assert (page.one("input", name="name")["value"], page.hidden("sure")) == ("Ada Lovelace", "")
    assert page.one("option", selected="")["value"] == "GB"
    assert page.one("input", name="disclosure", checked="")["value"] == "official"
    assert "a•••@e•••.org" in page.text
    assert "ada@example.org" not in page.text
    assert page.one("a", href="/en/actions/another#sign").text == "Not you?"
    form = {it["name"]: it["value"] for it in page.all("input") if it.get("type") == "hidden"}
    answer = site.client.post(path, data={**form, **ADA, "disclosure": "official"})
    assert "You have signed" in Page(answer.text).heading
    _, signature = signatures(site)
    assert (signature.status, signature.counts, signature.country) == (SignatureStatus.CONFIRMED, True, "GB")
    assert (name_of(site, signature), signature.disclosure) == ("Ada Lovelace", Disclosure.OFFICIAL)
    with site.storage.reading() as session:
        assert session.get_one(ConsentText, signature.consent_text_id).locale == "en"
        assert session.get_one(SignedText, signature.signed_text_id).action_id == signature.action_id
    # One mail, and no second confirmation.
    assert [it.kind for it in messages(site) if it.signature_id == signature.id] == [MessageKind.THANKS]
    assert not answer.headers.getlist("Set-Cookie")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_member_of_whom_no_name_is_kept_fills_it_in_and_needs_no_second_confirmation(site: Site, hour: Hour) -> None:
    path = link(told(site, hour))
    page = Page(site.client.get(path).text)
    assert page.one("input", name="name")["value"] == ""
    assert not [it for it in page.all("input", name="disclosure") if it.get("checked") is not None]
    refused = site.client.post(path, data={"name": "Ada Lovelace", "sure": ""})
    assert refused.status_code == 422
    assert Page(refused.text).one("input", name="name")["value"] == "Ada Lovelace"
    assert not signatures(site)
    site.client.post(path, data=ADA)
    assert signatures(site)[0].status is SignatureStatus.CONFIRMED


def test_following_the_link_signs_nothing_however_often(known: Supporter, hour: Hour) -> None:
    site = known.site
    path = link(told(site, hour))
    before = tables(site.storage)
    for method in ("GET", "HEAD", "GET"):
        assert site.client.open(path, method=method).status_code == 200
    assert tables(site.storage) == before


def test_the_link_holds_no_name_and_no_address(known: Supporter, hour: Hour) -> None:
    path = link(told(known.site, hour))
    token = path.rpartition("/")[2]
    sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    for theirs in (b"ada", b"Ada", b"example", b"Lovelace", b"another"):
        assert theirs not in sealed
    changed = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
    assert known.site.client.get(f"/en/sign/{changed}").status_code == 410


@pytest.mark.parametrize("why", ["discreet", "at risk", "no one"])
def test_whoever_holds_the_link_of_somebody_in_danger_learns_neither_their_name_nor_where_they_live(
    supporter: Supporter, hour: Hour, why: str
) -> None:
    site = supporter.site
    country = "PK" if why == "at risk" else "GB"
    supporter.signs(country=country, disclosure="public" if why == "discreet" else "withheld", sure="yes")
    site.client.post(supporter.link())
    mail = told(site, hour, **({"discreet": "yes"} if why == "discreet" else {}))
    if why == "discreet":
        own = Page(site.client.get(own_page(mail)).text)
        path = next(it["href"] for it in own.all("a") if "Renew" in it.text)
        assert path.startswith("/en/m/")
    else:
        path = link(mail)
    answer = site.client.get(path)
    page = Page(answer.text)
    assert "Lovelace" not in answer.text
    assert page.one("input", name="name")["value"] == ""
    assert page.one("input", name="disclosure", checked="")["value"] == "withheld"
    chosen = [it["value"] for it in page.all("option") if it.get("selected") is not None]
    assert chosen == (["GB"] if why == "no one" else [])
    assert "Where you live" not in page.text


def test_who_lives_where_a_name_is_dangerous_is_asked_once_and_written_to_discreetly(site: Site, hour: Hour) -> None:
    path = link(told(site, hour))
    asked = site.client.post(path, data={**ADA, "country": "PK"})
    assert asked.status_code == 422
    page = Page(asked.text)
    assert page.one("input", name="disclosure", checked="")["value"] == "withheld"
    assert page.hidden("sure") == "yes"
    assert not signatures(site)
    site.client.post(path, data={**ADA, "country": "PK", "disclosure": "withheld", "sure": "yes"})
    (signature,) = signatures(site)
    assert signature.disclosure is Disclosure.WITHHELD
    mail = mails(site)[-1]
    assert mail["Subject"] == "A message for you"
    assert "Renew" not in part(mail) + part(mail, "html")


def test_the_owner_gets_a_mail_that_undoes_it_in_one_press_and_the_link_signs_no_more(site: Site, hour: Hour) -> None:
    path = link(told(site, hour))
    answer = site.client.post(path, data=ADA)
    # Whoever pressed gets nothing that opens what is stored.
    assert "/mine/" not in answer.text
    assert "/confirm/" not in answer.text
    mail = mails(site)[-1]
    assert mail["To"] == "ada@example.org"
    undoing = next(it for it in links(mail) if "/undo/" in it)
    before = tables(site.storage)
    assert "Renew the cards" in Page(site.client.get(undoing).text).text
    assert tables(site.storage) == before
    for _ in range(2):
        assert "deleted" in Page(site.client.post(undoing).text).heading
    (signature,) = signatures(site)
    assert (signature.status, signature.counts) == (SignatureStatus.REJECTED, False)
    assert (signature.name, signature.email, signature.message) == (None, None, None)
    assert site.client.post(path, data=ADA).status_code == 303
    assert [it.status for it in signatures(site)] == [SignatureStatus.REJECTED]


def test_the_link_that_undoes_ends_after_two_weeks(site: Site, hour: Hour) -> None:
    site.client.post(link(told(site, hour)), data=ADA)
    undoing = next(it for it in links(mails(site)[-1]) if "/undo/" in it)
    hour.passes(days=14)
    assert site.client.post(undoing).status_code == 410
    assert signatures(site)[0].status is SignatureStatus.CONFIRMED


def test_an_address_signs_once_and_what_it_confirmed_stands_but_for_a_safer_choice(
    supporter: Supporter, hour: Hour
) -> None:
    site = supporter.site
    path = link(told(site, hour))
    site.client.post(path, data=ADA)
    answer = site.client.post(path, data={**ADA, "name": "Someone Else", "disclosure": "official"})
    assert "already" in Page(answer.text).heading
    assert "Lovelace" not in answer.text
    (signature,) = signatures(site)
    assert (name_of(site, signature), signature.disclosure) == ("Ada Lovelace", Disclosure.OFFICIAL)
    site.client.post(path, data=ADA)
    assert signatures(site)[0].disclosure is Disclosure.OFFICIAL
    # Somebody else's name in their name: its owner is told.
    site.client.post(path, data={**ADA, "name": "Someone Else"})
    assert mails(site)[-1]["Subject"] == "You have already signed: Renew the cards"


def test_a_signature_that_waits_to_be_confirmed_takes_on_what_is_pressed_and_the_safer_choice(
    supporter: Supporter, hour: Hour
) -> None:
    site = supporter.site
    path = link(told(site, hour))
    supporter.signs(slug="another", name="A. Stranger", disclosure="withheld")
    site.client.post(path, data=ADA)
    (signature,) = signatures(site)
    assert (signature.status, name_of(site, signature)) == (SignatureStatus.CONFIRMED, "Ada Lovelace")
    assert signature.disclosure is Disclosure.WITHHELD


@pytest.mark.parametrize("why", ["late", "left", "closed", "stopped", "paused"])
def test_a_link_that_signs_no_more_leads_to_the_page_of_the_action(known: Supporter, hour: Hour, why: str) -> None:
    site = known.site
    mail = told(site, hour)
    with site.storage.writing() as session:
        action = session.scalars(select(Action).where(Action.slug == "another")).one()
        if why == "late":
            action.deadline = (hour.now + timedelta(days=60)).date()
            hour.passes(days=14)
        if why == "closed":
            action.status, action.ended_at = ActionStatus.CLOSED, hour.now
        if why == "stopped":
            action.status, action.ended_at = ActionStatus.STOPPED, hour.now
        if why == "paused":
            action.shield, action.paused_at = Shield.PAUSE, hour.now
    if why == "left":
        site.client.post(next(it for it in links(mail) if "/leave/" in it))
    for answer in (site.client.get(link(mail)), site.client.post(link(mail), data=ADA)):
        assert (answer.status_code, answer.headers["Location"]) == (303, "/en/actions/another")
        assert answer.headers["Cache-Control"] == "no-store"
    assert len(signatures(site)) == 1


def test_a_made_up_link_and_one_to_another_page_sign_nothing(known: Supporter, hour: Hour) -> None:
    site = known.site
    mail = told(site, hour)
    for path in links(mail):
        token = path.rpartition("/")[2]
        if "/sign/" not in path and "/actions/" not in path:
            assert site.client.post(f"/en/sign/{token}", data=ADA).status_code == 410
    token = link(mail).rpartition("/")[2]
    for other in ("mine", "confirm", "network", "leave", "undo", "unsubscribe"):
        assert site.client.get(f"/en/{other}/{token}").status_code == 410


def test_one_network_signs_no_more_often_this_way(site: Site, hour: Hour) -> None:
    path = link(told(site, hour))
    statuses = {site.client.post(path, data=ADA).status_code for _ in range(61)}
    assert statuses == {200, 429}


def test_news_of_a_later_action_of_the_case_lets_its_signers_sign_it_in_one_step(known: Supporter, hour: Hour) -> None:
    site = known.site
    with site.storage.writing() as session:
        session.get_one(Signature, signatures(site)[0].id).updates = True
        first = session.scalars(select(Action)).one()
        later = made.action(session, "later", serial=57, opened_at=hour.now)
        later.case_id = first.case_id
        who = Organiser(
            email="ed@office.example", name="Ed", role=Role.EDITOR, active=True, fs_uniquifier="x",
            created_at=made.NOON, digest=False,
        )  # fmt: skip
        session.add(who)
        session.flush()
        for action in (first, later):
            session.add(
                Update(
                    action_id=action.id,
                    organiser_id=who.id,
                    status=UpdateStatus.QUEUED,
                    created_at=hour.now,
                    queued_at=hour.now,
                    reached=0,
                    texts=[UpdateText(locale="en", subject=action.slug, body="It is open.")],
                )
            )
        session.flush()
        update_mails.enqueue_updates(session, hour.now)
        update_mails.enqueue_updates(session, hour.now)
    of_the_same, of_the_later = sorted(mails(site)[-2:], key=lambda it: "later" in str(it["Subject"]))
    assert not [it for it in links(of_the_same) if "/sign/" in it]
    path = link(of_the_later)
    page = Page(site.client.get(path).text)
    assert page.one("input", name="name")["value"] == "Ada Lovelace"
    site.client.post(path, data=ADA)
    assert [it.status for it in signatures(site)] == [SignatureStatus.CONFIRMED] * 2


def test_a_neutral_mail_is_left_with_one_click_by_an_address_that_tells_nothing(
    supporter: Supporter, hour: Hour
) -> None:
    site = supporter.site
    mail = told(site, hour, discreet="yes")
    supporter.signs(email="bea@example.org", country="PK", disclosure="withheld", updates="yes")
    site.client.post(supporter.link(nth=0))
    for it, answered in ((mail, "You have left"), (mails(site)[-1], "We have stopped your updates")):
        assert it["Subject"] == "A message for you"
        assert it["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        address = str(it["List-Unsubscribe"]).strip("<>")
        assert address.startswith(f"{OURS}/en/m/")
        path = address.removeprefix(OURS)
        before = tables(site.storage)
        assert site.client.get(path).status_code == 200
        assert tables(site.storage) == before
        answer = site.client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert answered in Page(answer.text).heading
    assert not signatures(site)[0].updates


def test_who_asked_the_network_for_neutral_mails_gets_no_other_as_a_signer(supporter: Supporter, hour: Hour) -> None:
    site = supporter.site
    told(site, hour, discreet="yes")
    supporter.signs()
    assert mails(site)[-1]["Subject"] == "A message for you"


def test_no_time_of_a_link_is_later_than_a_token_can_say() -> None:
    until = datetime(2199, 12, 31, tzinfo=UTC)
    read = Links("k" * 32).read_one_step(Links("k" * 32).one_step(Sender.MEMBER, b"r" * 16, 4_000_000_000, until))
    assert read is not None
    assert (read.reference, read.action_id, read.until) == (b"r" * 16, 4_000_000_000, until)
