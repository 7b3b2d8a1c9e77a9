"""Firestore and Firebase Storage rules files: every `match` with what it allows and on what condition."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from apprescue.model.place import Code
from apprescue.model.schema import RulesMatch, Schema

_TOKEN = re.compile(
    r"\b(?:service\s+(?P<service>[\w.]+)|match\s+(?P<path>/[^\s{]*(?:\{[^}]*\}[^\s{]*)*)|"
    r"allow\s+(?P<allow>[^;:{}]{0,200}?)(?::\s*if\s+(?P<if>[^;]{0,4000}))?;"
    r"|function\s+(?P<function>\w+)\s*\((?P<given>[^)]{0,400})\)\s*\{(?P<body>[^}]{0,4000})\})|"
    r"(?P<open>\{)|(?P<close>\})",
    re.S,
)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
_CALL = re.compile(r"\b(\w+)\s*\(")
_WRITTEN_OUT = 4


def read(files: Mapping[str, str]) -> Schema:
    """The rules of every `.rules` file, and of the Realtime Database's JSON rules."""
    found: list[RulesMatch] = []
    for path, text in files.items():
        if path.endswith(".rules") and "service" in text:
            found += _matches(path, _COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text))
        elif path.endswith("database.rules.json"):
            found += _realtime(path, text)
    return Schema(rules=tuple(found))


def _matches(path: str, text: str) -> Iterator[RulesMatch]:
    functions = {m["function"]: _answer(m["body"]) for m in _TOKEN.finditer(text) if m["function"]}
    service, trail = "", [""]
    allows: list[list[tuple[tuple[str, ...], str, Code]]] = [[]]
    places = [Code(path, 1, 1)]
    pending = ""
    for token in _TOKEN.finditer(text):
        line = text.count("\n", 0, token.start()) + 1
        if token["service"]:
            service = "storage" if "storage" in token["service"] else "firestore"
        elif token["path"]:
            pending = token["path"]
        elif token["allow"]:
            operations = tuple(w.strip() for w in token["allow"].split(",") if w.strip())
            condition = _written_out(token["if"] or "true", functions)
            last = line + token[0].count("\n")
            allows[-1].append((operations, condition, Code(path, line, last)))
        elif token["open"]:
            trail.append(trail[-1] + pending)
            allows.append([])
            places.append(Code(path, line, line))
            pending = ""
        elif token["close"] and len(trail) > 1:
            whole, here, given = trail.pop(), places.pop(), allows.pop()
            if given:
                yield RulesMatch(service, whole, tuple(given), here)


def _answer(body: str) -> str:
    """What a function gives back, with its own names written out."""
    answer = re.search(r"return\s+(.*?);?\s*\Z", body.strip(), re.S)
    text = answer[1] if answer else "unknown"
    for name, value in re.findall(r"let\s+(\w+)\s*=\s*([^;]*);", body):
        text = re.sub(rf"\b{re.escape(name)}\b", _literally(f"({value})"), text)
    return text


def _written_out(condition: str, functions: dict[str, str]) -> str:
    text = " ".join(condition.split())
    for _ in range(_WRITTEN_OUT):
        named = [n for n in _CALL.findall(text) if n in functions]
        if not named or len(text) > 4000:
            break
        for name in named:
            text = re.sub(rf"\b{name}\s*\([^()]*\)", _literally(f"({functions[name]})"), text)
    return " ".join(text.split())


def _literally(text: str) -> str:
    """A text to put in by a pattern, its backslashes taken as they are."""
    return text.replace("\\", "\\\\")


def _realtime(path: str, text: str) -> Iterator[RulesMatch]:
    """Rules of the Realtime Database: `.read` and `.write` at each path."""
    try:
        rules = json.loads(_COMMENT.sub("", text)).get("rules", {})
    except (ValueError, AttributeError):
        return
    waiting = [("", rules)]
    while waiting:
        trail, node = waiting.pop()
        if not isinstance(node, dict):
            continue
        given = [((key[1:],), str(node[key]).lower(), Code(path, 1, 1)) for key in (".read", ".write") if key in node]
        if given:
            yield RulesMatch("realtime", trail or "/", tuple(given), Code(path, 1, 1))
        waiting += [(f"{trail}/{key}", value) for key, value in node.items() if not key.startswith(".")]
