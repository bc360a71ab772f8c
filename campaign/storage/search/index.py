"""The index behind the one search: FTS5 on SQLite, `tsvector` and GIN on PostgreSQL, the same words and answers.

Triggers on every table that entries are made of take an entry out in the statement that changes anything of it, and
note in `search_stale` that it is due. So nothing can be forgotten, whoever writes, and what was erased is found no
more. Whoever commits (`Storage.writing`) makes the entries that are due, in the same transaction. The triggers are
those of migration 0026.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, text

from campaign.folding import Wanted, wanted
from campaign.storage.search import entries
from campaign.storage.search.entries import Entry, Kind

# Where entries stand, for who must know what the database does not say.
ENTRIES = "search_entries"
# Entries made in one go.
AT_ONCE = 500

_WRITES = re.compile(rf"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(?:{'|'.join(entries.TABLES)})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Hit:
    """Something that holds all the words. `titled`: it is called by them."""

    kind: Kind
    object_id: int
    action_id: int | None
    case_id: int | None
    titled: bool


@dataclass(frozen=True)
class Page:
    """Hits of one kind: first what is called by the words, then what changed last. `total` counts all there are."""

    kind: Kind
    hits: tuple[Hit, ...]
    total: int


def derived(name: str | None) -> bool:
    """Whether a table is part of the index: worked out from the others, so no part of a state that is kept."""
    return name is not None and name.startswith("search_")


def touches(statement: str) -> bool:
    """Whether a statement writes to a table that entries are made of."""
    return _WRITES.match(statement) is not None


def find(
    connection: Connection,
    sought: str,
    kinds: Sequence[Kind],
    most: int,
    beginning: int = 0,
    but: Collection[int] = (),
) -> list[Page]:
    """What holds every word of `sought`, its last one as a beginning, by kind: `most` of each from `beginning` on.

    Only of `kinds`, and of no case in `but`: the caller says what may be seen. Nothing is found without a word.
    """
    looked_for = wanted(sought)
    if not looked_for or not kinds:
        return []
    ask = _on_sqlite if _dialect(connection) == "sqlite" else _on_postgresql
    return list(ask(connection, looked_for, kinds, most, beginning, sorted(but)))


def _on_sqlite(
    connection: Connection, looked_for: Wanted, kinds: Sequence[Kind], most: int, beginning: int, but: list[int]
) -> Iterator[Page]:
    """FTS5 counts, and goes through what it found from its end: nothing else is read for what is not shown."""
    terms = [f'"{it}"' for it in looked_for.words] + ([f'"{looked_for.beginning}"*'] if looked_for.beginning else [])
    hidden, count, found = {"but": json.dumps(but)} if but else {}, _COUNT[bool(but)], _FOUND[bool(but)]
    for kind in (it for it in Kind if it in kinds):
        holding = f"kind : {kind} AND words : ({' '.join(terms)})"
        called = f"kind : {kind} AND title : ({' '.join(terms)})"
        total = connection.scalar(count, {"terms": holding, **hidden})
        if not total:
            continue
        titled = connection.scalar(count, {"terms": called, **hidden}) or 0
        first = {"terms": called, "most": most, "beginning": beginning, **hidden}
        rows = [(it, True) for it in connection.execute(found, first)] if beginning < titled else []
        rest = {"terms": f"({holding}) NOT ({called})", "most": most - len(rows), **hidden}
        rest["beginning"] = max(0, beginning - titled)
        if rest["most"] and total > titled:
            rows += [(it, False) for it in connection.execute(found, rest)]
        yield Page(kind, tuple(Hit(kind, it.object_id, it.action_id, it.case_id, called) for it, called in rows), total)


def _on_postgresql(
    connection: Connection, looked_for: Wanted, kinds: Sequence[Kind], most: int, beginning: int, but: list[int]
) -> Iterator[Page]:
    terms = [f"'{it}'" for it in looked_for.words] + ([f"'{looked_for.beginning}':*"] if looked_for.beginning else [])
    values = {"terms": " & ".join(terms), "kinds": list(kinds), "beginning": beginning, "end": beginning + most}
    values["but"] = but
    rows = connection.execute(_RANKED, values).all()
    for kind in Kind:
        of_kind = [it for it in rows if it.kind == kind]
        if of_kind:
            hits = (Hit(kind, it.object_id, it.action_id, it.case_id, it.titled) for it in of_kind)
            yield Page(kind, tuple(hits), of_kind[0].total)


def catch_up(connection: Connection) -> int:
    """Make every entry that is due; returns how many things were looked at."""
    due = connection.execute(text("SELECT DISTINCT kind, object_id FROM search_stale ORDER BY kind, object_id")).all()
    if not due:
        return 0
    connection.execute(text("DELETE FROM search_stale"))
    for kind, of_kind in groupby(due, key=lambda it: Kind(it.kind)):
        ids = [it.object_id for it in of_kind]
        for start in range(0, len(ids), AT_ONCE):
            _keep(connection, entries.read(connection, kind, ids[start : start + AT_ONCE]))
    return len(due)


def faults(connection: Connection) -> list[tuple[Kind, int]]:
    """Which entries are missing, too many or say something else than they should; empty if none."""
    stored = {
        (Kind(it.kind), it.object_id): it.digest
        for it in connection.execute(text("SELECT kind, object_id, digest FROM search_entries"))
    }
    due = {(it.kind, it.object_id): it.digest for it in _all(connection)}
    return sorted(it for it in {*stored, *due} if stored.get(it) != due.get(it))


def mend(connection: Connection, wrong: Sequence[tuple[Kind, int]]) -> None:
    """Make these entries anew, or take them out."""
    for kind, object_id in wrong:
        connection.execute(
            text("DELETE FROM search_entries WHERE kind = :kind AND object_id = :id"), {"kind": kind, "id": object_id}
        )
        _keep(connection, entries.read(connection, kind, [object_id]))


def tidy(connection: Connection) -> None:
    """Let nothing of what was taken out remain in the index's file.

    FTS5 only marks what is taken out, and forgets it when it next merges its parts: here all of them. It does nothing
    if nothing changed. On PostgreSQL it is VACUUM that forgets.
    """
    if _dialect(connection) == "sqlite":
        connection.execute(text("INSERT INTO search_fts (search_fts) VALUES ('optimize')"))


def _all(connection: Connection) -> Iterator[Entry]:
    for kind in Kind:
        ids = entries.everything(connection, kind)
        for start in range(0, len(ids), AT_ONCE):
            yield from entries.read(connection, kind, ids[start : start + AT_ONCE])


def _keep(connection: Connection, made: Sequence[Entry]) -> None:
    for it in made:
        values = {
            "kind": it.kind, "object_id": it.object_id, "action_id": it.action_id, "case_id": it.case_id,
            "digest": it.digest, "title": it.title, "words": it.words,
        }  # fmt: skip
        for statement in _KEEP[_dialect(connection)]:
            connection.execute(text(statement), values)


def _dialect(connection: Connection) -> str:
    return connection.dialect.name


# Folded words hold letters and digits alone: there is nothing to escape in what is asked for.
# {whether something is hidden: how it is asked}. What is hidden is left out before anything is counted.
_SEEN = {
    False: "",
    True: " AND rowid NOT IN (SELECT id FROM search_entries WHERE case_id IN (SELECT value FROM json_each(:but)))",
}
_COUNT = {
    but: text(f"SELECT count(*) FROM search_fts WHERE search_fts MATCH :terms{seen}") for but, seen in _SEEN.items()
}
_FOUND = {
    but: text(
        "SELECT entry.object_id, entry.action_id, entry.case_id FROM ("
        f"SELECT rowid AS id FROM search_fts WHERE search_fts MATCH :terms{seen}"
        " ORDER BY rowid DESC LIMIT :most OFFSET :beginning"
        ") AS found JOIN search_entries AS entry ON entry.id = found.id ORDER BY found.id DESC"
    )
    for but, seen in _SEEN.items()
}
_RANKED = text(
    """
    SELECT kind, object_id, action_id, case_id, titled, total FROM (
      SELECT found.*, count(*) OVER (PARTITION BY kind) AS total,
        row_number() OVER (PARTITION BY kind ORDER BY titled DESC, id DESC) AS place
      FROM (
        SELECT id, kind, object_id, action_id, case_id, title @@ CAST(:terms AS tsquery) AS titled
        FROM search_entries WHERE kind = ANY(:kinds) AND words @@ CAST(:terms AS tsquery)
          AND (case_id IS NULL OR case_id <> ALL(CAST(:but AS integer[])))
      ) AS found
    ) AS ranked WHERE place > :beginning AND place <= :end ORDER BY kind, place
    """
)
# Two that write the same thing at once on PostgreSQL: the second, which has read what the first wrote, is right.
_KEEP = {
    "sqlite": (
        "INSERT INTO search_entries (kind, object_id, action_id, case_id, digest) "
        "VALUES (:kind, :object_id, :action_id, :case_id, :digest)",
        "INSERT INTO search_fts (rowid, kind, title, words) SELECT id, :kind, :title, :words FROM search_entries "
        "WHERE kind = :kind AND object_id = :object_id",
    ),
    "postgresql": (
        "INSERT INTO search_entries (kind, object_id, action_id, case_id, digest, title, words) "
        "VALUES (:kind, :object_id, :action_id, :case_id, :digest, "
        "array_to_tsvector(string_to_array(:title, ' ')), array_to_tsvector(string_to_array(:words, ' '))) "
        "ON CONFLICT (kind, object_id) DO UPDATE SET action_id = EXCLUDED.action_id, case_id = EXCLUDED.case_id, "
        "digest = EXCLUDED.digest, title = EXCLUDED.title, words = EXCLUDED.words",
    ),
}
