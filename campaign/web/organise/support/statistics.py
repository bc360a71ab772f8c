"""One action in figures: plots, each with its table, and the same as a file."""

from __future__ import annotations

from flask import Blueprint, Response, request

from campaign import clock
from campaign.appeals.network import figures
from campaign.appeals.signature_admin import charts, statistics
from campaign.appeals.signature_admin.statistics import Expected, Statistics
from campaign.appeals.signing import visits
from campaign.cases.board import pace
from campaign.office.permissions import Permission
from campaign.publication.small_numbers import LEAST
from campaign.storage.tables import Action
from campaign.vocabulary import ActionStatus
from campaign.web.app_state import door
from campaign.web.organise.account.authorisation import needs
from campaign.web.organise.action.action_tabs import action_page, read_action
from campaign.web.organise.downloads import download
from campaign.web.rendering import url

blueprint = Blueprint("statistics", __name__, url_prefix="/actions/<slug>/statistics")


@blueprint.get("/")
@needs(Permission.READ)
def show(slug: str) -> str:
    """What it comes to, and where it leads."""
    action = read_action(slug)
    gathered, expected = gathered_of(action)
    with door().storage.reading() as session:
        network = figures.gathered(session)
    return action_page(
        "organise/support/statistics.html",
        action,
        "statistics.show",
        statistics=gathered,
        network=network,
        expected=expected,
        days=charts.days(gathered.days, expected, action.goal),
        bars=charts.bars,
        least=LEAST,
        asked=request.args.get("tag", ""),
        tag=visits.tag(request.args.get("tag")),
        link=lambda tag: door().settings.base_url + url("shared", slug=slug, via=tag),
    )


@blueprint.get("/statistics.<form>")
@needs(Permission.READ)
def as_file(slug: str, form: str) -> Response:
    """The same for a spreadsheet. It names nobody."""
    return download(statistics.as_rows(*gathered_of(read_action(slug))), f"statistics-{slug}", form)


def gathered_of(action: Action) -> tuple[Statistics, Expected | None]:
    """The figures of an action, and what to expect by its deadline while it is open."""
    today = clock.local_day(clock.now(), action.case.time_zone)
    with door().storage.reading() as session:
        gathered = statistics.gathered(session, action.id, today)
    if action.deadline is None or action.deadline < today or action.status is not ActionStatus.OPEN:
        return gathered, None
    count = pace.projected({it.on: it.count for it in gathered.days}, today, action.deadline)
    return gathered, Expected(count, action.deadline) if count is not None else None
