"""PO files: passages as a translator's own program reads and writes them, and back.

A file names its action and its language, and each passage by its context. A long passage is split at its paragraphs,
so that a translation memory finds what it knows; only where the translation has as many, or none yet.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po

from campaign import sandbox
from campaign.cases.writing.passages import Passage, State
from campaign.errors import Refused

LARGEST = 1024 * 1024


@dataclass(frozen=True)
class Taken:
    """What a file brings: `values` {key of a passage: translation}. Of these the original of `stale` has changed since
    the file was made. `unfinished` are passages of which a part is not translated, or marked as unsure: not taken."""

    values: Mapping[str, str]
    stale: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()


def write(action: str, tag: str, found: Sequence[Passage], named: Callable[[Passage], str]) -> bytes:
    """The file of an action in a language. `named` says what a passage is called, as a comment beside it."""
    catalog = Catalog(locale=tag, project=action, fuzzy=False)
    catalog.header_comment = f"# {action}, {tag}"
    for passage in found:
        sources, targets = pieces(passage), _split(passage.part, passage.target)
        if len(targets) != len(sources):
            targets = [""] * len(sources) if not targets else [passage.target]
        for number, (source, target) in enumerate(zip(sources, targets, strict=True), 1):
            catalog.add(
                source,
                target,
                context=f"{passage.key}/{number}",
                auto_comments=(named(passage),),
                flags=("fuzzy",) if passage.state is State.CHANGED else (),
            )
    written = io.BytesIO()
    write_po(written, catalog, width=0, ignore_obsolete=True)
    return written.getvalue()


def pieces(passage: Passage) -> list[str]:
    """A passage as a file splits it: its paragraphs, where the translation has as many or none, else whole."""
    sources, targets = _split(passage.part, passage.source), _split(passage.part, passage.target)
    return sources if len(targets) in {0, len(sources)} else [passage.source]


def read(data: bytes, action: str, tag: str, found: Sequence[Passage]) -> Taken:
    """What a file says for these passages. Raises `Refused` for what is no such file, or one of something else."""
    if len(data) > LARGEST:
        raise Refused("This file is larger than %(most)s MB.", most=LARGEST // 1024**2)
    held = sandbox.read(rows, data)
    if held["action"] != action or held["tag"] != tag:
        raise Refused("This file belongs to another action or language. Choose the file that you downloaded here.")
    by_key: dict[str, list[tuple[int, str, str]]] = {}
    for context, source, target in held["rows"]:
        key, _, number = context.rpartition("/")
        if number.isdecimal():
            by_key.setdefault(key, []).append((int(number), source, target))
    values, stale, unfinished = {}, [], []
    for passage in found:
        lines = sorted(by_key.get(passage.key, []))
        if not any(target for _, _, target in lines):
            continue
        if not all(target for _, _, target in lines):
            unfinished.append(passage.key)
            continue
        values[passage.key] = _joint(passage.part).join(target for _, _, target in lines)
        if _split(passage.part, _joint(passage.part).join(source for _, source, _ in lines)) != _split(
            passage.part, passage.source
        ):
            stale.append(passage.key)
    return Taken(values, tuple(stale), tuple(unfinished))


def rows(data: bytes) -> dict[str, object]:
    """What a file holds: its action, its language, and [context, original, translation] of each message; the
    translation is empty where its translator was not sure. Runs in a child."""
    try:
        catalog = read_po(io.BytesIO(data), abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError, LookupError) as error:
        raise _no_po_file() from error
    held = [
        [message.context or "", message.id, "" if message.fuzzy else message.string]
        for message in catalog
        if isinstance(message.id, str) and isinstance(message.string, str) and message.id
    ]
    if not held:
        raise _no_po_file()
    return {"action": catalog.project, "tag": str(catalog.locale or ""), "rows": held}


def _no_po_file() -> Refused:
    return Refused("This is no PO file. Download the file on this page, translate it, and upload it again.")


def _split(part: str, text: str) -> list[str]:
    if part == "demands":
        return [line for line in text.split("\n") if line.strip()]
    return [paragraph for paragraph in re.split(r"\n[ \t]*\n", text) if paragraph.strip()]


def _joint(part: str) -> str:
    return "\n" if part == "demands" else "\n\n"
