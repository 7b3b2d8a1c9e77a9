"""The command line: parse, call the sprint, print. What a command needs is imported when it runs.

It is longer than most files because nothing else prints or exits: all commands stand here.
"""

from __future__ import annotations

import functools
import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from apprescue import __version__, reports
from apprescue.reports import inventories
from apprescue.shelf import module, names

if TYPE_CHECKING:
    from apprescue.model.audit import Audit
    from apprescue.model.finding import Finding
    from apprescue.model.intake import Answer, Intake
    from apprescue.model.intent import Question
    from apprescue.model.sprint import Plan, Standing
    from apprescue.reports.interface import Screen
    from apprescue.sprint.bench import Bench

LEVELS = ("critical", "high", "medium", "low", "never")
LEAST_ROWS = 100
BEGIN = ("fit", "sprint", "desk", "handover")
FORMATS = [name for name in names(reports) if "/" not in name]
ENDINGS = {"md": "prompts", "xml": "junit"}
INVENTORIES = names(inventories)
INTAKES = ("terminal", "json", "markdown")
ACCESS_PAPERS = [name.partition("/")[2] for name in names(reports) if name.startswith("access/")]


class Exit(IntEnum):
    """What the exit code says."""

    CLEAN = 0, "Clean: the audit ran and found nothing at or above --fail-on."
    FAILED = 1, "The tool or a part of the audit failed; the message says how."
    ARGUMENTS = 2, "Wrong arguments, or a .apprescue.toml that cannot be followed."
    NO_APP = 3, "No app was recognised in the folder."
    WAITING = 4, "The sprint waits for a decision of the owner."
    FINDINGS = 10, "There are findings at or above --fail-on."

    meaning: str

    def __new__(cls, code: int, meaning: str) -> Exit:
        """A code with its meaning."""
        one = int.__new__(cls, code)
        one._value_ = code
        one.meaning = meaning
        return one


EXITS = "\b\nExit codes:\n" + "\n".join(f"  {e.value:>2}  {e.meaning}" for e in Exit)
FOLDER = click.Path(exists=True, file_okay=False, readable=False, path_type=Path)


SCHEMA_DUMP = click.option(
    "--schema-dump",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Rebuild the database from this output of `pg_dump --schema-only`, not from the app's files.",
)
LABORATORY = (
    click.option("--static", is_flag=True, help="Only read: leave the laboratory out."),
    SCHEMA_DUMP,
    click.option(
        "--database-url",
        metavar="URL",
        help="Use this server on this machine, in a scratch database of our own. [default: a server of our own]",
    ),
)


class Program(click.Group):
    """The commands, those that an owner begins with first; an error is one plain line and its exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands' names."""
        return [*BEGIN, *(name for name in self.commands if name not in BEGIN)]

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        from apprescue.model.audit import NoAppError

        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except NoAppError as error:
            _leave(Exit.NO_APP, str(error) or "No app was recognised here.")
        except Exception as error:  # the last stop: whatever broke, its owner reads one line and a code
            if os.environ.get("APPRESCUE_DEBUG"):
                raise
            _leave(Exit.FAILED, f"apprescue failed: {type(error).__name__}: {error} (APPRESCUE_DEBUG=1 shows where)")


def _leave(code: Exit, message: str) -> None:
    from apprescue.reports.interface import plain

    click.echo(plain(message), err=True)
    raise click.exceptions.Exit(code)


def laboratory(command: Callable[..., None]) -> Callable[..., None]:
    """The options of a command that uses the laboratory; they reach it as one `bench`."""

    @functools.wraps(command)
    def given(static: bool, schema_dump: Path | None, database_url: str | None, **others: Any) -> None:
        from apprescue.sprint.bench import Bench

        command(bench=Bench(static, _text(schema_dump), database_url), **others)

    for option in reversed(LABORATORY):
        given = option(given)
    return given


@click.group(
    cls=Program, epilog=EXITS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="apprescue", message="%(prog)s %(version)s")
def program() -> None:
    """Rescue an AI-built app: find what is wrong, most costly first, prove it, repair it, and hand it over.

    `sprint` does all of it; the others are its parts. An app's files are read; of its code only the database's runs, in
    a laboratory of our own. Your files stay as they are: repairs are commits on a branch rescue/DATE, what was done is
    kept in .apprescue/, which git does not see, and only `ask` writes your answers into .apprescue.toml.
    """


