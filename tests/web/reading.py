"""An HTML page taken apart as a reader's programs take it apart: elements, their attributes and their words."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPTY = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
# Elements that end where the next of their kind begins.
_UNCLOSED = frozenset({"option"})


@dataclass
class Element:
    """One element. `text` is all the words in it, runs of space one space."""

    tag: str
    attributes: dict[str, str]
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)


class Page(HTMLParser):
    """A page: `all("a", rel="next")` finds elements in the order of the source, `one(...)` the only one."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(source)
        self.close()

    def all(self, tag: str | None = None, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            it
            for it in self.elements
            if tag in {None, it.tag} and all(it.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str | None = None, **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} elements are {tag} {attributes}"
        return found[0]

    @property
    def title(self) -> str:
        return self.one("title").text

    @property
    def heading(self) -> str:
        """The words of the one h1."""
        return self.one("h1").text

    @property
    def text(self) -> str:
        """All that is said in the body."""
        return self.one("body").text

    @property
    def links(self) -> list[str]:
        return [it["href"] for it in self.all("a") if "href" in it.attributes]

    def hidden(self, name: str) -> str:
        """The value of a hidden field."""
        return self.one("input", type="hidden", name=name)["value"]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNCLOSED and self._open and self._open[-1].tag == tag:
            self._open.pop()
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in _EMPTY:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if any(it.tag == tag for it in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.words.append(data)
