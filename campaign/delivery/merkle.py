"""A tree of hashes as RFC 6962 defines it: one value stands for a whole list, and short proofs tell what is in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

SIZE = 32  # bytes of a hash


def leaf(data: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\x00" + data).digest()


def levels(leaves: Iterable[bytes]) -> list[list[bytes]]:
    """All nodes from the leaves up to the root; a node without a neighbour goes up as it is. Needs a leaf."""
    tree = [list(leaves)]
    if not tree[0]:
        raise ValueError("a tree needs a leaf")
    while len(tree[-1]) > 1:
        below = tree[-1]
        above = [_node(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)]
        tree.append(above + below[len(above) * 2 :])
    return tree


def path(tree: Sequence[Sequence[bytes]], index: int) -> tuple[bytes, ...]:
    """The hashes that lead from a leaf to the root, from below."""
    found = []
    for level in tree[:-1]:
        beside = index ^ 1
        if beside < len(level):
            found.append(level[beside])
        index //= 2
    return tuple(found)


def root_by(hashed: bytes, index: int, size: int, beside: Sequence[bytes]) -> bytes | None:
    """The root that a leaf's hash and a path lead to; None if no leaf of such a tree has such a path."""
    if not 0 <= index < size:
        return None
    rest, last = list(beside), size - 1
    while last:
        if index % 2 or index < last:
            if not rest:
                return None
            other = rest.pop(0)
            hashed = _node(other, hashed) if index % 2 else _node(hashed, other)
        index, last = index // 2, last // 2
    return None if rest else hashed


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
