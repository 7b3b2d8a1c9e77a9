"""Measure the laboratory beside the other programs that look for who can reach whose rows, on the same databases.

usage: bench/access.py [--apps FOLDER --truth FILE --only PART [PART ...]] [--write]

The databases: the planted mistakes of `tests/methods/planted`, each beside its correct twin, once with everybody told
what is meant and once with nobody told; `examples/fanbase`, with its own list of what is planted; and real apps, where
given: `FOLDER` holds one an app, `FILE` what is wrong and what is safe in them, each PART is of an app's name. They
are shown as letters. Every database is rebuilt in one server of the laboratory. The programs are those of
`bench/peers.py`, installed into build/peers or taken from PGRLS, RLSAUTOTEST, TRESPASS_RLS. `--write` puts the tables
into docs/peers-access.md.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from apprescue.lab.postgres import Server, serve
from apprescue.methods import catalog
from apprescue.methods.filling import rows
from apprescue.methods.trying.access_matrix import matrix
from apprescue.model.access import Cell, Operation, Verdict
from apprescue.model.app import App
from apprescue.model.database import DatabaseError
from apprescue.model.finding import Evidence
from apprescue.model.intent import Intent, Meant, Through
from apprescue.model.place import BucketPlace, Code, ColumnPlace, FunctionPlace, PolicyPlace, TablePlace
from apprescue.model.rebuilt import Rebuilt
from apprescue.sprint.bench import Bench
from apprescue.sprint.rebuild import rebuild
from apprescue.sprint.run import audit_folder, read_folder
from peers import ALL, CALL, PEERS, READ, Accusation, Said, Target, version

ROOT = Path(__file__).parent.parent
PLANTED = ROOT / "tests" / "methods" / "planted"
FANBASE = ROOT / "examples" / "fanbase"
PAGE = ROOT / "docs" / "peers-access.md"
US = "App Rescue"
OBJECTS = "storage.objects"
MEANING, LINKS = ("meant", "public", "private"), ("through", "member_of")
WEAKNESSES = frozenset({"CWE-862", "CWE-674"})
PACKAGE = '{"name": "planted", "private": true, "dependencies": {"@supabase/supabase-js": "^2.45.0"}}'


@dataclass(frozen=True)
class Aim:
    """What an item of the truth is about. A bucket is reached by `policies` of storage.objects."""

    object: str
    operations: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()
    fails: bool = False


@dataclass(frozen=True)
class Item:
    """A mistake, or something that looks like one and is right."""

    id: str
    wrong: bool
    aims: tuple[Aim, ...]


@dataclass
class Case:
    """Databases with what is true of them, and what each program said."""

    name: str
    targets: list[Target]
    items: list[Item]
    said: dict[str, Said] = field(default_factory=dict)


def names(accusation: Accusation, aim: Aim) -> bool:
    """Whether an accusation is about an aim, seen with good will."""
    if accusation.fails != aim.fails or accusation.object != aim.object:
        through = accusation.object == OBJECTS and aim.policies and not aim.fails and not accusation.fails
        if not through or (accusation.policy and accusation.policy.lower() not in aim.policies):
            return False
    if accusation.operations and aim.operations and not accusation.operations & aim.operations:
        return False
    return not aim.columns or accusation.wide or bool(accusation.columns & aim.columns)


def accuses(accusation: Accusation, aim: Aim, wrong: Sequence[Aim]) -> bool:
    """Whether an accusation says that something safe is wrong. The vague ones have the benefit of the doubt."""
    if not names(replace(accusation, fails=False), aim):
        return False
    if accusation.policy and aim.policies:
        return accusation.policy.lower() in aim.policies
    same = [one for one in wrong if one.object == aim.object]
    if accusation.object == OBJECTS or (same and not accusation.operations):
        return False
    return not any(names(accusation, one) or names(replace(accusation, fails=True), one) for one in same)


# the planted set -----------------------------------------------------------------------------------------------------


def meant_of(given: dict[str, Any]) -> Meant:
    """What a planted case says is meant of a table."""
    links = {key: tuple(Through(*one) for one in given[key]) for key in LINKS if key in given}
    lists = {key: tuple(value) for key, value in given.items() if isinstance(value, list) and key not in LINKS}
    same = {"shared": given.get("public"), "shared_when": given.get("public_when", "")}
    return Meant(**{**same, **given, **links, **lists})


def headers(text: str) -> Iterator[tuple[str, Any]]:
    """The lines of a planted case that say what is meant, what must be found and what must stay silent."""
    for line in text.splitlines():
        word, _, rest = line.removeprefix("-- ").partition(" ")
        if line.startswith("-- ") and rest[:1] in ("{", '"'):
            yield word, json.loads(rest)


def items_of(path: Path) -> Iterator[Item]:
    """One item for each object that a planted case has a leak in, or that is right."""
    found: dict[str, list[dict[str, str]]] = {}
    text = path.read_text()
    for word, given in headers(text):
        if word in ("leak", "broken"):
            found.setdefault(given["object"], []).append({**given, "word": word})
        elif word == "quiet":
            yield Item(f"{path.stem}: {given}", False, (_aim(given, text),))
    for name, leaks in found.items():
        aim = _aim(name, text)
        columns = frozenset(leak["column"] for leak in leaks if "column" in leak)
        fails = leaks[0]["word"] == "broken"
        operations = frozenset("select" if leak["operation"] == "list" else leak["operation"] for leak in leaks)
        told = replace(aim, operations=frozenset() if "sign-up" in str(leaks) else operations, columns=columns)
        yield Item(f"{path.stem}: {name}", True, (replace(told, fails=fails),))


def _aim(name: str, text: str) -> Aim:
    if "." in name:
        return Aim(name.partition("(")[0], CALL if "(" in name else frozenset())
    rules = re.findall(r"create policy (\"[^\"]+\"|\w+) on storage\.objects(.*?);", text, re.S | re.I)
    return Aim(name, policies=frozenset(rule.strip('"').lower() for rule, body in rules if f"'{name}'" in body))


def planted(server: Server, folder: Path, told: bool) -> tuple[Case, list[tuple[str, Path]]]:
    """The planted set in as few databases as hold it, each with a folder of migrations."""
    held: list[tuple[str, Path, list[str]]] = []
    items: list[Item] = []
    for path in sorted(PLANTED.glob("*.sql")):
        text = path.read_text()
        items += items_of(path)
        for name, _, texts in held:
            if _added(server, name, text):
                texts.append(text)
                break
        else:
            name = server.create()
            held.append((name, folder / str(len(held)), [text]))
            if not _added(server, name, text):
                sys.exit(f"{path} cannot be run")
    for _, app, texts in held:
        (app / "supabase" / "migrations").mkdir(parents=True)
        (app / "package.json").write_text(PACKAGE)
        for number, text in enumerate(texts):
            sql = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("-- "))
            (app / f"supabase/migrations/202501{number + 10:02}000000_step.sql").write_text(sql)
    intents = [intent_of(texts) if told else None for *_, texts in held]
    targets = [
        target(server, name, app / "supabase" / "migrations", intent)
        for (name, app, _), intent in zip(held, intents, strict=True)
    ]
    title = "Planted mistakes and their twins, everybody told what is meant" if told else "The same, nobody told"
    return Case(title, targets, items), [(name, app) for name, app, _ in held]


def _added(server: Server, database: str, text: str) -> bool:
    """Run a case's SQL, all or nothing."""
    with server.connect(database) as session:
        try:
            session.run(f"begin;\n{text}\n;commit")
        except DatabaseError:
            with contextlib.suppress(DatabaseError):
                session.run("rollback")
            return False
    return True


