"""Guesses at an account: counted on the account that was found, and never so that strangers lock its owner out.

A browser that has signed in before carries a signed mark of that. Its guesses are counted on their own, and nothing
that others do from elsewhere is held against it. All other guesses are counted by account and network, by network, and
by account from everywhere; the last bounds what a crowd of machines can try.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import Flask, Response, after_this_request, current_app, request, session
from itsdangerous import BadSignature, URLSafeTimedSerializer

from campaign import clock
from campaign.appeals.abuse import rate_limits
from campaign.errors import Refused
from campaign.office import organisers
from campaign.web.app_state import door
from campaign.web.organise.account import sessions
from campaign.web.security_headers import visitor

QUARTER = timedelta(minutes=15)
# Guesses from one network at one account; from one network at whichever; at one account from everywhere.
AT_ACCOUNT = rate_limits.Limit("sign-in/account", hits=10, window=QUARTER)
FROM_NETWORK = rate_limits.Limit("sign-in/network", hits=60, window=QUARTER)
EVERYWHERE = rate_limits.Limit("sign-in/everywhere", hits=100, window=QUARTER)
# A second factor has a million values, of which three are right: whoever is here knows the password already.
CODES = rate_limits.Limit("sign-in/codes", hits=30, window=timedelta(days=1))
# Of a browser that has signed in to this account before.
FROM_DEVICE = rate_limits.Limit("sign-in/device", hits=20, window=QUARTER)

DEVICE = "campaign_device"
DEVICE_LIFE = timedelta(days=180)
MOST_ACCOUNTS = 5

_PASSWORDS = frozenset({"security.login"})
_SECOND_FACTORS = frozenset(
    {"security.two_factor_token_validation", "security.mf_recovery", "security.wan_signin_response"}
)
_SIGNED_IN = frozenset(
    {"security.verify", "security.change_password", "security.two_factor_setup_validate", "security.two_factor_setup"}
)
# The pages where something is guessed: a password, a code, a recovery code.
GUESSED = _PASSWORDS | _SECOND_FACTORS | _SIGNED_IN


def install(app: Flask, secret_keys: tuple[str, ...]) -> None:
    """Count before every page where something is guessed."""
    app.extensions["campaign/devices"] = URLSafeTimedSerializer([*reversed(secret_keys)], salt="campaign/device")
    app.before_request(_count)


def count(account: str, *, second_factor: bool = False) -> None:
    """Count one guess at an account. Raises `TooMany`."""
    vault, now = door().storage.vault, clock.now()
    device = _devices().get(account)
    with door().storage.writing() as writing:
        if device is not None:
            rate_limits.count(writing, vault, FROM_DEVICE, f"{account}/{device}", now)
            return
        rate_limits.count(writing, vault, FROM_NETWORK, visitor(), now)
        if account:
            here = f"{account}/{rate_limits.network(visitor())}"
            rate_limits.count(writing, vault, AT_ACCOUNT, here, now)
            rate_limits.count(writing, vault, EVERYWHERE, account, now)
            if second_factor:
                rate_limits.count(writing, vault, CODES, account, now)


def remember_device(organiser_id: int) -> bool:
    """Mark this browser as one that has signed in to this account; whether it had not before."""
    new = str(organiser_id) not in _devices()
    devices = {**_devices(), str(organiser_id): secrets.token_hex(8)}
    value = str(_marks().dumps(dict(list(devices.items())[-MOST_ACCOUNTS:])))

    @after_this_request
    def mark(response: Response) -> Response:
        response.set_cookie(
            DEVICE,
            value,
            max_age=DEVICE_LIFE,
            path=sessions.PATH,
            httponly=True,
            samesite="Strict",
            secure=door().settings.base_url.startswith("https://"),
        )
        return response

    return new


def _count() -> None:
    if request.endpoint not in GUESSED or request.method != "POST":
        return
    if request.endpoint in _PASSWORDS:
        count(_typed())
    else:
        count(_known(), second_factor=request.endpoint in _SECOND_FACTORS)


def _typed() -> str:
    """Whose password is guessed at. One spelling is one account, and one that has none is counted like those."""
    try:
        email = organisers.normal(request.form.get("email", ""))
    except Refused:
        return ""
    with door().storage.reading() as reading:
        organiser = organisers.by_email(reading, email)
    return str(organiser.id) if organiser is not None else f"nobody/{email}"


def _known() -> str:
    """Whose second factor is guessed at: what the session says, and never what the form does."""
    if sessions.ORGANISER in session:
        return str(session[sessions.ORGANISER])
    uniquifier = session.get("tf_user_id")
    if not uniquifier:
        return ""
    with door().storage.reading() as reading:
        organiser = organisers.by_uniquifier(reading, uniquifier)
    return str(organiser.id) if organiser is not None else ""


def _marks() -> URLSafeTimedSerializer:
    marks: URLSafeTimedSerializer = current_app.extensions["campaign/devices"]
    return marks


def _devices() -> dict[str, str]:
    """{account: what this browser is known by there}."""
    try:
        marked = _marks().loads(request.cookies.get(DEVICE, ""), max_age=int(DEVICE_LIFE.total_seconds()))
    except BadSignature:
        return {}
    return {str(account): str(device) for account, device in marked.items()} if isinstance(marked, dict) else {}
