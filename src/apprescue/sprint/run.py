"""One audit from folder to result: read the files, start the secret engine beside, read the app, run the checks."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from datetime import date
from pathlib import Path

from apprescue import checks
from apprescue.checks.interface import World, on_shelf
from apprescue.lab import leaks as engine
from apprescue.model.app import App
from apprescue.model.audit import Audit, NoAppError
from apprescue.model.leak import Leak, Redactor
from apprescue.model.outcome import Found, NotExamined, Outcome
from apprescue.source.files import Tree, read_tree
from apprescue.source.manifests import json_in, words
from apprescue.sprint import suppressions
from apprescue.sprint.audit import audit
from apprescue.sprint.pages import page_of
from apprescue.sprint.read import read

Tell = Callable[[str], None]
_EVIDENCE_OF_APP = ("package.json", "pyproject.toml", "requirements.txt", "deno.json", "manage.py", "supabase/", "index.html")


def audit_folder(root: Path, only: Collection[str] = (), progress: Tell = lambda _: None) -> Audit:
    """Audit the app in a folder. `only` names checks; none for all.

    Nothing is written into the folder and none of its code is run. Raises NoAppError where nothing there is an app,
    SuppressionError where its `.apprescue.toml` cannot be followed, OSError where the folder cannot be opened.
    """
    timings: dict[str, float] = {}
    started = time.perf_counter()
    progress("reading the files")
    tree = read_tree(root)
    _recognised(root, tree)
    accepted = suppressions.read(tree.files.get(suppressions.FILE, ""))
    timings["files"] = time.perf_counter() - started
    world, outcomes = _world(tree.files, root, progress, timings)
    outcomes += tree.left_out
    shelf = [c for c in on_shelf(checks) if not only or c.name in only]
    progress("checking")
    outcomes += audit(world, shelf, took=lambda name, seconds: timings.update({name: seconds}))
    found, notes = suppressions.applied(
        (o.finding for o in outcomes if isinstance(o, Found)), accepted, date.today(), whole=not only
    )
    rest = [o for o in outcomes if not isinstance(o, Found)]
    known = [world[need] for need in ("leaks", "history") if isinstance(world[need], tuple)]
    timings["all"] = time.perf_counter() - started
    return Audit.of(
        world["app"],
        [*map(Found, found), *rest],
        redact=Redactor(leak for part in known for leak in part),
        pages={c.name: page_of(c) for c in shelf},
        timings=timings,
        notes=notes,
    )


def read_folder(root: Path) -> App:
    """The app in a folder, read and not checked. Raises as `audit_folder`."""
    tree = read_tree(root)
    _recognised(root, tree)
    return read(tree.files, str(root), root.resolve().name)[0]


def world_of(files: Mapping[str, str], root: str = "", needs: Collection[str] = ("leaks",)) -> World:
    """What checks may ask for, made of texts in memory; such an app has no history.

    The secret engine takes a while to start: it runs only where `needs` names the leaks.
    """
    app, flow, _ = read(files, root)
    leaks = engine.scan(files) if "leaks" in needs else NotExamined("secrets", "nobody asked for them")
    return {"app": app, "code": flow.project, "flow": flow, "leaks": leaks, "history": ()}


def _world(files: Mapping[str, str], root: Path, progress: Tell, timings: dict[str, float]) -> tuple[World, list[Outcome]]:
    scan = engine.start(files)
    started = time.perf_counter()
    app, flow, trouble = read(files, str(root), _name(root, files), "", progress)
    timings["reading"] = time.perf_counter() - started
    progress("waiting for the secret engine")
    leaks: tuple[Leak, ...] | NotExamined = scan.result()
    timings["secrets"] = time.perf_counter() - started
    history = NotExamined("secrets/key_in_history", "the folder is not a git repository")
    return {"app": app, "code": flow.project, "flow": flow, "leaks": leaks, "history": history}, list(trouble)


def _name(root: Path, files: Mapping[str, str]) -> str:
    named = words(json_in(files.get("package.json", "")), "name")
    return named[0] if named and named[0] else root.resolve().name


def _recognised(root: Path, tree: Tree) -> None:
    code = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".py", ".sql", ".rules", ".prisma")
    if not any(path.endswith(code) or path.startswith(_EVIDENCE_OF_APP) for path in tree.files):
        why = tree.left_out[0].reason if tree.left_out else "it holds no code that we read"
        raise NoAppError(f"No app was recognised in {root}: {why}.")