def intent_of(texts: Iterable[str]) -> Intent:
    """What the planted cases say is meant."""
    told: dict[str, list[Any]] = {word: [] for word in MEANING}
    for text in texts:
        for word, given in headers(text):
            if word in told:
                told[word].append(given)
    tables = {given["table"]: meant_of(given) for given in told["meant"]}
    return Intent(tables, frozenset(told["public"]), private_buckets=frozenset(told["private"]))


def target(server: Server, database: str, files: Path, told: Intent | None = None) -> Target:
    """A database as every program is given it."""
    sql = "select schemaname || '.' || tablename, lower(policyname), lower(cmd) from pg_policies"
    with server.connect(database) as session:
        found = session.query(sql)
    policies = {(str(t), str(p)): ALL if c == "all" else frozenset({str(c)}) for t, p, c in found}
    return Target(server.address(database), files, policies, told)


# apps with a list of what is true ------------------------------------------------------------------------------------


def app_case(server: Server, name: str, folder: Path, truth: Sequence[dict[str, Any]]) -> Case | None:
    """An app's database, with those items of its list that are about it; None where it cannot be rebuilt."""
    app = read_folder(folder).app
    rebuilt = rebuild(server, app)
    if not isinstance(rebuilt, Rebuilt):
        return None
    held = target(server, rebuilt.database, folder / "supabase" / "migrations")
    items = []
    for given in truth:
        counts = given["risk"] == "access" or given.get("cwe") in WEAKNESSES or "recursion" in given.get("check", "")
        aims = tuple(_aims(given, app, held)) if (counts and given.get("how") != "reading") or _safe(given) else ()
        if aims:
            items.append(Item(given["id"], not _safe(given), aims))
    return Case(name, [held], items)


def _safe(given: dict[str, Any]) -> bool:
    return given.get("verdict") == "safe" and given["risk"] == "access"


