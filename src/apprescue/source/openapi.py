"""OpenAPI and Swagger files: the operations that they list, with their base path, parameters and security."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_SPEC = re.compile(r"""^\s*["']?(?:openapi|swagger)["']?\s*:""", re.M)
_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a specification: `function` is the dotted name that handles it, `security` the schemes that
    it asks for (each list of schemes is one way in), `body` the name under which the body is handed over."""

    spec: str
    line: int
    method: str
    base: str
    path: str
    function: str
    parameters: tuple[tuple[str, str], ...]
    security: tuple[Mapping[str, Any], ...]


def specifications(files: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The files that are specifications, read; a broken one is passed over."""
    for path, text in files.items():
        if path.endswith((".yaml", ".yml", ".json")) and _SPEC.search(text[:4000]) and "paths" in text:
            read = _read(path, text)
            if isinstance(read, dict) and isinstance(read.get("paths"), dict):
                yield path, read


def _read(path: str, text: str) -> Any:
    import yaml  # much to open for the few apps that have such a file

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return json.loads(text) if path.endswith(".json") else yaml.load(text, Loader=loader)
    except (ValueError, yaml.YAMLError, RecursionError):
        return None


def operations(path: str, text: str, spec: Mapping[str, Any]) -> Iterator[Operation]:
    """The operations that name a function."""
    base = _base(spec)
    for address, item in spec["paths"].items():
        if not isinstance(item, dict):
            continue
        for method in _METHODS:
            operation = item.get(method)
            if isinstance(operation, dict) and (function := _function(spec, item, operation)):
                given = [*_listed(item.get("parameters")), *_listed(operation.get("parameters"))]
                resolved = [_resolved(spec, p) for p in given]
                yield Operation(
                    path,
                    _line(text, str(operation.get("operationId"))),
                    method.upper(),
                    base,
                    str(address),
                    function,
                    tuple((str(p["name"]), str(p["in"])) for p in resolved if "name" in p and "in" in p),
                    tuple(_schemes(spec, operation.get("security", spec.get("security")))),
                )


def _listed(value: Any) -> list[Mapping[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _function(spec: Mapping[str, Any], item: Mapping[str, Any], operation: Mapping[str, Any]) -> str:
    name = operation.get("operationId")
    for holder in (operation, item, spec):
        for key in ("x-openapi-router-controller", "x-swagger-router-controller"):
            if isinstance(holder.get(key), str) and name:
                return f"{holder[key]}.{name}"
    return name if isinstance(name, str) and "." in name else ""


def _base(spec: Mapping[str, Any]) -> str:
    servers = _listed(spec.get("servers"))
    written = str(servers[0].get("url", "")) if servers else str(spec.get("basePath") or "")
    return urlsplit(written).path.rstrip("/")


def _resolved(spec: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part of the specification, one `$ref` followed."""
    reference = part.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return part
    found: Any = spec
    for key in reference[2:].split("/"):
        found = found.get(key, {}) if isinstance(found, dict) else {}
    return found if isinstance(found, dict) else {}


def _schemes(spec: Mapping[str, Any], wanted: Any) -> Iterator[Mapping[str, Any]]:
    """The schemes that an operation needs; none where one of its ways in needs none."""
    ways = wanted if isinstance(wanted, list) else []
    if {} in ways:
        return
    components = spec.get("components")
    known = (components.get("securitySchemes") if isinstance(components, dict) else None) or spec.get(
        "securityDefinitions"
    )
    for way in ways:
        for name in way if isinstance(way, dict) else ():
            scheme = known.get(name) if isinstance(known, dict) else None
            if isinstance(scheme, dict):
                yield _resolved(spec, scheme)


def _line(text: str, name: str) -> int:
    at = re.search(rf"""operationId["']?\s*:\s*["']?{re.escape(name)}\b""", text)
    return text.count("\n", 0, at.start()) + 1 if at else 1
