"""A file of SQL as a script to run, and what a row of scripts makes and asks for between them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from apprescue.model.database import literal
from apprescue.model.rebuilt import Script, Step
from apprescue.source.sql import Broken, Statement, Tree, dotted, nodes, parse, pieces, relation
from apprescue.source.sql_blocks import statements_in

_COPY = re.compile(r"copy\s+(.+?)\s+from\s+stdin\b([^;]*);[^\n]*\n", re.I | re.S)
_ESCAPE = re.compile(r"\\([bfnrtv\\])")
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_ROWS_AT_ONCE = 500
_ALONE = re.compile(
    r"(?:create|drop)\s+(?:unique\s+)?index\s+concurrently\b|reindex\b.*\bconcurrently\b|vacuum\b", re.I
)
_TRANSACTION = re.compile(
    r"(?:begin|start\s+transaction|commit|end|rollback|abort)(?:\s+(?:work|transaction)|\s+isolation\s[\w\s]+)?\s*;?\s*"
    r"(?:--[^\n]*)?$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Making:
    """A statement that makes something: in which script it stands, and whether it minds that it stands already."""

    script: int
    step: Step
    anew: bool


@dataclass
class Story:
    """What scripts make and touch, all of them together. Names are written `schema.name`, columns and values after
    their table or type. `makes` is keyed by kind and name: "table public.posts", "function public.has_role"."""

    scripts: tuple[Script, ...] = ()
    makes: dict[str, list[Making]] = field(default_factory=lambda: defaultdict(list))
    renamed: dict[str, str] = field(default_factory=dict)
    touched: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Where a table or view is named first, as path and line."""

    def missing(self) -> set[str]:
        """The tables and views of `public` that are touched and that no script makes."""
        named = {n for n in self.touched if n.startswith("public.") and not n.startswith("public.pg_")}
        return {n for n in named if not self.made(n)} - set(self.renamed)

    def made(self, name: str) -> bool:
        """Whether some script makes the table or view."""
        return f"table {name}" in self.makes or f"view {name}" in self.makes

    def added(self, table: str) -> dict[str, bool]:
        """The columns that scripts add to a table later, and whether each of them minds that it stands already."""
        start = f"column {table}."
        return {
            key[len(start) :]: all(m.anew for m in made) for key, made in self.makes.items() if key.startswith(start)
        }


def script_of(path: str, text: str) -> Script:
    """A file cut into what is run: without BEGIN and COMMIT, the rows of a COPY as INSERTs."""
    steps: list[Step] = []
    for piece, line in pieces(text.removeprefix("\ufeff")):
        if _TRANSACTION.match(piece):
            continue
        copied = _COPY.match(piece)
        parts = _inserts(copied[1], copied[2], piece[copied.end() :]) if copied else (piece,)
        steps += [Step(one, line, bool(_ALONE.match(one))) for one in parts]
    return Script(path, tuple(steps))


def story_of(scripts: Iterable[Script]) -> Story:
    """What scripts make and touch."""
    story = Story(tuple(scripts))
    for number, script in enumerate(story.scripts):
        for step in script.steps:
            for statement in parse(step.text):
                if isinstance(statement, Broken):
                    continue
                if statement.kind == "DoStmt":
                    for _, text in list(statements_in(statement, [], [])):
                        for inner in parse(text):
                            if isinstance(inner, Statement):
                                _note(story, inner, number, step, anew=True)
                else:
                    _note(story, statement, number, step)
    return story


def _note(story: Story, statement: Statement, number: int, step: Step, anew: bool = False) -> None:
    for name, careful in _makes(statement):
        story.makes[name].append(Making(number, step, anew or careful))
    tree = statement.tree
    if statement.kind == "RenameStmt" and "relation" in tree:
        table, new = relation(tree["relation"]), tree.get("newname", "")
        if tree.get("renameType") == "OBJECT_COLUMN":
            story.renamed[f"{table}.{new}"] = tree.get("subname", "")
        elif tree.get("renameType") == "OBJECT_TABLE":
            story.renamed[f"{table.partition('.')[0]}.{new}"] = table
    if statement.kind not in ("DropStmt", "DoStmt"):
        inner = {w.get("ctename", "") for w in nodes(tree, "CommonTableExpr")}
        bare = [tree["relation"]] if isinstance(tree.get("relation"), dict) and "relname" in tree["relation"] else []
        bare += [tree[k] for k in ("table", "view") if isinstance(tree.get(k), dict) and "relname" in tree[k]]
        bare += [c["pktable"] for c in nodes(tree, "Constraint") if "pktable" in c]
        for one in (*bare, *nodes(tree, "RangeVar")):
            if one.get("relname") not in inner:
                story.touched.setdefault(relation(one), (story.scripts[number].path, step.line))


def _makes(statement: Statement) -> Iterator[tuple[str, bool]]:
    """What a statement makes, as kind and name, and whether it minds that it stands already."""
    tree = statement.tree
    match statement.kind:
        case "CreateStmt" if tree.get("relation", {}).get("relpersistence") != "t":
            yield f"table {relation(tree.get('relation'))}", bool(tree.get("if_not_exists"))
        case "CreateTableAsStmt":
            kind = "view" if tree.get("objtype") == "OBJECT_MATVIEW" else "table"
            yield f"{kind} {relation(tree.get('into', {}).get('rel'))}", bool(tree.get("if_not_exists"))
        case "ViewStmt":
            yield f"view {relation(tree.get('view'))}", bool(tree.get("replace"))
        case "CreateEnumStmt":
            yield f"type {dotted(tree.get('typeName'))}", False
        case "CompositeTypeStmt":
            yield f"type {relation(tree.get('typevar'))}", False
        case "CreateDomainStmt":
            yield f"type {dotted(tree.get('domainname'))}", False
        case "CreateFunctionStmt":
            yield f"function {dotted(tree.get('funcname'))}", bool(tree.get("replace"))
        case "AlterEnumStmt" if tree.get("newVal"):
            yield f"value {dotted(tree.get('typeName'))}.{tree['newVal']}", bool(tree.get("skipIfNewValExists"))
        case "AlterTableStmt":
            yield from _columns(tree)


def _columns(tree: Tree) -> Iterator[tuple[str, bool]]:
    for command in nodes(tree.get("cmds", []), "AlterTableCmd"):
        if command.get("subtype") == "AT_AddColumn":
            column = command.get("def", {}).get("ColumnDef", {})
            yield f"column {relation(tree.get('relation'))}.{column.get('colname')}", bool(command.get("missing_ok"))


def _inserts(target: str, options: str, data: str) -> Iterator[str]:
    """The rows of a COPY in text form as INSERTs; CSV is left as rows of text split at commas."""
    csv = "csv" in options.lower()
    lines = data.split("\n")
    lines = lines[: lines.index("\\.")] if "\\." in lines else [one for one in lines if one.rstrip("\r") != "\\."]
    rows = [_row(line.rstrip("\r"), "," if csv else "\t") for line in lines if line]
    for at in range(0, len(rows), _ROWS_AT_ONCE):
        yield f"insert into {target} overriding system value values {', '.join(rows[at : at + _ROWS_AT_ONCE])};"


def _row(line: str, mark: str) -> str:
    cells = (None if cell == "\\N" else _ESCAPE.sub(lambda m: _ESCAPES[m[1]], cell) for cell in line.split(mark))
    return f"({', '.join(literal(cell) for cell in cells)})"
