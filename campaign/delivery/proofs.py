"""What proves an entry of a dossier without our word: a tree over all that was counted, and each one's own way to it.

Each leaf binds the dossier's code, the number, what is printed and a secret salt, so that nobody can try names against
it. Its root and size are printed; whoever holds a proof can check it against the paper with a few lines of any
language, and learns nothing of anyone else. A salt hangs on the signature: once that is erased, nothing gives it back.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.delivery import merkle
from campaign.errors import Unknown
from campaign.printing.engine.text import one_line
from campaign.storage import Storage, Vault
from campaign.storage.encrypted_columns import SIGNATURE_NAME
from campaign.storage.files import Files
from campaign.storage.tables import Dossier, DossierEntry, DossierTree, DossierWithheld, Signature
from campaign.vocabulary import DossierStatus

FORM, COUNTED = "campaign-proof-1", "campaign-counted-1"
NAME, WITHHELD, SHEET = "name", "withheld", "sheet"
_AT_ONCE = 5_000
_MARK = 10  # bytes of a mark: of a milliard signatures, no two are likely to have the same
# Longer than any proof: what is larger is none.
MOST_BYTES = 4_096


@dataclass(frozen=True)
class Tree:
    """What is printed of a tree: how many leaves it has, and its root.

    `counted` is the SHA-256 of the marks of those who are counted; None for a dossier of before there were any.
    """

    size: int
    root: bytes
    counted: bytes | None = None

    @property
    def hexadecimal(self) -> str:
        """The root as it is printed."""
        return self.root.hex()


@dataclass(frozen=True)
class Proof:
    """An entry, and its way to the root. `kind` is name, withheld or sheet; `country` an ISO code."""

    dossier: str
    kind: str
    number: int
    text: str
    country: str
    salt: str
    size: int
    path: tuple[bytes, ...]

    def leads_to(self, tree: Tree) -> bool:
        """Whether the entry is in a dossier's tree."""
        hashed = merkle.leaf(leaf_data(self.dossier, self.kind, self.number, self.text, self.country, self.salt))
        return self.size == tree.size and merkle.root_by(hashed, self.number - 1, self.size, self.path) == tree.root

    def written(self) -> bytes:
        """The proof as a file: JSON on one line."""
        told = {
            "proof": FORM,
            "dossier": self.dossier,
            "kind": self.kind,
            "number": self.number,
            "text": self.text,
            "country": self.country,
            "salt": self.salt,
            "size": self.size,
            "path": base64.b64encode(b"".join(self.path)).decode(),
        }
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def leaf_data(dossier: str, kind: str, number: int, text: str, country: str, salt: str) -> bytes:
    """What a leaf is the hash of: a line for each value."""
    return "\n".join((FORM, dossier, kind, str(number), text, country, salt)).encode()


def read(content: bytes) -> Proof | None:
    """The proof that a file holds; None if it holds none."""
    if len(content) > MOST_BYTES or not content.lstrip().startswith(b"{"):
        return None
    try:
        told = json.loads(content)
        values = {name: str(told[name]) for name in ("dossier", "kind", "text", "country", "salt")}
        if told["proof"] != FORM or not all(type(told[name]) is int for name in ("number", "size")):
            return None
        joined = base64.b64decode(told["path"], validate=True)
    except (ValueError, KeyError, TypeError):
        return None
    if len(joined) % merkle.SIZE:
        return None
    path = tuple(joined[at : at + merkle.SIZE] for at in range(0, len(joined), merkle.SIZE))
    return Proof(**values, number=told["number"], size=told["size"], path=path)