@program.command(epilog=EXITS, short_help="Audit an app and say what is wrong, worst first.")
@click.argument("path", type=FOLDER)
@click.option(
    "--format",
    "paper",
    type=click.Choice(FORMATS),
    help="The paper to write. [default: by the ending of --output, else terminal]",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the paper to a file; the terminal gets a summary.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="CHECK",
    help="Run only this check (access/route_without_login) or risk (access). Repeatable.",
)
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="high",
    show_default=True,
    help="The least severity that makes the exit code 10.",
)
@laboratory
def audit(
    path: Path, paper: str | None, output: Path | None, only: tuple[str, ...], fail_on: str, bench: Bench
) -> None:
    """Audit the app in the folder PATH and say what is wrong, worst first.

    Its files are read; its database is rebuilt in a laboratory of our own and its rules are tried there.
    """
    from apprescue.sprint.pages import chosen, like
    from apprescue.sprint.run import audit_folder
    from apprescue.sprint.suppressions import SuppressionError

    checks, unknown = chosen(only)
    if unknown:
        raise click.BadParameter(f"no check is called {unknown[0]!r}; {like(unknown[0])}", param_hint="--only")
    if output and not output.parent.is_dir():
        raise click.BadParameter(f"there is no folder {output.parent}.", param_hint="--output")
    progress = _progress()
    try:
        done = audit_folder(path, only=checks, progress=progress, bench=bench)
    except SuppressionError as error:
        raise click.UsageError(str(error)) from error
    finally:
        progress("")
    paper = paper or _by_ending(output)
    _write(done, paper, output)
    if paper != "terminal":
        for note in done.notes:
            _aside(note)
    raise click.exceptions.Exit(_exit(done, fail_on))


def _sizes(ctx: click.Context, option: click.Parameter, value: str) -> tuple[int, ...]:
    try:
        sizes = tuple(sorted({int(one) for one in value.split(",")}))
    except ValueError:
        raise click.BadParameter(f"{value!r} is no list of numbers, like 1000,100000.") from None
    if sizes[0] < LEAST_ROWS:
        raise click.BadParameter(f"{LEAST_ROWS} rows are the least that tell anything.")
    return sizes


@program.command(epilog=EXITS, short_help="Make an app's queries fast, and prove it.")
@click.argument("path", type=FOLDER)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write report.html, tuned.json and the migrations there.",
)
@click.option("--budget", type=click.IntRange(min=1), metavar="MB", help="The most that new indexes may take together.")
@click.option(
    "--rows",
    "sizes",
    default="1000,100000,1000000",
    show_default=True,
    metavar="NUMBERS",
    callback=_sizes,
    help="The sizes that the app's tables grow to, one after the other; each is measured.",
)
@click.option(
    "--statements",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Your own statements: an export of pg_stat_statements, or a slow query log. [default: those in the code]",
)
@click.option(
    "--statistics",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The sizes of your production database, as docs/statistics.sql exports them.",
)
@SCHEMA_DUMP
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="never",
    show_default=True,
    help="The least severity of a slow query that makes the exit code 10.",
)
def tune(
    path: Path,
    output: Path | None,
    budget: int | None,
    sizes: tuple[int, ...],
    statements: Path | None,
    statistics: Path | None,
    schema_dump: Path | None,
    fail_on: str,
) -> None:
    """Find what makes the app in the folder PATH slow, choose the indexes and rewrites that help, and prove them.

    Its own queries run on a copy of its database with a million made-up rows in a laboratory of our own, as 200 people
    at once, before and after. It takes minutes; nothing is written into PATH.
    """
    from apprescue.reports.tuning import terminal
    from apprescue.sprint.tune import tune, write
    from apprescue.sprint.wish import Wish

    budget_bytes = budget * 1_000_000 if budget else None
    wish = Wish(sizes, budget_bytes, _text(statements), _text(statistics), _text(schema_dump))
    progress = _progress()
    try:
        done = tune(path, wish, progress)
    finally:
        progress("")
    name = path.resolve().name
    click.echo(terminal.render(done, name, _screen()), nl=False)
    if output:
        write(done, name, output)
        click.echo(f"\nThe whole report: {output / 'report.html'}")
    raise click.exceptions.Exit(Exit.FINDINGS if _found(done.findings, fail_on) else Exit.CLEAN)


