"""Sessions of organisers: kept on the server, found by a keyed hash, over after twelve hours.

Before sign-in there is nothing worth keeping on a server: what a form needs travels in a signed cookie, so a machine
that asks for the sign-in page all day fills no table. Public pages have no session at all.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response
from flask import session as current
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError
from werkzeug.datastructures import CallbackDict
from werkzeug.http import parse_cookie

from campaign import clock
from campaign.storage.encrypted_columns import SESSION_CONTENT
from campaign.storage.tables import OrganiserSession
from campaign.web.app_state import Door, door
from campaign.web.body_limits import AWAY

PATH = "/organise"
COOKIE = "campaign_organiser"
LIFE = timedelta(hours=12)
# Long enough to read the instructions of an authenticator app.
LIFE_BEFORE_SIGN_IN = timedelta(hours=1)

# The key under which a session names its organiser; `Sessions` moves it to the server once it is there.
ORGANISER = "organiser"

_KEPT, _CARRIED = "k.", "c."


class Session(CallbackDict[str, Any], SessionMixin):
    """What is known between two requests. `token` is the cookie's, where the server keeps the content."""

    def __init__(self, content: dict[str, Any], token: str | None = None, began: datetime | None = None) -> None:
        def changed(_self: object) -> None:
            self.modified = True

        super().__init__(content, changed)
        self.modified = False
        self.token = token
        self.began = began
        self.renewed = False

    def renew(self) -> None:
        """Go on under a new token: whoever planted or saw the old one has nothing."""
        self.renewed = self.modified = True


class Sessions(SessionInterface):
    """Opens and keeps the sessions of `/organise`, and of nothing else."""

    def __init__(self, app: Flask) -> None:
        self._tags = TaggedJSONSerializer()
        self._carried = URLSafeTimedSerializer(
            [*reversed(app.config["SECRET_KEYS"])], salt="campaign/before-sign-in", serializer=self._tags
        )

    def open_session(self, app: Flask, request: Request) -> Session | None:
        """The session of the request's cookie, a new one, or None where there are no sessions."""
        if not _here(request.path):
            return None
        cookie = request.cookies.get(COOKIE, "")
        if cookie.startswith(_KEPT):
            try:
                return self._kept(cookie.removeprefix(_KEPT)) or Session({})
            except DBAPIError as error:
                # There is no page for it this early: the first hook of the request raises it, before any view.
                request.environ[AWAY] = error
                return Session({})
        if cookie.startswith(_CARRIED):
            try:
                content = self._carried.loads(
                    cookie.removeprefix(_CARRIED), max_age=int(LIFE_BEFORE_SIGN_IN.total_seconds())
                )
            except BadSignature:
                return Session({})
            return Session(content)
        return Session({})

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what changed; end what was emptied."""
        if not isinstance(session, Session) or not session.modified:
            return
        if not session:
            self._end(session)
            response.delete_cookie(COOKIE, path=PATH)
            return
        value = self._keep(session) if ORGANISER in session else _CARRIED + str(self._carried.dumps(dict(session)))
        response.set_cookie(
            COOKIE,
            value,
            path=PATH,
            httponly=True,
            samesite="Lax",
            secure=door().settings.base_url.startswith("https://"),
        )

    def _kept(self, token: str) -> Session | None:
        with door().storage.reading() as session:
            found = session.execute(
                select(OrganiserSession.content, OrganiserSession.created_at).where(
                    OrganiserSession.token_hash == _hash(door(), token), OrganiserSession.expires_at > clock.now()
                )
            ).one_or_none()
        if found is None:
            return None
        return Session(
            self._tags.loads(door().storage.vault.decrypt(found.content, SESSION_CONTENT, _hash(door(), token))),
            token,
            found.created_at,
        )

    def _keep(self, session: Session) -> str:
        now, vault = clock.now(), door().storage.vault
        old = session.token
        token = secrets.token_urlsafe(32) if old is None or session.renewed else old
        token_hash = _hash(door(), token)
        content = vault.encrypt(self._tags.dumps(dict(session)), SESSION_CONTENT, token_hash)
        with door().storage.writing() as writing:
            if token == old:
                row = OrganiserSession.token_hash == token_hash
                writing.execute(update(OrganiserSession).where(row).values(content=content))
                return _KEPT + old
            if old is not None:
                writing.execute(delete(OrganiserSession).where(OrganiserSession.token_hash == _hash(door(), old)))
            writing.execute(
                insert(OrganiserSession).values(
                    token_hash=token_hash,
                    organiser_id=session[ORGANISER],
                    content=content,
                    created_at=now,
                    expires_at=now + LIFE,
                )
            )
        return _KEPT + token

    def _end(self, session: Session) -> None:
        if session.token is not None:
            with door().storage.writing() as writing:
                row = OrganiserSession.token_hash == _hash(door(), session.token)
                writing.execute(delete(OrganiserSession).where(row))


def is_signed_in(at: Door, cookies: str) -> bool:
    """Whether an organiser's session is behind a `Cookie` header: asked before a large form is read."""
    cookie = parse_cookie(cookies).get(COOKIE, "")
    if not cookie.startswith(_KEPT):
        return False
    row = OrganiserSession.token_hash == _hash(at, cookie.removeprefix(_KEPT))
    with at.storage.reading() as session:
        known = select(OrganiserSession.token_hash).where(row, OrganiserSession.expires_at > clock.now())
        return session.scalar(known) is not None


def is_this_one(token_hash: bytes) -> bool:
    """Whether a kept session is the one of this request."""
    token = getattr(current, "token", None)
    return token is not None and _hash(door(), token) == token_hash


def _here(path: str) -> bool:
    return path == PATH or path.startswith(f"{PATH}/")


def _hash(at: Door, token: str) -> bytes:
    return at.storage.vault.keyed_hash("organiser-session", token)


__all__ = ["COOKIE", "LIFE", "ORGANISER", "PATH", "Session", "Sessions", "is_signed_in"]
