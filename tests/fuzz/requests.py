"""Requests that nobody's browser sends: every route, with addresses, forms, files and heads that were made up.

Drawn from a seed, at a fraction of what an answer costs. One that breaks something is made smaller before it is shown.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

from flask import Flask

from campaign.settings import ROOT
from tests.bombs import made as bombs

DEEP = "[" * 20_000
# What has broken programs before: numbers, codes, names of files, texts.
NASTY = (
    *(
        "",
        " ",
        "0",
        "-1",
        "1",
        "007",
        "2147483648",
        "9223372036854775808",
        "9" * 25,
        "1e309",
        "NaN",
        "١٢٣",
        "½",
        "0x10",
    ),
    *(
        "..",
        "../../etc/passwd",
        "%2e%2e%2f",
        "a" * 300,
        "a/b",
        "\\",
        "C:",
        ".",
        "~",
        "AUX",
        "\x00",
        "\n",
        "\r\n\t",
        "\x7f",
    ),
    *("\u202e", "\u200b", "\ufeff", "\ud83d", "İ", "ß", "🏳️‍🌈", "ﷺ", "𝕏", "e\u0301" * 40, "ا" * 5_000),
    *("'", '"', "<script>", "{{7*7}}", "%s%n", "%(x)s", "${x}", "' OR 1=1 --", "=1+1", "a@b", "a@b.example", "a@[::1]"),
    *("null", "true", "[]", "{}", DEEP, '{"a":' * 5_000, "2024-02-30", "0000-00-00", "9999-12-31", "-0001-01-01"),
    *(
        "2024-01-01T00:00:00+99:99",
        "24:00",
        "en",
        "xx",
        "EN",
        "zh-Hant",
        "PK",
        "ZZ",
        "all",
        "yes",
        "A4",
        "letter",
        "dl",
    ),
    *("AAAA-AAAA", "aaaa aaaa", "QQQQ-QQQQ-QQQQ", "png", "pdf", "k." + "a" * 43, "c.x.y.z", "Bearer x"),
)
HEADS = {
    "Accept-Language": ("ur-PK,ur;q=0.9", "*", "en;q=nope", "x" * 3_000, ";;;,,,", "fr;q=1e400"),
    "Accept-Encoding": ("br, gzip", "identity;q=0", "*;q=0", "gzip;q=1.5.2", "," * 500),
    "Content-Type": (
        "text/plain",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "x/y; charset=q",
    ),
    "Cookie": ("campaign_organiser=k.x", "campaign_organiser=c.x", "a=" + "b" * 2_000, ";;;=;", 'a="\\377"'),
    "If-None-Match": ("*", '"x"', "W/" * 300, '"', ","),
    "If-Modified-Since": ("yesterday", "Thu, 01 Jan 1970 00:00:00 GMT"),
    "Range": ("bytes=0-1", "bytes=-1", "bytes=9-1,2", "lines=1"),
    "X-Forwarded-For": ("203.0.113.7", "::1", "unknown", "a, b, c", "1" * 500),
    "X-CSRF-Token": ("x", "a.b.c"),
    "X-Requested-With": ("XMLHttpRequest",),
    "Accept": ("application/json", "text/html", "x"),
    "Origin": ("null", "https://evil.example"),
    "Host": ("evil.example", "[::1", "a b"),
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
FILES = (
    b"",
    b"%PDF-1.7\n",
    b"PK\x03\x04",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff\xd9",
    b"name,country\nA,PK\n",
    b"number,revision,name\n9223372036854775808,1,A\n" + b"1,99999999999999999999,B\n",
    b"\xff\xfe\x00",
    b"UA 1/25\nA title\n\nWho is at risk.\n",
)


@dataclass(frozen=True)
class Sent:
    """A request, as the test client takes it. `known` says whether the session of an organiser goes with it."""

    method: str
    path: str
    known: bool = False
    query: str = ""
    form: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str, bytes], ...] = ()
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = field(default=())

    def options(self, token: str) -> dict[str, Any]:
        """The arguments of `client.open`, with the token of the form that goes with the session."""
        options: dict[str, Any] = {"method": self.method, "path": self.path, "query_string": self.query}
        options["headers"] = list(self.headers)
        if self.body is not None:
            return {**options, "data": self.body}
        if self.method in ("GET", "HEAD", "OPTIONS"):
            return options
        data: dict[str, Any] = {"csrf_token": token}
        for name, value in self.form:
            data.setdefault(name, []).append(value) if isinstance(data.get(name, []), list) else None
        for name, filename, content in self.files:
            data[name] = (io.BytesIO(content), filename)
        return {**options, "data": data}


@cache
def fields() -> tuple[str, ...]:
    """The names of all fields and parameters that views read: found in their sources."""
    pattern = re.compile(
        r"""(?:form|args|files|values)(?:\.get|\.getlist|\.getall)?[\[(]\s*["']([a-z_0-9:]+)["']|name="([a-z_0-9]+)\""""
    )
    names: set[str] = set()
    for folder, ending in (("campaign", "*.py"), ("templates", "*.html")):
        for path in Path(ROOT / folder).rglob(ending):
            names |= {one or other for one, other in pattern.findall(path.read_text("utf-8"))}
    return tuple(sorted(names))


def requests(app: Flask, values: dict[str, Any], seed: int) -> Iterator[Sent]:
    """Requests to an application without end, the same for the same seed; `values` are arguments of addresses behind
    which there is something."""
    return Drawing(app, values, Random(seed)).requests()


class Drawing:
    """What draws requests from a source of chance."""

    def __init__(self, app: Flask, values: dict[str, Any], chance: Random) -> None:
        self._rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
        self._values, self._chance = values, chance
        self._real = sorted({str(value) for value in values.values()})

    def requests(self) -> Iterator[Sent]:
        """One after the other."""
        while True:
            yield self._one()

    def _one(self) -> Sent:
        chance = self._chance
        rule = chance.choice(self._rules)
        path = ""
        for is_dynamic, part in rule._trace:
            if part != "|":
                path += self._argument(part) if is_dynamic else part
        methods = sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})
        method = chance.choice(METHODS if self._one_in(15) else methods)
        query = "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in self._named(4))
        if self._one_in(20):
            query += chance.choice(("%", "&&&==", "a=%ff%fe", "a[]=1&a[]=2", "=" * 900, ";"))
        names = chance.sample(sorted(HEADS), chance.choice((0, 0, 1, 1, 2)))
        headers = tuple((name, chance.choice(HEADS[name])) for name in names)
        form: tuple[tuple[str, str], ...] = ()
        files: tuple[tuple[str, str, bytes], ...] = ()
        body = None
        kind = chance.randrange(12)
        if method not in ("GET", "HEAD", "OPTIONS"):
            if kind == 0:
                body = chance.choice((chance.randbytes(chance.randrange(200)), DEEP.encode(), b"a=%ff&b", b"--\r\n--"))
            else:
                form = tuple((_sendable(name), _sendable(value)) for name, value in self._named(12))
            if kind in (1, 2):
                files = (self._file(),)
        return Sent(method, path or "/", chance.random() < 0.5, query, form, files, body, headers)

    def _argument(self, part: str) -> str:
        if part == "locale":
            value = self._chance.choice(("en", "ur", "fr", "fa", "xx"))
        elif part in self._values and not self._one_in(5):
            value = str(self._values[part])
        else:
            value = self._text()
        return _escaped(value)

    def _named(self, most: int) -> list[tuple[str, str]]:
        names: tuple[Callable[[], str], ...] = (lambda: self._chance.choice(fields()), self._piece)
        return [
            (self._chance.choices(names, (3, 1))[0](), self._text()) for _ in range(self._chance.randrange(most + 1))
        ]

    def _file(self) -> tuple[str, str, bytes]:
        chance = self._chance
        content = chance.choice((*FILES, *FILES, chance.randbytes(chance.randrange(300)), bombs.png(20, 20)))
        filename = chance.choice(("a.txt", "a.pdf", "a.docx", "a.csv", "", "../x", "a" * 300, "\x00.pdf"))
        return chance.choice(("file", "scan", "logo")), filename, content

    def _text(self) -> str:
        return self._chance.choice(self._real) if self._one_in(4) else self._piece()

    def _piece(self) -> str:
        chance = self._chance
        kind = chance.randrange(3)
        if kind == 0:
            return chance.choice(NASTY)
        if kind == 1:
            return str(chance.randint(-3, 99))
        most = chance.choice((0x7F, 0x7F, 0x7FF, 0xFFFF, 0x10FFFF))
        return "".join(chr(chance.randint(0, most)) for _ in range(chance.randrange(41)))

    def _one_in(self, many: int) -> bool:
        return self._chance.randrange(many) == 0