def grow(storage: Storage, dossier_id: int) -> Tree:
    """The tree of a frozen dossier: made at the first call, and the same from then on, whatever is erased since."""
    with storage.reading() as session:
        code, action_id = session.execute(select(Dossier.code, Dossier.action_id).where(Dossier.id == dossier_id)).one()
        if (known := tree_of(session, dossier_id)) is not None:
            return known
    marks = bytearray()

    def leaves() -> Iterator[bytes]:
        for leaf, mark in _leaves(storage, dossier_id, code, action_id):
            marks.extend(mark.encode() + b"\n")
            yield leaf

    tree = merkle.levels(leaves())
    counted = _counted(storage.vault, code, action_id, len(tree[0])) + marks
    made = Tree(len(tree[0]), tree[-1][0], hashlib.sha256(counted).digest())
    # First the files, under their root: a process that comes second overwrites nothing that is recorded.
    storage.files.write(_file(code, made.root), b"".join(node for level in tree for node in level))
    storage.files.write(counted_file(code, made.root), counted)
    with storage.writing() as session:
        if (first := tree_of(session, dossier_id)) is not None:
            return first
        session.add(DossierTree(dossier_id=dossier_id, size=made.size, root=made.root, counted=made.counted))
    return made


def _counted(vault: Vault, code: str, action_id: int, size: int) -> bytes:
    """The head of the list of who is counted: marks in the order of the entries follow, one a line.

    The same signature has one mark in all books of its action. So two books can be compared, and each be seen to count
    nobody twice, by who knows no name.
    """
    whose = vault.keyed_hash("counted", str(action_id))[:_MARK].hex()
    return f"{COUNTED} {code} {whose} {size}\n".encode()


def counted_file(code: str, root: bytes) -> str:
    """Where the marks of those who are counted lie in the store."""
    return f"dossiers/{code}/counted-{root.hex()[:16]}"


def tree_of(session: Session, dossier_id: int) -> Tree | None:
    """What is recorded of a dossier's tree; None if it was made before there were any, or is not printed yet."""
    stored = session.get(DossierTree, dossier_id)
    return Tree(stored.size, bytes(stored.root), stored.counted) if stored else None


def provable(session: Session, reference: bytes | None) -> tuple[str, ...]:
    """The codes of the dossiers in which a signature can be proved."""
    return tuple(code for code, *_ in _entries(session, reference))


def proof_in(session: Session, vault: Vault, files: Files, reference: bytes | None, code: str) -> Proof:
    """The proof of a signature in one dossier. Raises `Unknown` if it has none there."""
    found = next((entry for entry in _entries(session, reference) if entry[0] == code), None)
    if found is None or reference is None:
        raise Unknown(
            "There is no proof of your signature in this signature book: it was made before proofs were, or is not "
            "printed yet."
        )
    _, kind, number, name, country, size, root = found
    text = one_line(vault.decrypt(name, SIGNATURE_NAME, reference or b"")) if name else ""
    way = merkle.path(_levels(files.read(_file(code, root)), size), number - 1)
    return Proof(code, kind, number, text, country, _salt(vault, code, number, reference), size, way)


def _entries(session: Session, reference: bytes | None) -> list[tuple[str, str, int, bytes | None, str, int, bytes]]:
    """(code, kind, number, encrypted name, country, size of the tree, its root) wherever a signature was counted."""
    signed = select(Signature.id).where(Signature.reference == reference).scalar_subquery()
    named = session.execute(
        select(
            Dossier.code,
            DossierEntry.number,
            DossierEntry.name,
            DossierEntry.country,
            DossierTree.size,
            DossierTree.root,
        )
        .join(Dossier, Dossier.id == DossierEntry.dossier_id)
        .join(DossierTree, DossierTree.dossier_id == Dossier.id)
        .where(DossierEntry.signature_id == signed, Dossier.status == DossierStatus.READY)
        .order_by(Dossier.id)
    ).all()
    counted = session.execute(
        select(Dossier.code, DossierWithheld.number, DossierTree.size, DossierTree.root)
        .join(Dossier, Dossier.id == DossierWithheld.dossier_id)
        .join(DossierTree, DossierTree.dossier_id == Dossier.id)
        .where(DossierWithheld.signature_id == signed, Dossier.status == DossierStatus.READY)
        .order_by(Dossier.id)
    ).all()
    return [
        *((code, NAME, number, name, country, size, bytes(root)) for code, number, name, country, size, root in named),
        *((code, WITHHELD, number, None, "", size, bytes(root)) for code, number, size, root in counted),
    ]


