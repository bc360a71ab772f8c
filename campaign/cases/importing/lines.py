"""From raw text to lines that mean something: characters mended, wrapped prose joined, marks of Markdown gone.

A line that leaves here is a paragraph of prose, a bullet, a line of an address or a heading. An empty string is
a gap. A web address that stood behind a Markdown link follows its text between two private characters, so that
it stays in its place until `plain` takes it away.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise

from campaign.cases.importing import dates
from campaign.cases.importing.cues import cue_of, greeting, patterns

_BEHIND, _BEHIND_END = "\ue000", "\ue001"
_TARGET = re.compile(f"{_BEHIND}([^{_BEHIND_END}]*){_BEHIND_END}")

URL = re.compile(r"(?:https?://|(?<![\w@.])www\.)[^\s<>\"“”\ue000\ue001]{3,2000}", re.I)
WORD = re.compile(r"\w+")
BULLET = re.compile(
    r"^(?:[•●▪◦‣∙·■□➢►▶✓*]|[^\w\s\"“”„«»‘’'()\[\]{}@#+&$€£¥¿¡<>/\\.,;:!?%©®§°_|~=`´^…\u0600-\u06ff-](?=\s)|[-–—](?=\s|[^\W\d])|[n§Øo](?=\s{1,4}[A-Z][a-z]+ing\b)"
    r"|\(?(?:\d{1,2}|[ivx]{1,4}|[a-h])[.)](?=\s|[A-Z]))\s*"
)

_SPACES = dict.fromkeys(map(ord, "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"), " ")
_SPACES |= dict.fromkeys(map(ord, "\u200a\u202f\u205f\u3000"), " ")
_INVISIBLE = dict.fromkeys([*range(0x200E, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)])
_INVISIBLE |= dict.fromkeys([0xAD, 0x200B, 0xFEFF, 0xFFFD])
_BREAKS = dict.fromkeys(map(ord, "\r\v\x1c\x1d\x1e\x85\u2028\u2029"), "\n")
_BULLETS = dict.fromkeys([*range(0xE000, 0xF900), 0x7F], "•")  # what symbol fonts leave in a text
_OTHERS: dict[int, str | None] = {
    ord("："): ":",
    ord("＠"): "@",
    ord("．"): ".",
    ord("ﬁ"): "fi",
    ord("ﬂ"): "fl",
    ord("ﬀ"): "ff",
}
_OTHERS |= {ord("ﬃ"): "ffi", ord("ﬄ"): "ffl", ord("\t"): "   ", 0: None}
_CONTROLS = dict.fromkeys(code for code in range(32) if code not in {9, 10, 12})
_CHARACTERS: dict[int, str | None] = {**_CONTROLS, **_BULLETS, **_SPACES, **_INVISIBLE, **_BREAKS, **_OTHERS}

# Composing is quadratic in the length of a run of marks: hostile runs are cut, and nothing real is that long.
_PIECES = re.compile(r"\S{1,400}|\s+")

_LINK = re.compile(r"!?\[([^\[\]\n]{0,500})\]\([ \t]{0,9}<?([^()\s<>]{0,2000})>?(?:[ \t]{1,9}\"[^\"\n]{0,200}\")?\)")
_MARKS = re.compile(r"\*{2,}|(?<![\w_])__(?=[^\W_])|(?<=[^\W_])__(?![\w_])|\\(?=[*_#\[\]()>.@+!`~|-])")
_EMPHASIS = re.compile(r"(?<![\w*])\*([^\s*][^*\n]{0,400})\*(?![\w*])|(?<![\w_])_([^\s_][^_\n]{0,400})_(?![\w_])")
_LINE_MARKS = re.compile(r"^[ \t]{0,12}(?:#{1,6}[ \t]+|(?:>[ \t]?){1,5})", re.M)
_RULE = re.compile(r"^[\s_*=~-]*$")

_TERMINATED = re.compile(r"[.!?…][\"'”’)\]»]*$")
_CONTACT_START = re.compile(
    r"^(?:tele)?(?:fax|phone|tel|e-?mail|twitter|x|salutation|web|address)\w*\b[^:]{0,25}:", re.I
)
_CONTACT_WITHIN = re.compile(
    r"(?:fax|phone|tel|e-?mail|twitter|salutation|telex)\w*\b[^:]{0,25}:|\+\d[\d\s().-]{6}", re.I
)
_PROSE_WORDS = 7
_UNCASED = re.compile(
    r"[\u0590-\u07ff\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u3040-\u9fff]"
)  # scripts without capitals
# Small words that the name of an office or of a place may be full of.
_JOINING = frozenset(
    "of and the for to in on at with c/o de del la las los el y e do da dos das du des et à au aux le les der die das"  # noqa: SIM905
    " des den dem und für von zu zur zum van het een en aan bij al ul s/n a/c p/a".split()
)
# What a hyphen stays behind where it ended a line: "ci-dessus", "non-violent".
_LEADS = frozenset("ci non self ex vice anti co well long half post pro semi al el so sous extra inter".split())  # noqa: SIM905
_WRAPPED_AT_MOST = 130  # characters; a text with longer lines has one paragraph a line


def read_lines(text: str) -> list[str]:
    """The meaningful lines of `text`, a gap as "", a page's end as a form feed of its own."""
    mended = _mend(text)
    unmarked = _unmark(mended)
    printed = [line.rstrip(" ") for line in unmarked.replace("\f", "\n\f\n").split("\n")]
    lines = ["" if line != "\f" and _RULE.match(line) else line.lstrip(" ") for line in printed]
    return _join_wrapped(lines, list(map(len, printed)))


