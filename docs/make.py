"""Writes the pages of docs/ that are made from the code: `make docs`. A test holds that they are kept up to date."""

from __future__ import annotations

import inspect
import sys
import tomllib
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import click

from apprescue import fixes, hosts
from apprescue.cli import Exit, program
from apprescue.fixes.interface import on_shelf
from apprescue.model.audit import Page
from apprescue.model.finding import Severity
from apprescue.reports.interface import LOSS, SURE
from apprescue.shelf import modules
from apprescue.sprint.pages import pages

HERE = Path(__file__).parent
MADE = "<!-- made by docs/make.py: change the code it comes from, then `make docs` -->\n"
CONTRACTS = "(json.schema.json)", "(routes.schema.json)"


def made() -> dict[str, str]:
    """Every page that is made, by its path in docs/."""
    every = pages()
    by_risk = {risk: list(group) for risk, group in groupby(every, key=lambda p: p.check.partition("/")[0])}
    return {
        "checks.md": _index(by_risk),
        **{f"checks/{risk}.md": _risk(risk, group) for risk, group in by_risk.items()},
        "fixes.md": _fixes(),
        "hosts.md": _hosts(),
        "cli.md": _commands(),
        "exit-codes.md": _exits(),
        "coverage.md": _coverage({p.check for p in every}),
        "postgrest.md": _postgrest(),
    }


def _index(by_risk: dict[str, list[Page]]) -> str:
    number = sum(map(len, by_risk.values()))
    rows = [
        (f"[{page.check}](checks/{risk}.md#{_anchor(page)})", page.title, page.severity, LOSS[page.impact])
        for risk, group in by_risk.items()
        for page in sorted(group, key=lambda p: (p.severity.rank, p.check))
    ]
    return (
        f"{MADE}# The {number} checks\n\nEach can be read with `apprescue explain CHECK` too.\n\n"
        f"{_table(('Check', 'What it tells the owner', 'Severity', 'What is lost'), rows)}"
    )


def _risk(risk: str, group: Sequence[Page]) -> str:
    return f"{MADE}# {risk}/\n\n" + "\n".join(map(_page, group))


def _page(page: Page) -> str:
    ids = ", ".join((*page.cwe, *page.owasp))
    return (
        f"## {page.check.partition('/')[2]}\n\n**{page.title}.**\n\n"
        f"{page.severity.capitalize()}; {LOSS[page.impact]}; {SURE[page.evidence]}{f'; {ids}' if ids else ''}.\n\n"
        f"**What we look at.** {page.looks_at}\n\n**Why it matters.** {page.matters}\n\n"
        f"**How to repair.** {page.repair}\n\n**When it is fine.** {page.fine}\n"
    )


def _fixes() -> str:
    """Every fix: what it does, for which checks, how sure it is, and when it does nothing."""
    every = sorted(on_shelf(fixes), key=lambda fix: fix.name)
    rows = [
        (f"[{fix.name}](#{fix.name.replace('/', '')})", fix.title, ", ".join(fix.answers), fix.safety) for fix in every
    ]
    parts = "\n".join(f"## {fix.name}\n\n{inspect.getdoc(sys.modules[fix.run.__module__])}\n" for fix in every)
    return (
        f"{MADE}# The {len(every)} fixes\n\nWhat `apprescue repair` tries, in the order of their names. How a repair "
        f"is proved: [repair.md](repair.md).\n\n{_table(('Fix', 'What it does', 'For', 'Safety'), rows)}\n{parts}"
    )


def _hosts() -> str:
    """Every host: how it is known, and what stands in its steps."""
    every = sorted((one.__name__.rpartition(".")[2], one) for one in modules(hosts))
    parts = [f"## {name}\n\n{inspect.getdoc(one)}\n\n{inspect.getdoc(one.host)}\n" for name, one in every]
    return (
        f"{MADE}# The {len(every)} hosts\n\nWhere an app is deployed to is told by its files. The pack lists what its "
        "owner runs or clicks there, in order, each step with its reason and the way back: databases first, then "
        "servers, then pages. We run nothing of it, and names of the app get into a command only where they are plain "
        "words.\n\n" + "\n".join(parts)
    )


def _anchor(page: Page) -> str:
    return page.check.partition("/")[2]


