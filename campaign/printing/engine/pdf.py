"""The press: HTML in, PDF bytes out. The same HTML gives the same bytes, whenever and wherever it is printed.

Every print is PDF/UA-1 and PDF/A-3a: tagged, with its language and a real title, all fonts embedded, colours defined.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from campaign import language
from campaign.printing.engine.fonts import refuse_unprintable
from campaign.printing.engine.text import clean
from campaign.settings import ROOT

if TYPE_CHECKING:
    from weasyprint import Document

_LINK = re.compile(r"</?a\b[^>]*>")

_COUNTER = re.compile(r"(counter\(pages?|target-counter\([^,]+, page)\)")

LETTERS = ROOT / "letters"
TEMPLATES = ROOT / "templates"


@dataclass(frozen=True)
class Laid:
    """A print that is laid out, its pages known, and not drawn yet."""

    html: str
    direction: str
    document: Document

    @property
    def pages(self) -> int:
        return len(self.document.pages)


def set_in_type(template: str, locale: str, values: Mapping[str, Any]) -> str:
    """A print's HTML. All values are text: cleaned, and escaped unless they are `Markup`."""
    return (
        _environment(locale)
        .get_template(template)
        .render(
            {**values, "locale": locale, "dir": language.direction(locale)},
        )
    )


def lay_out(html: str, locale: str) -> Laid:
    """Lay HTML out on pages. Raises `Unprintable` if it holds a script that no installed font has."""
    refuse_unprintable(html)
    direction = language.direction(locale)
    from campaign.printing.engine import press  # noqa: PLC0415 - it is large, and only who prints loads it

    return Laid(html, direction, press.rendered(html, direction, LETTERS.as_uri() + "/"))


def pull(*laid: Laid) -> bytes:
    """One PDF of all pages; title and language are the first part's."""
    from campaign.printing.engine import press  # noqa: PLC0415

    return press.written(laid[0].direction, [(part.html, part.document) for part in laid])


@cache
def _environment(locale: str) -> jinja2.Environment:
    """Where the prints' templates are read: first `letters/`, then the macros they share with pages."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([LETTERS, TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    catalogue = language.translations(locale)
    environment.install_gettext_callables(catalogue.gettext, catalogue.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(
        day=partial(_in_locale, language.day, locale),
        day_short=lambda value: language.day(value, locale, "short"),
        number=partial(_in_locale, language.number, locale),
        ours=_Ours,
        digits=lambda text: language.in_digits(str(text), locale),
    )
    counters = language.counter_style(locale)
    environment.globals.update(style=partial(_style, counters), counters=counters)
    return environment


def _in_locale(write: Any, locale: str, value: Any) -> str:
    return str(write(value, locale))


class _Ours(Markup):
    """What a macro of our own made: its links are ours, and those of texts in it are taken out already."""


def _finalize(value: Any) -> Any:
    if isinstance(value, _Ours):
        return value
    if isinstance(value, Markup):
        # On paper a link is its text: an address behind it would be in the file, and nobody would see where it leads.
        value = Markup(_LINK.sub("", value))  # noqa: S704 - markup already, only lessened
    return clean(value) if isinstance(value, str) else value


@cache
def _style(counters: str, *names: str) -> Markup:
    """Style sheets of `letters/`, to stand in the page itself: then a print is its HTML and nothing else.

    Numbers of pages and lists are counted in the digits of the language.
    """
    sheets: Sequence[Path] = [LETTERS / name for name in names]
    styles = "\n".join(path.read_text("utf-8") for path in sheets)
    if counters != "decimal":
        styles = _COUNTER.sub(rf"\1, {counters})", styles) + f"\nol {{ list-style-type: {counters}; }}"
    return Markup(styles)  # noqa: S704 - files of ours
