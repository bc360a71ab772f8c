"""One action in figures: plots, each with its table, and the same as a file."""

from __future__ import annotations

from flask import Blueprint, Response

from campaign import clock
from campaign.appeals.network import figures
from campaign.appeals.signature_admin import charts, statistics
from campaign.appeals.signature_admin.statistics import Expected, Statistics
from campaign.cases.board import pace
from campaign.office.permissions import Permission
from campaign.storage.tables import Action
from campaign.vocabulary import ActionStatus
from campaign.web.app_state import door
from campaign.web.organise.account.authorisation import needs
from campaign.web.organise.action.action_tabs import action_page, read_action
from campaign.web.organise.support.signatures import download

blueprint = Blueprint("statistics", __name__, url_prefix="/actions/<slug>/statistics")


@blueprint.get("/")
@needs(Permission.READ)
def show(slug: str) -> str:
    """What it comes to, and where it leads."""
    action = read_action(slug)
    gathered, expected = _gathered(action)
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
    )


@blueprint.get("/statistics.csv")
@needs(Permission.READ)
def as_file(slug: str) -> Response:
    """The same for a spreadsheet. It names nobody."""
    return download(statistics.as_csv(*_gathered(read_action(slug))), f"statistics-{slug}.csv")


def _gathered(action: Action) -> tuple[Statistics, Expected | None]:
    today = clock.local_day(clock.now(), action.case.time_zone)
    with door().storage.reading() as session:
        gathered = statistics.gathered(session, action.id, today)
    if action.deadline is None or action.deadline < today or action.status is not ActionStatus.OPEN:
        return gathered, None
    count = pace.projected({it.on: it.count for it in gathered.days}, today, action.deadline)
    return gathered, Expected(count, action.deadline) if count is not None else None