def _commands() -> str:
    parts = [_help(program, "apprescue")]
    parts += [_help(command, f"apprescue {name}") for name, command in program.commands.items()]
    return (
        f"{MADE}# The command line\n\n{chr(10).join(parts)}\n"
        f"The JSON of `audit` keeps to [this schema]{CONTRACTS[0]}, that of `show PATH routes` to "
        f"[this one]{CONTRACTS[1]}. What the exit codes say: [exit-codes.md](exit-codes.md).\n"
    )


def _help(command: click.Command, name: str) -> str:
    settings = {key: value for key, value in program.context_settings.items() if key == "help_option_names"}
    context = click.Context(command, info_name=name, terminal_width=88, **settings)
    return f"## {name}\n\n```\n{command.get_help(context)}\n```\n"


def _exits() -> str:
    rows = [(str(code.value), code.meaning.replace("--fail-on", "`--fail-on`")) for code in Exit]
    levels = ", ".join(severity.value for severity in Severity)
    return (
        f"{MADE}# Exit codes\n\n{_table(('Code', 'Meaning'), rows)}\n"
        f"`--fail-on` is {levels} or never; without it, high. A finding that is suppressed does not count; one whose "
        "suppression has ended does.\n"
    )


def _coverage(checks: set[str]) -> str:
    """The field's checklist against the shelf. What no item of it asks for is listed too."""
    with (HERE / "coverage.toml").open("rb") as file:
        items = tomllib.load(file)["item"]
    rows = [(i["id"], i["what"], _answer(i)) for i in items]
    answered = [i for i in items if i.get("checks")]
    asked = {name for i in items for name in i.get("checks", ())}
    others = "\n".join(f"- {name}" for name in sorted(checks - asked))
    return (
        f"{MADE}# What the field asks for, and what reads it\n\n"
        f"The field's own lists (backend performance, API security, releases, incidents, AI apps) name {len(items)} "
        f"points that can be read from an app's source, wholly or in part. {len(answered)} have checks; for the others "
        f"it is said why not.\n\n{_table(('Id', 'Point', 'Read by, or why not'), rows)}\n"
        f"## Checks that no list asks for\n\n{others or 'None.'}\n"
    )


def _answer(item: dict[str, list[str] | str]) -> str:
    names = ", ".join(f"`{name}`" for name in item.get("checks", ()))
    return " — ".join(filter(None, (names, str(item.get("why", "")))))


def _postgrest() -> str:
    """What the client libraries can ask, as the tests hold it."""
    with (HERE / "postgrest.toml").open("rb") as file:
        table = tomllib.load(file)
    parts = []
    for group, cases in groupby(table["case"], key=lambda c: c["group"]):
        rows = [(c["feature"], *(f"`{c[key]}`" if key in c else "—" for key in ("js", "py")), _held(c)) for c in cases]
        parts.append(f"## {group}\n\n{_table(('Feature', 'supabase-js', 'supabase-py', 'Tested'), rows)}")
    rest = _table(("Feature", "Why not"), [(c["feature"], c["why"]) for c in table["left_out"]])
    return (
        f"{MADE}# What the client libraries ask, and the SQL that comes of it\n\n"
        f"{len(table['case'])} features. Each chain is run by the real libraries against a recording server: the "
        "request read from the code must be the one that they send, in every parameter, preference and body. Then its "
        "SQL runs on PostgreSQL: where the last column says so the answer is compared with rows derived by hand, "
        "elsewhere that it runs is held. `me`, `word`, `ids` and `page` stand for what only the running app knows.\n\n"
        f"{chr(10).join(parts)}\n## Not done\n\n{rest}"
    )


def _held(case: dict[str, str]) -> str:
    return "request, answer" if "rows" in case else "request, runs"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def lines() -> Iterator[str]:
        yield "| " + " | ".join(headings) + " |"
        yield "|" + " --- |" * len(headings)
        for row in rows:
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"

    return "\n".join(lines()) + "\n"


def main() -> None:
    """Write every page, and take away those whose risk is gone."""
    wanted = made()
    for name, text in wanted.items():
        page = HERE / name
        page.parent.mkdir(exist_ok=True)
        page.write_text(text, "utf-8")
    for page in (HERE / "checks").glob("*.md"):
        if f"checks/{page.name}" not in wanted:
            page.unlink()


if __name__ == "__main__":
    main()
