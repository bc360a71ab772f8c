"""Joining, choosing and leaving on the web: nobody learns who is in the network, and no link does a thing by itself."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import EmailMessage

from sqlalchemy import select

from campaign.storage.tables import Member
from campaign.vocabulary import MemberStatus, Rhythm
from tests import made
from tests.conftest import Site
from tests.web.conftest import Hour
from tests.web.reading import Page
from tests.web.test_mine import LINK, OURS, links, mails, part, tables, walked


def members(site: Site) -> list[Member]:
    with site.storage.reading() as session:
        return list(session.scalars(select(Member).order_by(Member.id)))


def joins(site: Site, hour: Hour, locale: str = "en", **form: object) -> Page:
    page = Page(site.fresh().client.get(f"/{locale}/join").text)
    hour.passes(seconds=20)
    sent = {"token": page.hidden("token"), "email": "ada@example.org", "rhythm": "each", **form}
    answer = site.client.post(f"/{locale}/join", data=sent)
    assert answer.headers["Cache-Control"] == "no-store"
    return Page(answer.text)


def own_page(mail: EmailMessage) -> str:
    return next(it for it in links(mail) if "/network/" in it or "/m/" in it)


def new_action(site: Site, hour: Hour) -> None:
    with site.storage.writing() as session:
        made.action(session, "another", serial=57, opened_at=hour.now)
    hour.passes(minutes=11)


def test_the_mail_leads_to_a_page_whose_button_joins_and_not_before(site: Site, hour: Hour) -> None:
    assert "ada@example.org" in joins(site, hour, rhythm="weekly", language="ur", themes=["refugees"]).text
    (mail,) = mails(site)
    assert mail["List-Unsubscribe"] is None
    path = own_page(mail)
    assert path.startswith("/ur/")
    before = tables(site.storage)
    for _ in range(3):
        site.client.head(path)
        assert site.client.get(path).status_code == 200
    assert tables(site.storage) == before
    assert members(site)[0].status is MemberStatus.PENDING
    page = Page(site.client.get(path.replace("/ur/", "/en/")).text)
    assert page.one("input", name="rhythm", value="weekly").get("checked") is not None
    site.client.post(path, data={"rhythm": "urgent", "countries": ["PK"]})
    (member,) = members(site)
    assert member.status is MemberStatus.CONFIRMED
    assert (member.rhythm, member.countries, member.themes) == (Rhythm.URGENT, ["PK"], [])


def test_nobody_learns_from_the_answer_who_is_in_the_network(site: Site, hour: Hour) -> None:
    first = joins(site, hour)
    (mail,) = mails(site)
    site.client.post(own_page(mail), data={"rhythm": "each"})
    assert joins(site, hour).text == first.text
    assert "already" in str(mails(site)[-1]["Subject"])


def test_an_address_that_is_none_is_refused_and_nothing_chosen_is_lost(site: Site, hour: Hour) -> None:
    page = joins(site, hour, email="nowhere", rhythm="weekly", themes=["refugees"])
    assert page.one(id="email-fault")
    assert page.one("input", name="rhythm", value="weekly").get("checked") is not None
    assert page.one("input", name="themes", value="refugees").get("checked") is not None
    assert not members(site)


def test_a_mail_of_a_new_action_is_left_with_one_click_also_after_having_left(site: Site, hour: Hour) -> None:
    joins(site, hour)
    site.client.post(own_page(mails(site)[0]), data={"rhythm": "each"})
    new_action(site, hour)
    from campaign.jobs.sweeps import Jobs

    Jobs(site.settings, site.storage).spread()
    mail = mails(site)[-1]
    assert mail["Subject"] == "Urgent action: Renew the cards"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(rf"<{OURS}(/en/leave/[\w-]+)>", str(mail["List-Unsubscribe"]))
    assert found
    assert found[1] in links(mail)
    for _ in range(2):
        answer = site.client.post(found[1], data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "You have left" in Page(answer.text).heading
        hour.passes(days=400)
    assert not members(site)


def test_who_asked_for_it_gets_mails_that_say_nothing_and_reads_on_the_page(site: Site, hour: Hour) -> None:
    joins(site, hour, discreet="yes")
    page = Page(site.client.get(own_page(mails(site)[0])).text)
    (there, _leaving) = (it["action"] for it in page.all("form"))
    site.client.post(there, data={"rhythm": "each", "discreet": "yes"})
    new_action(site, hour)
    from campaign.jobs.sweeps import Jobs

    Jobs(site.settings, site.storage).spread()
    for mail in mails(site):
        said = "\n".join([*(f"{name}: {value}" for name, value in mail.items()), part(mail), part(mail, "html")])
        for word in ("Renew", "cards", "urgent", "Urgent", "network", "leave", "Pakistan"):
            assert word not in said
        assert "/m/" in own_page(mail)
    assert "Renew the cards" in Page(site.client.get(own_page(mails(site)[-1])).text).text


def test_a_scanner_that_opens_every_link_of_every_mail_joins_and_leaves_nothing(site: Site, hour: Hour) -> None:
    joins(site, hour)
    joins(site, hour, email="bea@example.org")
    site.client.post(own_page(mails(site)[1]), data={"rhythm": "each"})
    new_action(site, hour)
    from campaign.jobs.sweeps import Jobs

    Jobs(site.settings, site.storage).spread()
    every = mails(site)
    starts = {
        it.removeprefix(OURS)
        for mail in every
        for text in (part(mail), part(mail, "html"), mail.as_string())
        for it in LINK.findall(text)
        if it.startswith(OURS)
    }
    assert {it.split("/")[2] for it in starts} >= {"network", "leave", "actions"}
    before = tables(site.storage)
    assert len(list(walked(site, sorted(starts)))) > len(starts)
    assert tables(site.storage) == before
    assert hour.now - timedelta(days=1) < hour.now
