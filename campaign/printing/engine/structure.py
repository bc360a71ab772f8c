"""The structure of a print: what WeasyPrint does not say of its own about the elements it tags.

A screen reader needs to know in which language an element is, which way a header cell points, and what of a page is
furniture that is not to be read. All of that stands in the HTML a print is made from; inside `TextLayer.drawing()`
this carries it over into the structure tree, as it is built.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pydyf
import weasyprint.pdf.tags
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder

from campaign.printing.engine.drawing import active

_original_build_box_tree = weasyprint.pdf.tags._build_box_tree

# In WeasyPrint's operators a marked content is three entries: its tag, its properties, and this.
_BEGINS = b"BDC"
_NOBODY = b"null"  # in the parent tree: content that no element holds


def _build_box_tree(
    box: Any, parent: Any, pdf: Any, page_number: int, nums: dict[int, bytes], annotations: Any, tags: dict[Any, Any]
) -> Iterator[Any]:
    """WeasyPrint's own, with what the HTML says of each element besides its name."""
    if not active():
        yield from _original_build_box_tree(box, parent, pdf, page_number, nums, annotations, tags)
        return
    if isinstance(box, AbsolutePlaceholder):
        box = box._box
    if isinstance(box, boxes.MarginBox):
        # Running heads and feet: the same on every page, and read on none.
        for shown in _shown_in(box, tags):
            nums[tags.pop(shown)["mcid"]] = _NOBODY
        return
    attributes = {} if box.element is None or "::" in (box.element_tag or "") else box.element.attrib
    if box.link_annotation and box.element is not None:
        box.link_annotation["F"] = 4  # printed with the page, as an archive asks
        box.link_annotation["Contents"] = pydyf.String(" ".join("".join(box.element.itertext()).split()))
    for element in _original_build_box_tree(box, parent, pdf, page_number, nums, annotations, tags):
        if attributes.get("lang") and box.element_tag not in {"html", "body"}:
            element["Lang"] = pydyf.String(attributes["lang"])
        if element["S"] == "/TH" and "A" in element:
            element["A"]["Scope"] = "/Row" if attributes.get("scope") == "row" else "/Column"
        yield element


def _shown_in(box: Any, tags: dict[Any, Any]) -> Iterator[Any]:
    """The boxes within one that are drawn as marked content."""
    if box in tags:
        yield box
    for child in getattr(box, "children", ()):
        yield from _shown_in(child._box if isinstance(child, AbsolutePlaceholder) else child, tags)


weasyprint.pdf.tags._build_box_tree = _build_box_tree


def finish(pdf: Any) -> None:
    """Mend what stands in a finished `pydyf.PDF`: furniture as artifacts, header cells found by name."""
    _mark_artifacts(pdf)
    identified: list[tuple[str, Any]] = []
    root = None
    for thing in pdf.objects:
        if not isinstance(thing, pydyf.Dictionary):
            continue
        if thing.get("Type") == "/StructTreeRoot":
            root = thing
        if thing.get("S") == "/Figure" and "Alt" not in thing:
            # A picture without a text of its own is an ornament here (the line of the deadline strip, whose dates
            # stand beside it in words): no figure to announce.
            thing["S"] = "/NonStruct"
            thing.pop("A", None)
        if thing.get("S") in {"/TH", "/TD"}:
            attributes = thing.get("A", {})
            if not attributes.get("Headers", True):
                del attributes["Headers"]
            if "ID" in thing:
                identified.append((thing["ID"].string, thing))
    if root is not None and identified:
        names = pydyf.Array()
        for key, thing in sorted(identified, key=lambda pair: pair[0]):
            names.extend((pydyf.String(key), thing.reference))
        limits = pydyf.Array([pydyf.String(min(key for key, _ in identified)), pydyf.String(names[-2].string)])
        leaf = pydyf.Dictionary({"Names": names, "Limits": limits})
        pdf.add_object(leaf)
        root["IDTree"] = pydyf.Dictionary({"Kids": pydyf.Array([leaf.reference])})


def _mark_artifacts(pdf: Any) -> None:
    """Where the parent tree knows of nobody for a marked content, it is drawn as an artifact."""
    numbers = next(
        (
            thing["Nums"]
            for thing in pdf.objects
            if isinstance(thing, pydyf.Dictionary) and isinstance(thing.get("Nums"), pydyf.Array)
        ),
        None,
    )
    if numbers is None:
        return
    for number, reference in enumerate(pdf.page_references):
        elements = numbers[2 * number + 1]
        if _NOBODY not in elements:
            continue
        page = pdf.objects[int(reference.split()[0])]
        operators = pdf.objects[int(page["Contents"].split()[0])].stream
        for place, operator in enumerate(operators):
            if operator != _BEGINS or not isinstance(operators[place - 1], pydyf.Dictionary):
                continue
            if elements[operators[place - 1]["MCID"]] == _NOBODY:
                operators[place - 2] = "/Artifact"
                operators[place - 1] = pydyf.Dictionary({"Type": "/Pagination"})
