"""What FastAPI hands to a function's parameters: parts of the request, the body's models, what dependencies answer.

The rules are FastAPI's own: a default or `Annotated` marker first, then the path's names, then the type: request
objects, models and lists of them are the body, everything else stands in the query.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from apprescue.model.trace import Guard, Value
from apprescue.source import known
from apprescue.source import tree as t
from apprescue.source.closures import Closure, Instance, Kind
from apprescue.source.flow import Flow
from apprescue.source.interpreter import Run

_MARKS = {
    "Query": "query",
    "Path": "path",
    "Header": "header",
    "Cookie": "cookie",
    "Body": "body",
    "Form": "form",
    "File": "form",
}
_REQUESTS = re.compile(r"^(?:fastapi|starlette)(?:\.\w+)*\.(?:Request|WebSocket|HTTPConnection)$")
_GIVEN = re.compile(
    r"^(?:fastapi|starlette)(?:\.\w+)*\.(?:Response|BackgroundTasks|SecurityScopes)$|^sqlalchemy\b.*Session$|^sqlmodel\.Session$"
)
_UPLOAD = re.compile(r"^(?:fastapi|starlette)(?:\.\w+)*\.UploadFile$")
_HEADER_KEYS = re.compile(r"^fastapi\.security(?:\.\w+)*\.(?:OAuth2\w*|HTTP\w+|OpenIdConnect)\(\)$")
_NAMED_KEYS = {"APIKeyHeader()": "header", "APIKeyCookie()": "cookie", "APIKeyQuery()": "query"}
_FORMS = re.compile(r"^fastapi\.security(?:\.\w+)*\.OAuth2PasswordRequestForm(?:Strict)?$")
_KNOWS_CALLER = re.compile(
    r"^(?:fastapi_users\b.*current_user\(\)|fastapi_login\.LoginManager\(\)|fastapi_clerk_auth\.\w+\(\)|"
    r"fastapi_azure_auth\.\w+\(\)|fastapi_keycloak\b.*|fastapi_cloudauth\b.*|fastapi_jwt\.\w+\(\)|fastapi_auth0\.\w+\(\)\.\w+|"
    r"propelauth_fastapi\b.*require_user|fief_client\b.*authenticated\(\))$"
)
_MODELS = re.compile(r"(?:^|\.)(?:\w*BaseModel|SQLModel|Schema|ModelSchema|RootModel|CamelModel|BaseSchema|TypedDict)$")
_ENUMS = re.compile(r"^(?:Str)?Enum$")
_TRANSPARENT = frozenset("Optional Union List Sequence list set Set tuple Tuple Required".split())


def binding(path: str) -> Callable[[Run, Closure], dict[str, Value]]:
    """The binding of the parameters of a handler at `path`, and of every dependency under it."""
    names = frozenset(re.findall(r"\{(\w+)(?::\w+)?\}", path))

    def bind(run: Run, closure: Closure) -> dict[str, Value]:
        kept, run.module = run.module, closure.module
        params = closure.node.params[1:] if closure.this is not None else closure.node.params
        bound = {
            p.target.id: _bound(run, closure, p, names) for p in params if isinstance(p.target, t.Name) and not p.rest
        }
        run.module = kept
        return bound

    return bind


def _bound(run: Run, closure: Closure, param: t.Parameter, names: frozenset[str]) -> Value:
    assert isinstance(param.target, t.Name)
    name, scope = param.target.id, closure.scope
    kind, marks = _annotation(run, closure, param.annotation)
    if param.default is not None:
        run.module = closure.module
        marks = [run.value(param.default, scope), *marks]
    for mark in marks:
        method = mark.step.method if mark.step is not None else ""
        if method in ("Depends", "Security"):
            given = mark.step.args[0] if mark.step is not None and mark.step.args else None
            return provided(run, given or mark.step.keywords.get("dependency") or kind)  # type: ignore[union-attr]
        if method in _MARKS:
            alias = mark.step.keywords.get("alias", Value()).constant if mark.step is not None else None
            return _sent(run, _MARKS[method], str(alias or name), kind)
    if _REQUESTS.search(kind.name) or (not kind.name and name in ("request", "req", "websocket")):
        return Value(name="request")
    if name in names:
        return _noted(run, Value(frozenset({f"path.{name}"}), name))
    if _GIVEN.search(kind.name) or _UPLOAD.search(kind.name):
        return _noted(run, Value(frozenset({f"form.{name}"}), name)) if _UPLOAD.search(kind.name) else Value(name=name)
    if (model := _body(run, kind, name)) is not None:
        return model
    bare = Value(frozenset({"body"}), name) if kind.name in ("dict", "Dict", "typing.Dict", "typing.Any") else None
    if bare is not None and param.default is None:
        return bare
    default = marks[0] if param.default is not None and marks else Value()
    return _noted(run, Value(frozenset({f"query.{name}"}), name, default.constant))


def _sent(run: Run, where: str, name: str, kind: Value) -> Value:
    """A parameter that says where it is sent."""
    if where in ("body", "form") and (model := _body(run, kind, where)) is not None:
        return model
    shown = name.replace("_", "-") if where == "header" else name
    return _noted(run, Value(frozenset({f"{where}.{shown}"}), name))


def _noted(run: Run, value: Value) -> Value:
    run.trace.asked.append(value)
    return value


def provided(run: Run, wanted: Value) -> Value:
    """What a dependency answers. Asked once in a request; its guards hold from there on."""
    key = _identity(wanted)
    if key not in run.provided:
        run.provided[key] = _provide(run, wanted)
    return run.provided[key]


def _identity(wanted: Value) -> object:
    if isinstance(wanted.function, Closure):
        return id(wanted.function.node), id(wanted.function.scope), id(wanted.function.this)
    if isinstance(wanted.function, Kind):
        return id(wanted.function.node)
    return id(wanted.function) if wanted.function is not None else wanted.name


def _provide(run: Run, wanted: Value) -> Value:
    made = wanted.function
    if isinstance(made, Instance):
        called = run.method(wanted, "__call__")
        return _provide(run, called) if isinstance(called.function, Closure) else Value(name=wanted.name)
    if isinstance(made, Closure):
        return run.enter(made, [], run.bound(made))
    if isinstance(made, Kind):
        return _object(run, wanted, made)
    if _FORMS.search(wanted.name):
        return Value(
            frozenset({"form"}), "form", fields={f: Value(frozenset({f"form.{f}"})) for f in ("username", "password")}
        )
    if _HEADER_KEYS.search(wanted.name):
        return Value(frozenset({"header.authorization"}), "authorization")
    for ending, where in _NAMED_KEYS.items():
        if wanted.name.endswith(ending) and wanted.step is not None:
            key = wanted.step.keywords.get("name", Value()).constant
            return Value(frozenset({f"{where}.{key or 'key'}"}), str(key or "key"))
    return _of_package(run, wanted)


def _of_package(run: Run, wanted: Value) -> Value:
    """What a package's dependency answers, known by its name."""
    bare = wanted.name.removesuffix("()")
    options = wanted.step.keywords if wanted.step is not None else {}
    place = wanted.step.place if wanted.step is not None else run.trace.place
    if _KNOWS_CALLER.search(wanted.name) or known.LOGIN_CALL.search(bare):
        kind = "role" if options.get("superuser", Value()).constant is True else "login"
        if (
            options.get("optional", Value()).constant is not True
            and options.get("auto_error", Value()).constant is not False
        ):
            run.hold([Guard(kind, bare, place)])
        return Value(frozenset({"caller"}), bare)
    if known.ROLE_CALL.search(bare):
        run.hold([Guard("role", bare, place)])
    elif known.RATE_LIMIT.search(bare.rpartition(".")[2]):
        run.hold([Guard("rate_limit", bare, place)])
    return Value(name=wanted.name + "()", step=wanted.step)


