"""The plots of an action's statistics as pictures to take away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, render_template

from campaign import channels, clock, language
from campaign.appeals.signature_admin import charts
from campaign.appeals.signature_admin.statistics import Statistics
from campaign.office.permissions import Permission
from campaign.printing.sheets.plot import PlotText, plot_png
from campaign.storage.tables import Action
from campaign.web.locales import _, current
from campaign.web.organise.account.authorisation import needs
from campaign.web.organise.action.action_tabs import read_action, title_of
from campaign.web.organise.support.statistics import gathered_of
from campaign.web.organise.words import worded
from campaign.web.rendering import office

blueprint = Blueprint("plots", __name__, url_prefix="/actions/<slug>/statistics")

DAYS = "days"
_PICTURES = {"svg": "image/svg+xml; charset=utf-8", "png": "image/png"}
# The longest list that a picture shows; the table on the page has the rest.
_MOST_BARS = 20
# In the units of the box: above and below a plot, one bar, where bars begin and how long the longest is, the margin.
_ABOVE, _BELOW, _ROW, _BAR, _LONGEST, _MARGIN = 74, 42, 26, 260, 380, 16

Counts = Iterable[tuple[Any, int]]
_BARS: dict[str, tuple[Callable[[Statistics], Counts], Callable[[Any], str]]] = {
    "countries": (lambda of: of.countries, lambda code: language.country_name(code, current())),
    "languages": (lambda of: of.languages, lambda tag: language.language_name(tag, current())),
    "channels": (lambda of: of.channels, lambda channel: _(channels.label(channel))),
    "statuses": (lambda of: of.statuses.items(), lambda status: str(worded(status))),
}


@blueprint.get("/plots/<plot>.<picture>")
@needs(Permission.READ)
def show(slug: str, plot: str, picture: str) -> Response:
    """One plot by itself: as SVG, or as PNG with twice as many pixels. 404 for one that would be empty."""
    if picture not in _PICTURES or (plot != DAYS and plot not in _BARS):
        abort(404)
    action = read_action(slug)
    days, bars, many = _drawn(action, plot)
    if not (days or bars):
        abort(404)
    height = _ABOVE + (charts.HEIGHT if days else _ROW * len(bars)) + _BELOW
    head = (_heading(plot), title_of(action).text, " · ".join(_by(action, len(bars), many)))
    texts = [*_around(head, height), *(_of_days(days) if days else _of_bars(bars))]
    svg = partial(
        render_template,
        "organise/support/plot.svg",
        heading=head[0],
        days=days,
        columns=[(_BAR, n * _ROW + 6, _length(it)) for n, it in enumerate(bars)],
        above=_ABOVE,
        width=charts.WIDTH,
        height=height,
    )
    if picture == "svg":
        content = svg(texts=texts).encode()
    else:
        content = plot_png(svg(texts=()), texts, current(), (charts.WIDTH, height))
    response = Response(content, content_type=_PICTURES[picture])
    response.headers.set("Content-Disposition", "attachment", filename=f"{plot}-{slug}.{picture}")
    return response


def _around(head: tuple[str, str, str], height: int) -> Iterator[PlotText]:
    rtl = language.direction(current()) == "rtl"
    x, anchor = (charts.WIDTH - _MARGIN, "end") if rtl else (_MARGIN, "start")
    for words, y, kind in zip(head, (34, 58, height - _MARGIN), ("heading", "quiet", "quiet"), strict=True):
        yield PlotText(x, y, anchor, kind, words)


def _of_days(plot: charts.DayPlot) -> Iterator[PlotText]:
    for mark in plot.marks:
        yield PlotText(charts.LEFT - 8, mark.y + _ABOVE + 4, "end", "quiet", language.number(mark.value, current()))
    for x, on, anchor in plot.dates:
        yield PlotText(x, charts.HEIGHT + _ABOVE - 8, anchor, "quiet", language.day(on, current(), "short"))


def _of_bars(bars: Sequence[charts.Bar]) -> Iterator[PlotText]:
    for n, it in enumerate(bars):
        base = _ABOVE + n * _ROW + 19
        yield PlotText(_BAR - 10, base, "end", "row", it.name)
        yield PlotText(_BAR + _length(it) + 8, base, "start", "row", language.number(it.count, current()))


def _length(bar: charts.Bar) -> float:
    return round(bar.width / 100 * _LONGEST, 1)


def _drawn(action: Action, plot: str) -> tuple[charts.DayPlot | None, tuple[charts.Bar, ...], int]:
    """The geometry of a plot, and how many bars there would be if all were drawn."""
    gathered, expected = gathered_of(action)
    if plot == DAYS:
        return charts.days(gathered.days, expected, action.goal), (), 0
    counts, name = _BARS[plot]
    named = [(name(key), count) for key, count in counts(gathered) if count]
    return None, charts.bars(named, _MOST_BARS), len(named)


def _heading(plot: str) -> str:
    return {
        DAYS: _("Signatures by day"),
        "countries": _("Signatures by country"),
        "languages": _("Signatures by language of the page"),
        "channels": _("Letters by channel"),
        "statuses": _("Signatures by status"),
    }[plot]


def _by(action: Action, drawn: int, many: int) -> Iterable[str]:
    """Who counted, on which day, and what is left out: a picture goes about without its page."""
    yield office(current()).name
    yield language.day(clock.local_day(clock.now(), action.case.time_zone), current())
    if drawn < many:
        yield _("the largest %(n)s of %(all)s", n=drawn, all=many)
