"""Python as `source/tree.py` nodes, from tree-sitter's tree.

One small function per kind of syntax, found by its name in `_LOWER`. `_lower` gives each node its place and keeps
count of the depth: what is nested deeper than `DEEPEST` becomes one Other that holds the names and texts inside.
It is longer than other files because the list of Python's syntax is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import TypeVar

import tree_sitter_python
from tree_sitter import Language, Parser
from tree_sitter import Node as Syntax

from apprescue.source.python_literals import number, unescape
from apprescue.source.tree import (
    Array,
    Assign,
    Await,
    Binary,
    Block,
    Call,
    Class,
    Conditional,
    For,
    Function,
    Handler,
    If,
    Import,
    Index,
    Jump,
    Literal,
    Member,
    Name,
    Node,
    Object,
    Other,
    Parameter,
    Return,
    Spread,
    Template,
    Throw,
    Try,
    Unary,
    With,
)

DEEPEST = 150

_LANGUAGE = Language(tree_sitter_python.language())
_IGNORED = frozenset({"comment", "line_continuation", "positional_separator", "keyword_separator"})
_OPERATORS = {"is": "==", "is not": "!=", "<>": "!=", "and": "&&", "or": "||"}

N = TypeVar("N", bound=Node)


class _File:
    """The file being read: its bytes, where its lines start, how deep we are, and in how many functions or classes."""

    __slots__ = ("data", "depth", "inner", "starts")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.starts = list(accumulate((len(line) + 1 for line in data.split(b"\n")), initial=0))
        self.depth = 0
        self.inner = 0

    def text(self, s: Syntax) -> str:
        return self.data[s.start_byte : s.end_byte].decode("utf-8", "replace")


def parse(text: str) -> list[Node]:
    """The statements of a Python file. Never raises: broken syntax gives what could be read around it.

    Offsets are those of the text's UTF-8 bytes.
    """
    data = text.encode("utf-8", "replace")
    return _statements(Parser(_LANGUAGE).parse(data).root_node.named_children, _File(data))


def _lower(s: Syntax, f: _File) -> Node:
    if f.depth >= DEEPEST:
        return _place(Other(s.type, _leaves(s, f)), s.start_byte, s.end_byte, f)
    f.depth += 1
    node = _LOWER.get(s.type, _other)(s, f)
    f.depth -= 1
    return _place(node, s.start_byte, s.end_byte, f)


def _place(node: N, start: int, end: int, f: _File) -> N:
    starts = f.starts
    node.start, node.end = start, end
    node.line = line = bisect_right(starts, start)
    node.end_line = line if end <= starts[line] else bisect_right(starts, end)
    return node


def _like(node: N, s: Syntax, f: _File) -> N:
    return _place(node, s.start_byte, s.end_byte, f)


def _parts(s: Syntax) -> list[Syntax]:
    return [child for child in s.named_children if child.type not in _IGNORED]


def _all(parts: Iterable[Syntax], f: _File) -> list[Node]:
    return [_lower(part, f) for part in parts]


def _field(s: Syntax, name: str, f: _File) -> Node:
    child = s.child_by_field_name(name)
    return _lower(child, f) if child is not None else _like(Other("missing", []), s, f)


def _field_or_none(s: Syntax, name: str, f: _File) -> Node | None:
    child = s.child_by_field_name(name)
    return None if child is None else _lower(child, f)


def _only(s: Syntax, f: _File) -> Node:
    parts = _parts(s)
    return _lower(parts[0], f) if len(parts) == 1 else _like(_other(s, f), s, f)


def _other(s: Syntax, f: _File) -> Node:
    return Other(s.type, _all(_parts(s), f))


def _leaves(s: Syntax, f: _File) -> list[Node]:
    found: list[Node] = []
    waiting = [s]
    while waiting:
        one = waiting.pop()
        if one.type == "identifier":
            found.append(_like(Name(f.text(one)), one, f))
        elif one.type == "string_content":
            found.append(_like(Literal(f.text(one)), one, f))
        else:
            waiting.extend(reversed(one.named_children))
    return found


# Statements


def _statements(parts: Iterable[Syntax], f: _File) -> list[Node]:
    body: list[Node] = []
    for s in parts:
        if s.type == "import_statement":
            body += _imports(s, f)
        elif s.type not in _IGNORED:
            body.append(_lower(s, f))
    return body


def _body(s: Syntax, name: str, f: _File) -> list[Node]:
    block = s.child_by_field_name(name)
    return [] if block is None else _statements(block.named_children, f)


def _block_in(s: Syntax, f: _File) -> list[Node]:
    return [node for part in s.named_children if part.type == "block" for node in _statements(part.named_children, f)]


def _block(s: Syntax, f: _File) -> Node:
    return Block(_statements(s.named_children, f))


def _expression_statement(s: Syntax, f: _File) -> Node:
    parts = _parts(s)
    return _lower(parts[0], f) if len(parts) == 1 else Array(_all(parts, f))


def _assignment(s: Syntax, f: _File) -> Node:
    return Assign(
        _field(s, "left", f),
        _field_or_none(s, "right", f),
        declares=not f.inner,
        annotation=_field_or_none(s, "type", f),
    )


def _augmented(s: Syntax, f: _File) -> Node:
    return Assign(_field(s, "left", f), _field(s, "right", f), _operator(s))


def _named_expression(s: Syntax, f: _File) -> Node:
    return Assign(_field(s, "name", f), _field(s, "value", f))


def _keyword_argument(s: Syntax, f: _File) -> Node:
    return Assign(_field(s, "name", f), _field(s, "value", f))


def _if(s: Syntax, f: _File) -> Node:
    clauses = [part for part in s.named_children if part.type in ("elif_clause", "else_clause")]
    test, then = _field(s, "condition", f), _body(s, "consequence", f)
    return If(test, then, _clauses(clauses, s.end_byte, f))


def _clauses(clauses: list[Syntax], end: int, f: _File) -> list[Node]:
    """What follows an `if`: each `elif` is nested in the one before, as deep as the depth allows."""
    depth, ifs, last = f.depth, list[If](), list[Node]()
    for s in clauses:
        if s.type == "else_clause":
            last += _body(s, "body", f)
        elif f.depth >= DEEPEST:
            last.append(_lower(s, f))
        else:
            f.depth += 1
            ifs.append(_place(If(_field(s, "condition", f), _body(s, "consequence", f), []), s.start_byte, end, f))
    f.depth = depth
    return _chain(ifs, last)


def _chain(ifs: list[If], last: list[Node]) -> list[Node]:
    for one in reversed(ifs):
        one.other = last
        last = [one]
    return last


def _match(s: Syntax, f: _File) -> Node:
    """An `if` for each case. A subject that is more than names stands once, in front of them."""
    subjects = _all(s.children_by_field_name("subject"), f)
    subject = subjects[0] if len(subjects) == 1 else _like(Array(subjects), s, f)
    body = s.child_by_field_name("body")
    depth, ifs, last = f.depth, list[If](), list[Node]()
    for case in _parts(body) if body is not None else ():
        if case.type != "case_clause" or f.depth >= DEEPEST:
            last.append(_lower(case, f))
            continue
        f.depth += 1
        test, then = _case_test(case, subject, f), _body(case, "consequence", f)
        if test is None:
            last += then
        else:
            ifs.append(_place(If(test, then, []), case.start_byte, s.end_byte, f))
    f.depth = depth
    chain = _chain(ifs, last)
    return chain[0] if ifs and _simple(subject) else Block([subject, *chain])


def _simple(subject: Node) -> bool:
    while isinstance(subject, Member):
        subject = subject.object
    return isinstance(subject, Name)


def _again(subject: Node, s: Syntax, f: _File) -> Node:
    if isinstance(subject, Name):
        return _like(Name(subject.id), s, f)
    if isinstance(subject, Member) and _simple(subject):
        return _like(Member(_again(subject.object, s, f), subject.name), s, f)
    return _like(Other("subject", []), s, f)


def _case_test(case: Syntax, subject: Node, f: _File) -> Node | None:
    """What a case asks of the subject; None where it takes everything."""
    patterns = [part for part in case.named_children if part.type == "case_pattern"]
    guard = case.child_by_field_name("guard")
    test = _pattern_test(patterns[0], subject, f) if len(patterns) == 1 else _equal(case, patterns, subject, f)
    if guard is None:
        return test
    asked = _only(guard, f)
    _like(asked, guard, f)
    return asked if test is None else _place(Binary(test, "&&", asked), test.start, asked.end, f)


def _equal(case: Syntax, patterns: list[Syntax], subject: Node, f: _File) -> Node:
    pattern = _place(Array(_all(patterns, f)), case.start_byte, case.end_byte, f)
    return _like(Binary(_again(subject, case, f), "==", pattern), case, f)


def _pattern_test(s: Syntax, subject: Node, f: _File) -> Node | None:
    parts = _parts(s)
    if s.type == "case_pattern" and not parts:
        return None
    if s.type == "case_pattern" and len(parts) == 1 and parts[0].type == "union_pattern":
        return _pattern_test(parts[0], subject, f)
    if s.type == "union_pattern" and len(parts) <= DEEPEST - f.depth:
        tests = [_like(Binary(_again(subject, part, f), "==", _lower(part, f)), part, f) for part in parts]
        return _joined(tests, "||", f)
    return _like(Binary(_again(subject, s, f), "==", _lower(s, f)), s, f)


def _joined(tests: list[N], op: str, f: _File) -> Node:
    whole: Node = tests[0]
    for test in tests[1:]:
        whole = _place(Binary(whole, op, test), whole.start, test.end, f)
    return whole


def _case_pattern(s: Syntax, f: _File) -> Node:
    parts = _parts(s)
    if not parts:
        return Name("_")
    value = _only(s, f)
    first = s.child(0)
    return Unary("-", value) if first is not None and first.type == "-" else value


def _class_pattern(s: Syntax, f: _File) -> Node:
    args, keywords = list[Node](), dict[str, Node]()
    for part in _parts(s)[1:]:
        inside = _parts(part)
        if len(inside) == 1 and inside[0].type == "keyword_pattern" and len(_parts(inside[0])) == 2:
            name, value = _parts(inside[0])
            keywords[f.text(name)] = _lower(value, f)
        else:
            args.append(_lower(part, f))
    return Call(_lower(_parts(s)[0], f), args, keywords) if _parts(s) else Other(s.type, [])


def _dict_pattern(s: Syntax, f: _File) -> Node:
    entries: list[tuple[str | Node | None, Node]] = []
    key: str | Node | None = None
    for part in _parts(s):
        node = _lower(part, f)
        if part.type == "splat_pattern":
            entries.append((None, node))
        elif key is None:
            key = node.value if isinstance(node, Literal) and isinstance(node.value, str) else node
        else:
            entries.append((key, node))
            key = None
    return Object(entries)


def _for(s: Syntax, f: _File) -> Node:
    loop = For("for", _field(s, "left", f), _field(s, "right", f), _body(s, "body", f))
    return _with_else(loop, s, f)


def _while(s: Syntax, f: _File) -> Node:
    return _with_else(For("while", None, _field(s, "condition", f), _body(s, "body", f)), s, f)


def _with_else(loop: For, s: Syntax, f: _File) -> Node:
    after = s.child_by_field_name("alternative")
    return loop if after is None else Block([_like(loop, s, f), *_body(after, "body", f)])


def _try(s: Syntax, f: _File) -> Node:
    body, handlers, final = _body(s, "body", f), list[Handler](), list[Node]()
    for part in s.named_children:
        if part.type in ("except_clause", "except_group_clause"):
            handlers.append(_like(_handler(part, f), part, f))
        elif part.type == "else_clause":
            body += _body(part, "body", f)
        elif part.type == "finally_clause":
            final += _block_in(part, f)
        elif part.type == "ERROR":
            body.append(_lower(part, f))
    return Try(body, handlers, final)


def _handler(s: Syntax, f: _File) -> Handler:
    caught = s.children_by_field_name("value")
    alias = s.child_by_field_name("alias") or (caught[1] if len(caught) == 2 else None)
    kind = caught[0] if caught else None
    if kind is not None and kind.type == "as_pattern":
        alias = kind.child_by_field_name("alias")
        kind = kind.named_child(0)
    return Handler(
        f.text(alias) if alias is not None else "",
        None if kind is None else _lower(kind, f),
        _block_in(s, f),
    )


def _with(s: Syntax, f: _File) -> Node:
    clauses = [part for part in s.named_children if part.type == "with_clause"]
    items = [_only(item, f) for clause in clauses for item in _parts(clause)]
    return With(items, _body(s, "body", f))


def _as_pattern(s: Syntax, f: _File) -> Node:
    parts = _parts(s)
    if len(parts) != 2:
        return _other(s, f)
    return Assign(_lower(parts[1], f), _lower(parts[0], f))


def _return(s: Syntax, f: _File) -> Node:
    parts = _parts(s)
    return Return(_lower(parts[0], f) if parts else None)


def _raise(s: Syntax, f: _File) -> Node:
    parts = _parts(s)
    return Throw(_lower(parts[0], f) if parts else None)


def _assert(s: Syntax, f: _File) -> Node:
    parts = _parts(s)
    if not parts:
        return _other(s, f)
    test = _like(Unary("!", _lower(parts[0], f)), parts[0], f)
    return If(test, [_like(Throw(_lower(parts[1], f) if len(parts) > 1 else None), s, f)], [])


def _print(s: Syntax, f: _File) -> Node:
    return Call(_like(Name(s.type.removesuffix("_statement")), s, f), _all(_parts(s), f))


# Imports


def _imports(s: Syntax, f: _File) -> list[Node]:
    """One node for each module; the first begins with the statement."""
    made: list[Node] = []
    for part in _parts(s):
        module, alias = _imported(part, f)
        start = part.start_byte if made else s.start_byte
        if part.type == "aliased_import":
            made.append(_place(Import(module, [("*", alias)]), start, part.end_byte, f))
        elif part.type == "dotted_name":
            first = module.partition(".")[0]
            made.append(_place(Import(first, [("*", first)]), start, part.end_byte, f))
        else:
            made.append(_lower(part, f))
    return made


def _imported(s: Syntax, f: _File) -> tuple[str, str]:
    """The dotted name that is imported, and its local name."""
    name, alias = s.child_by_field_name("name"), s.child_by_field_name("alias")
    dotted = "".join(f.text(name or s).split())
    return dotted, f.text(alias) if alias is not None else dotted


def _import_from(s: Syntax, f: _File) -> Node:
    module = s.child_by_field_name("module_name")
    names = [_imported(name, f) for name in s.children_by_field_name("name")]
    if any(part.type == "wildcard_import" for part in s.named_children):
        names.append(("*", "*"))
    if s.type == "future_import_statement":
        return Import("__future__", names)
    return Import("".join(f.text(module).split()) if module is not None else "", names)


# Functions and classes


def _function(s: Syntax, f: _File) -> Node:
    first, name, parameters = s.child(0), s.child_by_field_name("name"), s.child_by_field_name("parameters")
    f.inner += 1
    made = Function(
        f.text(name) if name is not None else "",
        _parameters(parameters, f),
        _body(s, "body", f),
        first is not None and first.type == "async",
        annotation=_field_or_none(s, "return_type", f),
    )
    f.inner -= 1
    return made


def _lambda(s: Syntax, f: _File) -> Node:
    params = _parameters(s.child_by_field_name("parameters"), f)
    value = _field(s, "body", f)
    return Function("", params, [_place(Return(value), value.start, value.end, f)])


def _parameters(s: Syntax | None, f: _File) -> list[Parameter]:
    return [] if s is None else [_like(_parameter(part, f), part, f) for part in _parts(s)]


def _parameter(s: Syntax, f: _File) -> Parameter:
    if s.type in _RESTS:
        return Parameter(_only(s, f), rest=_RESTS[s.type])
    parts = _parts(s)
    if not parts or s.type not in ("default_parameter", "typed_parameter", "typed_default_parameter"):
        return Parameter(_lower(s, f))
    target = s.child_by_field_name("name") or parts[0]
    return Parameter(
        _like(_only(target, f), target, f) if target.type in _RESTS else _lower(target, f),
        _field_or_none(s, "value", f),
        _field_or_none(s, "type", f),
        rest=_RESTS.get(target.type, ""),
    )


_RESTS = {"list_splat_pattern": "*", "dictionary_splat_pattern": "**"}


def _class(s: Syntax, f: _File) -> Node:
    name, bases = s.child_by_field_name("name"), s.child_by_field_name("superclasses")
    f.inner += 1
    made = Class(
        f.text(name) if name is not None else "",
        _all(_parts(bases), f) if bases is not None else [],
        _body(s, "body", f),
    )
    f.inner -= 1
    return made


def _decorated(s: Syntax, f: _File) -> Node:
    decorators = [_like(_only(part, f), part, f) for part in s.named_children if part.type == "decorator"]
    made = _field(s, "definition", f)
    if not isinstance(made, (Function, Class)):
        return Block([*decorators, made])
    made.decorators = decorators
    return made


# Expressions


def _identifier(s: Syntax, f: _File) -> Node:
    return Name(f.text(s))


def _dotted(s: Syntax, f: _File) -> Node:
    parts = _parts(s)
    if not parts or len(parts) > DEEPEST - f.depth:
        return _other(s, f)
    made = _lower(parts[0], f)
    for part in parts[1:]:
        made = _place(Member(made, f.text(part)), s.start_byte, part.end_byte, f)
    return made


def _attribute(s: Syntax, f: _File) -> Node:
    name = s.child_by_field_name("attribute")
    return Member(_field(s, "object", f), f.text(name) if name is not None else "")


def _subscript(s: Syntax, f: _File) -> Node:
    made = _index(s, f)
    if isinstance(made, Index) and isinstance(made.key, Literal) and isinstance(made.key.value, str):
        return Member(made.object, made.key.value)
    return made


def _index(s: Syntax, f: _File) -> Node:
    """`object[key]` as it stands: in a type, a text is the name of another type."""
    parts = _parts(s)
    if len(parts) < 2:
        return _other(s, f)
    keys = _all(_parts(parts[1]) if parts[1].type == "type_parameter" else parts[1:], f)
    if len(keys) == 1:
        return Index(_lower(parts[0], f), keys[0])
    return Index(_lower(parts[0], f), _place(Array(keys), parts[1].start_byte, parts[-1].end_byte, f))


def _type(s: Syntax, f: _File) -> Node:
    parts = _parts(s)
    if len(parts) == 1 and parts[0].type == "subscript":
        return _index(parts[0], f)
    return _only(s, f)


def _member_type(s: Syntax, f: _File) -> Node:
    parts = _parts(s)
    return Member(_lower(parts[0], f), f.text(parts[1])) if len(parts) == 2 else _other(s, f)


def _call(s: Syntax, f: _File) -> Node:
    callee, given = _field(s, "function", f), s.child_by_field_name("arguments")
    if given is None:
        return Call(callee, [])
    if given.type != "argument_list":
        return Call(callee, [_lower(given, f)])
    args, keywords, unpacked = list[Node](), dict[str, Node](), list[Node]()
    for part in given.named_children:
        kind = part.type
        if kind == "keyword_argument":
            name = part.child_by_field_name("name")
            keywords[f.text(name) if name is not None else ""] = _field(part, "value", f)
        elif kind == "dictionary_splat":
            unpacked.append(_like(_only(part, f), part, f))
        elif kind not in _IGNORED:
            args.append(_lower(part, f))
    if unpacked:
        keywords["**"] = unpacked[0] if len(unpacked) == 1 else _like(Object([(None, u) for u in unpacked]), given, f)
    return Call(callee, args, keywords)


def _operator(s: Syntax) -> str:
    found = s.child_by_field_name("operator")
    return "" if found is None else _OPERATORS.get(found.type, found.type)


def _binary(s: Syntax, f: _File) -> Node:
    return Binary(_field(s, "left", f), _operator(s), _field(s, "right", f))


def _unary(s: Syntax, f: _File) -> Node:
    return Unary(_operator(s), _field(s, "argument", f))


def _not(s: Syntax, f: _File) -> Node:
    return Unary("!", _field(s, "argument", f))


def _comparison(s: Syntax, f: _File) -> Node:
    parts = _parts(s)
    operators = [part.type for part in s.children_by_field_name("operators")]
    if len(parts) != len(operators) + 1 or len(operators) > DEEPEST - f.depth or not operators:
        return _other(s, f)
    values = _all(parts, f)
    return _joined([_compare(*one, f) for one in zip(values, operators, values[1:], strict=False)], "&&", f)


def _compare(left: Node, op: str, right: Node, f: _File) -> Node:
    if op == "not in":
        inside = _place(Binary(left, "in", right), left.start, right.end, f)
        return _place(Unary("!", inside), left.start, right.end, f)
    return _place(Binary(left, _OPERATORS.get(op, op), right), left.start, right.end, f)


def _conditional(s: Syntax, f: _File) -> Node:
    parts = _parts(s)
    if len(parts) != 3:
        return _other(s, f)
    then, test, other = _all(parts, f)
    return Conditional(test, then, other)


def _await(s: Syntax, f: _File) -> Node:
    return Await(_only(s, f))


def _spread(s: Syntax, f: _File) -> Node:
    return Spread(_only(s, f))


def _array(s: Syntax, f: _File) -> Node:
    return Array(_all(_parts(s), f))


def _dictionary(s: Syntax, f: _File) -> Node:
    return Object([_entry(part, f) for part in _parts(s)])


def _pair(s: Syntax, f: _File) -> Node:
    return Object([_entry(s, f)])


def _entry(s: Syntax, f: _File) -> tuple[str | Node | None, Node]:
    if s.type != "pair":
        return None, _like(_only(s, f), s, f) if s.type == "dictionary_splat" else _lower(s, f)
    key = _field(s, "key", f)
    return key.value if isinstance(key, Literal) and isinstance(key.value, str) else key, _field(s, "value", f)


def _comprehension(s: Syntax, f: _File) -> Node:
    """The clauses stand behind the element in the text and around it in the tree: each has the whole's place."""
    clauses = [part for part in _parts(s) if part.type in ("for_in_clause", "if_clause")]
    if len(clauses) > DEEPEST - f.depth or not clauses:
        return _other(s, f)
    f.depth += len(clauses)
    made = _field(s, "body", f)
    for clause in reversed(clauses):
        if clause.type == "if_clause":
            made = If(_only(clause, f), [made], [])
        else:
            made = For("comprehension", _field(clause, "left", f), _field(clause, "right", f), [made])
        _like(made, s, f)
    f.depth -= len(clauses)
    return made


