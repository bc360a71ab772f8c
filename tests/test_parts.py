"""A release says what it is made of: a list of parts that other programs read, made from what is installed."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from campaign.settings import ROOT
from campaign.version import __version__


def test_the_list_of_parts_names_every_locked_part_by_version_and_checksum_and_no_other() -> None:
    made = subprocess.run([sys.executable, str(ROOT / "ops" / "parts")], capture_output=True, check=True, cwd="/")
    parts = json.loads(made.stdout)
    assert (parts["bomFormat"], parts["specVersion"]) == ("CycloneDX", "1.6")
    assert parts["metadata"]["component"]["version"] == __version__
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    locked = {tuple(line.split(" ")[0].split("==")) for line in lock.splitlines() if "==" in line}
    assert len(locked) > 60
    assert {(it["name"], it["version"]) for it in parts["components"]} == locked
    assert all(it["purl"] == f"pkg:pypi/{it['name']}@{it['version']}" for it in parts["components"])
    hashes = [it["value"] for part in parts["components"] for it in part["properties"]]
    assert sorted(hashes) == sorted(re.findall(r"sha256:([0-9a-f]{64})", lock))


def test_where_to_report_a_fault_is_told_with_how_to_check_a_release() -> None:
    said = (ROOT / "SECURITY.md").read_text("utf-8")
    release = (ROOT / "ops" / "release").read_text("utf-8")
    for name in (".cdx.json", ".sha256"):
        assert f"campaign-VERSION{name}" in said
        assert f"campaign-$version{name}" in release
