"""Publishing a change that someone else proposed, whatever it changes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from campaign.cases.evidence import figure_proposals
from campaign.cases.review import held
from campaign.cases.writing import proposals
from campaign.cases.writing.proposals import Publisher
from campaign.office.audit import Actor
from campaign.storage import Vault


def publish(
    session: Session,
    vault: Vault,
    actor: Actor,
    slug: str,
    proposal_id: int,
    now: datetime,
    form: Publisher | None = None,
) -> None:
    """Let the public see it: a text, a letter, a figure, or what a `form` was sent for. Raises as `proposals.publish`
    does."""
    others = {figure_proposals.PART: figure_proposals.publish, **({held.PART: form} if form else {})}
    proposals.publish(session, vault, actor, slug, proposal_id, now, others)