def _text(file: Path | None) -> str:
    return file.read_text("utf-8", "replace") if file else ""


def _found(findings: Iterable[Finding], fail_on: str) -> bool:
    """Whether a finding is as bad as that or worse."""
    from apprescue.model.finding import Severity

    return fail_on != "never" and any(f.severity.rank <= Severity(fail_on).rank for f in findings)


@program.command(epilog=EXITS, short_help="Repair what is wrong on a branch of its own, and prove each repair.")
@click.argument("path", type=FOLDER)
@click.option(
    "--severity",
    type=click.Choice(LEVELS[:-1]),
    default="low",
    show_default=True,
    help="The mildest severity that is repaired.",
)
@click.option("--only", multiple=True, metavar="CHECK", help="Repair only what this check or risk finds. Repeatable.")
@click.option("--dry-run", "dry", is_flag=True, help="Print the differences; leave no branch.")
@click.option(
    "--patches",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write each commit there too, as a file that `git am` takes.",
)
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the whole run there: .md to read, with a prompt for each finding that stays open, or .json.",
)
@click.option(
    "--lines", type=click.IntRange(min=1), default=4000, show_default=True, help="The most lines that a run may change."
)
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="never",
    show_default=True,
    help="The least severity of what stays open that makes the exit code 10.",
)
@laboratory
def repair(
    path: Path,
    severity: str,
    only: tuple[str, ...],
    dry: bool,
    patches: Path | None,
    log: Path | None,
    lines: int,
    fail_on: str,
    bench: Bench,
) -> None:
    """Repair the app in the folder PATH, as commits on a branch rescue/DATE of its own repository.

    Each repair is proved before it is committed: what was wrong is not there any more, nothing else broke, and nobody
    else can do more or less than before. What cannot be proved is taken back, with the reason. Your files, your index
    and your branches stay as they are.
    """
    from apprescue.model.finding import Severity
    from apprescue.model.repair import State
    from apprescue.reports.repair import json, markdown, terminal
    from apprescue.sprint.pages import chosen, like
    from apprescue.sprint.repair import Wish
    from apprescue.sprint.repair import repair as repaired

    checks, unknown = chosen(only)
    if unknown:
        raise click.BadParameter(f"no check is called {unknown[0]!r}; {like(unknown[0])}", param_hint="--only")
    gc.enable()  # a long run that examines the app again and again
    progress = _progress()
    try:
        wish = Wish(Severity(severity), tuple(checks), lines=lines, dry=dry, bench=bench, patches=patches)
        done = repaired(path, wish, progress)
    finally:
        progress("")
    click.echo(terminal.render(done, _screen(), dry=dry), nl=False)
    if log:
        paper = json if log.suffix == ".json" else markdown
        log.write_text(paper.render(done, _screen()), "utf-8")
    left = [one.finding for one in done.by(State.OPEN, State.REFUSED, State.BY_HAND)]
    raise click.exceptions.Exit(Exit.FINDINGS if _found(left, fail_on) else Exit.CLEAN)