# Literals


def _number(s: Syntax, f: _File) -> Node:
    return Literal(number(f.text(s)))


_VALUES = {"true": True, "false": False, "none": None}


def _constant(s: Syntax, f: _File) -> Node:
    return Literal(_VALUES[s.type])


def _string(s: Syntax, f: _File) -> Node:
    return _text(_pieces(s, f))


def _strings(s: Syntax, f: _File) -> Node:
    return _text([piece for part in _parts(s) for piece in _pieces(part, f)])


def _text(pieces: list[Node]) -> Node:
    texts = [piece.value for piece in pieces if isinstance(piece, Literal) and isinstance(piece.value, str)]
    return Literal("".join(texts)) if len(texts) == len(pieces) else Template(pieces)


def _pieces(s: Syntax, f: _File) -> list[Node]:
    """The texts and expressions of one string, unescaped as its prefix asks."""
    pieces: list[Node] = []
    prefix = ""
    for part in s.named_children:
        if part.type == "string_start":
            prefix = f.text(part).lower()
        elif part.type == "string_content":
            text = f.text(part)
            if "f" in prefix or "t" in prefix:
                text = text.replace("{{", "{").replace("}}", "}")
            pieces.append(_like(Literal(text if "r" in prefix else unescape(text)), part, f))
        elif part.type == "interpolation":
            pieces += _interpolated(part, f)
        elif part.type != "string_end":
            pieces.append(_lower(part, f))
    return pieces