def _aims(given: dict[str, Any], app: App, held: Target) -> Iterator[Aim]:
    fails = given.get("cwe") == "CWE-674" or "recursion" in given.get("check", "")
    for place in given["places"]:
        table, policy = place.get("table"), place.get("policy", "")
        if table:
            operations = READ if fails else held.of_policy(table, policy)
            column = frozenset({place["column"]} if place.get("column") else ())
            policy = policy if operations or not policy or fails else ""  # one that a later migration dropped
            yield Aim(table, operations, column, frozenset({policy.lower()} if policy else ()), fails)
        elif str(place.get("path", "")).endswith(".sql"):
            lines = Code(place["path"], place["line"], place.get("end_line") or place["line"])
            yield from _made_there(lines, app)


def _made_there(lines: Code, app: App) -> Iterator[Aim]:
    """What is made in these lines and reached by a name of its own."""
    schema = app.schema
    made = [(f.name, f.place, CALL) for f in schema.functions]
    made += [(v.name, v.place, frozenset()) for v in schema.views]
    made += [(b.name, b.place, frozenset()) for b in schema.buckets]
    for name, at, operations in made:
        if at.path == lines.path and at.line <= lines.end_line and lines.line <= (at.end_line or at.line):
            yield Aim(name, operations)


# our own -------------------------------------------------------------------------------------------------------------


def tried(server: Server, held: Sequence[tuple[str, Path]], case: Case) -> Said:
    """The laboratory's matrix, told what is meant."""
    said = Said()
    for (database, _), given in zip(held, case.targets, strict=True):
        began = time.perf_counter()
        with server.connect(database, seconds=60) as session:
            known = catalog.read(session)
            found = matrix(session, known, rows.fill(session, known), given.told or Intent())
        said.seconds += time.perf_counter() - began
        said.accusations += [_of_cell(cell) for cell in found.cells if cell.verdict in (Verdict.LEAK, Verdict.BROKEN)]
    return said


def _of_cell(cell: Cell) -> Accusation:
    operation = "select" if cell.operation is Operation.LIST else str(cell.operation)
    columns, fails = frozenset({cell.column} if cell.column else ()), cell.verdict is Verdict.BROKEN
    return Accusation(cell.name, frozenset({operation}), columns, "", True, not cell.column, fails, "matrix")


def audited(folders: Iterable[Path]) -> Said:
    """The whole audit, as an owner runs it, told nothing."""
    said = Said()
    for folder in folders:
        began = time.perf_counter()
        audit = audit_folder(folder, bench=Bench())
        said.seconds += time.perf_counter() - began
        for finding in audit.findings:
            proven, places = finding.evidence is Evidence.PROVEN, (finding.place, *finding.related)
            for claim in finding.claims:
                operation = "select" if claim.operation is Operation.LIST else str(claim.operation)
                columns, wide = frozenset({claim.column} if claim.column else ()), not claim.column
                one = Accusation(claim.object, frozenset({operation}), columns, "", proven, wide, claim.fails)
                said.accusations.append(replace(one, by=finding.check))
                if "." not in claim.object:  # files: the rules stand at the table of all files
                    rules = [p.policy for p in places if isinstance(p, PolicyPlace)]
                    said.accusations += [replace(one, object=OBJECTS, policy=p, by=finding.check) for p in rules]
            if not finding.claims and finding.check.startswith(("access/", "running/policy_recursion")):
                said.accusations += _of_places(places, proven, finding.check)
    return said


def _of_places(places: Iterable[object], proven: bool, check: str) -> Iterator[Accusation]:
    fails = "recursion" in check
    for place in places:
        match place:
            case PolicyPlace(table, policy, _, column):
                columns = frozenset({column} if column else ())
                yield Accusation(table, frozenset(), columns, policy, proven, not column, fails, check)
            case ColumnPlace(table, column):
                yield Accusation(table, frozenset(), frozenset({column}), "", proven, False, fails, check)
            case TablePlace(table):
                yield Accusation(table, frozenset(), frozenset(), "", proven, True, fails, check)
            case FunctionPlace(function):
                yield Accusation(function, CALL, frozenset(), "", proven, True, fails, check)
            case BucketPlace(bucket):
                yield Accusation(bucket, frozenset(), frozenset(), "", proven, True, fails, check)
            case _:
                pass


# the tables ----------------------------------------------------------------------------------------------------------


def found(case: Case, said: Said, proven: bool) -> list[str]:
    """The mistakes that a program names."""
    told = [one for one in said.accusations if one.proven or not proven]
    return [i.id for i in case.items if i.wrong and any(names(one, aim) for one in told for aim in i.aims)]


