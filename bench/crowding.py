"""What readers notice of 200 slow connections, four forms of 12 MB and 64 prints, all at the same time.

Run from the root of the repository; takes about a minute, listens on loopback only and leaves nothing behind.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import psutil
from web import installation, open_action, state, token_of  # the bench beside this one

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.faults import crowd

LONGEST_SECONDS, MOST_MEGABYTES = 1.0, 600
ASKED = 100


def main() -> None:
    """Measure, print, and end with 1 if a promise is not kept."""
    with tempfile.TemporaryDirectory(prefix="campaign-bench-") as folder:
        home = Path(folder)
        with installation(home) as port, state(home) as storage:
            path = f"/en/actions/{open_action(storage)}"
            crowd.get(port, path)  # the first reader waits for what nobody had asked for yet
            quiet = crowd.repeatedly(20, lambda: crowd.get(port, path))
            busy, parts, signed = _crowded(port, path)
    memory = sum(parts.values())
    print(f"{'':<26}{'95th percentile':>16}   at most")
    print(f"{'action page, quiet':<26}{crowd.at_95(quiet) * 1000:>13.0f} ms")
    for name, answers in busy.items():
        print(f"{name:<26}{crowd.at_95(answers) * 1000:>13.0f} ms   {LONGEST_SECONDS * 1000:.0f} ms")
    print(f"{'memory of the tree (PSS)':<26}{memory:>13} MB   {MOST_MEGABYTES} MB")
    for process, megabytes in parts.items():
        print(f"  {megabytes:>4} MB  {process}")
    wrong = [name for name, answers in busy.items() if {status for status, _ in answers} != {200}]
    late = [name for name, answers in busy.items() if crowd.at_95(answers) > LONGEST_SECONDS]
    print(f"signed meanwhile: {signed}; not answered by 200: {wrong or 'none'}; too late: {late or 'none'}")
    if wrong or late or memory > MOST_MEGABYTES or not signed:
        raise SystemExit(1)


def _crowded(port: int, path: str) -> tuple[dict[str, list[tuple[int, float]]], dict[str, int], int]:
    html = _read(port, path)
    token = token_of(html)
    busy: dict[str, list[tuple[int, float]]] = {}
    done = threading.Event()
    memory: list[dict[str, int]] = []
    signed: list[int] = []

    def watch() -> None:
        while not done.wait(0.5):
            memory.append(tree_megabytes())

    def sign() -> None:
        n = 0
        while not done.wait(0.1):
            n += 1
            signed.append(_sign(port, path, token, n))

    prints = [f"{path}/letter.pdf?paper={paper}&lang={lang}" for paper in ("a4", "letter") for lang in ("en", "ur")]
    prints += [f"{path}/{name}.pdf" for name in ("bulletin", "poster", "envelope", "sheet")]
    large = [threading.Thread(target=crowd.post_large, args=(port,)) for _ in range(4)]
    printing = [threading.Thread(target=crowd.get, args=(port, prints[n % len(prints)])) for n in range(64)]
    others = [threading.Thread(target=work) for work in (watch, sign)]
    with crowd.Slow(port, path).standing(200):
        for thread in (*others, *large, *printing):
            thread.start()
        asking = {"/healthz": "/healthz", "action page": path, "action page, made anew": f"{path}?official=1"}
        readers = [
            threading.Thread(
                target=lambda name=name, there=there: busy.update(
                    {name: crowd.repeatedly(ASKED, lambda: crowd.get(port, there))}
                )
            )
            for name, there in asking.items()
        ]
        for reader in readers:
            reader.start()
        for thread in (*readers, *large, *printing):
            thread.join()
        done.set()
        for thread in others:
            thread.join()
    return busy, max(memory, key=lambda parts: sum(parts.values())), sum(status == 200 for status in signed)


def tree_megabytes() -> dict[str, int]:
    """The memory of each process that this one has started and what it started, shared pages counted once."""
    parts: dict[str, int] = {}
    for process in psutil.Process().children(recursive=True):
        try:
            command = " ".join(process.cmdline()[1:4])[:60]
            parts[f"{process.pid} {command}"] = process.memory_full_info().pss // (1024 * 1024)
        except psutil.Error:
            continue
    return parts


def _read(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        return bytes(answer.read())


def _sign(port: int, path: str, token: str, n: int) -> int:
    form = {"name": f"Signer {n}", "email": f"s{n}@crowd.example.net", "country": "NO", "disclosure": "public"}
    body = urllib.parse.urlencode({**form, "token": token}).encode()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}/sign", body, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


if __name__ == "__main__":
    main()
