"""Publishing a change that someone else proposed, whatever it changes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from campaign.cases.evidence import figure_proposals
from campaign.cases.writing import proposals
from campaign.office.audit import Actor
from campaign.storage import Vault


def publish(session: Session, vault: Vault, actor: Actor, slug: str, proposal_id: int, now: datetime) -> None:
    """Let the public see it: a text, a letter, or a figure. Raises as `proposals.publish` does."""
    others = {figure_proposals.PART: figure_proposals.publish}
    proposals.publish(session, vault, actor, slug, proposal_id, now, others)