def _object(run: Run, wanted: Value, kind: Kind) -> Value:
    """A class as a dependency: its constructor's parameters (or a model's fields) come from the request."""
    for one in run.flow.family(kind):
        builder = next((m for m in one.node.body if isinstance(m, t.Function) and m.name == "__init__"), None)
        if builder is not None:
            closure = Closure(builder, one.module, run.flow.scope(one.module), Value())
            bound = run.bound(closure)
            made = run.instance(wanted)
            assert isinstance(made.function, Instance)
            run.enter(Closure(builder, one.module, closure.scope, made), [], bound)
            return made
    fields = {name: _noted(run, Value(frozenset({f"query.{name}"}), name)) for name, _ in declared(run.flow, kind)}
    return Value(name=wanted.name, fields=fields, function=Instance(kind.node, kind.module, fields))


def _annotation(run: Run, closure: Closure, node: t.Node | None) -> tuple[Value, list[Value]]:
    """The type that an annotation names, aliases followed, and the markers that `Annotated` puts on it."""
    scope, module = closure.scope, closure.module
    run.module = module
    match node:
        case None:
            return Value(), []
        case t.Literal() if isinstance(node.value, str):
            return (run.flow.lookup(module, node.value) if node.value.isidentifier() else Value()), []
        case t.Index() if _last(node.object) == "Annotated" and isinstance(node.key, t.Array):
            inner, marks = _annotation(run, closure, node.key.items[0])
            run.module = module
            return inner, [*(run.value(m, scope) for m in node.key.items[1:]), *marks]
        case t.Index() if _last(node.object) in _TRANSPARENT:
            key = node.key.items[0] if isinstance(node.key, t.Array) and node.key.items else node.key
            return _annotation(run, closure, key)
        case t.Binary():
            left, marks = _annotation(run, closure, node.left)
            return (left, marks) if left.name or left.function else _annotation(run, closure, node.right)
        case t.Name():
            return _alias(run, closure, node.id)
    return run.value(node, scope), []