@program.command(epilog=EXITS, short_help="Rescue an app, day by day, from the first look to the handover.")
@click.argument("path", type=FOLDER)
@click.option(
    "--plan",
    type=click.Choice(("rescue", "launch")),
    default="rescue",
    show_default=True,
    help="rescue takes five to seven days of a person's time, launch two: it measures no speed.",
)
@click.option("--yes", is_flag=True, help="Take our reading for every answer that you did not give.")
@click.option("--only", multiple=True, metavar="DAY|STEP", help="Do only this day (2) or step (audit). Repeatable.")
@click.option("--until", default="", metavar="DAY", help="Stop after this day.")
@click.option("--again", is_flag=True, help="Begin a new sprint instead of going on with the one that was begun.")
@click.option(
    "--answers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Your answers of the intake, as `apprescue fit --questions` prints them.",
)
@click.option(
    "--rows",
    "sizes",
    default="1000,100000",
    show_default=True,
    metavar="NUMBERS",
    callback=_sizes,
    help="The sizes that the app's tables grow to for the measurements.",
)
@click.option(
    "--pack",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write the handover pack there. [default: PATH/.apprescue/handover]",
)
@laboratory
def sprint(
    path: Path,
    plan: str,
    yes: bool,
    only: tuple[str, ...],
    until: str,
    again: bool,
    answers: Path | None,
    sizes: tuple[int, ...],
    pack: Path | None,
    bench: Bench,
) -> None:
    """Rescue the app in the folder PATH: audit, hardening, speed, errors and monitoring, checks, release, handover.

    It stops where you must decide, asks you at a terminal, and goes on from there whenever it is started again. What is
    repaired stands as commits on a branch rescue/DATE; what was done is kept in PATH/.apprescue. Your files, your index
    and your branches stay as they are, and nothing is released.
    """
    from apprescue.sprint.conduct import SprintError
    from apprescue.sprint.conduct import sprint as conducted
    from apprescue.sprint.days import PLANS
    from apprescue.sprint.intake import answers as asked
    from apprescue.sprint.steps.interface import Wish
    from apprescue.sprint.suppressions import SuppressionError

    _known_days(PLANS[plan], (*only, *filter(None, [until])))
    gc.enable()
    try:
        told = asked.read(_text(answers)) if answers else {}
        wish = Wish(PLANS[plan], yes, only, until, again, told, sizes, bench, pack)
        while True:
            progress = _progress()
            try:
                stood = conducted(path, wish, progress)
            finally:
                progress("")
            if not (stood.asking and _at_terminal() and _decided(path, stood)):
                break
            wish = replace(wish, again=False)
    except asked.AnswersError as error:
        raise click.BadParameter(f"{answers}: {error}", param_hint="--answers") from error
    except (SprintError, SuppressionError) as error:
        raise click.UsageError(str(error)) from error
    from apprescue.reports.sprint import terminal

    click.echo(terminal.render(stood, _screen()), nl=False)
    raise click.exceptions.Exit(Exit.WAITING if stood.asking else Exit.CLEAN)


def _known_days(plan: Plan, named: Iterable[str]) -> None:
    known = [name for day in plan.days for name in (day.name, *(step.name for step in day.steps))]
    for name in named:
        if name not in known:
            raise click.BadParameter(f"no day or step is called {name!r}; there are {', '.join(known)}.")


def _decided(path: Path, stood: Standing) -> bool:
    """Ask the owner what waits for him, and put each answer down as it comes. Whether he answered everything."""
    from apprescue.reports.interface import line
    from apprescue.sprint.conduct import decide
    from apprescue.sprint.ledger import opened

    width = _screen().width
    with opened(path) as book:
        for number, one in enumerate(stood.asking, 1):
            click.echo()
            text = f"{number}/{len(stood.asking)}  {line(one.text)}"
            click.secho(click.wrap_text(text, width, "", "      "), bold=True)
            if one.evidence:
                click.echo(click.wrap_text(line(one.evidence), width, "      ", "      "))
            decide(book, one.kind, one.key, click.confirm("      Yes or no?", default=one.default), "owner")
    return True


@program.command(short_help="Write the handover pack of a sprint from its ledger.")
@click.argument("path", type=FOLDER)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write it there. [default: PATH/.apprescue/handover]",
)
def handover(path: Path, output: Path | None) -> None:
    """Write the handover pack of the sprint in PATH: one HTML file, PDF, Markdown, JSON, SARIF, JUnit, the packages as
    CycloneDX, and prompts for what is still open. All of it comes from the ledger, at whatever point the sprint is."""
    from apprescue.sprint.handover import FOLDER as PLACE
    from apprescue.sprint.handover import write
    from apprescue.sprint.ledger import LedgerError, opened
    from apprescue.sprint.standing import standing

    folder = output or path / PLACE
    try:
        with opened(path) as book:
            names = write(standing(book, path.resolve().name), folder)
    except LedgerError as error:
        raise click.UsageError(str(error)) from error
    click.echo("\n".join(str(folder / name) for name in names))