def _interpolated(s: Syntax, f: _File) -> list[Node]:
    """The expression between the braces, then those in its format."""
    made: list[Node] = []
    for part in _parts(s):
        if part.type in ("format_specifier", "format_expression"):
            f.depth += 1
            made += _interpolated(part, f) if f.depth < DEEPEST else _leaves(part, f)
            f.depth -= 1
        elif part.type != "type_conversion":
            made.append(_lower(part, f))
    return made


_LOWER: dict[str, Callable[[Syntax, _File], Node]] = {
    "block": _block,
    "expression_statement": _expression_statement,
    "assignment": _assignment,
    "augmented_assignment": _augmented,
    "named_expression": _named_expression,
    "keyword_argument": _keyword_argument,
    "if_statement": _if,
    "match_statement": _match,
    "case_pattern": _case_pattern,
    "class_pattern": _class_pattern,
    "dict_pattern": _dict_pattern,
    "splat_pattern": _spread,
    "for_statement": _for,
    "while_statement": _while,
    "try_statement": _try,
    "with_statement": _with,
    "as_pattern": _as_pattern,
    "as_pattern_target": _only,
    "return_statement": _return,
    "yield": _return,
    "raise_statement": _raise,
    "assert_statement": _assert,
    "print_statement": _print,
    "exec_statement": _print,
    "break_statement": lambda s, f: Jump("break"),
    "continue_statement": lambda s, f: Jump("continue"),
    "pass_statement": lambda s, f: Other("pass", []),
    "delete_statement": lambda s, f: Other("del", _all(_parts(s), f)),
    "global_statement": lambda s, f: Other("global", _all(_parts(s), f)),
    "nonlocal_statement": lambda s, f: Other("nonlocal", _all(_parts(s), f)),
    "import_statement": lambda s, f: Block(_imports(s, f)),
    "import_from_statement": _import_from,
    "future_import_statement": _import_from,
    "function_definition": _function,
    "lambda": _lambda,
    "class_definition": _class,
    "decorated_definition": _decorated,
    "identifier": _identifier,
    "dotted_name": _dotted,
    "attribute": _attribute,
    "subscript": _subscript,
    "generic_type": _index,
    "type": _type,
    "member_type": _member_type,
    "splat_type": _spread,
    "call": _call,
    "binary_operator": _binary,
    "boolean_operator": _binary,
    "unary_operator": _unary,
    "not_operator": _not,
    "comparison_operator": _comparison,
    "conditional_expression": _conditional,
    "await": _await,
    "list_splat": _spread,
    "list_splat_pattern": _spread,
    "dictionary_splat": _spread,
    "dictionary_splat_pattern": _spread,
    "parenthesized_expression": _only,
    "parenthesized_list_splat": _only,
    "list": _array,
    "tuple": _array,
    "set": _array,
    "expression_list": _array,
    "pattern_list": _array,
    "tuple_pattern": _array,
    "list_pattern": _array,
    "dictionary": _dictionary,
    "pair": _pair,
    "list_comprehension": _comprehension,
    "set_comprehension": _comprehension,
    "dictionary_comprehension": _comprehension,
    "generator_expression": _comprehension,
    "integer": _number,
    "float": _number,
    "true": _constant,
    "false": _constant,
    "none": _constant,
    "string": _string,
    "concatenated_string": _strings,
}
