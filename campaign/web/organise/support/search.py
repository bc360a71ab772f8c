"""One search over everything that the office writes and gets; and the keys that make it quick to reach."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, request

from campaign.appeals.relay import incoming
from campaign.appeals.relay.incoming import Incoming
from campaign.office import search as room
from campaign.office.permissions import Permission
from campaign.office.search import Result, Results
from campaign.sentences import Sentence
from campaign.storage.search import Kind
from campaign.web import numbers
from campaign.web.app_state import door
from campaign.web.organise.account.authorisation import allowed, me, needs
from campaign.web.organise.support.incoming import SAID
from campaign.web.rendering import page, url

blueprint = Blueprint("search", __name__, url_prefix="/search")

# Of each kind at first, and of one kind on a page of its own.
FIRST, AT_ONCE = 5, 40
LONGEST = 200
MAIL = "mail"
HEADINGS = {
    Kind.ACTION: Sentence("Actions"),
    Kind.CASE: Sentence("Cases"),
    Kind.OFFICIAL: Sentence("Officials"),
    Kind.SOURCE: Sentence("Sources"),
    Kind.DELIVERY: Sentence("Deliveries"),
    MAIL: Sentence("Incoming mail"),
}


@dataclass(frozen=True)
class Group:
    """Results of one kind: those that are shown, and how many there are."""

    kind: str
    heading: str
    results: tuple[tuple[Result | Incoming, str], ...]
    total: int


@blueprint.get("/")
@needs(Permission.READ)
def show() -> str:
    """What holds all of the words, and may be seen by who asks: a few of each kind, or all of one."""
    sought = " ".join(request.args.get("q", "").split())[:LONGEST]
    asked = request.args.get("kind", "")
    # Only who may read what came in searches it: to others nothing says that there is any.
    reads_mail = allowed(Permission.DELIVER)
    kind = next((it for it in HEADINGS if it == asked and (it != MAIL or reads_mail)), None)
    at = max(1, request.args.get("page", 1, type=numbers.whole))
    most = AT_ONCE if kind else FIRST
    with door().storage.reading() as session:
        found: list[Results] = []
        if kind != MAIL:
            found = room.search(session, me().role, sought, most, Kind(kind) if kind else None, at if kind else 1)
        mails: tuple[Incoming, ...] = ()
        if kind in (None, MAIL) and reads_mail:
            mails = incoming.sought(session, door().storage.vault, sought)
    groups = [
        Group(it.kind, HEADINGS[it.kind], tuple((one, _way(one)) for one in it.results), it.total) for it in found
    ]
    if mails:
        shown = mails[(at - 1) * most :][:most] if kind else mails[:most]
        groups.append(Group(MAIL, HEADINGS[MAIL], tuple((it, _mail(it)) for it in shown), len(mails)))
    return page(
        "organise/support/search.html",
        sought=sought,
        groups=groups,
        kind=kind,
        heading=HEADINGS[kind] if kind else None,
        total=sum(it.total for it in groups),
        at=at,
        pages=max((-(-it.total // AT_ONCE) for it in groups), default=1) if kind else 1,
        mail_kinds=SAID,
        looked_through=incoming.LOOKED_THROUGH,
        mails=reads_mail,
    )


@blueprint.get("/keys")
@needs(Permission.READ)
def keys() -> str:
    """The keyboard shortcuts."""
    return page("organise/office/keys.html")


def _way(it: Result) -> str:
    match it.kind:
        case Kind.ACTION:
            return url("actions.show", slug=it.slug)
        case Kind.CASE:
            return url("cases.show", slug=it.slug)
        case Kind.OFFICIAL:
            return url("officials.show", official_id=it.id)
        case Kind.SOURCE:
            return url("cases.show", slug=it.slug, _anchor=f"source-{it.id}")
        case Kind.DELIVERY:
            return url("deliveries.show", delivery_id=it.id)


def _mail(it: Incoming) -> str:
    done = {"done": "yes"} if it.handled_at is not None else {}
    return url("incoming.show", **done, _anchor=f"m-{it.id}")