@program.command(short_help="Watch a sprint and decide, in your browser.")
@click.argument("path", type=FOLDER)
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="NUMBER", help="[default: any that is free]")
@click.option("--no-browser", "alone", is_flag=True, help="Print the link and open nothing.")
def desk(path: Path, port: int, alone: bool) -> None:
    """Show the sprint of the app in PATH in your browser: its days, findings with their proofs, who can do what, the
    queries, what you have to decide, the handover pack.

    It answers on this machine alone, to whoever follows the link with the token that it prints. It reads the ledger and
    adds your decisions; `apprescue sprint PATH` does the work, also while the desk is open.
    """
    import secrets
    import socket

    import uvicorn

    from apprescue.desk.app import desk as made

    gc.enable()
    token = secrets.token_urlsafe(24)
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
        except OSError as error:
            raise click.BadParameter(f"{port} is taken: {error.strerror}.", param_hint="--port") from error
        link = f"http://127.0.0.1:{door.getsockname()[1]}/?token={token}"
        click.echo(f"The desk: {link}\nStop it with Ctrl-C.")
        if not alone:
            click.launch(link)
        settings = uvicorn.Config(made(path, token), log_level="warning", timeout_graceful_shutdown=1)
        uvicorn.Server(settings).run(sockets=[door])


@program.command(epilog=EXITS, short_help="Say what somebody else's changes closed, left open or broke.")
@click.argument("path", type=FOLDER)
@click.option("--since", default="HEAD", show_default=True, metavar="COMMIT", help="What the files are held against.")
@laboratory
def verify(path: Path, since: str, bench: Bench) -> None:
    """Hold the files in the folder PATH against an older commit: what is closed now, still open, or newly broken.

    For changes that somebody else made: an AI builder that was given one of our prompts, or a person. The exit code is
    10 where anything is newly broken.
    """
    from apprescue.reports.repair.terminal import verified
    from apprescue.sprint.verify import verify as held

    gc.enable()
    progress = _progress()
    try:
        done = held(path, since, progress, bench)
    finally:
        progress("")
    click.echo(verified(done, _screen()), nl=False)
    raise click.exceptions.Exit(Exit.FINDINGS if done.opened or done.worse else Exit.CLEAN)


@program.command(short_help="Explain a check: why it matters, how to repair it.")
@click.argument("check")
def explain(check: str) -> None:
    """Explain a CHECK: what it looks at, why it matters, how to repair it and when it is fine."""
    from apprescue.reports.terminal import page
    from apprescue.sprint.pages import like
    from apprescue.sprint.pages import page as page_called

    try:
        found = page_called(check)
    except KeyError:
        raise click.BadParameter(f"no check is called {check!r}; {like(check)}", param_hint="CHECK") from None
    click.echo(page(found, _screen()), nl=False)


