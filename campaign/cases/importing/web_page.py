"""Text out of a saved web page: the main text, each line of an address a line, links as Markdown writes them."""

from __future__ import annotations

import re
from typing import Any

from lxml import html

_BLOCKS = {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "ul", "ol", "table"}
_BLOCKS |= {"blockquote", "address", "dl", "dt", "dd", "figure", "figcaption", "main", "pre", "hr"}
_UNSEEN = {
    "script",
    "style",
    "noscript",
    "template",
    "head",
    "nav",
    "footer",
    "aside",
    "form",
    "button",
    "svg",
    "iframe",
}
_SHARE = 0.7  # of the words under the main element that trafilatura must have kept


def text_of_page(page: str) -> str:
    """The main text of a page, as trafilatura finds it; where that loses much of the main element, its whole text.

    Nothing is fetched.
    """
    import trafilatura  # noqa: PLC0415 - takes half a second to load, and few bulletins are web pages

    tree = html.fromstring(page, parser=html.HTMLParser(no_network=True, remove_comments=True, huge_tree=False))
    found = trafilatura.extract(
        page,
        output_format="markdown",
        include_links=True,
        include_tables=True,
        include_comments=False,
        favor_recall=True,
    )
    mains = tree.xpath("//main | //article | //*[@role='main']")
    whole = _lines(max(mains, key=lambda one: len(one.text_content())) if mains else _body(tree))
    kept = len(re.findall(r"\w+", found or ""))
    # What trafilatura takes for furniture may be an address: short lines, one under the other.
    return whole if mains or kept < _SHARE * len(re.findall(r"\w+", whole)) else _lines_of_markdown(found or "")


def _body(tree: Any) -> Any:
    bodies = tree.xpath("//body")
    return bodies[0] if bodies else tree


def _lines_of_markdown(text: str) -> str:
    return re.sub(r"^\|\s*|\s*\|\s*$|^\|?[\s:|-]+\|?$", "", text, flags=re.M).replace(" | ", "\n")


def _lines(element: Any) -> str:
    told: list[str] = []
    _walk(element, told, 0)
    text = re.sub(r"[ \t\r\f\v\u00a0]+", " ", "".join(told))
    return re.sub(r" ?\n ?", "\n", re.sub(r"\n{3,}", "\n\n", text)).strip()


def _walk(element: Any, told: list[str], depth: int) -> None:
    if not isinstance(element.tag, str) or element.tag in _UNSEEN or depth > 200:
        return
    if "hidden" in element.attrib or re.search(r"display\s*:\s*none", element.get("style", "")):
        return
    block = element.tag in _BLOCKS
    if block:
        told.append("\n\n" if element.tag in ("p", "h1", "h2", "h3", "h4", "ul", "ol") else "\n")
    if element.tag == "li":
        told.append("• ")
    if element.tag == "br":
        told.append("\n")
    start = len(told)
    told.append(re.sub(r"\s+", " ", element.text or ""))
    for child in element.iterchildren():
        _walk(child, told, depth + 1)
        told.append(re.sub(r"\s+", " ", child.tail or ""))
    target = element.get("href", "") if element.tag == "a" else ""
    text = "".join(told[start:])
    leads = target.startswith(("http://", "https://", "mailto:")) and text.strip() and target not in text
    if leads and not set("[]()\n") & set(text + target):
        told[start:] = [f"[{text.strip()}]({target})"]
    if block:
        told.append("\n\n" if element.tag in ("p", "h1", "h2", "h3", "h4", "ul", "ol") else "\n")


def is_page(text: str) -> bool:
    """Whether a text is a web page by how it begins."""
    return bool(
        re.match(
            r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,400}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b",
            text[:900],
            re.I | re.S,
        )
    )
