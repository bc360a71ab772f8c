"""Packing: a volume written to its file, with the elements of its names as rows of a table.

A screen reader wants two elements for each name, an item and its body, and of a hundred thousand names they were half
of the file. They all say the same but for their numbers, which count up. So they are written as rows of one width,
and an object stream holds the difference of each row to the one above (PNG's "Up", which every reader of PDF knows
from its table of objects): nearly nothing is left of them. As objects of a library they would also take the memory.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pikepdf import Name, Object, Pdf, Stream

# Bytes of a row. A row is the item and the body of one name, or four entries of an object stream's head, or five
# references: numbers that grow by a round step from row to row differ in one digit mostly.
_ITEM, _BODY = 50, 70
WIDTH = _ITEM + _BODY
_ENTRIES, _REFERENCES = 4, 5
# Names of one object stream: enough that their rows pay, few enough that a reader unpacks little for one page.
_TOGETHER = 1_000
_PLAIN_TOGETHER = 1_000

_REFERENCE = re.compile(rb"(\d+) 0 R")
_UNCOMPRESSED = frozenset({"/Metadata"})  # searched for by programs that know no PDF


@dataclass(frozen=True)
class Listed:
    """A name in the structure: the number of its list, of its page, of its passage there, and its language."""

    list: int
    page: int
    passage: int
    tongue: str


@dataclass
class Names:
    """The names of a volume in the structure, and the arrays that refer to them.

    `arrays` gives, by the number of an array, what it refers to: ("item" or "body", place among `listed`), or
    ("", number) for an object that is none of a name.
    """

    listed: list[Listed] = field(default_factory=list)
    arrays: dict[int, list[tuple[str, int]]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Packed:
    """An object stream: the numbers of what it holds, in order, and the stream as it is written."""

    numbers: Sequence[int]
    written: bytes


def packed(pdf: Pdf, names: Names) -> bytes:
    """The bytes of a file, its names' elements among its objects. The same each time."""
    first = len(pdf.objects) + 1
    return _written(pdf, frozenset(names.arrays), [*_name_streams(names, first)])


def packed_again(pdf: Pdf) -> bytes:
    """The bytes of a packed file to which something was added: the elements of its names stay as they lie."""
    rows = [
        thing
        for thing in pdf.objects
        if isinstance(thing, Stream) and thing.get("/Type") == Name.ObjStm and "/DecodeParms" in thing
    ]
    files = []
    for thing in rows:
        held = [int(number) for number in thing.read_bytes()[: int(thing.First)].split()[::2]]
        described = b"/Type/ObjStm/N %d/First %d" % (len(held), int(thing.First))
        files.append(_Packed(held, _as_stream(described, thing.read_raw_bytes(), int(thing.DecodeParms.Columns))))
    return _written(pdf, frozenset(number for file in files for number in file.numbers), files)


def _written(pdf: Pdf, elsewhere: frozenset[int], rows: Sequence[_Packed]) -> bytes:
    """The file: all that is reachable but for what lies `elsewhere`, which is in the object streams of `rows`."""
    plain, streams = _reachable(pdf, elsewhere.union(number for file in rows for number in file.numbers))
    files = [*_plain_streams(plain), *rows]
    # The numbers of object streams follow all others.
    own = 1 + max(len(pdf.objects), *(number for file in files for number in file.numbers))
    size = own + len(files) + 1
    places: dict[int, bytes] = {}
    out = bytearray(b"%PDF-1.7\n%\xbf\xf7\xa2\xfe\n")
    for number, written in [*sorted(streams.items()), *((own + n, file.written) for n, file in enumerate(files))]:
        places[number] = struct.pack(">BIH", 1, len(out), 0)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    for which, file in enumerate(files, own):
        for index, number in enumerate(file.numbers):
            places[number] = struct.pack(">BIH", 2, which, index)
    start = len(out)
    places[size - 1] = struct.pack(">BIH", 1, start, 0)
    free = struct.pack(">BIH", 0, 0, 0)
    table = b"".join(places.get(number, free) for number in range(1, size))
    identity = hashlib.sha256(out).hexdigest()[:32].encode()
    out += b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
        size - 1,
        _stream(
            b"/Type/XRef/W[1 4 2]/Size %d/Root %s/Info %s/ID[<%s><%s>]"
            % (size, _reference(pdf.trailer.Root), _reference(pdf.trailer.Info), identity, identity),
            struct.pack(">BIH", 0, 0, 65_535) + table,
            7,
        ),
        start,
    )
    return bytes(out)


def _reference(thing: Object) -> bytes:
    return b"%d %d R" % thing.objgen


def _reachable(pdf: Pdf, elsewhere: frozenset[int]) -> tuple[dict[int, bytes], dict[int, bytes]]:
    """What the file is made of, by number: objects, and streams as they are written.

    A string that looks like a reference keeps an object too many, never one too few.
    """
    plain: dict[int, bytes] = {}
    streams: dict[int, bytes] = {}
    waiting = [pdf.trailer.Root.objgen[0], pdf.trailer.Info.objgen[0]]
    while waiting:
        number = waiting.pop()
        if number in plain or number in streams or number in elsewhere:
            continue
        thing = pdf.get_object(number, 0)
        if isinstance(thing, Stream):
            told = _described(thing)
            streams[number] = told + b"\nstream\n%s\nendstream" % thing.read_raw_bytes()
        else:
            told = plain[number] = thing.unparse(resolved=True)
        waiting.extend(map(int, _REFERENCE.findall(told)))
    return plain, streams


