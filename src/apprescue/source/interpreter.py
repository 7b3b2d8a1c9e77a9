"""One trace in the making: walks a function's statements and expressions, enters the functions that it calls.

An abstract interpreter over `source/tree.py`, for both languages. It joins what branches assign, knows which guards
hold where, and notes every call that it does not enter as a `Step`. Bounded in depth and in work, so it always ends.
It is longer than a room should be because an interpreter's cases belong together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from apprescue.model.place import Code
from apprescue.model.trace import Guard, Loop, Step, Trace, Value
from apprescue.source import known, stand_ins
from apprescue.source import tree as t
from apprescue.source.closures import (
    Above,
    Closure,
    Instance,
    Kind,
    Scope,
    assigned_names,
    bound_names_of,
    first_line,
    is_settings,
    place_of,
    scope_of,
    takes_error,
)
from apprescue.source.guards import absent, denied, implied, may_be_missing, present
from apprescue.source.project import Module
from apprescue.source.results import answer_of, with_fallback
from apprescue.source.rows import EXECUTES
from apprescue.source.values import (
    NOTHING,
    SMALL,
    any_element,
    asked_equal,
    counts_little,
    either_value,
    either_way,
    flat_ways,
    go_on,
    is_empty,
    is_few,
    is_refused,
    is_something,
    joined_value,
    known_truth,
    part_of,
    remember,
    settled,
    spread_fields,
    without,
)

if TYPE_CHECKING:
    from apprescue.source.flow import Flow

DEPTH = 7
_WORK = 40_000
_SAME = 5
_DEPTH_IN_BROWSER = 4
_PLAIN = (t.Assign, t.Call, t.Await)
_PIECES = 80
_BUILDERS = ("constructor", "__init__")
Entered = Callable[[Step | None, Closure], Sequence[Value] | None]
Binding = Callable[["Run", Closure], dict[str, Value]]
Hook = Callable[["Run"], object]


class Run:
    """One trace in the making."""

    def __init__(self, flow: Flow, trace: Trace, guards: list[Guard], skip: frozenset[int] = frozenset()) -> None:
        self.flow, self.trace, self.guards, self.skip = flow, trace, guards, skip
        self.module = flow.project.module(trace.place.path)
        self.loops: tuple[Loop, ...] = ()
        self.tests: tuple[Value, ...] = ()
        self.configured: frozenset[str] = frozenset()
        self.tried = False
        self.stack: list[int] = []
        self.entered: dict[int, int] = {}
        self.gave: dict[object, Value] = {}
        self.made: dict[int, tuple[Closure, list[Guard]]] = {}
        self.function = trace.function
        self.returned: list[tuple[Value, tuple[Guard, ...]]] = []
        self.work = _WORK
        self.deepest = DEPTH if trace.side == "server" else _DEPTH_IN_BROWSER
        self.entered_with: Entered | None = None
        self.asked = False
        self.caught = 0
        self.lacked: list[bool] = []
        self.this: Value | None = None
        self.home: t.Class | None = None
        self.binding: Binding | None = None
        self.request: Value | None = None
        self.kept: dict[str, Value] = {}
        self.named: dict[str, Value] = {}
        self.provided: dict[object, Value] = {}
        for guard in guards:
            self.trace.guards.append(guard)

    @property
    def same(self) -> int:
        """How often one function is entered."""
        return _SAME if self.entered_with is None else _SAME * _SAME * _SAME

    # -- functions ----------------------------------------------------------------------------------------------

    def leftovers(self) -> None:
        """Run the functions that were made but that nobody called (event handlers, callbacks kept for later)."""
        while left := [
            made for i, made in self.made.items() if i not in self.entered and first_line(made[0].node) not in self.skip
        ]:
            for closure, guards in left:
                kept, self.guards = self.guards, list(guards)
                self.enter(closure, [])
                self.guards = kept

    def enter(self, closure: Closure, args: list[Value], fields: dict[str, Value] | None = None) -> Value:
        """Run a function's body; the value it gives back."""
        node = closure.node
        self.entered[id(node)] = self.entered.get(id(node), 0) + 1
        asked = _asked(closure, args)
        if (
            id(node) in self.stack
            or len(self.stack) >= self.deepest
            or self.entered[id(node)] > self.same
            or self.work <= 0
        ):
            return joined_value(args)
        kept = (self.module, self.function, self.returned, self.this, self.tried)
        args = [closure.first, *args] if closure.first is not None else args
        before = list(self.guards)
        self.module, self.returned, self.this = closure.module, [], closure.this or self.this
        self.function = node.name or self.function
        homes, self.home = self.home, closure.home or self.home
        self.stack.append(id(node))
        self.trace.followed.add((closure.module.path, first_line(node)))
        scope = Scope(closure.scope)
        self.parameters(closure, args, fields or {}, scope)
        ended = self.block(node.body, scope)
        if not ended:
            self.returned.append((NOTHING, tuple(self.guards)))
        returned = self.returned
        self.home = homes
        self.stack.pop()
        if not self.stack and not self.trace.exits:
            self.trace.exits.extend(returned)
        self.module, self.function, self.returned, self.this, self.tried = kept
        thrown = self._certain(returned)
        self.guards = before + [g for g in thrown if g not in before]
        ways = tuple((v, tuple(g for g in gs if g not in thrown)) for v, gs in returned)
        if len(ways) == 1:
            self.gave[asked] = ways[0][0]
            return ways[0][0]
        told = next((v for v, _ in reversed(ways) if v.step is not None), Value())
        return Value(
            frozenset().union(*(v.origins for v, _ in ways)), told.name, step=told.step, choices=flat_ways(ways)
        )

    def may_enter(self, closure: Closure) -> bool:
        """Whether a function may be entered: it is not being run, and neither depth nor work is used up."""
        fresh = id(closure.node) not in self.stack and len(self.stack) < self.deepest
        return fresh and self.entered.get(id(closure.node), 0) < self.same and self.work > 0

    def bound(self, closure: Closure) -> dict[str, Value]:
        """What the framework gives a function's parameters, by name."""
        return self.binding(self, closure) if self.binding is not None else {}

    def answers_first(self, closure: Closure) -> None:
        """Run a function that answers in the handler's place where it gives back something."""
        answer = self.enter(closure, [], self.bound(closure))
        self.hold(implied(answer, False, place_of(closure.module, closure.node), self.configured))

    def hold(self, guards: Iterable[Guard]) -> None:
        """Note guards that hold from here on."""
        for guard in guards:
            if guard not in self.guards:
                self.guards.append(guard)
            if guard not in self.trace.guards:
                self.trace.guards.append(guard)

    @staticmethod
    def _certain(returned: list[tuple[Value, tuple[Guard, ...]]]) -> list[Guard]:
        """The guards that held wherever the function came back: whoever was refused left by throwing."""
        if not returned:
            return []
        common = set(returned[0][1]).intersection(*(gs for _, gs in returned[1:]))
        return [g for g in returned[0][1] if g in common]

    def parameters(self, closure: Closure, args: list[Value], fields: dict[str, Value], scope: Scope) -> None:
        """Bind the parameters of a function to what it is called with."""
        params = closure.node.params
        first = params[0].target if params else None
        if isinstance(first, t.Name) and first.id in ("self", "cls") and self.this and not closure.unbound:
            scope.names[first.id] = self.this
            params = params[1:]
        for number, param in enumerate(params):
            name = param.target.id if isinstance(param.target, t.Name) else ""
            if name in fields:
                value = fields[name]
            elif param.rest == "**":
                named = {p.target.id for p in params if isinstance(p.target, t.Name)}
                value = Value(fields={k: v for k, v in fields.items() if k not in named and k != "**"})
            elif param.rest:
                value = Value(items=tuple(args[number:])) if args[number:] else Value(name=name)
            elif number < len(args):
                value = args[number]
            else:
                value = self._default(param, name, scope)
            self.bind(param.target, value, scope)

    def _default(self, param: t.Parameter, name: str, scope: Scope) -> Value:
        if param.default is not None:
            given = self.value(param.default, scope)
            if given.step is None or given.step.method not in ("Depends", "Security"):
                return given if given.literal else Value(given.origins, name or given.name, function=given.function)
            wanted = given.step.args[0] if given.step.args else Value()
            return self.call_value(wanted, [], {}, param, given.step)
        if isinstance(param.annotation, t.Name) and self.module is not None:
            kind = self.flow.lookup(self.module, param.annotation.id)
            if isinstance(kind.function, Kind):
                return self.instance(kind)
        return Value(name=name)

    def instance(self, kind: Value, args: list[Value] | None = None, keywords: dict[str, Value] | None = None) -> Value:
        """A new object of one of the app's classes, its constructor run. In Python the data that it was given stand in
        the value's own fields too, as a row's would."""
        assert isinstance(kind.function, Kind)
        node, module = kind.function.node, kind.function.module
        made = Instance(node, module)
        value = Value(name=f"{node.name}()", function=made)
        if id(node) in self.stack:
            return value
        kept, self.function = self.function, node.name or self.function
        for kin, home in reversed(list(self._family(node, module))):
            self._fields(kin, home, made)
        self.function = kept
        declared = dict(made.fields)
        if module.is_python and keywords:
            made.fields.update(keywords)
            value.fields = dict(keywords)
        for kin, home in self._family(node, module):
            builder = next(
                (m for m in kin.body if isinstance(m, t.Function) and m.name in ("constructor", "__init__")), None
            )
            if builder is not None:
                self.enter(Closure(builder, home, self.flow.scope(home), value), args or [], keywords)
                self._constructor_fields(builder, home, made)
                break
        if module.is_python:
            given = {k: v for k, v in made.fields.items() if declared.get(k) is not v and v.function is None}
            value.fields = given or None
        return value

    def _fields(self, node: t.Class, module: Module, made: Instance) -> None:
        kept, self.module = self.module, module
        this, self.this = self.this, Value(name=f"{node.name}()", function=made)
        if module.is_python:
            made.fields |= self.flow.class_fields(Kind(node, module))
        for member in node.body if not module.is_python else ():
            if isinstance(member, t.Assign) and isinstance(member.target, t.Name) and member.value is not None:
                made.fields[member.target.id] = self.value(member.value, self.flow.scope(module))
        self.module, self.this = kept, this

    def _constructor_fields(self, node: t.Function, module: Module, made: Instance) -> None:
        """NestJS: `constructor(private readonly service: Service)` makes fields of its parameters; so does
        `constructor(private readonly posts = new Posts())`."""
        for param in node.params:
            if not isinstance(param.target, t.Name) or param.target.id in made.fields:
                continue
            if isinstance(param.default, t.Call) and not module.is_python:
                made.fields[param.target.id] = self.flow.value_of(module, param.default)
            elif isinstance(param.annotation, t.Name):
                kind = self.flow.lookup(module, param.annotation.id)
                known_class = isinstance(kind.function, Kind) and id(kind.function.node) not in self.stack
                self.stack.append(id(made.node))
                made.fields[param.target.id] = (
                    self.instance(kind) if known_class else Value(name=param.annotation.id + "()")
                )
                self.stack.pop()

    # -- statements ---------------------------------------------------------------------------------------------

    def block(self, body: list[t.Node], scope: Scope) -> bool:
        """Run statements; whether control never comes out at the end."""
        for node in body:
            inner = node.value if isinstance(node, t.Export) else node
            if isinstance(inner, t.Function) and (inner.name or inner is not node):
                scope.names[inner.name or "default"] = self.closure(inner, scope)
        return any(self.statement(node, scope) for node in body)

    def statement(self, node: t.Node, scope: Scope) -> bool:
        """Run one statement; whether control never comes out behind it."""
        self.work -= 1
        if self.work <= 0:
            return False
        if isinstance(node, _PLAIN):
            value = self.value(node, scope)
            return bool(value.step and known.ENDS.search(value.step.name) and self.stack) and type(node) is not t.Assign
        match node:
            case t.Return():
                value = self.value(node.value, scope) if node.value is not None else NOTHING
                given = is_refused(value) if self.caught else value
                self.returned.append((given, (*self.guards, *self._unset(value))))
                return True
            case t.Throw():
                if node.value is not None:
                    self.value(node.value, scope)
                return True
            case t.Jump():
                return True
            case t.If():
                return self.branch(node, scope)
            case t.For():
                return self.loop(node, scope)
            case t.Try():
                return self.attempt(node, scope)
            case t.Block():
                return self.block(node.body, scope)
            case t.With():
                for item in node.items:
                    self.value(item, scope)
                return self.block(node.body, scope)
            case t.Function():
                self._decorators(node, scope.find(node.name) or Value(), scope)
                return False
            case t.Class():
                self.class_body(node, scope)
                return False
            case t.Export():
                return self.statement(node.value, scope) if node.value is not None else False
            case t.Import():
                self.local_import(node, scope)
                return False
        self.value(node, scope)
        return False

    def _decorators(self, node: t.Function | t.Class, decorated: Value, scope: Scope) -> None:
        """Decorators are called with what they decorate where registrations are asked for, else only evaluated."""
        for decorator in reversed(node.decorators):
            value = self.value(decorator, scope)
            if self.entered_with is not None and not isinstance(value.function, Closure):
                self._step(value.name, [decorated], {}, decorator, value)

    def local_import(self, node: t.Import, scope: Scope) -> None:
        """Bind the names of an import that stands inside a function."""
        if self.module is not None:
            for imported, local in node.names:
                if local != "*" and not (local in self.module.imports and scope.outer is None):
                    scope.names[local] = self.flow.imported(self.module, node.module, imported)

    def class_body(self, node: t.Class, scope: Scope) -> None:
        """Note the methods of a class, so that those that nobody calls are run later."""
        if self.module is None:
            return
        this = Value(name="this", function=Instance(node, self.module))
        if self.entered_with is None and any(isinstance(m, t.Function) and m.name in _BUILDERS for m in node.body):
            this = self.flow.instance(self.module, node)
        if self.entered_with is not None and node.decorators:
            self._decorators(node, Value(name=node.name, function=Kind(node, self.module)), scope)
        for member in node.body:
            if isinstance(member, t.Function) and member.decorators and self.entered_with is not None:
                made = Closure(member, self.module, scope, this)
                self._decorators(member, Value(name=f"{node.name}.{member.name}", function=made), scope)
            if isinstance(member, t.Function) and first_line(member) not in self.skip:
                self.made[id(member)] = Closure(member, self.module, scope, this), list(self.guards)
            elif isinstance(member, t.Assign) and isinstance(member.value, t.Function):
                self.made[id(member.value)] = Closure(member.value, self.module, scope, this), list(self.guards)

    def _unset(self, value: Value) -> list[Guard]:
        """A note that a plain answer is given because a secret is not set (`if (!SECRET) return true`)."""
        if not value.literal or not self.tests:
            return []
        return [Guard("unset", name, self.trace.place, True) for name in sorted(absent(self.tests[-1]))]

    def branch(self, node: t.If, scope: Scope) -> bool:
        """Both ways of an `if`, with what is known of the caller on each and behind them."""
        test = self.value(node.test, scope)
        self.trace.tests.append(test)
        if (truth := settled(test)) is not None:
            return self.block(node.then if truth else node.other, scope)
        place = self.place(node.test)
        before, tests, configured = list(self.guards), self.tests, self.configured
        steps, returned = len(self.trace.steps), len(self.returned)
        holds = implied(test, True, place, configured)
        fails = implied(test, False, place, configured)
        self.tests = (*tests, test)
        self.guards = before + [g for g in holds if g not in before]
        self.configured = configured | present(test)
        ended = self.block(node.then, scope)
        after_then = self.guards
        steps_then, returned_then = len(self.trace.steps), len(self.returned)
        self.guards = before + [g for g in fails if g not in before]
        self.configured = configured | absent(test)
        self.tests = (*tests, Value(test.origins, op="!", operands=(test,)))
        other_ended = self.block(node.other, scope)
        after_other = self.guards
        self.tests = tests
        if ended and not other_ended:
            if not fails:
                answers = [v for v, _ in self.returned[returned:returned_then]]
                fails = denied(test, place, self.trace.steps[steps:steps_then], answers)
                after_other = after_other + [g for g in fails if g not in after_other]
            if any(g not in before for g in fails):
                self._turned_away(slice(steps, steps_then), slice(returned, returned_then))
            self._note(after_other, before)
            self.guards = after_other
        elif other_ended and not ended:
            if any(g not in before for g in holds):
                self._turned_away(slice(steps_then, None), slice(returned_then, None))
            self._note(after_then, before)
            self.guards = after_then
            self.configured = configured | present(test)
        else:
            self.guards = [g for g in after_then if g in after_other]
            self.guards += either_way(after_then, after_other, before)
            refused = self._refuses_unset(node.other, scope)
            self.guards += (
                [g for g in after_then if g not in self.guards] if refused else self._skippable(test, after_then)
            )
            only_inside = [g for g in (*after_then, *after_other) if g not in self.guards]
            self.trace.guards = [g for g in self.trace.guards if g not in only_inside]
            self._note(self.guards, before)
            self.configured = configured
        return ended and other_ended

    def _refuses_unset(self, other: list[t.Node], scope: Scope) -> bool:
        """Whether the way round a check refuses as soon as another part of the same feature is set up."""
        only = other[0] if len(other) == 1 else None
        if not isinstance(only, t.If) or only.other or not isinstance(only.test, (t.Name, t.Member)):
            return False
        leaves = bool(only.then) and isinstance(only.then[-1], (t.Throw, t.Return))
        return leaves and bool(present(self.value(only.test, scope)))

    def _skippable(self, test: Value, inside: list[Guard]) -> list[Guard]:
        """Guards that stand in a branch which is passed by where a secret is not set or a header is left out."""
        if not may_be_missing(test):
            return []
        kinds = {g.kind for g in self.guards}
        return [
            replace(g, fail_open=True) for g in inside if g not in self.guards and g.kind not in kinds | {"development"}
        ]

    def _turned_away(self, steps: slice, returned: slice) -> None:
        """What is done and answered where a guard did not let in, as far as no work is done there."""
        done = self.trace.steps[steps]
        if not any(s.result is not None and s.result.comes_from("row", "remote", "model") for s in done):
            for step in done:
                step.refusing = True
            self.returned[returned] = [(is_refused(value), guards) for value, guards in self.returned[returned]]

    def _note(self, now: list[Guard], before: list[Guard]) -> None:
        self.trace.guards.extend(g for g in now if g not in before and g not in self.trace.guards)

    def loop(self, node: t.For, scope: Scope) -> bool:
        """A loop's body, once, or once for each piece where the pieces are known."""
        over = self.value(node.iterable, scope) if node.iterable is not None else Value()
        if self.one_by_one(over) and node.target is not None:
            return self._pieces(node, over.items or (), scope)
        bounded = is_few(over) or counts_little(over)
        kept = self.loops
        self.loops = (*kept, Loop(self.place(node), False, bounded, over.all_origins, over, node.target is not None))
        inner = Scope(scope)
        if node.target is not None:
            target = node.target.target if isinstance(node.target, t.Assign) else node.target
            self.bind(target, any_element(over), inner)
        guards = list(self.guards)
        ended = self.block(node.body, inner if node.kind == "comprehension" else scope_of(inner, scope))
        every = node.target is not None and not ended and not any(isinstance(n, t.Jump) for n in node.walk())
        self.guards = guards + [g for g in self.guards if every and g.kind == "ownership" and g not in guards]
        self.loops = kept
        return False

    def one_by_one(self, over: Value) -> bool:
        """Whether a loop runs once for each piece: it registers routes, or asks a known request."""
        if not over.items or len(over.items) > _PIECES:
            return False
        if any(isinstance(i.function, (Kind, Instance)) or i.op in ("|", "&") for i in over.items):
            return len(over.items) <= SMALL
        return self.entered_with is not None or (self.asked and all(i.literal for i in over.items))

    def _pieces(self, node: t.For, pieces: tuple[Value, ...], scope: Scope) -> bool:
        target = node.target.target if isinstance(node.target, t.Assign) else node.target
        assert target is not None
        for piece in pieces:
            inner = Scope(scope)
            self.bind(target, piece, inner)
            if self.block(node.body, inner) and self.asked:
                return True
        return False

    def attempt(self, node: t.Try, scope: Scope) -> bool:
        """A `try`: what its body found holds behind it as far as every handler leaves."""
        before, tried, returned, asked = list(self.guards), self.tried, len(self.returned), len(self.lacked)
        self.tried = True
        ended = self.block(node.body, scope)
        after, self.tried = self.guards, tried
        all_leave = bool(node.handlers)
        failed = any(self.lacked[asked:])
        if self.lacked[asked:] and not failed and ended and len(node.body) == 1:
            return True
        if failed:
            ended, self.returned[returned:] = True, []
        for handler in node.handlers:
            self.guards = list(before)
            self.caught += not failed
            inner = Scope(scope)
            if handler.name:
                for name in handler.name.strip("{}").split(","):
                    inner.names[name.strip()] = Value(frozenset({"error"}), name.strip())
            found = {name: value for name in assigned_names(handler.body) if (value := scope.find(name)) is not None}
            all_leave &= self.block(handler.body, scope_of(inner, scope))
            for name, value in found.items():
                if value.step is not None and is_empty(scope.find(name) or value):
                    scope.holder(name).names[name] = value
            self.caught -= not failed
        final = self.block(node.final, scope) if node.final else False
        self.guards = after if all_leave or not node.handlers else before
        return final or (ended and all_leave) or (ended and not node.handlers)

    # -- expressions --------------------------------------------------------------------------------------------

    def value(self, node: t.Node, scope: Scope) -> Value:
        """What an expression stands for. Calls in it are noted."""
        self.work -= 1
        evaluate = _VALUE.get(type(node))
        if evaluate is not None and self.work > 0:
            return evaluate(self, node, scope)
        return Value()

    def name(self, node: t.Name, scope: Scope) -> Value:
        """The value of a name."""
        found = scope.find(node.id)
        if found is not None:
            return found
        if node.id in ("this", "self") and self.this is not None:
            return self.this
        if node.id == "undefined":
            return NOTHING
        if node.id == "__name__" and self.module is not None:
            dotted = self.module.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            return Value(name="__name__", constant=dotted)
        if self.module is not None and (
            node.id in self.module.names or node.id in self.module.imports or self.module.stars
        ):
            return self.flow.lookup(self.module, node.id)
        return Value(name=node.id)

    def member(self, node: t.Member, scope: Scope) -> Value:
        """`object.name`."""
        return self.part(self.value(node.object, scope), node.name)

    def part(self, owner: Value, name: str) -> Value:
        """`owner.name`."""
        if self.kept and f"{owner.name}.{name}" in self.kept:
            return self.kept[f"{owner.name}.{name}"]
        if owner.name == "request" and owner.fields is None and self.request is not None:
            owner = self.request
        if owner.choices and name == "value" and all(isinstance(v.constant, str) for v, _ in owner.choices):
            return owner
        if owner.choices:
            ways = tuple((self.part(v, name), gs) for v, gs in owner.choices if not (v.literal and v.constant is None))
            if not ways:
                return Value(name=name)
            origins = frozenset().union(*(v.origins for v, _ in ways))
            return Value(
                origins,
                f"{owner.name}.{name}",
                step=ways[0][0].step or owner.step,
                op="of",
                operands=(owner,),
                choices=ways,
            )
        if name == "length" and (owner.items is not None or owner.name == "request.metadata"):
            fixed = owner.name == "request.metadata"
            known_length = len(owner.items or ()) if fixed else None
            return Value(name=f"{owner.name}.length", constant=known_length, literal=fixed, operands=(owner,))
        if owner.fields is not None:
            if name in owner.fields:
                return owner.fields[name]
            if not owner.origins and "..." not in owner.fields and not isinstance(owner.function, Instance):
                if name == "get" and self.module is not None and self.module.is_python:
                    return part_of(owner, name)
                return NOTHING if not owner.name else Value(name=f"{owner.name}.{name}")
        if isinstance(owner.function, Instance):
            return self.method(owner, name)
        if isinstance(owner.function, Above):
            return self.above(owner.function, name)
        if owner.op in ("|", "&") and all(o.function is not None or o.op == owner.op for o in owner.operands):
            return Value(op=owner.op, operands=tuple(self.part(o, name) for o in owner.operands))
        if isinstance(owner.function, Module):
            return self.flow.exported(owner.function.path, name) or Value(name=f"{owner.name}{name}")
        if isinstance(owner.function, Kind):
            found = self._static(owner, name)
            if found is not None:
                return found
        if owner.step is None and not owner.origins and owner.function is None and stand_ins.SPEAKS.match(owner.name):
            return self.flow.of_package(f"{owner.name}.{name}")
        if owner.step is not None and owner.comes_from("row") and self.module is not None and self.module.is_python:
            return self._of_row(owner, name) or part_of(owner, name)
        return part_of(owner, name)

    def method(self, owner: Value, name: str) -> Value:
        """A part of an object: its field, or the method or field of its class."""
        made = owner.function
        assert isinstance(made, Instance)
        if name in made.fields:
            return made.fields[name]
        if name == "validated_data" and made.module.is_python:
            return self.flow.validated(Kind(made.node, made.module))
        for node, module in self._family(made.node, made.module):
            for member in node.body:
                if isinstance(member, t.Class) and member.name == name:
                    return Value(name=f"{owner.name}.{name}", function=Kind(member, module))
                if isinstance(member, t.Function) and member.name == name:
                    value = Value(name=f"{owner.name}.{name}")
                    value.function = Closure(member, module, self.flow.scope(module), owner, home=node)
                    if any(
                        isinstance(d, t.Name) and d.id in ("property", "cached_property") for d in member.decorators
                    ):
                        return self.enter(value.function, [])
                    return value
                if isinstance(member, t.Assign) and isinstance(member.target, t.Name) and member.target.id == name:
                    if is_settings(node):
                        literal = member.value.value if isinstance(member.value, t.Literal) else None
                        return Value(frozenset({f"env.{name}"}), f"{owner.name}.{name}", literal)
                    if isinstance(member.value, t.Function):
                        closure = Closure(member.value, module, self.flow.scope(module), owner)
                        return Value(name=f"{owner.name}.{name}", function=closure)
        return part_of(owner, name)

    def _of_row(self, owner: Value, name: str) -> Value | None:
        """A method that the model's own class gives its rows."""
        kind = next((k for o in owner.origins if (k := self.flow.models.get(o.removeprefix("row."))) is not None), None)
        for one in self.flow.family(kind) if kind is not None else ():
            for member in one.node.body:
                if isinstance(member, t.Function) and member.name == name and one.module.path:
                    closure = Closure(member, one.module, self.flow.scope(one.module), owner, home=one.node)
                    if any(getattr(d, "id", "") in ("property", "cached_property") for d in member.decorators):
                        return self.enter(closure, [])
                    return Value(name=f"{owner.name}.{name}", function=closure, step=owner.step)
        return None

    def above(self, view: Above, name: str) -> Value:
        """A method as the classes behind `home` have it."""
        made = view.this.function
        kin = list(self._family(made.node, made.module)) if isinstance(made, Instance) else []
        behind = next((n + 1 for n, (node, _) in enumerate(kin) if node is view.home), len(kin))
        for node, module in kin[behind:]:
            for member in node.body:
                if isinstance(member, t.Function) and member.name == name:
                    closure = Closure(member, module, self.flow.scope(module), view.this, home=node)
                    return Value(name=f"super.{name}", function=closure)
        return Value(name=f"super.{name}")

    def _family(self, node: t.Class, module: Module) -> Iterable[tuple[t.Class, Module]]:
        return ((kind.node, kind.module) for kind in self.flow.family(Kind(node, module)))

    def _static(self, owner: Value, name: str) -> Value | None:
        assert isinstance(owner.function, Kind)
        node, module = owner.function.node, owner.function.module
        for member in node.body:
            if isinstance(member, t.Function) and member.name == name:
                bound = not module.is_python or any(isinstance(d, t.Name) for d in member.decorators)
                closure = Closure(member, module, self.flow.scope(module), owner, not bound)
                return Value(name=f"{owner.name}.{name}", function=closure)
            if isinstance(member, t.Assign) and isinstance(member.target, t.Name) and member.target.id == name:
                if node.name == "Meta":
                    return self.flow.class_fields(owner.function).get(name)
                if is_settings(node):
                    return Value(frozenset({f"env.{name}"}), f"{owner.name}.{name}")
                if isinstance(member.value, t.Literal):
                    return Value(constant=member.value.value, literal=True, name=f"{owner.name}.{name}")
        return None

    def index(self, node: t.Index, scope: Scope) -> Value:
        """`object[key]`."""
        owner, key = self.value(node.object, scope), self.value(node.key, scope)
        if key.name == "request.method" and owner.fields is not None:
            verbs = tuple(Value(constant=name, literal=True) for name in owner.fields)
            self.trace.tests.append(Value(op="in", operands=(key, Value(items=verbs))))
        if owner.items and isinstance(key.constant, int) and -len(owner.items) <= key.constant < len(owner.items):
            return owner.items[key.constant]
        if isinstance(key.constant, str):
            whole = owner.fields is not None and "..." not in owner.fields and not owner.origins
            if whole and key.name.startswith("request."):
                self.lacked.append(key.constant not in (owner.fields or {}))
            return self.part(owner, key.constant)
        if isinstance(node.key, t.Other) and node.key.kind == "slice" and owner.step is not None:
            return self._slice(owner, node.key, scope)
        value = part_of(owner, "[]") if key.constant is None else any_element(owner)
        if owner.comes_from("env") and not owner.origins - {"env"}:
            return Value(frozenset({"env.*"}))
        return value

    def _slice(self, owner: Value, key: t.Other, scope: Scope) -> Value:
        """Python's `rows[:20]` as a call of its own, so that a query tells its limit."""
        callee = Value(owner.origins, f"{owner.name}.[:]", step=owner.step, op="of", operands=(owner,))
        step = self._step(callee.name, [self.value(end, scope) for end in key.inside], {}, key, callee)
        step.result = Value(owner.origins, f"{owner.name}.[:]", step=step)
        return step.result

    def call(self, node: t.Call, scope: Scope) -> Value:
        """A call; a class makes an object."""
        if (loaded := self._loaded(node)) is not None:
            return loaded
        if isinstance(node.callee, t.Name) and node.callee.id == "super" and self.this and self.home:
            return Value(name="super", function=Above(self.this, self.home))
        callee = self.value(node.callee, scope)
        args = list(self._arguments(node.args, scope))
        keywords = {k: self.value(v, scope) for k, v in node.keywords.items()}
        if (rest := keywords.get("**")) is not None and rest.fields is not None and "..." not in rest.fields:
            keywords = {k: v for k, v in keywords.items() if k != "**"} | rest.fields
        if callee.name == "getattr" and len(args) > 1 and (part := known.plain(args[1])):
            return with_fallback(self.part(args[0], part), args[2] if len(args) > 2 else None)
        loads = callee.name in ("importlib.import_module", "__import__") and args and self.module is not None
        if loads and self.module and self.flow.project.target(self.module.path, known.plain(args[0])):
            return self.flow.imported(self.module, known.plain(args[0]), "*")
        if isinstance(callee.function, Kind):
            made = self.instance(callee, args, keywords)
            made.origins = joined_value([*args, *keywords.values()]).origins
            router = self.flow.router_class(callee.function)
            step = self._step(router or callee.name, args, keywords, node, callee)
            step.result = made
            if router:
                made.step = step
            return made
        if node.new and isinstance(callee.function, Closure):
            return self._constructed(callee.function, args)
        return self.call_value(callee, args, keywords, node, None, node.new)

    def _constructed(self, maker: Closure, args: list[Value]) -> Value:
        """`new` of a function: the object that it fills by `this.name = ...`."""
        kind = t.at(t.Class(maker.node.name, [], []), maker.node)
        assert isinstance(kind, t.Class)
        made = Value(name=f"{maker.node.name}()", function=Instance(kind, maker.module))
        self.enter(Closure(maker.node, maker.module, maker.scope, made), args)
        return made

    def _arguments(self, nodes: Iterable[t.Node], scope: Scope) -> Iterable[Value]:
        for node in nodes:
            value = self.value(node.value if isinstance(node, t.Spread) else node, scope)
            if isinstance(node, t.Spread) and value.items is not None:
                yield from value.items
            else:
                yield value

    def _loaded(self, node: t.Call) -> Value | None:
        """`require("x")` and `import("x")` as an expression."""
        name = node.callee.id if isinstance(node.callee, t.Name) else ""
        first = node.args[0] if node.args else None
        if self.module is None or name not in ("require", "import") or not isinstance(first, t.Literal):
            return None
        return self.flow.imported(self.module, str(first.value), "default" if name == "require" else "*")

    def call_value(
        self,
        callee: Value,
        args: list[Value],
        keywords: dict[str, Value],
        node: t.Node,
        via: Step | None,
        new: bool = False,
    ) -> Value:
        """Call a value: enter a function of the app, note a step for any other."""
        if callee.choices and not callee.function:
            callee = next((v for v, _ in callee.choices if v.function is not None), callee)
        if callee.op == "of" and isinstance(callee.operands[0].function, Closure):
            method = callee.name.rpartition(".")[2]
            if method == "bind":
                return bound_names_of(callee.operands[0], args)
            if method == "call":
                return self.call_value(bound_names_of(callee.operands[0], args), args[1:], keywords, node, via)
        if callee.op in ("|", "&") and callee.operands:
            answers = tuple(self.call_value(o, args, keywords, node, via) for o in callee.operands)
            made = all(isinstance(a.function, Instance) or a.op == callee.op for a in answers)
            return Value(op=callee.op if made else callee.op * 2, operands=answers)
        target = callee.function
        if isinstance(target, Closure) and self.may_enter(target):
            return self.enter(target, args, keywords)
        if isinstance(target, Instance):
            called = self.method(callee, "__call__")
            if isinstance(called.function, Closure):
                return self.enter(called.function, args, keywords)
        if isinstance(target, Kind):
            return self.instance(callee, args)
        step = self._step(callee.name, args, keywords, node, callee)
        results = self._callbacks(step, callee, args)
        told = any(isinstance(a.function, Closure) for a in args)
        if (kind := known.refuses(step)) and (kind == "signature" or not told):
            guard = Guard(kind, step.name, step.place)
            if guard not in self.guards:
                self.guards.append(guard)
                self.trace.guards.append(guard)
        if step.result is None:
            before = self.gave.get(_asked(target, args)) if isinstance(target, Closure) else None
            step.result = before or answer_of(step, callee, results)
        if step.method in known.FINDS_OR_RAISES:
            self.hold(implied(step.result, True, step.place, self.configured))
        if step.method in known.GROWS:
            self._grow(self.owner_of(callee), args)
        if step.method == "execute" and callee.op == "of" and callee.operands:
            remember(callee.operands[0], step)
        return step.result

    def _step(self, name: str, args: list[Value], keywords: dict[str, Value], node: t.Node, callee: Value) -> Step:
        receiver = callee.step
        if args and callee.name.endswith(EXECUTES) and (asked := args[0].step) is not None and asked.result is args[0]:
            receiver, asked.continued = asked, True
        if receiver is not None and receiver.method == "execute" and name.endswith("cursor().execute"):
            receiver = receiver.receiver
        if receiver is not None and callee.operands and callee.op == "of":
            go_on(callee.operands[0], name)
        step = Step(
            name,
            self.place(node),
            tuple(args),
            keywords,
            receiver,
            guards=tuple(self.guards),
            loops=self.loops,
            tests=self.tests,
            tried=self.tried,
            function=self.function,
            refusing=self.caught > 0,
            entered=bool(self.stack),
        )
        self.trace.steps.append(step)
        return step

    def _callbacks(self, step: Step, callee: Value, args: list[Value]) -> list[Value]:
        """Run the functions handed to a call at once, as most callbacks are; what they give back."""
        results: list[Value] = []
        if known.KEEPS.search(step.name):
            return results
        for argument in (*args, *(v for a in args for v in (a.fields or {}).values())):
            closure = self._default_export(argument) if self.entered_with is not None else argument.function
            if not isinstance(closure, Closure) or first_line(closure.node) in self.skip:
                continue
            if self.entered_with is not None:
                wanted = self.entered_with(step, closure)
                if wanted is None:
                    continue
                if wanted:
                    results.append(self.enter(closure, list(wanted)))
                    continue
            owner = callee.name.rpartition(".")[0]
            given: list[Value] = []
            kept, guards = self.loops, list(self.guards)
            pieces = self.owner_of(callee)
            if step.method in known.LOOPING and self.one_by_one(pieces):
                for piece in pieces.items or ():
                    self.entered.pop(id(closure.node), None)
                    results.append(self.enter(closure, [piece]))
                self.guards = guards
                continue
            if step.method in known.LOOPING and owner:
                over = Value(step.receiver.result.origins if step.receiver and step.receiver.result else callee.origins)
                bounded = is_few(self.owner_of(callee))
                loop = Loop(step.place, step.method == "map", bounded, over.origins, self.owner_of(callee))
                self.loops = (*kept, loop)
                element = any_element(self.owner_of(callee))
                given = [Value(), element] if step.method == "reduce" else [element]
            elif step.method in ("then", "finally"):
                given = [self.owner_of(callee)]
            elif step.method == "catch":
                given = [Value(frozenset({"error"}), "error")]
            elif known.identity(step) == "caller" or step.method == "authenticate":
                given = [
                    Value(frozenset({"error"}), "error", step=step),
                    Value(frozenset({"caller"}), "caller", step=step),
                ]
            elif "ransaction" in step.method or step.method in ("begin", "withTransaction"):
                given = [self.owner_of(callee)]
            elif takes_error(closure.node) and step.method not in known.LOOPING:
                step.result = answer_of(step, callee, [])
                given = [Value(frozenset({"error"}), "error"), step.result]
            results.append(self.enter(closure, given))
            self.loops, self.guards = kept, guards
        return results

    def _grow(self, owner: Value, added: list[Value]) -> None:
        """A list that a function makes and fills piece by piece holds what is put into it."""
        shared = self.module is not None and any(v is owner for v in self.flow.scope(self.module).names.values())
        if owner.items is None or owner.op or shared or not self.stack:
            return
        owner.origins = owner.origins.union(*(v.all_origins for v in added))
        owner.operands = (*owner.operands, *added)[:SMALL]
        if owner.step is None:
            parts = (v for a in added for v in a.deep())
            owner.step = next((v.step for v in parts if v.step is not None and v.comes_from("row")), None)

    def _default_export(self, value: Value) -> object:
        """The function that a module handed over whole stands for (`register(import("./routes"))`)."""
        if not isinstance(value.function, Module):
            return value.function
        default = self.flow.exported(value.function.path, "default")
        return default.function if default is not None else None

    def owner_of(self, callee: Value) -> Value:
        """The value that a method is called on, kept by `part_of` as its operand."""
        return callee.operands[0] if callee.op == "of" and callee.operands else Value(callee.origins)

    def closure(self, node: t.Function, scope: Scope) -> Value:
        """A function with the names around it."""
        if self.module is None:
            return Value(name=node.name)
        made = Closure(node, self.module, scope, self.this)
        if first_line(node) not in self.skip:
            self.made.setdefault(id(node), (made, list(self.guards)))
        return Value(name=node.name, function=made)

    def function_value(self, node: t.Function, scope: Scope) -> Value:
        """A function as an expression."""
        return self.closure(node, scope)

    def class_value(self, node: t.Class, scope: Scope) -> Value:
        """A class as an expression."""
        return Value(name=node.name, function=Kind(node, self.module) if self.module is not None else None)

    def assign(self, node: t.Assign, scope: Scope) -> Value:
        """An assignment."""
        value = self.value(node.value, scope) if node.value is not None else Value()
        asked = self.tests[-1] if self.tests else Value()
        if isinstance(value.constant, bool) and value.literal and asked.is_input and asked.op in ("", "of"):
            value = Value(asked.origins, asked.name)
        if self.loops and (node.op == "+=" or value.op == "+") and value.comes_from("row"):
            self._step("+=", [value], {}, node, Value())
        if node.op == "+=" and (before := self.value(node.target, scope)).items is not None and before.step is None:
            added = value.items if value.items is not None else (value,)
            value = Value(before.origins | value.origins, items=(*before.items, *added))
            self.bind(node.target, value, scope, node.declares)
            return value
        if node.op in ("||=", "??=", "+=", "-="):
            old, new = self.value(node.target, scope), value
            value = joined_value([old, new])
            if node.op == "+=":
                value.op, value.operands = "text", (*(old.operands if old.op == "text" else (old,)), new)
        self.bind(node.target, value, scope, node.declares)
        return value

    def bind(self, target: t.Node, value: Value, scope: Scope, declares: bool = True) -> None:
        """Give a name or pattern its value."""
        match target:
            case t.Name():
                if isinstance(value.function, Closure) and not value.name:
                    value.name = target.id
                holder = scope if declares else scope.holder(target.id)
                old = holder.names.get(target.id)
                branched = old is not None and self.tests and not declares
                holder.names[target.id] = either_value(old, value, tuple(self.guards)) if branched and old else value
            case t.Object():
                for key, inner in target.entries:
                    if isinstance(key, str):
                        self.bind(inner, self.part(value, key), scope, declares)
                    elif key is None:
                        left = without(value, [key for key, _ in target.entries if isinstance(key, str)])
                        self.bind(inner, left, scope, declares)
            case t.Array():
                for number, inner in enumerate(target.items):
                    item = value.items[number] if value.items and number < len(value.items) else any_element(value)
                    self.bind(inner, item, scope, declares)
            case t.Assign():
                if value.literal and value.constant is None and target.value is not None:
                    value = self.value(target.value, scope)
                self.bind(target.target, value, scope, declares)
            case t.Spread():
                self.bind(target.value, value, scope, declares)
            case t.Member():
                self._set_field(self.value(target.object, scope), target.name, value, target)
                if value.literal and value.constant is None:
                    self._emptied(target, scope)
            case t.Index():
                self.value(target.key, scope)

    def _emptied(self, part: t.Member, scope: Scope) -> None:
        """A name's value without a part that is deleted, or set to nothing."""
        if isinstance(part.object, t.Name):
            holder = scope.holder(part.object.id)
            if (known_before := holder.names.get(part.object.id)) is not None:
                holder.names[part.object.id] = without(known_before, [part.name])

    def _set_field(self, owner: Value, name: str, value: Value, node: t.Node) -> None:
        if owner.name == "response" and name == "statusCode":
            self._step("response.statusCode=", [value], {}, node, owner)
        if known.KEEPS_CALLER.search(owner.name):
            self._step(f"{owner.name}.{name}=", [value], {}, node, Value())
        if owner.name in ("flask.g", "request") and self.module is not None and self.module.is_python:
            self.kept[f"{owner.name}.{name}"] = value
        elif isinstance(owner.function, Instance):
            owner.function.fields[name] = value
            if owner.fields is not None and value.function is None:
                owner.fields[name] = value
        elif owner.step is not None and owner.comes_from("row") and self.module is not None and self.module.is_python:
            self._step("setattr", [owner, Value(constant=name, literal=True), value], {}, node, Value())
        elif owner.fields is not None:
            owner.fields[name] = value

    def object(self, node: t.Object, scope: Scope) -> Value:
        """An object or dict, its parts kept."""
        fields: dict[str, Value] = {}
        origins: frozenset[str] = frozenset()
        for key, inner in node.entries:
            value = self.value(inner, scope)
            if isinstance(key, str):
                fields[key] = value
            elif key is None:
                spread = spread_fields(value)
                fields.update(spread or {})
                if spread is None:
                    fields["..."] = value
                origins |= value.origins
            else:
                self.value(key, scope)
        if "..." in fields:
            last = max(n for n, (key, _) in enumerate(node.entries) if key is None)
            fields["..."] = without(fields["..."], [key for key, _ in node.entries[last:] if isinstance(key, str)])
        made = Value(origins, fields=fields)
        for _, inner in node.entries:
            if isinstance(inner, t.Function) and inner.name and inner.name in fields:
                method = fields[inner.name].function
                if isinstance(method, Closure) and method.node is inner:
                    method.this = made
        return made

    def array(self, node: t.Array, scope: Scope) -> Value:
        """A list, its parts kept."""
        items: list[Value] = []
        for item in node.items:
            value = self.value(item.value if isinstance(item, t.Spread) else item, scope)
            spread = value.items if isinstance(item, t.Spread) else None
            if spread is None and isinstance(item, t.Spread) and len(node.items) == 1 and value.step is not None:
                return value
            items += [value] if spread is None else spread
        return Value(frozenset().union(*(i.origins for i in items)) if items else frozenset(), items=tuple(items))

    def literal(self, node: t.Literal, scope: Scope) -> Value:
        """A literal."""
        return Value(constant=node.value, literal=True)

    def template(self, node: t.Template, scope: Scope) -> Value:
        """A text with parts."""
        pieces = tuple(self.value(p, scope) for p in node.pieces)
        return Value(frozenset().union(*(p.all_origins for p in pieces)), op="text", operands=pieces)

    def binary(self, node: t.Binary, scope: Scope) -> Value:
        """A comparison or calculation, its operands kept."""
        left = self.value(node.left, scope)
        if node.op in ("&&", "||", "??"):
            return self._logical(node, left, scope)
        right = self.value(node.right, scope)
        op = node.op
        if op in ("==", "!=") and (same := asked_equal(left, right)) is not None:
            return known_truth(same == (op == "=="))
        own = isinstance(node.left, t.Member) and getattr(node.left.object, "id", "") == "self"
        if own and op in ("==", "!=") and right.literal and right.constant is None and is_something(left):
            return known_truth(op == "!=")
        if op == "in" and right.name == "request.kwargs" and left.literal:
            return known_truth(left.constant in (right.fields or {}))
        asked = op == "in" and left.name.startswith("request.") and left.literal
        if asked and right.items is not None and all(i.literal for i in right.items):
            return known_truth(any(i.constant == left.constant for i in right.items))
        if op == "+" and left.items is not None and left.step is None:
            return Value(left.origins | right.origins, items=(*left.items, *(right.items or (right,))))
        if op == "+" and (
            isinstance(left.constant, str) or isinstance(right.constant, str) or "text" in (left.op, right.op)
        ):
            op = "text"
        if op == "%" and isinstance(left.constant, str):
            op = "text"
        return Value(left.all_origins | right.all_origins, op=op, operands=(left, right))

    def _logical(self, node: t.Binary, left: Value, scope: Scope) -> Value:
        truth = settled(left)
        if truth is not None and node.op != "??":
            return self.value(node.right, scope) if truth == (node.op == "&&") else left
        guards, tests, configured = list(self.guards), self.tests, self.configured
        self.guards += [g for g in implied(left, node.op == "&&", self.place(node.left), configured) if g not in guards]
        self.tests = (*tests, left)
        right = self.value(node.right, scope)
        self.guards, self.tests, self.configured = guards, tests, configured
        truth = settled(right)
        if truth is not None and node.op != "??":
            return left if truth == (node.op == "&&") else right
        value = Value(left.origins | right.origins, op=node.op, operands=(left, right))
        if node.op in ("||", "??"):
            value.name, value.step = left.name or right.name, left.step or right.step
            value.function = left.function or right.function
            if right.literal:
                value.constant = right.constant
            if left.literal and not left.constant:
                return right
        return value

    def unary(self, node: t.Unary, scope: Scope) -> Value:
        """A negation and the like."""
        inner = self.value(node.value, scope)
        if node.op == "delete" and isinstance(node.value, t.Member):
            self._emptied(node.value, scope)
        if node.op == "!" and (truth := settled(inner)) is not None:
            return known_truth(not truth)
        if node.op == "!":
            return Value(inner.origins, op="!", operands=(inner,))
        if node.op == "-" and isinstance(inner.constant, (int, float)):
            return Value(constant=-inner.constant, literal=True)
        return Value(inner.origins, op=node.op, operands=(inner,)) if node.op == "typeof" else Value(inner.origins)

    def conditional(self, node: t.Conditional, scope: Scope) -> Value:
        """Both ways of a conditional expression."""
        test = self.value(node.test, scope)
        if (truth := settled(test)) is not None:
            return self.value(node.then if truth else node.other, scope)
        guards, tests = list(self.guards), self.tests
        place = self.place(node.test)
        self.tests = (*tests, test)
        holds, fails = implied(test, True, place, self.configured), implied(test, False, place, self.configured)
        self.guards = guards + [g for g in holds if g not in guards]
        then = self.value(node.then, scope)
        self.guards = guards + [g for g in fails if g not in guards]
        other = self.value(node.other, scope)
        self.guards, self.tests = guards, tests
        both = then.origins | other.origins
        return Value(
            both,
            then.name or other.name,
            step=then.step or other.step,
            operands=(test,),
            choices=flat_ways(((then, tuple(holds)), (other, tuple(fails)))),
        )

    def awaited(self, node: t.Await, scope: Scope) -> Value:
        """`await`."""
        value = self.value(node.value, scope)
        if value.step is not None:
            value.step.awaited = True
        return value

    def inside(self, node: t.Node, scope: Scope) -> Value:
        """Anything that only holds other expressions."""
        values = [self.value(child, scope) for child in node.children()]
        return joined_value(values) if values else Value()

    def statement_value(self, node: t.Node, scope: Scope) -> Value:
        """A statement where an expression may stand."""
        self.statement(node, scope)
        return Value()

    def comprehension(self, node: t.For, scope: Scope) -> Value:
        """A comprehension: a loop that gives a list."""
        over = self.value(node.iterable, scope) if node.iterable is not None else Value()
        if node.target is not None and over.items and self.one_by_one(over) and len(node.body) == 1:
            return Value(over.origins, items=tuple(self._of_piece(node, piece, scope) for piece in over.items))
        inner, kept = Scope(scope), self.loops
        bounded = is_few(over)
        self.loops = (*kept, Loop(self.place(node), False, bounded, over.all_origins, over))
        if node.target is not None:
            self.bind(node.target, any_element(over), inner)
        values = [self.value(n, inner) if not isinstance(n, t.If) else self._filtered(n, inner) for n in node.body]
        self.loops = kept
        made = joined_value(values if any(v.fields for v in values) else [over, *values])
        return Value(made.origins, over.name, step=over.step)

    def _of_piece(self, node: t.For, piece: Value, scope: Scope) -> Value:
        inner = Scope(scope)
        if node.target is not None:
            self.bind(node.target, piece, inner)
        return (
            self._filtered(node.body[0], inner) if isinstance(node.body[0], t.If) else self.value(node.body[0], inner)
        )

    def _filtered(self, node: t.If, scope: Scope) -> Value:
        self.trace.tests.append(self.value(node.test, scope))
        return joined_value([self.value(n, scope) for n in node.then])

    def place(self, node: t.Node) -> Code:
        """Where a node stands."""
        return place_of(self.module, node) if self.module is not None and self.module.path else self.trace.place


_R = Run
_VALUE: dict[type, Callable[..., Value]] = {
    t.Name: _R.name,
    t.Member: _R.member,
    t.Index: _R.index,
    t.Call: _R.call,
    t.Literal: _R.literal,
    t.Template: _R.template,
    t.Object: _R.object,
    t.Array: _R.array,
    t.Binary: _R.binary,
    t.Unary: _R.unary,
    t.Conditional: _R.conditional,
    t.Await: _R.awaited,
    t.Assign: _R.assign,
    t.Function: _R.function_value,
    t.Class: _R.class_value,
    t.For: _R.comprehension,
    t.Markup: _R.inside,
    t.Other: _R.inside,
    t.Spread: _R.inside,
    **dict.fromkeys((t.Return, t.Throw, t.If, t.Try, t.With, t.Block, t.Jump, t.Import, t.Export), _R.statement_value),
}


def _asked(closure: Closure, args: Iterable[Value]) -> object:
    """A name for a call: what a function gave back once, it gives back again where it is not entered any more."""
    return id(closure.node), tuple((one.name, one.origins) for one in args)
