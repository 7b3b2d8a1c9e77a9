"""The other programs that look for who can reach whose rows: how each is run, and what it says, in one form.

Each is a program of its own in an environment of its own, and nothing of it is imported. What it says becomes
`Accusation`s. Rules about form (no FORCE, no TO, no write policy, a role that bypasses the rules) accuse nobody here:
counting them would only add false alarms.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import time
import venv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apprescue.model.intent import Intent, Meant

ROOT = Path(__file__).parent.parent
VERSIONS = {"pgrls": "0.57.1", "rlsautotest": "0.7.1", "trespass-rls": "0.2.0"}
PROGRAMS = {"pgrls": "pgrls", "rlsautotest": "rlsautotest", "trespass-rls": "trespass"}
SCHEMAS = ("public", "storage")
SECONDS = 600
READ, WRITES = frozenset({"select"}), frozenset({"insert", "update", "delete"})
ALL, CALL = READ | WRITES, frozenset({"call"})


@dataclass(frozen=True)
class Accusation:
    """What a program says is wrong. `object` is `schema.name`, or a bucket's name; no operations are any of them.

    `wide` says that everything of the object is open to the operations, `fails` that it works for nobody, `proven` that
    the program is certain (it tried it, a solver decided it, or the catalog shows it).
    """

    object: str
    operations: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()
    policy: str = ""
    proven: bool = False
    wide: bool = False
    fails: bool = False
    by: str = ""


@dataclass(frozen=True)
class Target:
    """A database for everybody: its address, the SQL files that made it, its policies' operations (by table and lower
    case name), and what is meant where everybody is told."""

    address: str
    files: Path
    policies: Mapping[tuple[str, str], frozenset[str]]
    told: Intent | None = None

    def of_policy(self, table: str, policy: str) -> frozenset[str]:
        """The operations of a policy."""
        return self.policies.get((table, policy.lower()), frozenset())


@dataclass
class Said:
    """What a program said of a case, in how many seconds, and what it could not do."""

    accusations: list[Accusation] = field(default_factory=list)
    seconds: float = 0.0
    trouble: list[str] = field(default_factory=list)


def program(name: str) -> Path:
    """A peer's program: where an environment variable (PGRLS, RLSAUTOTEST, TRESPASS_RLS) says, else installed."""
    if given := os.environ.get(name.upper().replace("-", "_")):
        return Path(given)
    folder = ROOT / "build" / "peers" / name
    found = folder / "bin" / PROGRAMS[name]
    if not found.exists():
        print(f"Installing {name} ...", flush=True)
        venv.create(folder, with_pip=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", f"{name}=={VERSIONS[name]}"]
        subprocess.run(pip, check=True)
    return found


def version(name: str) -> str:
    """The version that is installed."""
    ask = f"import importlib.metadata as m; print(m.version({name!r}))"
    return subprocess.check_output([program(name).parent / "python", "-c", ask], text=True).strip()


def run(said: Said, command: Iterable[object], report: Path | None = None) -> Any:
    """Run a program and read the JSON that it writes into `report`, or says; None where it gives none."""
    began = time.perf_counter()
    given = [str(part) for part in command]
    try:
        done = subprocess.run(given, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        said.trouble.append(f"{' '.join(given[1:3])}: no end after {SECONDS} s")
        return None
    finally:
        said.seconds += time.perf_counter() - began
    try:
        return json.loads(report.read_text() if report else done.stdout)
    except (OSError, ValueError):
        words = (done.stderr or done.stdout).strip().splitlines()
        said.trouble.append(f"{Path(given[0]).name} {' '.join(given[1:3])}: {words[-1][:200] if words else 'silent'}")
        return None


# pgrls ---------------------------------------------------------------------------------------------------------------

# rule: proven, wide, operations (None: those of the policy)
PGRLS_RULES: dict[str, tuple[bool, bool, frozenset[str] | None]] = {
    "SEC001": (True, True, ALL),
    "SEC004": (False, True, None),
    "SEC005": (False, True, None),
    "SEC006": (False, False, WRITES),
    "SEC008": (False, True, None),
    "SEC011": (False, True, None),
    "SEC020": (False, True, WRITES),
    "SEC025": (False, False, None),
    "SEC026": (False, True, None),
    "SEC028": (False, True, WRITES),
    "SEC032": (True, True, ALL),
    "SEC033": (True, True, None),
    "SEC034": (False, True, None),
    "SEC036": (False, True, None),
    "SEC038": (True, True, READ),
    "SEC039": (False, True, None),
    "SEC040": (False, True, frozenset({"update"})),
    "SEC042": (False, True, CALL),
    "SEC045": (False, True, READ),
    "SEC046": (False, True, None),
    "SEC049": (True, True, READ),
    "SEC050": (False, True, None),
    "SEC051": (False, True, READ),
    "SEC052": (True, True, READ),
    "SEC053": (True, True, READ),
    "SEC054": (True, True, READ),
    "VIEW001": (False, True, READ | WRITES),
    "VIEW003": (False, True, READ),
    "VIEW004": (False, True, READ),
}
PGRLS_MODES = {"anon": READ, "cross-tenant": READ, "write": WRITES, "escalation": CALL, "reachability": READ}


def pgrls(target: Target) -> Said:
    """`lint`, and `verify` in all its modes, with `--probe` where there is one."""
    said = Said()
    with tempfile.TemporaryDirectory() as folder:
        config, report = Path(folder) / "pgrls.toml", Path(folder) / "report.json"
        config.write_text(_pgrls_config(target))
        base = ["--database-url", target.address, "--schemas", ",".join(SCHEMAS), "--config", config]
        base += ["--format", "json", "-o", report]
        told = run(said, [program("pgrls"), "lint", *base], report) or {}
        for one in told.get("violations", ()):
            said.accusations += _pgrls_lint(target, one)
        for mode in PGRLS_MODES:
            report.unlink(missing_ok=True)
            probe = [] if mode == "reachability" else ["--probe"]
            told = run(said, [program("pgrls"), "verify", "--mode", mode, *probe, *base], report) or {}
            for one in told.get("tables", ()):
                said.accusations += _pgrls_verdict(target, mode, one)
    return said


def _pgrls_config(target: Target) -> str:
    """What is meant, as far as its settings can say it: who owns rows, which tables and policies are public."""
    if target.told is None:
        return ""
    owners = {column for meant in target.told.tables.values() for column in meant.owners}
    public = sorted(name for name, meant in target.told.tables.items() if meant.public)
    rules = sorted(f"{t}.{p}" for (t, p), operations in target.policies.items() if t in public and operations == READ)
    lines = ["[lint.rules.SEC021]", f"identity_columns = {json.dumps(sorted(owners))}"]
    lines += ["[lint.rules.SEC049]", f"allowlist = {json.dumps(public)}"]
    for rule in ("SEC005", "SEC008", "SEC038"):
        lines += [f"[lint.rules.{rule}]", f"allowlist = {json.dumps(rules)}"]
    return "\n".join(lines) + "\n"


def _pgrls_lint(target: Target, one: Mapping[str, Any]) -> Iterator[Accusation]:
    if one["rule_id"] not in PGRLS_RULES:
        return
    proven, wide, operations = PGRLS_RULES[one["rule_id"]]
    schema, _, rest = one["location"].partition(" (")[0].partition(".")
    name, _, policy = rest.partition(".")
    table = f"{schema}.{name}"
    own = target.of_policy(table, policy)
    chosen = own if operations is None else (operations & own or operations)
    yield Accusation(table, chosen, frozenset(), policy, proven, wide, by=one["rule_id"])


def _pgrls_verdict(target: Target, mode: str, one: Mapping[str, Any]) -> Iterator[Accusation]:
    if "leak" not in (one.get("verdict"), one.get("static_verdict")) and one.get("agreement") != "leak_confirmed":
        return
    name = one["table"]
    meant = target.told.tables.get(name, Meant(name)) if target.told else Meant(name)
    if mode == "anon" and meant.public:
        return
    names = [name]
    if mode == "reachability":
        names = [p["policy"] for p in one.get("policies", ()) if p["verdict"] == "leak"]
    for each in names:
        yield Accusation(each, PGRLS_MODES[mode], policy=one.get("policy") or "", proven=True, wide=True, by=mode)


# rlsautotest ---------------------------------------------------------------------------------------------------------

_FOOTGUN = re.compile(r"policy (?P<policy>.+?): (?P<operation>SELECT|INSERT|UPDATE|DELETE|ALL) ")
_SAYS_OPEN = re.compile(r"USING ?\(true\)|WITH CHECK ?\(true\)", re.I)
_RLSAUTOTEST_LINT = {
    "USING(true)": (True, False),
    "WITH CHECK(true)": (True, False),
    "UPDATE policy has USING but no WITH CHECK": (False, False),
    "RLS disabled but policies exist": (True, False),
    "Write policy constrains": (False, False),
    "Policy references its own table": (False, True),
}


def rlsautotest(target: Target) -> Said:
    """`--report`, its live probes, and `lint`, for each schema."""
    said = Said()
    for schema in SCHEMAS:
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.json"
            base = ["--schema", schema, "--db-url", target.address]
            probe = [program("rlsautotest"), *base, "--report", "--report-json", report, "--no-fail"]
            told = run(said, probe, report) or {}
            for table in told.get("tables", ()):
                said.accusations += _rlsautotest_table(schema, table)
            for one in told.get("bypass_surfaces", ()):
                said.accusations += _rlsautotest_bypass(schema, one)
            report.unlink(missing_ok=True)
            lint = [program("rlsautotest"), "lint", *base, "--json", report, "--min-severity", "MEDIUM"]
            for one in run(said, lint, report) or ():
                said.accusations += _rlsautotest_lint(target, schema, one)
    return said


def _rlsautotest_table(schema: str, table: Mapping[str, Any]) -> Iterator[Accusation]:
    name = f"{schema}.{table['table']}"
    if table.get("exposed"):
        yield Accusation(name, ALL, proven=True, wide=True, by="exposed")
    for operation, people in table.get("idgrid", {}).items():
        for cell in people.values():
            if cell.get("pass") is False:
                yield Accusation(
                    name, frozenset({operation.lower()}), proven=True, wide=True, fails=bool(cell["exp"]), by="probe"
                )
    if table.get("transition_leaks") or table.get("leak_cells"):
        yield Accusation(name, frozenset({"update"}), proven=True, wide=True, by="transition")
    if table.get("multi_findings"):
        yield Accusation(name, READ, proven=True, fails=True, by="two tenants")
    for cells in table.get("column_security", {}).get("cells", {}).values():
        for operation, cell in cells.items():
            if cell.get("leaked"):
                yield Accusation(
                    name, frozenset({operation.lower()}), frozenset(cell["leaked"]), proven=True, by="columns"
                )
    for footgun in table.get("footguns", ()):
        told = _FOOTGUN.match(footgun)
        if told and _SAYS_OPEN.search(footgun) and "service_role" not in footgun:
            yield Accusation(
                name, frozenset({told["operation"].lower()}) & ALL or ALL, policy=told["policy"], wide=True, by="note"
            )
        if footgun.startswith("BROKEN POLICY"):
            yield Accusation(name, READ, proven=True, fails=True, by="broken")


def _rlsautotest_bypass(schema: str, one: Mapping[str, Any]) -> Iterator[Accusation]:
    if one["type"] != "table" and one["severity"] == "CRITICAL":
        operations = CALL if one["type"] == "function" else READ | WRITES
        yield Accusation(f"{schema}.{one['object'].partition('(')[0]}", operations, wide=True, by="bypass")


def _rlsautotest_lint(target: Target, schema: str, one: Mapping[str, Any]) -> Iterator[Accusation]:
    table, policy = f"{schema}.{one['table']}", one.get("policy") or ""
    for words, (wide, fails) in _RLSAUTOTEST_LINT.items():
        if one["message"].startswith(words):
            operations = READ if fails else target.of_policy(table, policy)
            columns = frozenset(re.findall(r"\w+", one["message"].partition("column(s)")[2].partition("—")[0]))
            yield Accusation(table, operations, columns, policy, wide=wide, fails=fails, by="lint")


# trespass ------------------------------------------------------------------------------------------------------------


def trespass(target: Target) -> Said:
    """`check`, with an intent file where everybody is told what is meant."""
    said = Said()
    with tempfile.TemporaryDirectory() as folder:
        intent = Path(folder) / "app.intent"
        given = ["--intent", intent] if target.told else []
        intent.write_text("\n".join(_trespass_intent(target.told)) if target.told else "")
        base = [program("trespass-rls"), "check", "--json", "--fail-on", "never", *given]
        told = run(said, [*base, target.files])
        if told is None:  # one file that it cannot read stops it: it is given the others
            told = run(said, [*base, *(file for file in _files(target) if run(Said(), [*base, file]) is not None)])
        told = told or {}
    for one in told.get("findings", ()):
        if one["verdict"] in ("vulnerable", "unknown"):
            table = one["table"] if "." in one["table"] else f"public.{one['table']}"
            operations = ALL if one["rule"] == "rls-disabled" else frozenset({one["command"]} & ALL)
            proven = one["verdict"] == "vulnerable"
            said.accusations.append(
                Accusation(table, operations, policy=one["policy"] or "", proven=proven, wide=True, by=one["rule"])
            )
    return said


def _files(target: Target) -> list[Path]:
    return sorted(target.files.glob("*.sql")) or sorted(target.files.rglob("*.sql"))


def _trespass_intent(told: Intent) -> Iterator[str]:
    """What is meant in its words. It knows one owner's column; other tables are left to its own judgement."""
    for name, meant in told.tables.items():
        if len(meant.owners) != 1:
            continue
        yield f"[{name.removeprefix('public.')}]"
        yield f"tenant = {meant.owners[0]}"
        others = "authenticated" if meant.shared else "owner"
        yield f"select = {'public' if meant.public or meant.public_when else others}"
        for operation in ("insert", "update", "delete"):
            may = getattr(meant, f"user_may_{operation}")
            yield f"{operation} = {'nobody' if may is False else 'owner'}"


PEERS = {"pgrls": pgrls, "rlsautotest": rlsautotest, "trespass-rls": trespass}