@program.command(short_help="Show an app's routes, queries, tables, settings, AI calls, or who can do what.")
@click.argument("path", type=FOLDER)
@click.argument("inventory", type=click.Choice(INVENTORIES))
@click.option(
    "--format",
    "form",
    type=click.Choice(("table", "json", *ACCESS_PAPERS)),
    default="table",
    show_default=True,
    help="html and pgtap are for `access` alone.",
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it to a file.")
@laboratory
def show(path: Path, inventory: str, form: str, output: Path | None, bench: Bench) -> None:
    """Show what the app in PATH is made of: its routes, queries, tables, environment names, AI calls; or `access`,
    who could do what to whose rows when it was tried in the laboratory."""
    from apprescue.reports.inventories.interface import as_json, as_table
    from apprescue.sprint.inventory import access
    from apprescue.sprint.inventory import inventory as rows_of

    if form in ACCESS_PAPERS and inventory != "access":
        raise click.BadParameter(f"{form} is a paper of `access` alone.", param_hint="--format")

    progress = _progress()
    try:
        if form in ACCESS_PAPERS:
            matrix, left_out = access(path, progress, bench)
            paper = module(reports, f"access/{form}").render(matrix, path.resolve().name)
        else:
            rows, left_out = rows_of(path, inventory, progress, bench)
    finally:
        progress("")
    for one in left_out:
        _aside(f"Not read: {one.check}: {one.reason}")
    if form == "json":
        paper = as_json(rows)
    elif form == "table":
        kind = module(inventories, inventory)
        screen = _screen(else_width=500)
        paper = as_table(kind.HEADINGS, [kind.cells(row) for row in rows], screen)
    if output:
        output.write_text(paper, "utf-8", "replace")
    else:
        click.echo(paper, nl=False)


@program.command()
def checks() -> None:
    """List every check by risk."""
    from apprescue.reports.terminal import shelf
    from apprescue.sprint.pages import pages

    click.echo(shelf(pages(), _screen()), nl=False)


@program.command(short_help="Ask what your app is meant to allow, where reading cannot tell.")
@click.argument("path", type=FOLDER)
@click.option("--yes", is_flag=True, help="Take our reading as the answer to every question, and write it.")
def ask(path: Path, yes: bool) -> None:
    """Ask at most ten questions about what the app in PATH is meant to allow, and keep the answers.

    Each question shows what we saw and our own reading. The answers go into the app's .apprescue.toml, under
    [intent]; what stands there is kept. Nothing is written before you agree, and without a terminal nothing at
    all unless --yes is given.
    """
    from apprescue.sprint.intent import intent_of, save, standing, written
    from apprescue.sprint.run import read_folder
    from apprescue.sprint.suppressions import FILE, SuppressionError

    progress = _progress()
    progress("reading the app")
    try:
        before = standing(path)
        questions = intent_of(read_folder(path).app).questions
        progress("")
        if not questions:
            click.echo("There is nothing to ask: what your app is meant to allow is clear, or you have said it.")
            return
        asking = not yes and _at_terminal()
        chosen = [(one, _answer(one, n, len(questions), asking)) for n, one in enumerate(questions, 1)]
        after = written(before, chosen)
        if asking and not click.confirm(f"\nWrite these answers into {FILE}?", default=True):
            asking = False
        if not asking and not yes:
            click.echo(f"\nNothing was written. --yes writes these readings into {FILE}.")
            return
        save(path, after)
    except SuppressionError as error:
        raise click.UsageError(str(error)) from error
    finally:
        progress("")
    click.echo(f"\nWritten into {FILE}: {len(chosen)} answer{'s' * (len(chosen) > 1)}.")


@program.command(short_help="Say whether a rescue fits, and what it would take.")
@click.argument("path", type=FOLDER, required=False)
@click.option(
    "--answers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Your answers, as --questions prints them to fill in. [default: you are asked]",
)
@click.option("--questions", is_flag=True, help="Print a file of answers to fill in, and leave.")
@click.option("--rate", type=click.FloatRange(min=0), default=0.0, metavar="MONEY", help="What an hour costs you.")
@click.option(
    "--format", "form", type=click.Choice(INTAKES), help="[default: by the ending of --output, else terminal]"
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the paper to a file.")
@laboratory
def fit(
    path: Path | None,
    answers: Path | None,
    questions: bool,
    rate: float,
    form: str | None,
    output: Path | None,
    bench: Bench,
) -> None:
    """Ask whether a rescue is the right thing for your app, which one, and what it would take.

    Twenty-one short questions on a terminal; none without one. With PATH the app is audited too, and each of your
    answers stands beside what was seen. What is not known is never shown as fine.
    """
    from apprescue.sprint.intake import answers as asked
    from apprescue.sprint.intake.whole import fixable, intake

    if questions:
        click.echo(asked.blank(), nl=False)
        return
    if output and not output.parent.is_dir():
        raise click.BadParameter(f"there is no folder {output.parent}.", param_hint="--output")
    try:
        told = asked.read(_text(answers)) if answers else _interviewed() if _at_terminal() else {}
    except asked.AnswersError as error:
        raise click.BadParameter(f"{answers}: {error}", param_hint="--answers") from error
    audited, known = None, frozenset[str]()
    if path:
        from apprescue.sprint.run import audit_folder
        from apprescue.sprint.suppressions import SuppressionError

        progress = _progress()
        try:
            audited, known = audit_folder(path, progress=progress, bench=bench), fixable()
        except SuppressionError as error:
            raise click.UsageError(str(error)) from error
        finally:
            progress("")
    _hand_in(intake(told, audited, known, rate), form, output)


def _interviewed() -> dict[str, Answer]:
    """The owner's answers to everything, one by one."""
    from apprescue.sprint.intake.answers import PARTS, WORDS, words_of

    click.echo("Answer with y, n, or ? where you do not know.")
    choice, told = click.Choice([*WORDS], case_sensitive=False), {}
    for _, said, asked in PARTS:
        click.echo(f"\n{said}")
        for one in asked:
            click.echo()
            click.secho(click.wrap_text(words_of(one), _screen().width), bold=True)
            answer = click.prompt("y/n/?", default="?", type=choice, show_choices=False, show_default=False)
            told[one.key] = WORDS[answer]
    click.echo()
    return told


def _hand_in(done: Intake, form: str | None, output: Path | None) -> None:
    from apprescue.reports.interface import Screen

    ending = {".json": "json", ".md": "markdown"}.get(output.suffix.lower() if output else "", "terminal")
    paper = module(reports, f"intake/{form or ending}")
    if output is None:
        click.echo(paper.render(done, _screen()), nl=False)
    else:
        output.write_bytes(paper.render(done, Screen(width=100)).encode("utf-8", "replace"))
        click.echo(f"Written: {output}")


@program.command(short_help="Let an AI builder ask for findings and have its repairs verified (MCP).")
@click.argument("folders", nargs=-1, type=FOLDER)
@laboratory
def mcp(folders: tuple[Path, ...], bench: Bench) -> None:
    """Serve the Model Context Protocol on standard input and output, for an AI builder such as Cursor or Claude Code.

    It may ask about the apps in FOLDERS (this folder, where none is named) and changes nothing: list findings, explain
    them, get a prompt or a patch, and verify what it changed itself. Secrets are hidden from it.
    """
    from apprescue.mcp.server import serve

    gc.enable()  # unlike other commands it lives on
    serve(folders or (Path.cwd(),), bench)


def _answer(question: Question, number: int, of: int, asking: bool) -> bool:
    from apprescue.reports.interface import line

    width = _screen().width
    click.echo()
    click.secho(click.wrap_text(f"{number}/{of}  {line(question.text)}", width, "", "      "), bold=True)
    click.echo(click.wrap_text(f"Seen: {line(question.evidence)}", width, "      ", "      "))
    if asking:
        return click.confirm("      Yes or no?", default=question.default)
    click.echo(f"      Our reading: {'yes' if question.default else 'no'}.")
    return question.default


def _at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _by_ending(output: Path | None) -> str:
    ending = output.suffix.lstrip(".").lower() if output else ""
    return ending if ending in FORMATS else ENDINGS.get(ending, "terminal")


def _write(done: Audit, paper: str, output: Path | None) -> None:
    from apprescue.reports.interface import Screen

    render: Callable[[Audit, Screen], str] = module(reports, paper).render
    if output is None:
        click.echo(render(done, _screen()), nl=False)
        return
    output.write_bytes(render(done, Screen(width=100)).encode("utf-8", "replace"))
    from apprescue.reports.terminal import summary

    click.echo(summary(done, _screen()), nl=False)
    click.echo(f"\nThe whole report: {output}")


def _exit(done: Audit, fail_on: str) -> Exit:
    if fail_on == "never":
        return Exit.CLEAN
    if _found(done.open, fail_on):
        return Exit.FINDINGS
    broken = [one.reason for one in done.not_examined if one.failed] + [one.error for one in done.crashed]
    if broken:
        _aside(f"This is no clean report, a part of the audit failed: {broken[0]}")
    return Exit.FAILED if broken else Exit.CLEAN


def _screen(else_width: int = 80) -> Screen:
    from apprescue.reports.interface import Screen

    on_terminal = sys.stdout.isatty()
    width = min(shutil.get_terminal_size((80, 24)).columns, 100) if on_terminal else else_width
    return Screen(width=width, color=on_terminal and "NO_COLOR" not in os.environ)


def _progress() -> Callable[[str], None]:
    """Says on a terminal what is being done, on one line that is wiped at the end; silent elsewhere."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return lambda _: None
    from apprescue.reports.interface import line

    width = shutil.get_terminal_size((80, 24)).columns - 1

    def tell(doing: str) -> None:
        click.echo("\r\x1b[2K" + (line(doing) + " …")[:width] * bool(doing), err=True, nl=False)

    return tell


def _aside(note: str) -> None:
    from apprescue.reports.interface import line

    click.echo(line(note), err=True)


def main() -> None:
    """Run the program and exit."""
    gc.disable()  # a short run that keeps what it makes: looking for garbage would take a quarter of its time
    try:
        program(prog_name="apprescue")
    except SystemExit as end:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(
            end.code if isinstance(end.code, int) else bool(end.code)
        )  # taking millions of values apart takes time too
