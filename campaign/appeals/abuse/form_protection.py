"""What stands before a signing form that is under attack: nothing, a sum the browser must do, or a pause.

The sum is ALTCHA's: the server names a salt and the beginning of a hash, the browser counts up until it has found the
number that makes it. It costs a telephone a few seconds, a thousand false signatures an hour, and tells nobody
anything. The office can look at what comes in while it runs.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from altcha import create_challenge, verify_solution
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.abuse.rate_limits import Limit, _
from campaign.errors import Conflict, Refused
from campaign.language import ORIGINAL, gettext
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.storage import Vault, guarded
from campaign.storage.tables import Action, Extension, Throttle
from campaign.storage.upsert import count_up
from campaign.vocabulary import ActionStatus, Shield

ALGORITHM = "SHA-256"
# Numbers to try: half of the most on average. WebCrypto hashes some 20,000 a second on a cheap telephone.
LEAST, MOST = 5_000, 60_000
# A challenge is asked for when the button is pressed; who is asked to mend their form has time to do it.
GOOD_FOR = timedelta(hours=1)
# Whoever asks for sums by the hundred does not sign.
ASKING = Limit("proof", hits=120, window=timedelta(minutes=10))

WITHOUT_PROOF = _(
    "Someone is flooding this form with false signatures, so for some hours your browser must do a short check first. "
    "The check did not work: JavaScript is off, or it took too long. Press the button again, come back in a few hours, "
    "or e-mail us and ask to be added. What you wrote is still here."
)
PAUSED = _(
    "Signing is paused while we look into false signatures. We have not saved your details. Please come back in a day "
    "or two. We will move the deadline by as long as the pause lasts. You can still write and send letters."
)
AFTER_PAUSE = _("Signing was paused for a while because of false signatures.")


class Unproven(Refused):
    """A signing that the shield keeps out; the sentence says what its sender can do."""


@dataclass(frozen=True)
class Lifted:
    """What ending a pause does to the deadline; `becomes` is `was` if the action has none or is over for good."""

    was: date | None
    becomes: date | None


def challenge(secret_key: str, slug: str, now: datetime) -> dict[str, Any]:
    """A sum for one signature under one action, as JSON for the page's script."""
    number = LEAST + secrets.randbelow(MOST - LEAST)
    made = create_challenge(
        ALGORITHM,
        1,
        counter=number,
        expires_at=int((now + GOOD_FOR).timestamp()),
        data={"action": slug},
        hmac_secret=_key(secret_key),
    )
    return dict(made.to_dict())


def checked(
    session: Session, vault: Vault, secret_key: str, level: Shield, slug: str, proof: str | None, now: datetime
) -> None:
    """Let a signing through, or raise `Unproven` with what its sender can do. A proof is good for one signature.

    Belongs in the transaction of the signing: what is refused for another reason has not used its proof up.
    """
    if level is Shield.NONE:
        return
    if level is Shield.PAUSE:
        raise Unproven(PAUSED)
    parameters = solved(secret_key, slug, proof, now)
    if parameters is None:
        raise Unproven(WITHOUT_PROOF)
    # Kept as throttles are, and forgotten with them: by then the challenge is long over.
    window = datetime.fromtimestamp(parameters["expiresAt"], UTC)
    if count_up(session, Throttle, "hits", bucket=vault.keyed_hash("proof", parameters["nonce"]), window=window) > 1:
        raise Unproven(WITHOUT_PROOF)


def solved(secret_key: str, slug: str, proof: str | None, now: datetime) -> dict[str, Any] | None:
    """The parameters of a challenge that was made here for this action and is solved in time; else None."""
    if not proof or len(proof) > 4_096:
        return None
    try:
        if not verify_solution(proof, _key(secret_key)).verified:
            return None
        parameters: dict[str, Any] = json.loads(base64.b64decode(proof))["challenge"]["parameters"]
        mine = parameters["data"] == {"action": slug}
        return parameters if mine and parameters["expiresAt"] >= now.timestamp() else None
    except (ValueError, KeyError, TypeError, RecursionError):  # whatever someone made up
        return None


def pause_ends_as(action: Action, now: datetime) -> Lifted:
    """The rule: days are never taken from anyone, so a part of a day is made good by a whole one.

    An action that its deadline closed while it was paused opens again; one that was stopped, or that someone ended
    before, does not.
    """
    if action.paused_at is None or action.deadline is None or not _may_go_on(action):
        return Lifted(action.deadline, action.deadline)
    days = -((action.paused_at - now) // timedelta(days=1))
    becomes = action.deadline + timedelta(days=days)
    # Never less than today: a pause that outlasted its deadline is not lifted into the past.
    return Lifted(action.deadline, max(becomes, clock.local_day(now, action.case.time_zone)))


def _may_go_on(action: Action) -> bool:
    if action.status is ActionStatus.CLOSED:
        return action.ended_at is not None and action.paused_at is not None and action.ended_at > action.paused_at
    return action.status is ActionStatus.OPEN


def set_protection(
    session: Session, vault: Vault, actor: Actor, action: Action, level: Shield, reason: str, now: datetime
) -> Lifted:
    """Raise, change or lower the shield; ending a pause moves the deadline, for readers to see.

    Raises `Refused` without a reason, `Conflict` if someone else changed it in this moment or it stands so already.
    """
    if not reason.strip():
        raise Refused("Give a reason. You and your colleagues will need it later.")
    if action.shield is level:
        raise Conflict("The protection is already set to this. Reload the page.")
    lifted = Lifted(action.deadline, action.deadline)
    values: dict[str, Any] = {"shield": level, "paused_at": now if level is Shield.PAUSE else None}
    if action.shield is Shield.PAUSE:
        lifted = pause_ends_as(action, now)
        if lifted.becomes != lifted.was:
            values.update(deadline=lifted.becomes, status=ActionStatus.OPEN, ended_at=None)
    changed = guarded.change(
        session,
        Action,
        Action.id == action.id,
        Action.shield == action.shield,
        Action.status == action.status,
        Action.deadline.is_not_distinct_from(action.deadline),
        **values,
        revision=Action.revision + 1,
    )
    if not changed:
        raise Conflict("Someone else has just changed this action. Reload the page.")
    if lifted.was is not None and lifted.becomes is not None and lifted.becomes != lifted.was:
        session.add(
            Extension(
                action_id=action.id,
                was=lifted.was,
                becomes=lifted.becomes,
                reason=_in_each_language(action.original_locale, (it.locale for it in action.texts)),
                organiser_id=actor.id,
                created_at=now,
            )
        )
    audit.record(
        session,
        vault,
        actor,
        "protection changed",
        About("action", action.id, action_id=action.id, case_id=action.case_id),
        now,
        before={"shield": action.shield, "deadline": lifted.was},
        after={"shield": level, "deadline": lifted.becomes},
        reason=reason.strip(),
    )
    return lifted


def level_of(session: Session, slug: str) -> Shield | None:
    """What stands before the form of one action; None if there is no such public action."""
    return session.scalars(
        select(Action.shield).where(
            Action.slug == slug, Action.status.not_in((ActionStatus.DRAFT, ActionStatus.IN_REVIEW))
        )
    ).one_or_none()


def _in_each_language(original: str, locales: Iterable[str]) -> dict[str, str]:
    return {locale: gettext(locale, AFTER_PAUSE) for locale in {ORIGINAL, original, *locales}}


def _key(secret_key: str) -> bytes:
    return hashlib.sha256(b"campaign/proof\0" + secret_key.encode()).digest()
