"""What a page says that no translator would ever see.

`Marks` is a catalogue of Urdu in which every word that comes from a sentence stands between ⟦ and ⟧. The fields of a
sentence are not marked with it: a value has to be in the reader's language by itself. Urdu has no Latin letters, and
neither have its dates, numbers and countries, so whatever stands outside the marks in Latin letters is either content
(which says its own language, or is isolated) or was never given to translators.

    def test_the_team(desk: Callable[[Role], Desk], staffed: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        marking(monkeypatch, staffed)
        assert unsaid(desk(Role.ADMIN).get("/organise/team/").text) == []
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser

import pytest
from babel.support import NullTranslations
from sqlalchemy import update

from campaign import language
from campaign.language import ORIGINAL
from campaign.mail import rendering
from campaign.storage.tables import Organiser
from tests.conftest import Site
from tests.web.reading import _EMPTY

READS = "ur"

# Markup and fields of a sentence, which stay as they are.
_APART = re.compile(r"(<[^>]*>|%\(\w+\)s|%%|&\w+;)")
_MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
# What is isolated is a name.
_ADDRESS = re.compile(
    r"\u2068[^\u2069]*\u2069|(?:https?|webcal)://\S+|mailto:\S+|[^\s@]+@[^\s@]+|(?<!\w)/[\w./-]+|\b[\w-]+\.(?:csv|pdf|ics|zip)\b"
)
_WORD = re.compile(r"[A-Za-z]{2,}")
_ACRONYM = re.compile(r"\b[A-Z][A-Z0-9/]+\b")

# What holds content, codes or names, and what is not shown.
_CONTENT = frozenset({"bdi", "code", "kbd", "pre", "address", "textarea", "script", "style", "svg"})
_SAID = ("aria-label", "aria-roledescription", "aria-description", "placeholder", "title", "alt", "label")
_A_TEXT = re.compile(r"[A-Z][a-z]+|[A-Za-z]{2,}[,.:]?\s+[A-Za-z]{2,}")


class Marks(NullTranslations):
    """A catalogue that has a translation of everything."""

    def gettext(self, message: str) -> str:
        """The sentence with its words marked."""
        parts = _APART.split(message)
        return "".join(it if n % 2 or not it.strip() else f"⟦{it}⟧" for n, it in enumerate(parts))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form for so many."""
        return self.gettext(msgid1 if n == 1 else msgid2)


def marking(monkeypatch: pytest.MonkeyPatch, site: Site | None = None) -> None:
    """Let every sentence that is translated be marked, and every organiser of `site` read Urdu.

    A browser that nobody has signed in with asks for it by its header: `headers={"Accept-Language": READS}`.
    """
    marks = Marks()
    monkeypatch.setattr(language, "translations", lambda tag: NullTranslations() if tag == ORIGINAL else marks)
    rendering._templates.cache_clear()
    monkeypatch.setattr(rendering, "_templates", rendering._templates.__wrapped__)
    if site is not None:
        with site.storage.writing() as session:
            session.execute(update(Organiser).values(locale=READS))


def unsaid(html: str, *content: str) -> list[str]:
    """Every text and attribute of a page that holds words in Latin letters which no catalogue knows.

    `content`: names and codes of the test that stand on the page without a mark.
    """
    page = _Read(html)
    return [it for it in page.texts if _left_over(it, content)]


def unsaid_text(text: str, *content: str) -> list[str]:
    """The same of a plain text, by its lines."""
    return [it for it in text.splitlines() if _left_over(it, content)]


def _left_over(text: str, content: Iterable[str]) -> bool:
    text = _MARKED.sub(" ", text)
    for known in sorted(content, key=len, reverse=True):
        text = text.replace(known, " ")
    return _WORD.search(_ACRONYM.sub(" ", _ADDRESS.sub(" ", text))) is not None


class _Read(HTMLParser):
    """The texts of a page, without those that are content."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(html)
        self.close()

    @property
    def _inside_content(self) -> bool:
        return any(content for _tag, content in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "option" and self._open and self._open[-1][0] == "option":
            self._open.pop()
        content = tag in _CONTENT or (tag != "html" and "lang" in known) or known.get("translate") == "no"
        if not self._inside_content and not (content and tag not in {"textarea", "input"}):
            self.texts += [known[name] for name in _SAID if name in known]
            self.texts += [
                value
                for name, value in known.items()
                if name.startswith("data-") and not value.lstrip().startswith(("{", "[", "/")) and _A_TEXT.search(value)
            ]
            if tag == "input" and known.get("type") in {"submit", "button", "reset"}:
                self.texts.append(known.get("value", ""))
        if tag not in _EMPTY:
            self._open.append((tag, content))

    def handle_endtag(self, tag: str) -> None:
        if any(it == tag for it, _content in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._inside_content:
            self.texts.append(" ".join(data.split()))
