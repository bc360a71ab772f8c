"""Who may do what under `/organise`: every route names its permission, and one that names none opens to nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

from flask import Flask, g, redirect, request, session, url_for
from flask_login import current_user
from flask_wtf.csrf import generate_csrf, validate_csrf
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from campaign.errors import Forbidden, Outdated
from campaign.office.audit import Actor
from campaign.office.permissions import ASKS_AGAIN, Permission, may
from campaign.sentences import Sentence
from campaign.web import body_limits
from campaign.web.app_state import look_as
from campaign.web.locales import preferred
from campaign.web.organise import words
from campaign.web.organise.account import freshness, kept_forms
from campaign.web.organise.account.accounts import Account
from campaign.web.organise.account.sessions import ORGANISER, PATH

# What the head of each page leads to: title, endpoint, what it needs.
SECTIONS = (
    (Sentence("Deadlines"), "board.show", Permission.READ),
    (Sentence("Cases"), "cases.index", Permission.READ),
    (Sentence("Officials"), "officials.index", Permission.READ),
    (Sentence("Translations"), "translations.index", Permission.TRANSLATE),
    (Sentence("Team"), "team.show", Permission.STAFF),
    (Sentence("Settings"), "settings.show", Permission.SETTINGS),
    (Sentence("Audit trail"), "trail.show", Permission.AUDIT),
)

View = TypeVar("View", bound=Callable[..., Any])

# Pages that someone sees before they are known.
BEFORE_SIGN_IN = "before sign-in"

# Flask-Security's own pages, which cannot carry a mark.
_SECURITY = {
    "security.login": BEFORE_SIGN_IN,
    "security.two_factor_token_validation": BEFORE_SIGN_IN,
    "security.two_factor_rescue": BEFORE_SIGN_IN,
    "security.wan_signin": BEFORE_SIGN_IN,
    "security.wan_signin_response": BEFORE_SIGN_IN,
    "security.mf_recovery": BEFORE_SIGN_IN,
    "security.tf_select": BEFORE_SIGN_IN,
    "security.logout": Permission.OWN,
    "security.verify": Permission.OWN,
    "security.change_password": Permission.OWN,
    "security.two_factor_setup": Permission.OWN,
    "security.two_factor_setup_validate": Permission.OWN,
    "security.wan_register": Permission.OWN,
    "security.wan_register_response": Permission.OWN,
    "security.wan_delete": Permission.OWN,
    "security.mf_recovery_codes": Permission.OWN,
}

# Where a second factor is set up. Who must have one and has none gets no further than here.
_SETTING_UP = frozenset(
    {
        "security.two_factor_setup",
        "security.two_factor_setup_validate",
        "security.wan_register",
        "security.wan_register_response",
        "security.verify",
        "security.logout",
    }
)


def needs(permission: Permission | str) -> Callable[[View], View]:
    """Mark a view with what its visitor must be allowed to do."""

    def marked(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return marked


def permission_of(app: Flask, endpoint: str) -> Permission | str | None:
    """What a route needs; None if nobody said, and then nobody gets in."""
    if endpoint in _SECURITY:
        return _SECURITY[endpoint]
    return cast("Permission | str | None", getattr(app.view_functions[endpoint], "permission", None))


def install(app: Flask) -> None:
    """Stand before every route under `/organise`."""

    @app.before_request
    def stand_guard() -> Response | None:
        if request.path != PATH and not request.path.startswith(f"{PATH}/"):
            return None
        if request.endpoint is None:
            return None
        limits = body_limits.allowed(request.method, request.path)
        # Known before anything is read: a stranger's form is a sign-in, and small.
        largest = (limits if ORGANISER in session else body_limits.STRANGERS).largest
        request.max_content_length = request.max_form_memory_size = largest
        request.max_form_parts = limits.fields
        # Before any view opens a session: there is none that does not know who looks.
        look_as(me().id if current_user.is_authenticated else None)
        # The address names no language: it is the account's, else the browser's. Texts carry their own.
        g.locale = (me().locale if current_user.is_authenticated else None) or preferred()
        return _refused(app)

    app.jinja_env.filters["worded"] = words.worded
    app.jinja_env.globals.update(csrf_token=generate_csrf, allowed=allowed, sections=_Sections(app))


class _Sections:
    """The sections whose pages there are."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __iter__(self) -> Iterator[tuple[str, str, Permission]]:
        return (it for it in SECTIONS if it[1] in self._app.view_functions)


def _refused(app: Flask) -> Response | None:
    needed = permission_of(app, str(request.endpoint))
    if request.method not in {"GET", "HEAD"}:
        try:
            validate_csrf(request.form.get("csrf_token") or request.headers.get("X-CSRF-Token"))
        except ValidationError as error:
            if isinstance(needed, Permission) and request.endpoint not in _SECURITY and (page := kept_forms.kept()):
                return page
            raise Outdated(
                "This page was open for too long, or you have signed in or out. Go back, reload the page and try again."
            ) from error
    if needed == BEFORE_SIGN_IN:
        return None
    if not current_user.is_authenticated:
        return _nobody_yet()
    if me().unguarded and request.endpoint not in _SETTING_UP:
        if request.method in {"GET", "HEAD"}:
            return redirect(url_for("security.two_factor_setup"))
        raise Forbidden("Set up a second factor first. Your changes were not saved.")
    if not isinstance(needed, Permission) or not may(me().role, needed):
        return _not_theirs()
    asks = needed in ASKS_AGAIN and request.method not in {"GET", "HEAD"}
    return freshness.asked_again() if asks else None


def _not_theirs() -> Response:
    if request.endpoint == "board.show" and may(me().role, Permission.TRANSLATE):
        return redirect(url_for("translations.index"))  # everyone comes to the board first, and they have none
    raise Forbidden("Your role does not allow this. Ask an admin if you need it.")


def _nobody_yet() -> Response:
    if request.method in {"GET", "HEAD"}:
        # Only the path: what it leads to is one of our own pages.
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
    if request.endpoint not in _SECURITY and (page := kept_forms.kept()):
        return page
    raise Forbidden("Sign in first. Your changes were not saved.")


def me() -> Account:
    """Who is asking; only where someone is signed in."""
    return cast(Account, current_user)


def actor() -> Actor:
    """Who is asking, as the audit trail names them."""
    return Actor(me().id, me().name)


def allowed(permission: str) -> bool:
    """For templates: whether the visitor may do this, by the permission's word."""
    return bool(current_user.is_authenticated) and may(me().role, Permission(permission))
