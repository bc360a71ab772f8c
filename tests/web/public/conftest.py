"""All that any mail to a supporter says, with links as they are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from campaign.appeals.network import membership
from campaign.appeals.network.choices import Choices
from campaign.appeals.relay import requests
from campaign.appeals.signing.links import Sender
from campaign.storage.tables import Action, Letter, Member
from campaign.vocabulary import LetterStatus
from tests.conftest import Site
from tests.web.conftest import SLUG, Hour, Supporter, signatures
from tests.web.test_mine import OURS


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
