"""Dossiers from the terminal: freeze and print, list, show, verify."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from types import FrameType

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.cli.place import Place, opened, write_file
from campaign.delivery import build_queue, build_run, freezing, sealing, verifying, volumes, without_font
from campaign.delivery.build_queue import Lease, Progress, Stopped
from campaign.delivery.build_run import Press
from campaign.delivery.verifying import Finding, Sealed, Verdict
from campaign.errors import Conflict, Refused
from campaign.publication.reading import described
from campaign.storage.tables import Dossier
from campaign.vocabulary import BuildPhase, BuildStatus, Paper

PHASES = {
    BuildPhase.SETTING: "Laying out names",
    BuildPhase.BINDING: "Making volumes",
    BuildPhase.PACKING: "Packing",
}
# As a shell counts a program that Ctrl-C ended.
INTERRUPTED = 130


@click.group()
def dossier() -> None:
    """Create, list, show and verify dossiers (signature books)."""


@dossier.command()
@click.argument("slug")
@click.option("--official", type=click.IntRange(1), help="Number of the official; 1 is the first.")
@click.option("--lang", default=None, help="The language; by default the action's original language.")
@click.option("--paper", type=click.Choice([paper.value for paper in Paper]), default="a4", help="A4 or US Letter.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def build(slug: str, official: int | None, lang: str | None, paper: str, as_json: bool) -> None:
    """Create a dossier of all confirmed signatures and print it. Ctrl-C cancels only the printing."""
    with opened() as place:
        now, press = clock.now(), build_run.press_of(place.settings)

        with place.storage.reading() as session:
            action_id = described(session, slug, lang or described(session, slug, "en").original_locale).id
        if boxed := without_font.look(place.storage, action_id):
            click.echo(boxed.said, err=True)

        def freeze(session: Session) -> build_queue.Lease | None:
            action = described(session, slug, lang or described(session, slug, "en").original_locale)
            code = freezing.freeze(session, action, official, now, Paper(paper))
            # Taken in the same transaction: or a worker might take it first.
            return build_queue.lease(session, now, code)

        _print(place, press, _had(place.storage.write(freeze)), as_json)


@dossier.command()
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def resume(code: str, as_json: bool) -> None:
    """Continue printing a dossier."""
    with opened() as place:
        press = build_run.press_of(place.settings)
        with place.storage.reading() as session:
            code = verifying.sealed(session, code).code
        with place.storage.writing() as session:
            with suppress(Conflict):  # it waits, or its process may have died: the lease tells
                build_queue.again(session, code, clock.now())
            for gone in build_queue.abandoned(session, code):
                click.echo(
                    f"A process that no longer runs held this until {gone.leased_until:%H:%M} UTC. Going on.", err=True
                )
            mine = build_queue.lease(session, clock.now(), code)
        _print(place, press, _had(mine), as_json)


@dossier.command("list")
def list_() -> None:
    """List all dossiers, newest first."""
    with opened() as place, place.storage.reading() as session:
        for stored in session.scalars(select(Dossier).order_by(Dossier.frozen_at.desc(), Dossier.id.desc())):
            it = verifying.described(stored)
            click.echo(
                f"{it.code}  {it.frozen_at:%Y-%m-%d %H:%M} UTC  {it.total:>9} signatures  "
                f"{it.build or it.status:<9}  {it.action_slug}"
            )


@dossier.command()
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option("-o", "--output", help="Also write a volume to this file.")
@click.option(
    "--volume", default=1, type=click.IntRange(1), help="Number of the volume that -o writes; 1 is the first."
)
@click.option("--archive", help="Also write all volumes and a manifest to this ZIP file.")
def show(code: str, as_json: bool, output: str | None, volume: int, archive: str | None) -> None:
    """Show a dossier and its print progress; -o writes a volume."""
    with opened() as place:
        files = place.storage.files
        with place.storage.reading() as session:
            found = verifying.sealed(session, code)
            if output:
                write_file(output, volumes.read(session, files, found.code, volume))
            if archive:
                write_file(archive, b"".join(volumes.archive(session, files, found.code).pieces))
        with place.storage.reading() as session:
            progress = build_queue.progress(session, found.code)
    if as_json:
        click.echo(_json(found))
        return
    click.echo(f"{found.code}: “{found.action_title}”, to {found.official or found.office}")
    click.echo(f"Names as of {found.frozen_at:%Y-%m-%d %H:%M} UTC: {found.named} named, {found.withheld} not named.")
    if not found.volumes:
        click.echo(f"Not printed yet: {_line(progress)}")
    for it in found.volumes:
        names = f"names {it.numbers[0]} to {it.numbers[1]}, " if it.numbers else ""
        seal = f", sealed by {it.sealed_by}" if it.sealed_by else ""
        click.echo(f"{it.file}: {names}{it.pages} pages, SHA-256 {it.sha256}{seal}")


@dossier.command()
@click.argument("file", type=click.Path(path_type=Path))
def verify(file: Path) -> None:
    """Check whether a file is unchanged (exit 0: unchanged, 1: changed or not ours)."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Refused("%(file)s cannot be read: %(why)s.", file=file.name, why=error.strerror or "") from error
    claimed = verifying.claims(content)
    with opened() as place, place.storage.reading() as session:
        finding = verifying.verify(session, content, claimed)
    click.echo(_said(finding))
    if finding.verdict not in {Verdict.GENUINE, Verdict.PROVEN}:
        raise click.exceptions.Exit(1)


