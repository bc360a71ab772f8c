"""A load of HTTP requests by wrk: a client in C, so that what is measured is the server and not whoever asks it."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 16


@dataclass(frozen=True)
class Round:
    """What a round gave: requests answered a second, and how many were answered in all."""

    per_second: float
    answered: int


def fire(url: str, seconds: int, script: Path | None = None) -> Round:
    """Ask for `url`, or as `script` (Lua) says, over 16 connections from one thread.

    Ends the run if wrk is missing, or an answer was anything but 2xx or 3xx: then nothing was measured.
    """
    program = shutil.which("wrk")
    if program is None:
        raise SystemExit("wrk is not installed, and nothing else is fast enough to ask. apt-get install wrk")
    asked = [program, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s"]
    asked += ["-s", str(script)] if script is not None else []
    told = subprocess.run([*asked, url], check=True, capture_output=True, text=True, timeout=seconds + 120).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        raise SystemExit(f"Answers were not what they should be:\n{told}")
    rate, answered = re.search(r"Requests/sec:\s+([\d.]+)", told), re.search(r"(\d+) requests in", told)
    if rate is None or answered is None:
        raise SystemExit(f"wrk said something else:\n{told}")
    return Round(float(rate[1]), int(answered[1]))


def signing_script(folder: Path, name: str, path: str, token: str) -> Path:
    """A script that signs with a new address each time; no two scripts of one name share any."""
    script = folder / f"{name}.lua"
    script.write_text(
        f"""
local n = 0
request = function()
  n = n + 1
  local body = "name=Signer+" .. n .. "&email={name}-" .. n .. "%40crowd.example.net&country=NO&disclosure=public"
    .. "&message=Please+let+them+stay.&updates=yes&token={token}"
  return wrk.format("POST", "{path}", {{["Content-Type"] = "application/x-www-form-urlencoded"}}, body)
end
""",
        "utf-8",
    )
    return script
