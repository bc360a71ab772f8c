"""The tree over a dossier's entries: as RFC 6962 has it, and as another library and the script in the docs see it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pymerkle import InmemoryTree

from campaign.delivery import merkle, proofs
from campaign.delivery.proofs import Proof, Tree

SCRIPT = Path(__file__).parents[2] / "docs" / "verify_entry.py"
# From the tests of Certificate Transparency (RFC 6962's own project): eight entries, and the roots of the first n.
ENTRIES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


@pytest.mark.parametrize("size", range(1, 9))
def test_the_root_is_that_of_certificate_transparency(size: int) -> None:
    tree = merkle.levels(merkle.leaf(bytes.fromhex(entry)) for entry in ENTRIES[:size])

    assert tree[-1][0].hex() == ROOTS[size - 1]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 65, 100, 1_000])
def test_another_library_grows_the_same_tree(size: int) -> None:
    theirs = InmemoryTree(algorithm="sha256")
    for n in range(size):
        theirs.append_entry(f"entry {n}".encode())

    ours = merkle.levels(merkle.leaf(f"entry {n}".encode()) for n in range(size))

    assert ours[-1][0] == theirs.get_root()


@pytest.mark.parametrize("size", range(1, 40))
def test_every_leaf_has_a_way_to_the_root_and_no_other_leaf_has_it(size: int) -> None:
    leaves = [merkle.leaf(str(n).encode()) for n in range(size)]
    tree = merkle.levels(leaves)
    (root,) = tree[-1]

    for index, hashed in enumerate(leaves):
        way = merkle.path(tree, index)
        assert merkle.root_by(hashed, index, size, way) == root
        assert all(merkle.root_by(hashed, other, size, way) != root for other in range(size) if other != index)
        assert merkle.root_by(merkle.leaf(b"another"), index, size, way) != root


@pytest.fixture(scope="module")
def grown() -> tuple[Tree, list[Proof]]:
    """A dossier of 100,000 entries, and the proofs of 1,000 of them."""
    chance, code = random.Random(11), "7Q4K-2M9X"
    salts = [chance.randbytes(32).hex() for _ in range(100_000)]
    names = [f"عائشہ Nguyễn {n} Müller-Example" for n in range(1, 100_001)]
    tree = merkle.levels(
        merkle.leaf(proofs.leaf_data(code, "name", n, name, "PK", salt))
        for n, (name, salt) in enumerate(zip(names, salts, strict=True), 1)
    )
    found = [
        Proof(code, "name", n, names[n - 1], "PK", salts[n - 1], 100_000, merkle.path(tree, n - 1))
        for n in chance.sample(range(1, 100_001), 1_000)
    ]
    return Tree(100_000, tree[-1][0]), found


def altered(proof: Proof, chance: random.Random) -> Proof:
    """A proof in which one thing is another."""
    way = list(proof.path)
    place = chance.randrange(len(way))
    way[place] = bytes([way[place][0] ^ (1 << chance.randrange(8))]) + way[place][1:]
    return chance.choice(
        [
            replace(proof, text=proof.text + " "),
            replace(proof, number=proof.number % 100_000 + 1),
            replace(proof, country="FR"),
            replace(proof, kind="withheld"),
            replace(proof, dossier="7Q4K-2M9Z"),
            replace(proof, salt=proof.salt[::-1]),
            replace(proof, size=proof.size - 1),
            replace(proof, path=tuple(way)),
            replace(proof, path=proof.path[:-1]),
            replace(proof, path=(*proof.path, way[0])),
        ]
    )


def test_a_thousand_of_a_hundred_thousand_are_proved_and_no_altered_one_is(grown: tuple[Tree, list[Proof]]) -> None:
    tree, found = grown
    chance = random.Random(5)

    assert all(proof.leads_to(tree) for proof in found)
    assert not any(altered(proof, chance).leads_to(tree) for proof in found)


def test_a_proof_is_smaller_than_a_kilobyte_and_reads_back(grown: tuple[Tree, list[Proof]]) -> None:
    _, found = grown

    assert max(len(proof.written()) for proof in found) < 1_000
    assert all(proofs.read(proof.written()) == proof for proof in found)


def test_the_script_in_the_docs_proves_the_same_and_nothing_that_was_altered(
    grown: tuple[Tree, list[Proof]], tmp_path: Path
) -> None:
    tree, found = grown
    chance = random.Random(6)
    told = {"good": [proof.written().decode() for proof in found]}
    told["bad"] = [altered(proof, chance).written().decode() for proof in found]
    (tmp_path / "proofs.json").write_text(json.dumps(told))
    # The very functions of the script, a thousand times in one process.
    program = (
        "import json, runpy, sys\n"
        "root_of = runpy.run_path(sys.argv[1])['root_of']\n"
        "told = json.load(open(sys.argv[2]))\n"
        "proved = lambda text: (lambda p: root_of(p) == sys.argv[3] and p['size'] == 100000)(json.loads(text))\n"
        "print(sum(map(proved, told['good'])), sum(map(proved, told['bad'])))\n"
    )
    command = [sys.executable, "-I", "-c", program, str(SCRIPT), str(tmp_path / "proofs.json"), tree.hexadecimal]

    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() == ["1000", "0"]


def test_the_script_says_so_in_words_and_by_its_exit(grown: tuple[Tree, list[Proof]], tmp_path: Path) -> None:
    tree, (proof, *_) = grown
    (tmp_path / "proof.json").write_bytes(proof.written())
    (tmp_path / "other.json").write_bytes(replace(proof, text="Somebody Else").written())

    def run(name: str, root: str) -> tuple[int, str]:
        command = [sys.executable, "-I", str(SCRIPT), str(tmp_path / name), root, "100000"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    assert run("proof.json", tree.hexadecimal) == (0, f"Proved: entry {proof.number} of 7Q4K-2M9X: {proof.text}\n")
    assert run("other.json", tree.hexadecimal)[0] == 1
    assert run("proof.json", "0" * 64)[0] == 1
    assert run("missing.json", tree.hexadecimal)[0] == 2


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"proof":"campaign-proof-1"}', b"%PDF-1.7", b"{" * 5_000, b'{"proof":"other"}']
)
def test_what_is_no_proof_is_not_taken_for_one(content: bytes) -> None:
    assert proofs.read(content) is None