@click.group()
def seal() -> None:
    """Manage the electronic seal for dossiers."""


@seal.command()
@click.option("-o", "--output", required=True, help="PKCS#12 file to write, with the key.")
@click.option("--name", required=True, help="The organisation's name, as shown in the seal.")
@click.password_option(
    envvar="CAMPAIGN_SEAL_PASSWORD", help="Password of the file; you are asked if you do not give it."
)
def create(output: str, name: str, password: str) -> None:
    """Create a self-signed certificate and key, until you have a real certificate."""
    if output != "-" and Path(output).exists():
        raise Refused("%(path)s already exists and may be in use. Choose another name.", path=output)
    if not password:
        raise Refused("A seal needs a password. Without one, anyone with the file could sign for the organisation.")
    write_file(output, sealing.self_signed(name, password, clock.now()))
    if output != "-":
        Path(output).chmod(0o600)
    click.echo(f"Set CAMPAIGN_SEAL_FILE={output} and CAMPAIGN_SEAL_PASSWORD to seal all dossiers printed from now on.")


def _had(mine: Lease | None) -> Lease:
    if mine is None:
        raise Conflict("This dossier is already printed, or another process is printing it.")
    return mine


def _print(place: Place, press: Press, mine: Lease, as_json: bool) -> None:
    storage = place.storage
    with _interrupts() as interrupted, _shown(as_json) as told:
        try:
            build_run.build(storage, replace(press, stopping=interrupted, told=told), mine)
        except Stopped:
            if not interrupted():
                raise
            with storage.writing() as session:
                build_queue.cancel(session, mine.code, clock.now())
            build_run.clear(press, mine.code)
            click.echo(f"Cancelled. To continue: campaign dossier resume {mine.code}", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None
    with storage.reading() as session:
        made = verifying.sealed(session, mine.code)
    if as_json:
        click.echo(_json(made))
        return
    many = f" in {len(made.volumes)} volumes" if len(made.volumes) > 1 else ""
    click.echo(f"{made.code}: {made.named} named and {made.withheld} not named, {made.pages} pages{many}")
    if any(it.sealed_by and not it.stamped_at for it in made.volumes) and place.settings.seal_tsa:
        click.echo("Sealed without a time stamp: the time-stamp server did not respond.")


@contextmanager
def _interrupts() -> Iterator[Callable[[], bool]]:
    """Ctrl-C asks the work to stop between two steps, instead of breaking into one."""
    asked = []

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.append(True)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _shown(quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """How progress is shown: a bar in a terminal, a line now and then elsewhere, nothing beside JSON."""
    if quiet:
        yield lambda _progress: None
    elif sys.stderr.isatty():
        with _bar() as told:
            yield told
    else:
        yield lambda progress: click.echo(_line(progress), err=True)


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}"),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Collecting signatures", total=None, pace="")

        def told(it: Progress) -> None:
            said = PHASES[it.phase] if it.phase else ""
            bar.update(task, description=said, completed=it.done, total=it.total, pace=_pace(it))

        yield told


def _line(it: Progress) -> str:
    if it.problem:
        return f"{it.status}: {it.problem}"
    if it.phase is None or it.status is not BuildStatus.BUILDING:
        return str(it.status)
    return " · ".join(filter(None, (f"{PHASES[it.phase]}: {it.done} of {it.total}", _pace(it))))


def _pace(it: Progress) -> str:
    if it.phase is not BuildPhase.SETTING or not it.pace:
        return ""
    left = f", {it.left} s left" if it.left is not None else ""
    return f"{it.pace} names per second{left}"


def _said(finding: Finding) -> str:
    it, volume = finding.dossier, finding.volume
    if finding.verdict is Verdict.GENUINE and it and volume:
        which = f", volume {volume.number} of {len(it.volumes)}" if len(it.volumes) > 1 else ""
        seal = "Not sealed."
        if volume.sealed_by:
            stamp = f" at {volume.stamped_at:%Y-%m-%d %H:%M:%S} UTC" if volume.stamped_at else ", without a time stamp"
            seal = f"Sealed by {volume.sealed_by}{stamp}."
        return f"Complete and unchanged: dossier {it.code}{which}, {it.named} named and {it.withheld} not named. {seal}"
    if finding.verdict is Verdict.PROVEN and it and finding.proof:
        entry = f"{finding.proof.number} {finding.proof.text}".rstrip()
        return f"Proved: entry {entry} is in dossier {it.code}, under the root {it.tree[1] if it.tree else '?'}."
    if finding.verdict is Verdict.NOT_PROVEN and it:
        return f"Not proved: this calls itself a proof for dossier {it.code}, but it does not lead to its root."
    if finding.verdict is Verdict.ALTERED and it:
        return f"Changed: this file says it is dossier {it.code}, but it is not what was printed."
    return "Not ours: this file does not belong to any dossier of this installation."


def _json(it: Sealed) -> str:
    def written(value: object) -> str:
        return value.isoformat() if isinstance(value, datetime) else str(value)

    told = {**asdict(it), "total": it.total}
    told["volumes"] = [{**asdict(each), "numbers": each.numbers} for each in it.volumes]
    return json.dumps(told, ensure_ascii=False, indent=2, default=written)


COMMANDS = (dossier, seal)
