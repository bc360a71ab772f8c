"""Prose: the little Markdown that texts are written in, and the fields that are filled into them.

Paragraphs, headings, lists, emphasis, strong words, and links to the web or to a mailbox; nothing else, no HTML
and no pictures: what is not in this list is shown as it was typed. A field is written `((key))`. The source is
parsed first and fields are filled after that, as text: nothing a value holds can become a link or a tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from campaign.errors import Refused

Missing = Literal["refuse", "show"]

_FIELD = re.compile(r"\(\(([A-Za-z][A-Za-z0-9_.-]*)\)\)")
_MARKS = re.compile(r"[\\`*_\[\]<>]|\((?=\()")
_LEADING = re.compile(r"^(\d*)([#+.)=-])")
_RULES = ("paragraph", "heading", "list", "newline", "escape", "emphasis", "link")
_SCHEMES = frozenset({"http", "https", "mailto"})
# Headings in a text stand below those of the page that shows it.
_TOP_HEADING = 3


def to_html(source: str, fields: Mapping[str, str], *, links: bool = True, missing: Missing = "refuse") -> Markup:
    """`source` as HTML with `fields` filled in. Without `links`, a link is only its text, as paper wants it.

    Raises `Refused` naming a field that has no value; with `missing="show"` it is shown, marked.
    """
    return Markup("\n").join(paragraphs_html(source, fields, links=links, missing=missing))


def paragraphs_html(
    source: str, fields: Mapping[str, str], *, links: bool = True, missing: Missing = "refuse"
) -> tuple[Markup, ...]:
    """The blocks of `to_html` one by one: `<p>…</p>`, `<ul>…</ul>`. Raises as `to_html` does."""
    values = _Values(fields, missing)
    return tuple(Markup("").join(_html(token, values, links) for token in block) for block in _blocks(source))


def to_text(source: str, fields: Mapping[str, str], *, missing: Missing = "refuse") -> str:
    """`source` as plain text: blocks parted by one blank line, emphasis left out, a link's address behind its text.

    Raises as `to_html` does.
    """
    values = _Values(fields, missing)
    return "\n\n".join("".join(_text(block, values)).strip("\n") for block in _blocks(source))


def literal(text: str) -> str:
    """Source that says just `text`: what was not written as Markdown must not become it."""
    escaped = _MARKS.sub(r"\\\g<0>", " ".join(text.split()))
    return _LEADING.sub(r"\1\\\2", escaped)


def field_keys(source: str) -> frozenset[str]:
    """The keys of all fields that filling `source` needs."""
    inline = (child for block in _blocks(source) for token in block for child in token.children or ())
    return frozenset(key for child in inline if child.type == "text" for key in _FIELD.findall(child.content))


@dataclass(frozen=True)
class _Values:
    fields: Mapping[str, str]
    missing: Missing

    def __call__(self, key: str) -> str | None:
        """The value to fill in; None if the field is to be shown as it is."""
        if key in self.fields:
            return "".join(self.fields[key])  # a plain str, whatever was given: markup in a value is text
        if self.missing == "show":
            return None
        raise Refused("The text uses the field ((%(key)s)), which has no value.", key=key)


@cache
def _parser() -> MarkdownIt:
    # What was escaped stays a token of its own: joined to the text around, `(\\(` would be a field again.
    parser = MarkdownIt("zero").enable(_RULES).disable("text_join")
    parser.validateLink = _may_link  # type: ignore[method-assign, assignment]
    return parser


def _may_link(address: str) -> bool:
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    return parts.scheme.lower() in _SCHEMES and bool(parts.netloc or parts.scheme.lower() == "mailto")


def _blocks(source: str) -> Iterator[list[Token]]:
    """The tokens of each outermost block."""
    block: list[Token] = []
    for token in _parser().parse(source):
        block.append(token)
        if token.level == 0 and token.nesting < 0:
            yield block
            block = []


def _html(token: Token, values: _Values, links: bool) -> Markup:
    if token.type == "inline":
        return Markup("").join(_inline_html(child, values, links) for child in token.children or ())
    if token.hidden:  # the paragraph of a list item without space around
        return Markup("")
    tag = token.tag
    if token.type.startswith("heading"):
        tag = f"h{min(6, int(tag[1:]) + _TOP_HEADING - 1)}"
    if token.nesting < 0:
        return Markup("</{}>").format(tag)
    start = token.attrGet("start") if tag == "ol" else None
    return Markup('<{} start="{}">').format(tag, start) if start is not None else Markup("<{}>").format(tag)


def _inline_html(token: Token, values: _Values, links: bool) -> Markup:
    match token.type:
        case "text":
            return Markup("").join(_text_html(piece, is_key, values) for piece, is_key in _pieces(token.content))
        case "text_special":
            return escape(token.content)
        case "softbreak" | "hardbreak":
            return Markup("<br>\n") if token.type == "hardbreak" else Markup("\n")
        case "link_open":
            address = str(token.attrGet("href"))
            return Markup('<a href="{}" rel="noopener">').format(address) if links else Markup("")
        case "link_close":
            return Markup("</a>") if links else Markup("")
        case _:  # em and strong: the parser knows no others
            return Markup("<{}{}>").format("/" if token.nesting < 0 else "", token.tag)


def _text_html(piece: str, is_key: bool, values: _Values) -> Markup:
    if not is_key:
        return escape(piece)
    value = values(piece)
    return Markup("<mark>(({}))</mark>").format(piece) if value is None else escape(value)


def _text(block: Sequence[Token], values: _Values) -> Iterator[str]:
    numbers: list[int | None] = []  # of the lists around: the next number, or None where items have a dash
    for token in block:
        match token.type:
            case "bullet_list_open":
                numbers.append(None)
            case "ordered_list_open":
                start = token.attrGet("start")
                numbers.append(1 if start is None else int(start))
            case "bullet_list_close" | "ordered_list_close":
                numbers.pop()
            case "list_item_open":
                number = numbers[-1]
                yield "  " * (len(numbers) - 1) + ("- " if number is None else f"{number}. ")
                if number is not None:
                    numbers[-1] = number + 1
            case "inline":
                yield from _inline_text(token.children or (), values)
                yield "\n"


def _inline_text(children: Sequence[Token], values: _Values) -> Iterator[str]:
    address = said = ""
    for token in children:
        match token.type:
            case "text":
                for piece, is_key in _pieces(token.content):
                    value = values(piece) if is_key else piece
                    text = f"(({piece}))" if value is None else value
                    said += text
                    yield text
            case "text_special":
                said += token.content
                yield token.content
            case "softbreak":
                yield " "
            case "hardbreak":
                yield "\n"
            case "link_open":
                address, said = str(token.attrGet("href")).removeprefix("mailto:"), ""
            case "link_close" if said.strip() != address:
                yield f" ({address})"


def _pieces(content: str) -> Iterator[tuple[str, bool]]:
    """Text, and the keys of the fields in it: every second piece is a key."""
    for number, piece in enumerate(_FIELD.split(content)):
        yield piece, number % 2 == 1


# The first link ever fills a table of mdurl, and whoever comes in between finds half of it (IndexError): it is filled
# while this module is imported, before there are threads.
_parser().parse("[a](https://example.org/é)")