def _leaves(storage: Storage, dossier_id: int, code: str, action_id: int) -> Iterator[tuple[bytes, str]]:
    """The leaves and marks in the order of their numbers: names, the withheld, and sheets of paper."""
    vault, last = storage.vault, 0

    def mark(what: object) -> str:
        # A signature that is erased already is nobody's any more.
        return vault.keyed_hash("counted", f"{action_id}:{what}")[:_MARK].hex() if what else secrets.token_hex(_MARK)

    with storage.reading() as session:
        named, withheld, paper = session.execute(
            select(Dossier.named, Dossier.withheld, Dossier.paper).where(Dossier.id == dossier_id)
        ).one()
    while True:
        with storage.reading() as session:
            rows = session.execute(
                select(DossierEntry.number, DossierEntry.name, DossierEntry.country, Signature.reference, Signature.id)
                .outerjoin(Signature, Signature.id == DossierEntry.signature_id)
                .where(DossierEntry.dossier_id == dossier_id, DossierEntry.number > last)
                .order_by(DossierEntry.number)
                .limit(_AT_ONCE)
            ).all()
        if not rows:
            break
        for number, name, country, reference, signature_id in rows:
            text = one_line(vault.decrypt(name, SIGNATURE_NAME, reference or b"")) if name else ""
            yield _leaf(code, NAME, number, text, country, _salt(vault, code, number, reference)), mark(signature_id)
        last = rows[-1][0]
    with storage.reading() as session:
        rows_withheld = session.execute(
            select(DossierWithheld.number, Signature.reference, Signature.id)
            .outerjoin(Signature, Signature.id == DossierWithheld.signature_id)
            .where(DossierWithheld.dossier_id == dossier_id)
        ).all()
        whose = {number: (reference, signature_id) for number, reference, signature_id in rows_withheld}
    for number in range(named + 1, named + withheld + 1):
        signed = whose.get(number)
        salt = _salt(vault, code, number, signed[0] if signed else None)
        yield _leaf(code, WITHHELD, number, "", "", salt), mark(signed[1] if signed else None)
    sheets: Sequence[dict[str, Any]] = json.loads(paper or b"[]")
    for number, sheet in enumerate(sheets, named + withheld + 1):
        text = f"{one_line(sheet['number'])}: {sheet['count']}"
        salt = vault.keyed_hash("sheet", f"{code}:{number}").hex()
        yield _leaf(code, SHEET, number, text, sheet["country"], salt), mark(f"sheet {sheet['number']}")


def _leaf(code: str, kind: str, number: int, text: str, country: str, salt: str) -> bytes:
    return merkle.leaf(leaf_data(code, kind, number, text, country, salt))


def _salt(vault: Vault, code: str, number: int, reference: bytes | None) -> str:
    """An entry's salt, from what only its signature has. One that is erased already gets a salt nobody ever knows."""
    if reference is None:
        return secrets.token_hex(32)
    return vault.keyed_hash("leaf", f"{code}:{number}:{bytes(reference).hex()}").hex()


def _file(code: str, root: bytes) -> str:
    return f"dossiers/{code}/tree-{root.hex()[:16]}"


def _levels(stored: bytes, size: int) -> list[list[bytes]]:
    """The nodes of a stored tree, level by level."""
    tree, at = [], 0
    while True:
        tree.append([stored[place : place + merkle.SIZE] for place in range(at, at + size * merkle.SIZE, merkle.SIZE)])
        at += size * merkle.SIZE
        if size == 1:
            return tree
        size -= size // 2
