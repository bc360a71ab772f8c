"""Import of a bulletin: bytes or text in, frozen values out. Nothing is stored, nothing published.

`read_bulletin` takes a file, `parse` a text. Layouts differ, so nothing goes by line numbers: `readers` gets the
text out of a file, `lines` mends it, `cues` and `sections` part it, a module a part reads it, and `assemble` puts
the fields together and accounts for every word (`ledger`): what was not understood stands in `unplaced`.
"""

from __future__ import annotations

from campaign.cases.importing.assemble import parse
from campaign.cases.importing.bulletin import Bulletin, ModelLetter, Official, Previous, Subject
from campaign.cases.importing.readers import read_text

__all__ = ["Bulletin", "ModelLetter", "Official", "Previous", "Subject", "parse", "read_bulletin"]


def read_bulletin(data: bytes, filename: str) -> Bulletin:
    """Read a bulletin out of a .txt, .md, .docx or .pdf file, up to 20 MB.

    Raises `campaign.errors.Unreadable`, whose sentence says what is wrong with the file, if it is empty, binary,
    too large, encrypted, a scan, broken, of another format, or no bulletin at all.
    """
    return parse(read_text(data, filename))
