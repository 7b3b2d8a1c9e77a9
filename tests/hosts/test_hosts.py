"""What the owner has to run or click for each host, as text. `UPDATE_SNAPSHOTS=1 pytest` writes it anew."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from apprescue import hosts
from apprescue.hosts.interface import ORDER, recognised
from apprescue.model.app import App
from apprescue.model.sprint import Host
from apprescue.shelf import module, names
from apprescue.sprint.run import world_of

EXPECTED = Path(__file__).parent / "expected"
SERVER = "const key = process.env.STRIPE_SECRET_KEY\nconst odd = process.env['A;rm -rf ~']\n"
PAGE = "const to = import.meta.env.VITE_API_URL\n"
EDGE = "const key = Deno.env.get('RESEND_API_KEY'); Deno.env.get('SUPABASE_URL'); Deno.env.get('STRIPE_KEY')\n"
PRISMA = {"prisma/migrations/20250101000000_init/migration.sql": "create table a (id int);"}
MIGRATIONS = {
    "supabase/migrations/20250101000000_init.sql": "create table a (id int);",
    "supabase/migrations/20250102000000_index.sql": "create index concurrently a_id on a (id);",
}
HEALTH = """\
import express from "express"
const app = express()
app.get("/api/health", (q, s) => s.json({}))
app.listen(1)
"""


def package(*names: str, **scripts: str) -> str:
    listed = ", ".join(f'"{name}": "1.0.0"' for name in names)
    told = ", ".join(f'"{name}": "{command}"' for name, command in scripts.items())
    return f'{{"dependencies": {{{listed}}}, "scripts": {{{told}}}}}'


APPS: dict[str, dict[str, str]] = {
    "docker": {"Dockerfile": "FROM node", "package.json": package("express"), "server/index.js": SERVER + HEALTH},
    "docker-compose": {
        "Dockerfile": "FROM python",
        "docker-compose.yml": "services: {}",
        "alembic.ini": "[alembic]",
        "requirements.txt": "fastapi==0.1\n",
    },
    "fly": {"fly.toml": 'app = "x"', "package.json": package("express"), "server/index.js": SERVER, **PRISMA},
    "fly-release": {"fly.toml": '[deploy]\nrelease_command = "x"', "package.json": package("express"), **PRISMA},
    "lovable": {
        "package.json": package("lovable-tagger", "vite"),
        "supabase/functions/mail/index.ts": EDGE,
        **MIGRATIONS,
    },
    "netlify": {"netlify.toml": "[build]", "package.json": package("vite"), "src/main.ts": PAGE},
    "railway": {"railway.json": "{}", "package.json": package("express"), "server/index.js": SERVER, **PRISMA},
    "render": {"render.yaml": "services: []", "manage.py": "import django", "requirements.txt": "django==5.0\n"},
    "replit": {".replit": "run = 'npm start'", "package.json": package("express"), "server/index.js": SERVER},
    "supabase": {
        "supabase/config.toml": 'project_id = "abcdefghijklmnopqrst"',
        "supabase/functions/mail/index.ts": EDGE,
        "supabase/functions/_shared/cors.ts": "",
        "supabase/functions/bad;name/index.ts": "",
        **MIGRATIONS,
    },
    "supabase-inside": {
        ".streamlit/config.toml": 'project_id = "zzzzzzzzzzzzzzzzzzzz"',
        "apps/my web/supabase/config.toml": 'project_id = "local name"',
        "apps/my web/supabase/migrations/20250101000000_init.sql": "create table a (id int);",
    },
    "vercel": {
        "vercel.json": "{}",
        "package.json": package("next", migrate="node migrate.js"),
        "src/app/api/pay/route.ts": SERVER,
        "src/app/page.tsx": '"use client"\nconst a = process.env.NEXT_PUBLIC_NAME\n',
        "db/migrations/001_init.sql": "create table a (id int);",
    },
}


def app_of(files: Mapping[str, str]) -> App:
    app: App = world_of(files, needs=())["app"]
    return app


def told(host: Host) -> str:
    rows = [f"# {host.name}"]
    for number, one in enumerate(host.commands, 1):
        rows += ["", f"{number}. {one.title}"]
        rows += [f"   $ {line}" for line in one.command.splitlines()]
        rows += [f"   why: {one.why}"] if one.why else []
        rows += [f"   undo: {one.undo}"] if one.undo else []
    return "\n".join(rows) + "\n"


def of(files: Mapping[str, str]) -> tuple[Host, ...]:
    return recognised(hosts, app_of(files))


@pytest.mark.parametrize("name", APPS)
def test_what_is_to_be_done(name: str) -> None:
    host = module(hosts, name.partition("-")[0]).host(app_of(APPS[name]))
    kept = EXPECTED / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(told(host), "utf-8")
    assert told(host) == kept.read_text("utf-8")


def test_every_host_is_expected_here() -> None:
    assert {name.partition("-")[0] for name in APPS} == set(names(hosts))


@pytest.mark.parametrize("name", names(hosts))
def test_a_host_knows_when_it_is_not_meant(name: str) -> None:
    host = module(hosts, name)
    assert host.SERVES in ORDER
    assert host.host(App(root="", files={})) is None
    assert host.host(app_of({"package.json": package("react"), "src/main.tsx": PAGE})) is None


@pytest.mark.parametrize("name", APPS)
def test_each_step_says_why_and_what_changes_something_can_be_undone(name: str) -> None:
    for host in of(APPS[name]):
        for one in host.commands:
            assert one.why
            assert one.command or one.why
            changes = re.search(
                r"push|deploy|promote|secrets (?:set|import)|env (?:add|:set)|migrate| up\b", one.command
            )
            assert one.undo or not changes or "--dry-run" in one.command or "list" in one.command, one


@pytest.mark.parametrize("name", APPS)
def test_nothing_of_the_app_gets_into_a_command_unless_it_is_a_plain_word(name: str) -> None:
    text = "\n".join(one.command + one.why for host in of(APPS[name]) for one in host.commands)
    assert "rm -rf" not in text
    assert "bad;name" not in text


def test_the_database_comes_before_the_server_and_the_server_before_the_pages() -> None:
    files = APPS["supabase"] | APPS["fly"] | APPS["vercel"] | APPS["lovable"]
    assert [host.name for host in of(files)] == ["Supabase", "Fly", "Lovable", "Vercel"]


def test_a_dockerfile_that_another_host_builds_from_is_not_a_host_of_its_own() -> None:
    assert [host.name for host in of(APPS["docker"] | APPS["fly"])] == ["Fly"]


def test_nextjs_without_any_file_of_a_host_is_taken_to_be_on_vercel() -> None:
    files = {"package.json": package("next")}
    assert [host.name for host in of(files)] == ["Vercel"]
    assert of(files | {"Dockerfile": ""})[0].name == "Docker"