def smaller(sent: Sent, breaks: Callable[[Sent], bool]) -> Sent:
    """A request that breaks the same with less in it: each part that is not needed is left out."""
    progress = True
    while progress:
        progress = False
        for less in _less(sent):
            if breaks(less):
                sent, progress = less, True
                break
    return sent


def _less(sent: Sent) -> Iterator[Sent]:
    if sent.query:
        yield replace(sent, query="")
        parts = sent.query.split("&")
        for n in range(len(parts) if len(parts) > 1 else 0):
            yield replace(sent, query="&".join(parts[:n] + parts[n + 1 :]))
    if sent.body:
        yield replace(sent, body=None)
    for name in ("headers", "files", "form"):
        parts = getattr(sent, name)
        for n in range(len(parts)):
            yield replace(sent, **{name: parts[:n] + parts[n + 1 :]})
    for n, (name, value) in enumerate(sent.form):
        if len(value) > 1:
            for shorter in (value[: len(value) // 2], value[len(value) // 2 :]):
                yield replace(sent, form=(*sent.form[:n], (name, shorter), *sent.form[n + 1 :]))
    if sent.known:
        yield replace(sent, known=False)


def _escaped(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _sendable(text: str) -> str:
    # A client encodes what it sends: half a surrogate cannot come in a form that is UTF-8.
    return text.encode("utf-8", "replace").decode("utf-8")
