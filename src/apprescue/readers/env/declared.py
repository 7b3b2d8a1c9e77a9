"""Names of the environment that are declared: env files and their examples, compose files, hosts' settings."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping

from apprescue.model.app import EnvDeclared
from apprescue.model.place import Code
from apprescue.source.manifests import json_in, table

_LINE = re.compile(r"^[ \t]*(?:export[ \t]+|set[ \t]+)?([A-Za-z_][\w.]*)[ \t]*=[ \t]*(.*?)[ \t]*$", re.M)
_COMPOSE = re.compile(
    r"^[ \t]+(?:-[ \t]+)?[\"']?([A-Z][A-Z0-9_]*)[\"']?[ \t]*(?:=|:[ \t])[ \t]*[\"']?([^\"'\n]*?)[\"']?[ \t]*$", re.M
)
_RENDER = re.compile(r"-[ \t]*key:[ \t]*[\"']?(\w+)[\"']?[ \t]*\n(?:[ \t]+value:[ \t]*[\"']?([^\"'\n]*))?")
_SECTION = re.compile(
    r"^\[(?:build\.environment|context\.[\w.\"-]+\.environment|userenv[\w.]*|env|vars|[\w.]+\.vars)\][ \t]*\n"
    r"((?:(?!\[).*\n?)*)",
    re.M,
)
_DOCKER = re.compile(r"^(?:ENV|ARG)[ \t]+([A-Z_][A-Z0-9_]*)(?:[= \t][ \t]*(\S+))?", re.M)


def read(files: Mapping[str, str]) -> Iterator[EnvDeclared]:
    """Every declaration, its value as written there."""
    for path, text in files.items():
        parse = _parser(posixpath.basename(path))
        if parse is not None:
            line, counted = 1, 0
            for name, value, at in sorted(parse(text), key=lambda one: one[2]):
                line, counted = line + text.count("\n", counted, at), at
                yield EnvDeclared(name, value, Code(path, line))


Declared = Iterator[tuple[str, str, int]]


def _parser(name: str) -> Callable[[str], Declared] | None:
    if re.fullmatch(r"\.envrc|\.env(?:[.-][\w.-]+)?|.+\.env|env[._-](?:example|sample|template)\w*", name):
        return _env_file
    if re.fullmatch(r"(?:docker-)?compose[\w.-]*\.ya?ml", name):
        return _by(_COMPOSE)
    if name in ("netlify.toml", "fly.toml", "wrangler.toml", ".replit", "railway.toml"):
        return _sections
    if name in ("vercel.json", "app.json", "now.json"):
        return _json
    if name in ("render.yaml", "render.yml"):
        return _by(_RENDER)
    return _by(_DOCKER) if name.startswith("Dockerfile") else None


def _by(pattern: re.Pattern[str]) -> Callable[[str], Declared]:
    def parse(text: str) -> Declared:
        for found in pattern.finditer(text):
            yield found[1], found[2] or "", found.start(1)

    return parse


def _env_file(text: str) -> Declared:
    for found in _LINE.finditer(text):
        value = found[2]
        if value[:1] in "\"'" and value[:1]:
            value = value[1:].partition(value[0])[0]
        else:
            value = re.split(r"\s+#", value, maxsplit=1)[0].strip()
        yield found[1], value, found.start(1)


def _sections(text: str) -> Declared:
    for section in _SECTION.finditer(text):
        for name, value, at in _env_file(section[1]):
            yield name, value, section.start(1) + at


def _json(text: str) -> Declared:
    read_ = json_in(text)
    for name, value in (table(read_, "env") | table(read_, "build", "env")).items():
        text_value = value.get("value", "") if isinstance(value, dict) else value
        yield name, str(text_value), max(text.find(f'"{name}"'), 0)
