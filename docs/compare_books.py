#!/usr/bin/env python3
"""Say how many are counted in two signature books of one action, and that no book counts anyone twice:

    compare_books.py COUNTED-A.TXT COUNTED-B.TXT

The files lie in the books' archives, and SHA256SUMS covers them. They hold a mark for each that is counted, in the
order of the entries, and no name. Needs Python 3 and nothing else; asks nobody. Exit 0: each book counts everyone once,
1: one does not, 2: no such files, or of two actions.
"""

import pathlib
import sys


def read(path):
    """(code, action, marks) of a book's file: a line that says whose it is, and a mark a line."""
    head, *marks = pathlib.Path(path).read_text("ascii").split("\n")
    form, code, action, size = head.split(" ")
    if form != "campaign-counted-1" or marks.pop() != "" or len(marks) != int(size):
        raise ValueError(path)
    return code, action, marks


def twice(marks):
    """[(entry, entry)] that bear one mark: the same signature, counted again. Entries are counted from 1."""
    first, found = {}, []
    for number, mark in enumerate(marks, 1):
        if first.setdefault(mark, number) != number:
            found.append((first[mark], number))
    return found


def main(arguments):
    try:
        (code, action, marks), (other_code, other_action, others) = map(read, arguments[1:])
        if action != other_action:
            raise ValueError("of two actions")
    except (OSError, ValueError):
        sys.stderr.write(__doc__)
        return 2
    again = False
    for book, counted in ((code, marks), (other_code, others)):
        for one, two in twice(counted):
            again = True
            sys.stdout.write(f"{book}: entries {one} and {two} are ONE signature, counted twice\n")
    both, all_of_them = len(set(marks) & set(others)), len(set(marks) | set(others))
    sys.stdout.write(f"{code}: {len(marks)} entries. {other_code}: {len(others)} entries.\n")
    sys.stdout.write(
        f"In both: {both}. Together they stand for {all_of_them}, not {len(marks) + len(others)}.\n" * bool(both)
    )
    sys.stdout.write(f"Nobody is in both: together they stand for {all_of_them}.\n" * (not both))
    return 1 if again else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