def alarms(case: Case, said: Said, proven: bool) -> list[str]:
    """The safe things that a program accuses."""
    told = [one for one in said.accusations if one.proven or not proven]
    wrong = [aim for item in case.items if item.wrong for aim in item.aims]
    return [i.id for i in case.items if not i.wrong and any(accuses(one, a, wrong) for one in told for a in i.aims)]


def table(case: Case) -> Iterator[str]:
    """A case as a Markdown table."""
    yield from counted(case.name, [case])


def counted(name: str, several: Sequence[Case]) -> Iterator[str]:
    """Cases together as one table."""
    items = [item for case in several for item in case.items]
    yield f"### {name}\n"
    yield f"{sum(i.wrong for i in items)} mistakes, {sum(not i.wrong for i in items)} things that are right.\n"
    yield "| program | confirmed | named | right, yet confirmed as wrong | right, yet named | seconds |"
    yield "|---|---:|---:|---:|---:|---:|"
    for who in several[0].said:
        said = [(case, case.said[who]) for case in several]
        counts = [sum(len(found(*one, proven)) for one in said) for proven in (True, False)]
        counts += [sum(len(alarms(*one, proven)) for one in said) for proven in (True, False)]
        yield f"| {who} | " + " | ".join(map(str, counts)) + f" | {sum(s.seconds for _, s in said):.1f} |"
    yield ""


def details(case: Case) -> Iterator[str]:
    """Who finds what in the planted set."""
    sees = {who: (set(found(case, s, True)), set(found(case, s, False))) for who, s in case.said.items()}
    wrongs = {who: (set(alarms(case, s, True)), set(alarms(case, s, False))) for who, s in case.said.items()}
    yield "| mistake | " + " | ".join(sees) + " |\n|---|" + "---|" * len(sees)
    for item in sorted(case.items, key=lambda i: (not i.wrong, i.id)):
        marks = sees if item.wrong else wrongs
        if not item.wrong and not any(item.id in any_ for _, any_ in marks.values()):
            continue
        cells = ["**yes**" if item.id in sure else "named" if item.id in any_ else "" for sure, any_ in marks.values()]
        yield f"| {'' if item.wrong else '(right) '}{item.id} | " + " | ".join(cells) + " |"
    yield ""


def measured(case: Case) -> None:
    """Run the peers on a case."""
    for name, peer in PEERS.items():
        case.said[name] = Said()
        for each in case.targets:
            said = peer(each)
            case.said[name].accusations += said.accusations
            case.said[name].seconds += said.seconds
            case.said[name].trouble += said.trouble
        for trouble in case.said[name].trouble:
            print(f"  {case.name}: {name}: {trouble}", file=sys.stderr)


def cases(args: argparse.Namespace) -> Iterator[Case]:
    """Every case, measured."""
    with serve() as server, tempfile.TemporaryDirectory() as folder:
        for told in (True, False):
            case, held = planted(server, Path(folder) / str(told), told)
            case.said[US] = tried(server, held, case) if told else audited(app for _, app in held)
            measured(case)
            yield case
        given = json.loads((FANBASE / "planted.json").read_text())
        truth = [{**one, "verdict": kind} for kind in ("defects", "safe") for one in given[kind]]
        listed = [("examples/fanbase", FANBASE, truth)]
        if args.apps and args.truth:
            known = {one["app"].replace("/", "+"): one["items"] for one in json.loads(args.truth.read_text())}
            chosen = [name for part in args.only for name in sorted(known) if part in name]
            listed += [(f"App {chr(65 + n)}", args.apps / name, known[name]) for n, name in enumerate(chosen)]
        for name, app, truth in listed:
            found = app_case(server, name, app, truth)
            if found is None:
                print(f"  {name}: its database cannot be rebuilt", file=sys.stderr)
                continue
            found.said[US] = audited([app])
            measured(found)
            yield found


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apps", type=Path)
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    lines = ["Versions: " + ", ".join(f"{name} {version(name)}" for name in PEERS) + ".\n"]
    done = []
    for case in cases(args):
        part = list(table(case))
        print("\n".join(part), flush=True)
        for who, said in case.said.items():
            print(f"  {who} alarms: {alarms(case, said, False)}", file=sys.stderr)
        missed = sorted({i.id for i in case.items if i.wrong} - set(found(case, case.said[US], True)))
        print(f"  not confirmed by us: {missed}", file=sys.stderr)
        done.append(case)
        lines += part
    if len(done) > 3:
        lines += counted("The sample and the real apps together", done[2:])
    lines += ["## Who sees what in the planted set, nobody told\n", *details(done[1])]
    if args.write:
        before, _, rest = PAGE.read_text().partition("<!-- figures -->")
        after = rest.partition("<!-- end of figures -->")[2]
        PAGE.write_text(f"{before}<!-- figures -->\n\n" + "\n".join(lines) + f"\n<!-- end of figures -->{after}")


if __name__ == "__main__":
    main()
