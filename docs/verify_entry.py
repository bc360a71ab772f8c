#!/usr/bin/env python3
"""Check a proof of one signature against the root that is printed on the cover: verify_entry.py PROOF.json ROOT [SIZE]

Needs Python 3 and nothing else; asks nobody. Exit 0: proved, 1: not proved, 2: no proof, or no root.
"""

import base64
import hashlib
import json
import pathlib
import sys


def root_of(proof):
    """The root that a proof leads to (RFC 6962), in hexadecimal; None if it leads nowhere."""
    names = ("dossier", "kind", "number", "text", "country", "salt")
    entry = "\n".join(["campaign-proof-1", *(str(proof[name]) for name in names)])
    value = hashlib.sha256(b"\x00" + entry.encode()).digest()
    path = base64.b64decode(proof["path"])
    index, last = proof["number"] - 1, proof["size"] - 1
    if not 0 <= index <= last:
        return None
    while last:
        if index % 2 or index < last:
            beside, path = path[:32], path[32:]
            value = hashlib.sha256(b"\x01" + (beside + value if index % 2 else value + beside)).digest()
        index, last = index // 2, last // 2
    return None if path else value.hex()


def main(arguments):
    try:
        proof = json.loads(pathlib.Path(arguments[1]).read_text("utf-8"))
        root = "".join(arguments[2].split()).lower()
        proved = root_of(proof) == root and (len(arguments) < 4 or int(arguments[3]) == proof["size"])
    except (IndexError, KeyError, OSError, TypeError, ValueError):
        sys.stderr.write(__doc__.splitlines()[0] + "\n")
        return 2
    sys.stdout.write(
        f"{'Proved' if proved else 'NOT proved'}: entry {proof['number']} of {proof['dossier']}: {proof['text']}\n"
    )
    return 0 if proved else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
