"""What two people do: a change that readers would see is kept as its form was sent, and done anew by who publishes it.

Each view that could change what is public registers how its form is done; `done` does it, or proposes it. Where it has
to wait and nobody has said why, one page shows the difference, asks for the reason, and sends the same form again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, Response, make_response, request
from sqlalchemy.orm import Session

from campaign import clock
from campaign.cases.review import held
from campaign.cases.review.held import Kept
from campaign.cases.writing.proposals import Wanted
from campaign.delivery import public_view
from campaign.errors import Refused, Unknown
from campaign.office import second_person
from campaign.office.audit import Actor
from campaign.sentences import Sentence
from campaign.storage import Vault, sight
from campaign.storage.tables import Proposal
from campaign.web.app_state import door
from campaign.web.forms import one_line
from campaign.web.locales import _, current
from campaign.web.organise.account.authorisation import actor
from campaign.web.rendering import page

Waits = held.Waits
# What belongs to the page that was sent, and not to what was typed.
_OF_THE_PAGE = frozenset({"csrf_token", "drawn_for", "change_reason", "change_urgent"})
PROPOSED = Sentence("Proposed. Someone else sees the change under “Checks and review” of the action and publishes it.")


@dataclass(frozen=True)
class Doing:
    """How a form is done, and the slugs of the actions that could show it."""

    change: held.Change
    reaches: Callable[[Session], Collection[str]]
    # An official is asked in sensitive cases too, which who corrects the entry may not see.
    everywhere: bool = False

    def sight(self, session: Session) -> AbstractContextManager[None]:
        """Of what is seen while it is done."""
        return sight.everything(session) if self.everywhere else nullcontext()


Maker = Callable[..., Doing]
_MAKERS: dict[str, Maker] = {}


def doing(name: str) -> Callable[[Maker], Maker]:
    """Register how the form of a view is done: a function of the fields and of what its address names."""

    def register(maker: Maker) -> Maker:
        _MAKERS[name] = maker
        return maker

    return register


def done(
    name: str,
    where: Mapping[str, str | int],
    fields: Mapping[str, str] | None = None,
    *,
    reason: str = "",
    urgent: bool = False,
) -> bool:
    """Do the form that was sent, or propose it; whether it is done. `reason` is what the form itself asked for.

    Raises `Waits` if it has to wait and says no reason, and what the change itself raises.
    """
    with door().storage.writing() as session:
        return done_in(session, name, where, fields, reason=reason, urgent=urgent)


def done_in(
    session: Session,
    name: str,
    where: Mapping[str, str | int],
    fields: Mapping[str, str] | None = None,
    *,
    reason: str = "",
    urgent: bool = False,
) -> bool:
    """The same, with what else is done in a transaction."""
    given = typed(request.form if fields is None else fields)
    wanted = Wanted(
        reason=(one_line(request.form.get("change_reason")) or reason)[:500],
        urgent=urgent or request.form.get("change_urgent") == "yes",
    )
    if wanted.urgent and not wanted.reason:
        raise Refused("Say why this correction cannot wait. The other organisers are told at once.")
    it, vault = _MAKERS[name](given, **where), door().storage.vault
    kept = Kept(name, where, given)
    with it.sight(session):
        return held.perform(session, vault, actor(), kept, it.change, it.reaches(session), wanted, clock.now(), told)


def publish(session: Session, vault: Vault, who: Actor, proposal: Proposal, now: datetime) -> None:
    """Do what was proposed, for who publishes it."""
    kept = held.again(proposal)
    if kept.name not in _MAKERS:
        raise Unknown("There is no such proposal.")
    it = _MAKERS[kept.name](kept.fields, **kept.where)
    with it.sight(session):
        held.publish(session, proposal, who, it.change, told)


def told(session: Session, action_id: int) -> dict[str, str]:
    """What readers are told of the deliveries of an action."""
    found = public_view.replies(session, action_id)
    return {
        f"official’s reply ({code})": "\n".join((text or "(that there is one)", *(("with its scan",) if scan else ())))
        for code, (text, scan) in found.items()
    }


def proposed() -> str:
    """What is said where a change waits for someone else."""
    return PROPOSED.inside(current())


def needed() -> bool:
    """Whether two look, at this office."""
    with door().storage.reading() as session:
        return second_person.needed(session)


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """The fields of a form as they are kept: without what belongs to the page."""
    return {name: form[name] for name in form if name not in _OF_THE_PAGE}


def install(app: Flask) -> None:
    """Ask for the reason wherever a change has to wait."""
    app.register_error_handler(Waits, _ask)


def _ask(waits: Waits) -> Response:
    again = [(name, it) for name, it in request.form.items(multi=True) if name not in _OF_THE_PAGE]
    return make_response(page("organise/waits.html", changes=waits.differences, fields=again, why=_(str(waits))), 422)