def _described(stream: Stream) -> bytes:
    described = stream.stream_dict
    if "/Filter" not in described and str(described.get("/Type")) not in _UNCOMPRESSED:
        stream.write(zlib.compress(stream.read_raw_bytes(), 9), filter=Name.FlateDecode)
        described = stream.stream_dict
    described.Length = len(stream.read_raw_bytes())
    told: bytes = described.unparse(resolved=True)
    return told


def _plain_streams(plain: dict[int, bytes]) -> Iterator[_Packed]:
    numbers = sorted(plain)
    for start in range(0, len(numbers), _PLAIN_TOGETHER):
        some = numbers[start : start + _PLAIN_TOGETHER]
        heads, at = [], 0
        for number in some:
            heads.append(b"%d %d" % (number, at))
            at += len(plain[number]) + 1
        head = b" ".join(heads) + b"\n"
        data = head + b"\n".join(plain[number] for number in some)
        yield _Packed(some, _stream(b"/Type/ObjStm/N %d/First %d" % (len(some), len(head)), data))


def _name_streams(names: Names, first: int) -> Iterator[_Packed]:
    """The names' elements, numbered from `first`: of each name its item, then its body."""
    numbers = {"item": lambda place: first + 2 * place, "body": lambda place: first + 2 * place + 1}
    arrays = iter(names.arrays.items())
    array = next(arrays, None)
    for start in range(0, len(names.listed), _TOGETHER):
        some = names.listed[start : start + _TOGETHER]
        end = start + len(some)
        rows = [_row(it, first + 2 * place) for place, it in enumerate(some, start)]
        held = list(range(first + 2 * start, first + 2 * end))
        offsets = [at for place in range(len(some)) for at in (WIDTH * place, WIDTH * place + _ITEM)]
        at = WIDTH * len(rows)
        # Arrays come with the names of the first they refer to; after the last names, those that are left.
        while array is not None and (end == len(names.listed) or _begins(array[1]) < end):
            number, entries = array
            held.append(number)
            offsets.append(at)
            references = [numbers[kind](of) if kind else of for kind, of in entries]
            refers = _rows([b"%7d 0 R " % it for it in references], _REFERENCES)
            mine = [b"[".ljust(WIDTH), *refers, b"]".ljust(WIDTH)]
            rows += mine
            at += WIDTH * len(mine)
            array = next(arrays, None)
        head = [*_rows([b"%8d %8d " % pair for pair in zip(held, offsets, strict=True)], _ENTRIES)]
        described = b"/Type/ObjStm/N %d/First %d" % (len(held), WIDTH * len(head))
        yield _Packed(held, _stream(described, b"".join(head + rows), WIDTH))
    if array is not None:
        raise RuntimeError("an array refers to no name")


def _begins(entries: Iterable[tuple[str, int]]) -> int:
    return min((place for kind, place in entries if kind), default=0)


def _row(name: Listed, number: int) -> bytes:
    item = b"<</S/LI/P%8d 0 R/K%8d 0 R>>" % (name.list, number + 1)
    told = (number, name.page, name.passage, name.tongue.encode())
    body = b"<</S/LBody/P%8d 0 R/Pg%8d 0 R/K%4d/Lang(%s)>>" % told
    if len(body) >= _BODY:
        raise ValueError("a language has too long a name")
    return item.ljust(_ITEM) + body.ljust(_BODY)


def _rows(parts: Sequence[bytes], many: int) -> Iterator[bytes]:
    """Parts of one length each, so many to a row."""
    for start in range(0, len(parts), many):
        yield b"".join(parts[start : start + many]).ljust(WIDTH)


def _stream(described: bytes, data: bytes, width: int = 0) -> bytes:
    """A deflated stream; with a width, of the differences between its rows."""
    return _as_stream(described, zlib.compress(_differences(data, width) if width else data, 9), width)


def _as_stream(described: bytes, deflated: bytes, width: int) -> bytes:
    if width:
        described += b"/DecodeParms<</Predictor 12/Columns %d>>" % width
    return b"<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (described, len(deflated), deflated)


def _differences(data: bytes, width: int) -> bytes:
    """Each row less the one above it, byte by byte, and before it the number of this way in PNG.

    All bytes at once, as two large numbers: a borrow would run into the next byte, so the highest bit of each is
    kept apart.
    """
    high = int.from_bytes(b"\x80" * len(data), "big")
    here = int.from_bytes(data, "big")
    above = int.from_bytes((bytes(width) + data)[: len(data)], "big")
    less = ((here | high) - (above & ~high)) ^ ((here ^ above ^ high) & high)
    found = less.to_bytes(len(data), "big")
    return b"".join(b"\2" + found[start : start + width] for start in range(0, len(found), width))
