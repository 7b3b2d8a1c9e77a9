"""Cross-origin settings: middleware of every framework, headers set by hand, headers in configuration files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.model.app import App, CorsRule
from apprescue.model.place import Code
from apprescue.model.trace import Step, Value
from apprescue.source.known import Names
from apprescue.source.project import Project
from apprescue.source.tree import Binary, Call, Conditional, Function, If, Literal, Name, Return

_MIDDLEWARE = Names(r"(?:^|[./])(?:cors|CORS|CORSMiddleware|enableCors|add_middleware|register)$")
_HEADER = re.compile(
    r"""["']?Access-Control-Allow-Origin["']?\s*\]?\s*(?:[:,=]|,\s*["']?value["']?\s*:)\s*(?:["']?value["']?\s*:\s*)?(?P<value>[^,\n;}]+)""",
    re.I,
)
_CREDENTIALS = re.compile(
    r"""Access-Control-Allow-Credentials["']?\s*\]?\s*[:,=]?\s*(?:["']?value["']?\s*:)?\s*["']?true""", re.I
)
_DJANGO_ALL = re.compile(r"^CORS_(?:ALLOW_ALL_ORIGINS|ORIGIN_ALLOW_ALL)\s*=\s*True", re.M)
_CODE = (".ts", ".tsx", ".js", ".mjs", ".cjs", ".jsx", ".py", ".json", ".toml")


def read(app: App, project: Project) -> dict[str, tuple[CorsRule, ...]]:
    """Every rule, once per place."""
    found: dict[Code, CorsRule] = {}
    for trace in app.traces:
        for step in trace.steps:
            if _MIDDLEWARE.search(step.name) and (rule := _middleware(step)) is not None:
                found.setdefault(step.place, rule)
    for path, text in app.files.items():
        if path.endswith(_CODE) and not path.endswith("package.json"):
            for rule in _written(path, text):
                found.setdefault(rule.place, rule)
    return {"cors": tuple(found.values())}


def _middleware(step: Step) -> CorsRule | None:
    name = step.name.rpartition(".")[2].rpartition("/")[2]
    options = step.keywords
    if name in ("add_middleware", "register"):
        about = step.args[0].name if step.args else ""
        if "cors" not in about.lower():
            return None
        options = options or (step.args[1].fields or {} if len(step.args) > 1 else {})
    elif name in ("cors", "enableCors") and step.args:
        options = step.args[-1].fields or options
    origin = next(
        (options[k] for k in ("origin", "origins", "allow_origins", "resources", "allow_origin_regex") if k in options),
        None,
    )
    credentials = next(
        (options[k] for k in ("credentials", "allow_credentials", "supports_credentials") if k in options), Value()
    )
    return CorsRule(
        step.place,
        ("*",) if origin is None else tuple(_origins(origin)),
        credentials.constant is True,
        origin is not None and (origin.constant is True or origin.comes_from("header") or _always_yes(origin)),
        name,
    )


def _origins(value: Value) -> Iterator[str]:
    if isinstance(value.constant, str):
        yield from (part.strip() for part in value.constant.split(","))
    for part in (*(value.items or ()), *value.operands, *(c for c, _ in value.choices)):
        yield from _origins(part)
    if value.step is not None:
        for part in (*value.step.args, *(v for link in value.step.chain for v in link.args)):
            if isinstance(part.constant, str) and ("*" in part.constant or "://" in part.constant):
                yield from (p.strip() for p in part.constant.split(","))


def _always_yes(value: Value) -> bool:
    """A function that answers every origin with yes (`(origin, cb) => cb(null, true)`, `(origin) => origin`)."""
    node = getattr(value.function, "node", None)
    if not isinstance(node, Function):
        return value.constant in (".*", "^.*$", "https?://.*")
    inside = [part for one in node.body for part in one.walk()]
    if not node.params or any(isinstance(part, (If, Conditional, Binary)) for part in inside):
        return False
    first = getattr(node.params[0].target, "id", "")
    said = [part.args[-1] for part in inside if isinstance(part, Call) and part.args]
    said += [part.value for part in inside if isinstance(part, Return) and part.value is not None]
    return any((isinstance(v, Literal) and v.value is True) or (isinstance(v, Name) and v.id == first) for v in said)


_ASKED = re.compile(r"(?i)\bif\b[^\n]*(?:\borigin\s+in\s+\w|\.(?:includes|has)\(\s*origin\b|allow\w*\(\s*origin\b)")


def _written(path: str, text: str) -> Iterator[CorsRule]:
    if "ccess-control-allow-origin" in text.lower():
        for match in _HEADER.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            before = text[max(0, match.start() - 300) : match.start()].rpartition("source")[2]
            if re.match(r"""["']?\s*:\s*["'][^"']*\.\w{2,4}["']""", before):
                continue  # one file that other sites are meant to load
            near = text[max(0, match.start() - 600) : match.end() + 600]
            value = match["value"].strip().strip("\"'`)]} ")
            literal = value == "*" or "://" in value
            echoed = re.search(r"(?i)\borigin\b", value) and "allow" not in value.lower()
            reflects = bool(not literal and echoed and not _ASKED.search(near[: near.index(match[0])][-400:]))
            yield CorsRule(
                Code(path, line), (value,) if literal else (), bool(_CREDENTIALS.search(near)), reflects, "header"
            )
    if path.endswith(".py") and (match2 := _DJANGO_ALL.search(text)):
        line = text.count("\n", 0, match2.start()) + 1
        yield CorsRule(Code(path, line), ("*",), "CORS_ALLOW_CREDENTIALS = True" in text, False, "django")
