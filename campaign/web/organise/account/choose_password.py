"""Choosing a password: from an invitation, or from the mail that follows a forgotten one."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from campaign import clock
from campaign.appeals.abuse import rate_limits
from campaign.errors import Gone, Why
from campaign.office import organisers, passwords
from campaign.office.password_links import Welcomes
from campaign.storage.tables import Organiser
from campaign.web.app_state import door
from campaign.web.locales import _
from campaign.web.organise.account.authorisation import BEFORE_SIGN_IN, needs
from campaign.web.rendering import page
from campaign.web.security_headers import visitor

blueprint = Blueprint("welcome", __name__)

ASKING = rate_limits.Limit("password-mail", hits=20, window=timedelta(hours=1))


@blueprint.get("/welcome/<token>")
@needs(BEFORE_SIGN_IN)
def ask(token: str) -> str:
    """A form for a new password. Opening it changes nothing: mail scanners open links."""
    return page("organise/account/welcome.html", organiser=_holder(token), wrong=None)


@blueprint.post("/welcome/<token>")
@needs(BEFORE_SIGN_IN)
def choose(token: str) -> Response | tuple[str, int]:
    """Keep the password that was chosen; every older session and link ends."""
    organiser, password = _holder(token), request.form.get("password", "")
    wrong: str | None = passwords.weakness(password, organiser.name, organiser.email)
    if wrong is None and password != request.form.get("again", ""):
        wrong = _("The two passwords are different. Enter the same one twice.")
    if wrong is not None:
        return page("organise/account/welcome.html", organiser=organiser, wrong=wrong), 422
    hashed = passwords.hashed(password)
    with door().storage.writing() as session:
        organisers.choose_password(session, door().storage.vault, organiser.id, hashed, clock.now())
    flash(_("Your password is set. Sign in now."))
    return redirect(url_for("security.login"))


@blueprint.get("/forgotten")
@needs(BEFORE_SIGN_IN)
def forgotten() -> str:
    """Ask for the address of the account."""
    return page("organise/account/forgotten.html", asked=False)


@blueprint.post("/forgotten")
@needs(BEFORE_SIGN_IN)
def send() -> str:
    """Answer the same whether there is such an account or not."""
    now = clock.now()
    with door().storage.writing() as session:
        rate_limits.count(session, door().storage.vault, ASKING, visitor(), now)
        organisers.ask_for_password(session, request.form.get("email", ""), now)
    return page("organise/account/forgotten.html", asked=True)


def _holder(token: str) -> Organiser:
    read = Welcomes(*door().settings.secret_keys).read(token)
    if read is not None:
        organiser_id, uniquifier = read
        with door().storage.reading() as session:
            organiser = session.get(Organiser, organiser_id)
        if organiser is not None and organiser.active and organiser.fs_uniquifier.startswith(uniquifier):
            return organiser
    raise Gone("This link was used or has expired. Use “Forgotten your password?” to get a new one.", Why.LINK)