def plain(line: str) -> str:
    """A line as it is shown: addresses behind links gone, spaces single."""
    return " ".join(_TARGET.sub("", line).split())


def web_addresses(text: str) -> list[str]:
    """The web addresses in `text`, behind links or printed, each once, in order."""
    found = [_trim_url(match.group()) for match in URL.finditer(text)]
    return list(dict.fromkeys(url for url in found if len(WORD.findall(url)) > 2))


def words(text: str) -> list[str]:
    """The words of a text, folded: what may not be lost. Underscores part words, as marks of emphasis do."""
    return WORD.findall(text.casefold().replace("_", " "))


def is_prose(line: str) -> bool:
    """Whether a line is running text, not a heading, a name or a line of an address: most words are small."""
    told = line.split()
    if len(told) < _PROSE_WORDS:
        return False
    if _UNCASED.search(line[:80]):
        return len(told) > 11 or bool(_TERMINATED.search(line[-12:]))
    small = sum(word[:1].islower() for word in told)
    plain_words = sum(word[:1].islower() and word.casefold().strip(".,;:") not in _JOINING for word in told[:60])
    return small * 100 >= 42 * len(told) and plain_words > 1


def _small_words(line: str) -> int:
    return sum(word[:1].islower() for word in line.split())


def is_capitals(line: str) -> bool:
    """Whether every letter that has a case is a capital, and there are at least two."""
    return line.isupper() and sum(map(str.isalpha, line[:200])) > 1


def paragraphs(lines: list[str]) -> list[str]:
    """Lines as paragraphs: those that a page's end had cut in two are one again."""
    told: list[list[str]] = []
    for line in filter(None, map(plain, lines)):
        before = told[-1][-1] if told else "."
        cut = not _ends(before) and before[-1] not in ":;" and line[:1].islower() and not BULLET.match(line)
        if cut:
            told[-1].append(line)
        else:
            told.append([line])
    return [" ".join(parts) for parts in told]


def _ends(line: str) -> bool:
    """Whether a line ends as a sentence does."""
    return bool(_TERMINATED.search(line[-12:]))


def _mend(text: str) -> str:
    text = text.replace("\r\n", "\n").translate(_CHARACTERS)
    if not text.isascii():
        text = "".join(unicodedata.normalize("NFC", piece) for piece in _PIECES.findall(text))
    return _HIDDEN_AT.sub("@", _whole_mails(text))


# Mail addresses as people write them against harvesters, or break them: "name (at) place", "name@place. org".
_HIDDEN_AT = re.compile(
    r"(?<=[\w+-])\s?(?:\((?:at|a|arroba|ät)\)|\[(?:at|a|arroba)\]|\{at\})\s?(?=[\w-]{1,63}\.)", re.I
)
_BROKEN_AT = re.compile(r"(?<=[\w+-])(?:\s@\s?|@\s)(?=[\w-]{1,63}\.[\w.-]{2,80})")
_BROKEN_DOT = re.compile(
    r"(?<=[:;,/\s])([\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,4})[ \n](?=[a-z]{2,10}(?:\.[a-z]{2,6})?[ ]{0,3}(?:$|[;,/\n]))",
    re.M,
)


def _whole_mails(text: str) -> str:
    if "@" not in text:
        return text
    return _BROKEN_DOT.sub(r"\1", _BROKEN_AT.sub("@", text))


def _unmark(text: str) -> str:
    text = re.sub(r"<((?:https?://|mailto:)[^\s<>]{1,2000}|[^\s<>@]{1,64}@[^\s<>@]{1,255})>", r"\1", text)
    text = _LINK.sub(_link, text)
    text = _LINE_MARKS.sub("", text)
    text = _MARKS.sub("", text)
    return _EMPHASIS.sub(lambda match: match[1] or match[2], text)


def _link(match: re.Match[str]) -> str:
    shown, target = match[1], match[2]
    if target.startswith("mailto:"):
        address = target[7:].partition("?")[0]
        return shown if address in shown else f"{shown} {address}"
    if not re.match(r"https?://", target) or target in shown:
        return shown
    return f"{shown}{_BEHIND}{target}{_BEHIND_END}"


def _trim_url(url: str) -> str:
    url = url.rstrip(".,;:!?'’»*_")
    while url.endswith(")") and url.count(")") > url.count("("):
        url = url[:-1].rstrip(".,;:")
    return url.rstrip("]}>")


