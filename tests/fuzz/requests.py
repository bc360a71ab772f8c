"""Requests that nobody's browser sends: every route, with addresses, forms, files and heads that were made up.

Drawn by Hypothesis, so one that breaks something is made as small as it can be before it is shown.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask
from hypothesis import strategies as st

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


def requests(app: Flask, values: dict[str, Any]) -> st.SearchStrategy[Sent]:
    """Requests to an application; `values` are arguments of addresses behind which there is something."""
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    pieces = st.sampled_from(NASTY) | st.text(max_size=40) | st.integers(-3, 99).map(str)
    real = st.sampled_from(tuple(sorted({str(value) for value in values.values()})))
    texts = pieces | real

    @st.composite
    def drawn(draw: st.DrawFn) -> Sent:
        rule = draw(st.sampled_from(rules))
        path = ""
        for is_dynamic, part in rule._trace:
            if part == "|":
                continue
            if not is_dynamic:
                path += part
                continue
            is_real = part in values and draw(st.integers(0, 9)) < 8
            if part == "locale":
                value = draw(st.sampled_from(("en", "ur", "fr", "fa", "xx")))
            else:
                value = str(values[part]) if is_real else draw(texts)
            path += quote(value.encode("utf-8", "surrogatepass"), safe="")
        methods = sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})
        method = draw(st.sampled_from(METHODS if draw(st.integers(0, 14)) == 0 else tuple(methods)))
        named = st.tuples(st.sampled_from(fields()) | pieces, texts)
        query = draw(st.lists(named, max_size=4))
        written = "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in query)
        if draw(st.integers(0, 19)) == 0:
            written += draw(st.sampled_from(("%", "&&&==", "a=%ff%fe", "a[]=1&a[]=2", "=" * 900, ";")))
        headers = []
        for name in draw(st.lists(st.sampled_from(sorted(HEADS)), max_size=2, unique=True)):
            headers.append((name, draw(st.sampled_from(HEADS[name]))))
        form, files, body = [], [], None
        kind = draw(st.integers(0, 11))
        if method not in ("GET", "HEAD", "OPTIONS"):
            if kind == 0:
                body = draw(st.binary(max_size=200) | st.sampled_from((DEEP.encode(), b"a=%ff&b", b"--\r\n--")))
            else:
                form = [(_sendable(name), _sendable(value)) for name, value in draw(st.lists(named, max_size=12))]
            if kind in (1, 2):
                content = draw(st.sampled_from(FILES) | st.binary(max_size=300) | st.just(bombs.png(20, 20)))
                filename = draw(
                    st.sampled_from(("a.txt", "a.pdf", "a.docx", "a.csv", "", "../x", "a" * 300, "\x00.pdf"))
                )
                files = [(draw(st.sampled_from(("file", "scan", "logo"))), filename, content)]
        return Sent(method, path or "/", draw(st.booleans()), written, tuple(form), tuple(files), body, tuple(headers))

    return drawn()


def _escaped(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _sendable(text: str) -> str:
    # A client encodes what it sends: half a surrogate cannot come in a form that is UTF-8.
    return text.encode("utf-8", "replace").decode("utf-8")
