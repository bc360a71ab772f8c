#!/usr/bin/env python3
"""Follow an office's record of changes up to a link that a signature book prints: verify_audit.py AUDIT.JSONL LINK

Needs Python 3 and nothing else; asks nobody. Exit 0: the record up to that link is what it was when the book was made,
1: it is not, 2: no such file, or no link. The file comes from the office: `campaign audit export -o audit.jsonl`.
"""

import hashlib
import json
import pathlib
import sys


def followed(lines, wanted):
    """(the event whose link is wanted, all events): the first is None if no event has it, or the numbers are broken."""
    link, found, last = bytes(32), None, 0
    for line in lines:
        link = hashlib.sha256(link + line).digest()
        if json.loads(line)["event"] != last + 1:
            return None, last
        last += 1
        if link.hex() == wanted:
            found = last
    return found, last


def main(arguments):
    try:
        lines = pathlib.Path(arguments[1]).read_bytes().splitlines()
        wanted = "".join(arguments[2:]).lower()
        if len(bytes.fromhex(wanted)) != 32:
            raise ValueError(wanted)
    except (IndexError, OSError, ValueError):
        sys.stderr.write(__doc__.splitlines()[0] + "\n")
        return 2
    try:
        found, last = followed(lines, wanted)
    except (KeyError, TypeError, ValueError):
        found, last = None, 0
    if found is None:
        sys.stdout.write("NOT the same: no event of this record has this link, so it was changed, cut or is another.\n")
        return 1
    sys.stdout.write(
        f"The same: events 1 to {found} are what they were. Later events, not in the book: {last - found}.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