def _join_wrapped(lines: list[str], lengths: list[int]) -> list[str]:
    """The lines, those whole again that a fixed width had wrapped; `lengths` are as printed, with what indents them.

    A line is full if the next one's first word had no room behind it. In a text that is plainly wrapped at a width, a
    full line of any kind goes on; elsewhere only prose that comes near the right edge does.
    """
    prose = sorted(len(line) for line in lines if is_prose(line))
    if not prose or prose[len(prose) * 3 // 4] > _WRAPPED_AT_MOST:
        return lines
    if not any(is_prose(line) and not _ends(line) and after[:1].islower() for line, after in pairwise(lines)):
        return lines  # no sentence runs over the end of a line: each line is a paragraph
    width = prose[len(prose) * 9 // 10]
    edge = _hard_edge(lines, lengths)
    compounds = set(re.findall(r"\w{1,40}-\w{1,40}", " ".join(lines)))
    joined: list[list[str]] = []
    running = False  # whether the last line is prose that went on to its right edge
    before, length = "", 0
    for line, its_length in zip(lines, lengths, strict=True):
        full = bool(edge and before and line and _is_full(length, line, edge))
        if (running and line and _goes_on(line)) or (full and _goes_on(line, before)):
            joined[-1].append(line)
        else:
            joined.append([line])
            running = is_prose(line) or bool(BULLET.match(line) and _small_words(line) > 2)
        near = len(line) >= width * 0.72 and not (_ends(line) and len(line) < width * 0.88)
        running = running and (near or bool(re.search(r"[a-z]-$", line))) and not line.endswith(":")
        before, length = line, its_length
    return [_join(parts, compounds) for parts in joined]


def _hard_edge(lines: list[str], lengths: list[int]) -> int:
    """How many characters the longest line has, in a text that was wrapped there; 0 where it was not.

    Where sentences run over a line's end, the next word must have had no room, at one half of them at least: what is
    wrapped twice, by who wrote it and by who sent it, has shorter lines too.
    """
    edge = max(lengths)
    over = [
        _is_full(length, after, edge)
        for (line, after), length in zip(pairwise(lines), lengths, strict=False)
        if is_prose(line)
        and not _ends(line)
        and line[-1] not in ":;"
        and after[:1].islower()
        and not BULLET.match(after)
    ]
    return edge if edge <= _WRAPPED_AT_MOST and over and sum(over) * 2 >= len(over) else 0


def _is_full(length: int, after: str, edge: int) -> bool:
    """Whether the first word of the line after it had no room on a line of `edge` characters."""
    word = re.match(r"[^\s-]*-?", after)
    return length + 1 + len(word.group() if word else after) > edge


def _goes_on(line: str, full: str = "") -> bool:
    """Whether a line may continue the one before: it begins nothing of its own.

    After a `full` line, capitals go on where that one had them, and a day goes on though it looks like a point.
    """
    if line.startswith("\f") or _CONTACT_START.match(line) or (is_capitals(line) and not is_capitals(full)):
        return False
    if BULLET.match(line) and not (full and not _ends(full) and _leads_with_day(line)):
        return False
    if full and not is_prose(line) and not _plainly_goes_on(line, full):
        return False
    cue = cue_of(line)
    if cue is not None and (cue.heads or cue.label):
        return False
    return not re.match(r"(?:dear|yours|copies to|and copies to|salutation)\b", line, re.I)


def _plainly_goes_on(line: str, full: str) -> bool:
    """Whether what is no running text goes on a full line, and is not the next official, nor a heading."""
    if (
        line[:1].islower()
        or re.search(r"(?:\bdear|/)$", full, re.I)
        or re.search(r"[\d:+(]\n[+(]?\d|:\n\S+@", f"{full[-1:]}\n{line}")
    ):
        return True
    end = re.split(r"[,;.]\s+", full)[-1]
    if _CONTACT_WITHIN.search(end) or greeting().match(end) or (not is_prose(full) and _honorific().match(line)):
        return False
    return _ends(line) or not _ends(full)


@cache
def _honorific() -> re.Pattern[str]:
    return re.compile("|".join(patterns("office", "honorifics")), re.I)


def _leads_with_day(line: str) -> bool:
    """Whether a line begins with a day that a point follows: "1. Juni 2012"."""
    found = dates.find(line[:30], 2000)
    return found is not None and found.start == 0


def _join(parts: list[str], compounds: set[str]) -> str:
    """The parts of a paragraph as one line; a word parted by a hyphen is whole again, a compound keeps its own."""
    pieces = [parts[0]]
    for part in parts[1:]:
        last = pieces[-1]
        before, after = re.search(r"(\w{1,40})-$", last[-42:]), re.match(r"[a-z]\w{0,40}", part)
        if before and after:
            compound = before[1].casefold() in _LEADS or f"{before[1]}-{after.group()}" in compounds
            if not compound:
                pieces[-1] = last[:-1]
            pieces.append(part)
        elif last.endswith("/") and " " not in part and URL.search(last[-300:]):
            pieces.append(part)
        else:
            pieces.extend((" ", part))
    return "".join(pieces)
