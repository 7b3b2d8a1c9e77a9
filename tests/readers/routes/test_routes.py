"""Every route reader against small apps whose routes were counted by hand (see apps/README.md)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from apprescue.model.app import Route
from apprescue.source.endpoint import route_of
from apprescue.source.flow import Flow
from apprescue.source.project import Project

APPS = Path(__file__).parent / "apps"
READERS = {
    "express": "express",
    "express_cjs": "express",
    "django": "django",
    "fastapi": "fastapi",
    "flask": "flask",
    "flask_connexion": "connexion",
    "fastify": "fastify",
    "hono": "hono",
    "nestjs": "nestjs",
    "netlify": "netlify",
    "nextjs": "nextjs",
    "supabase_functions": "supabase_functions",
    "vercel": "vercel",
}


@cache
def routes(app: str) -> dict[tuple[str, str], Route]:
    """The routes that one reader finds in one app."""
    folder = APPS / app
    files = {
        str(p.relative_to(folder)): p.read_text()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != "expected.json"
    }
    flow = Flow(Project(files))
    reader = import_module(f"apprescue.readers.routes.{READERS[app]}")
    found = [route_of(flow, endpoint) for endpoint in reader.read(flow)]
    assert len({(r.method, r.path) for r in found}) == len(found), "an address was found twice"
    return {(r.method, r.path): r for r in found}


def expected() -> Iterable[Any]:
    for app in READERS:
        for row in json.loads((APPS / app / "expected.json").read_text()):
            yield pytest.param(app, row, id=f"{app}-{row['method']}-{row['path']}")


@pytest.mark.parametrize("app", READERS)
def test_every_route_and_no_other(app: str) -> None:
    rows = json.loads((APPS / app / "expected.json").read_text())
    assert sorted(routes(app)) == sorted((row["method"], row["path"]) for row in rows)


@pytest.mark.parametrize(("app", "row"), list(expected()))
def test_a_route(app: str, row: dict[str, Any]) -> None:
    route = routes(app)[row["method"], row["path"]]
    assert (route.framework, route.place.path) == (row["framework"], row["file"])
    assert {g.kind for g in route.guards} == set(row["guards"])
    assert {g.kind for g in route.guards if g.fail_open} == set(row.get("fail_open", []))
    read, counted = {(p.name, p.where) for p in route.parameters}, {(p["name"], p["in"]) for p in row["params"]}
    assert counted <= read
    assert {where for _, where in read - counted} <= {"header", "cookie"}
