"""What a piece of the app's code does, in order: the calls it makes, with what data, behind which guards.

A trace is made by reading (`source/flow.py`), never by running. Data is described by its *origins*:

| origin | meaning |
|---|---|
| `body`, `body.amount`, `query.q`, `path.id`, `header.host`, `cookie.sid`, `form.file` | sent by whoever calls |
| `caller`, `caller.id`, `caller.role` | the signed-in user, from a verified session or token |
| `claim.sub` | said by a token or cookie that nobody verified |
| `env.STRIPE_SECRET_KEY` | the environment |
| `row.profiles.role` | read from the database |
| `error` | a caught error |
| `model` | written by a language model |
| `remote` | the answer of another service |
| `now`, `random` | clock and dice |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from apprescue.model.place import Code

INPUT = ("body", "query", "path", "header", "cookie", "form")


@dataclass(slots=True, eq=False)
class Value:
    """Data as far as reading knows it.

    `name` is the dotted name of an imported or global thing (`stripe().transfers`), `constant` a literal (with
    `literal` set, so that a literal nothing is told from not knowing), `fields` and `items` the parts of an object
    or array literal, `step` the call that it came from. `op` and `operands` keep a comparison or logical operation
    or a text's pieces; `choices` what a function may give back, each with the guards in force where it does so.
    """

    origins: frozenset[str] = frozenset()
    name: str = ""
    constant: str | int | float | bool | None = None
    literal: bool = False
    fields: dict[str, Value] | None = None
    items: tuple[Value, ...] | None = None
    step: Step | None = None
    function: object = None
    op: str = ""
    operands: tuple[Value, ...] = ()
    choices: tuple[tuple[Value, tuple[Guard, ...]], ...] = ()

    def comes_from(self, *kinds: str) -> bool:
        """Whether any origin is one of the kinds, or a part of one (`body` covers `body.amount`)."""
        return bool(self.origins) and any(o == k or o.startswith(k + ".") for o in self.origins for k in kinds)

    @property
    def is_input(self) -> bool:
        """Whether whoever calls the app chose it."""
        return self.comes_from(*INPUT)

    def deep(self) -> Iterator[Value]:
        """This value and every part of it, a part that several hold once."""
        waiting, seen = [self], {id(self)}
        while waiting:
            value = waiting.pop()
            yield value
            for part in (*(value.items or ())[::-1], *reversed((value.fields or {}).values())):
                if id(part) not in seen:
                    seen.add(id(part))
                    waiting.append(part)

    @property
    def all_origins(self) -> frozenset[str]:
        """The origins of the value and of its parts."""
        if self.fields is None and self.items is None:
            return self.origins
        return frozenset(o for v in self.deep() for o in v.origins)


@dataclass(frozen=True, slots=True)
class Guard:
    """Something that lets only some callers go on.

    `kind` is login, role, ownership, signature, secret, plan, rate_limit, validation or development (nobody passes in
    production). `fail_open` tells that
    it lets everybody in when a secret is not set or a header is left out; `name` is what stands in the code.
    """

    kind: str
    name: str
    place: Code
    fail_open: bool = False


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop around a call. `parallel` for Promise.all and gather; `bounded` where its size is a small constant.

    `over` are the origins of what it goes over, `of` that value itself; `each` whether it runs once per element, not
    as long as a test holds.
    """

    place: Code
    parallel: bool = False
    bounded: bool = False
    over: frozenset[str] = frozenset()
    of: Value | None = None
    each: bool = True


@dataclass(slots=True, eq=False)
class Step:
    """One call. `name` is resolved across files: `stripe().transfers.create`, `console.log`, `fetch`. Adding up the
    rows of a loop is a step too, named `+=`, and so is keeping something with a request or its session, named
    `request.session.user=`.

    Package names stand for themselves whatever the registry or version they were imported from. `receiver` is
    the call it is chained on (of `session.execute(statement)` the statement), `continued` whether another is called
    on its very answer, no part of it; `tests` are the conditions it runs
    under; `tried` whether a `try` surrounds it; `function` names the function whose text it stands in, `entered`
    tells that a function was entered to get there; `refusing` tells that it is done for those whom a guard turns away,
    or after an error; `method` is the name's last part.
    """

    name: str
    place: Code
    args: tuple[Value, ...] = ()
    keywords: dict[str, Value] = field(default_factory=dict)
    receiver: Step | None = None
    continued: bool = False
    guards: tuple[Guard, ...] = ()
    loops: tuple[Loop, ...] = ()
    tests: tuple[Value, ...] = ()
    tried: bool = False
    awaited: bool = False
    function: str = ""
    result: Value | None = None
    refusing: bool = False
    entered: bool = False
    method: str = field(init=False)
    _values: tuple[Value, ...] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.method = self.name.rpartition(".")[2]

    @property
    def chain(self) -> tuple[Step, ...]:
        """The calls chained up to this one, first to last."""
        return (*(self.receiver.chain if self.receiver else ()), self)

    @property
    def values(self) -> tuple[Value, ...]:
        """Every argument and every part of one."""
        if self._values is None:
            self._values = tuple(part for value in (*self.args, *self.keywords.values()) for part in value.deep())
        return self._values


@dataclass(slots=True, eq=False)
class Trace:
    """All that a function does, with the functions it calls in other files followed.

    `side` is browser or server. `returns` are the values it gives back; `guards` all guards in order; `tests` every
    condition that decides a branch; `exits` each way out with its value and the guards in force there;
    `asked` the parts of the request that a framework binds to its parameters; `followed` the path and first line of
    every function that was entered.
    """

    function: str
    place: Code
    side: str
    steps: list[Step] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    returns: list[Value] = field(default_factory=list)
    tests: list[Value] = field(default_factory=list)
    exits: list[tuple[Value, tuple[Guard, ...]]] = field(default_factory=list)
    asked: list[Value] = field(default_factory=list)
    followed: set[tuple[str, int]] = field(default_factory=set)