def _alias(run: Run, closure: Closure, name: str) -> tuple[Value, list[Value]]:
    """`CurrentUser = Annotated[User, Depends(current_user)]`, wherever it stands."""
    module, seen = closure.module, 0
    while name in module.imports and seen < 5:
        source, original = module.imports[name]
        target = run.flow.project.target(module.path, source)
        found = run.flow.project.exported(target, original) if target else None
        if found is None or not isinstance(found[1], str):
            break
        module, name, seen = found[0], found[1], seen + 1
    node = module.names.get(name)
    if isinstance(node, t.Assign) and isinstance(node.value, (t.Index, t.Binary)):
        return _annotation(run, Closure(closure.node, module, run.flow.scope(module)), node.value)
    return run.flow.lookup(module, name), []


def _last(node: t.Node) -> str:
    return node.id if isinstance(node, t.Name) else node.name if isinstance(node, t.Member) else ""


def _body(run: Run, kind: Value, name: str) -> Value | None:
    """The body as an object of a model: its declared fields and nothing else. None for a type that is no model."""
    if not isinstance(kind.function, Kind) or not is_model(run.flow, kind.function):
        return None
    run.hold([Guard("validation", kind.function.node.name, run.trace.place)])
    where = "form" if name == "form" else "body"
    fields = {
        f: Value(frozenset({f"{where}.{f}"}), f"{name}.{f}", choices=_listed(run, kind.function, f"{where}.{f}", said))
        for f, said in declared(run.flow, kind.function)
    }
    run.trace.asked.extend(fields.values())
    made = Instance(kind.function.node, kind.function.module, dict(fields))
    return Value(frozenset({where, "validated"}), name, fields=fields, function=made)


def _listed(run: Run, kind: Kind, origin: str, said: t.Node | None) -> tuple[tuple[Value, tuple[Guard, ...]], ...]:
    """The texts that a field may hold, where its annotation lists them: a `Literal` or an enumeration."""
    while isinstance(said, t.Index) and _last(said.object) == "Optional":
        said = said.key
    if isinstance(said, t.Index) and _last(said.object) == "Literal":
        items = said.key.items if isinstance(said.key, t.Array) else [said.key]
        texts = [one.value for one in items if isinstance(one, t.Literal)]
    else:
        found = run.flow.lookup(kind.module, said.id).function if isinstance(said, t.Name) else None
        if not isinstance(found, Kind) or not any(_ENUMS.search(_last(base)) for base in found.node.bases):
            return ()
        texts = [one.constant for one in run.flow.class_fields(found).values()]
    sure = bool(texts) and all(isinstance(one, str) for one in texts)
    return tuple((Value(frozenset({origin}), constant=one, literal=True), ()) for one in texts) if sure else ()


def is_model(flow: Flow, kind: Kind) -> bool:
    """Whether a class describes a body: a pydantic model, a SQLModel, a dataclass."""
    for one in flow.family(kind):
        if any(_MODELS.search(flow.base(one, b).name or _last(b)) for b in one.node.bases):
            return True
        if any(_last(d.callee if isinstance(d, t.Call) else d) == "dataclass" for d in one.node.decorators):
            return True
    return False


def declared(flow: Flow, kind: Kind) -> Iterator[tuple[str, t.Node | None]]:
    """The fields that a model and its bases declare, with their annotations."""
    seen = set()
    for one in flow.family(kind):
        for member in one.node.body:
            if isinstance(member, t.Assign) and isinstance(member.target, t.Name) and member.annotation is not None:
                name = member.target.id
                if name not in seen and not name.startswith("_") and name != "model_config":
                    seen.add(name)
                    yield name, member.annotation
