"""Bodies as views and libraries may read them.

Every field of a form has a name: a part of a multipart body may come without one, and the parser then calls it None,
which no view expects. JSON is no deeper than Python reads: beyond that it raises what nobody catches who catches bad
JSON, and the libraries that sign people in look into every body that says it is JSON.
"""

from __future__ import annotations

from typing import IO, Any

import flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.datastructures import MultiDict
from werkzeug.formparser import FormDataParser


class Parser(FormDataParser):
    """A parser that leaves out what has no name: nothing asks for it."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, Any]]:
        """What is left of the body, its fields and its files."""
        rest, form, files = super().parse(stream, mimetype, content_length, options)
        # What a request has parsed cannot be changed, so it is written anew.
        return rest, _named(form), _named(files)


def _named(parsed: MultiDict[str, Any]) -> MultiDict[str, Any]:
    """The parts that have a name, in their order."""
    return type(parsed)([(name, value) for name, value in parsed.items(multi=True) if name is not None])


class Json(DefaultJSONProvider):
    """JSON as Flask reads it; lists in lists without end are bad JSON like any other."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """What the text says. Raises `ValueError` for what is no JSON, or nested too deeply."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError:
            raise ValueError("nested too deeply") from None


class Request(flask.Request):
    """A request whose form has names only."""

    form_data_parser_class = Parser
