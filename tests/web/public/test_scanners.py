"""Programs that check mail for harm open every link of every mail that there is: nothing is signed, joined or left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from campaign.appeals.network import membership
from campaign.appeals.network.choices import Choices
from campaign.appeals.relay import requests
from campaign.appeals.signing.links import Sender
from campaign.mail.rendering import write
from campaign.settings import ROOT
from campaign.storage.tables import Action, Letter, Member
from campaign.vocabulary import LetterStatus
from tests.conftest import Site
from tests.web.conftest import SLUG, Hour, Supporter, signatures
from tests.web.test_mine import LINK, OURS, part, tables, walked

# Every mail to a supporter: what lies in the folder, so that none that is added is forgotten.
MAILS = sorted(it.name.removesuffix(".subject.txt") for it in (ROOT / "templates" / "mail").glob("*.subject.txt"))


@pytest.fixture
def values(site: Site, supporter: Supporter, hour: Hour) -> dict[str, object]:
    """All that any mail says, with links as they are: of somebody who waits, of one who has signed, of a member."""
    supporter.signs(updates="yes")
    supporter.signs(email="bea@example.org", updates="yes")
    site.client.post(supporter.link(nth=1))
    waiting, signed = signatures(site)
    with site.storage.writing() as session:
        membership.join(session, site.storage.vault, "cy@example.org", Choices("en"), hour.now)
        member = session.scalars(select(Member.reference)).one()
        membership.confirm(session, member, Choices("en"), hour.now)
        action_id = session.scalars(select(Action.id)).one()
        letter = requests.save_draft(session, site.storage.vault, signed.reference, SLUG, 1, "en", "Please.", hour.now)
        session.execute(update(Letter).values(status=LetterStatus.SENT, sent_at=hour.now))
    links, until, here = site.door.links, hour.now + timedelta(days=14), f"{OURS}/en"
    action = {
        "title": "Renew the cards", "summary": "They ran out.", "locale": "en", "dir": "ltr", "number": "UA 1/26",
        "deadline": until.date(), "until": until.date(), "url": f"{here}/actions/{SLUG}",
        "sign_url": f"{here}/sign/{links.one_step(Sender.MEMBER, member, action_id, until)}",
    }  # fmt: skip
    return {
        "name": "Ada", "organisation": {"name": "Office", "contact_email": "office@example.org"},
        "action": action, "actions": [action], "deadline": until.date(), "timely": True,
        "advice": {"way": "post", "by": until.date()}, "disclosure": "withheld", "withheld": True, "message": True,
        "again": True, "joined": False, "official": "The Minister", "sent_on": until.date(),
        "posted_on": until.date(), "of_content": False, "subject": "News", "news": "News", "news_text": "News",
        "tongue": "en", "tongue_dir": "ltr",
        "confirm_url": f"{here}/confirm/{links.confirmation(waiting.reference)}",
        "open_url": f"{here}/m/{links.confirmation(waiting.reference)}",
        "mine_url": f"{here}/mine/{links.mine(signed.reference)}",
        "action_url": f"{here}/actions/{SLUG}", "letter_url": f"{here}/actions/{SLUG}#letter",
        "undo_url": f"{here}/undo/{links.undoing(signed.reference, until)}", "undo_until": until.date(),
        "sign_url": f"{here}/sign/{links.one_step(Sender.SIGNER, signed.reference, action_id, until)}",
        "sign_until": until.date(),
        "unsubscribe_url": f"{here}/unsubscribe/{links.unsubscribing(signed.reference)}",
        "discreet": False, "stopped": False,
        "letter": {"subject": "Cards", "text": "Please.", "locale": "en", "dir": "ltr"},
        "answer_url": f"{here}/answer/{links.answering(letter.id)}",
        "member_url": f"{here}/network/{links.member(member)}",
        "leave_url": f"{here}/leave/{links.leaving(member)}",
        # What stands in the headers, and where neutral mails lead.
        "more": [
            f"{here}/m/{it}"
            for it in (
                links.leaving(member), links.unsubscribing(signed.reference), links.member(member),
                links.mine(signed.reference), links.answering(letter.id),
                links.one_step(Sender.MEMBER, member, action_id, until),
            )
        ],
    }  # fmt: skip


def test_who_opens_every_link_of_every_mail_signs_joins_and_leaves_nothing(
    site: Site, values: dict[str, object], hour: Hour
) -> None:
    assert len(MAILS) >= 12
    starts = {str(it) for it in values["more"]}  # type: ignore[attr-defined]
    for name in MAILS:
        mail = write(
            name, "en", ("Office", "office@example.org"), "ada@example.org", "<1@example.org>", hour.now, values
        )
        found = {it for text in (part(mail), part(mail, "html")) for it in LINK.findall(text) if it.startswith(OURS)}
        assert found, name
        starts |= found
    paths = sorted({it.removeprefix(OURS).partition("#")[0] for it in starts})
    kinds = {"confirm", "m", "mine", "sign", "undo", "unsubscribe", "network", "leave", "actions", "answer"}
    assert {it.split("/")[2] for it in paths} == kinds
    before = tables(site.storage)
    visited = [path for path, _ in walked(site, paths)]
    assert {it for it in paths if it not in visited} == set()
    assert tables(site.storage) == before
