"""What is an app, and what it calls itself."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import Path

from apprescue.lab.repo import Repo
from apprescue.model.audit import NoAppError
from apprescue.model.outcome import NotExamined
from apprescue.source.credentials import is_credential_file
from apprescue.source.files import Tree
from apprescue.source.manifests import json_in, words
from apprescue.source.quiet import is_env_file

CODE = tuple(".ts .tsx .js .jsx .mjs .cjs .mts .cts .vue .svelte .astro .py .sql .rules .prisma".split())
MANIFESTS = frozenset("package.json pyproject.toml requirements.txt Pipfile deno.json manage.py index.html".split())
TEMPLATES = frozenset(
    "vite_react_shadcn_ts vite-react-typescript-starter vite-project vite-app vite-react rest-express nextn nextjs"
    " next-app nextjs-app my-app my-next-app my-project my-v0-project my-react-app react-app react-project"
    " react-example bolt-app bolt-expo-starter expo-app app web frontend front-end client backend back-end server api"
    " root monorepo workspace project example template starter demo test untitled".split()
)


def name_of(root: Path, files: Mapping[str, str]) -> str:
    """What the app calls itself, unless that is the name of what it was made of; else the folder's name."""
    named = words(json_in(files.get("package.json", "")), "name")
    own = named[0].strip() if named else ""
    return own if own and own.lower().rpartition("/")[2] not in TEMPLATES else root.resolve().name


def recognised(root: Path, tree: Tree, repo: Repo | NotExamined) -> None:
    """Raise NoAppError where nothing here is an app: code, a manifest, or files that hold settings or credentials; in a
    repository any text will do."""
    if isinstance(repo, Repo) and not repo.inside and tree.files:
        return
    if not any(_is_telling(path) for path in tree.files):
        why = tree.left_out[0].reason if tree.left_out else "it holds no code that we read"
        raise NoAppError(f"No app was recognised in {root}: {why}.")


def _is_telling(path: str) -> bool:
    known = path.endswith(CODE) or posixpath.basename(path) in MANIFESTS or path.startswith("supabase/")
    return known or is_env_file(path) or is_credential_file(path)
