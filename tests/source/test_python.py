"""Python becomes the one small tree; whatever the text, what could be read is there and nothing breaks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apprescue.source.python import parse
from apprescue.source.tree import Assign, Call, Class, Function, If, Import, Literal, Name, Node, Other, Template


def dump(node: object) -> str:
    """A node on one line: its type and what it holds, without places."""
    if isinstance(node, Name):
        return node.id
    if isinstance(node, Literal):
        return repr(node.value)
    if isinstance(node, Node):
        held = ", ".join(dump(getattr(node, part)) for part in node.__slots__)
        return f"{type(node).__name__}({held})"
    if isinstance(node, dict):
        return "{" + ", ".join(f"{key}: {dump(value)}" for key, value in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(map(dump, node)) + "]"
    if isinstance(node, tuple):
        return "(" + ", ".join(item if isinstance(item, str) else dump(item) for item in node) + ")"
    return str(node)


def read(text: str) -> str:
    return "; ".join(map(dump, parse(text)))


def assert_nested(node: Node) -> None:
    for child in node.children():
        assert node.start <= child.start <= child.end <= node.end
        assert node.line <= child.line <= child.end_line <= node.end_line
        assert_nested(child)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a and b or not c", "Binary(Binary(a, &&, b), ||, Unary(!, c))"),
        ("a is None", "Binary(a, ==, None)"),
        ("a is not b", "Binary(a, !=, b)"),
        ("a in b", "Binary(a, in, b)"),
        ("a not in b", "Unary(!, Binary(a, in, b))"),
        ("0 < a <= 9", "Binary(Binary(0, <, a), &&, Binary(a, <=, 9))"),
        ("a = 'b'", "Assign(None, True, =, a, 'b')"),
        ("a += 1", "Assign(None, False, +=, a, 1)"),
        ("a = b = 1", "Assign(None, True, =, a, Assign(None, True, =, b, 1))"),
        ("a: int", "Assign(int, True, =, a, None)"),
        ("a: list['B'] = c()", "Assign(Index('B', list), True, =, a, Call([], c, {}, False))"),
        ("a, *b = c", "Assign(None, True, =, Array([a, Spread(b)]), c)"),
        ("(a := f())", "Assign(None, False, =, a, Call([], f, {}, False))"),
        ("a['b'].c", "Member(c, Member(b, a))"),
        ("a[b]", "Index(b, a)"),
        ("a[1:2]", "Index(Other([1, 2], slice), a)"),
        ("a[b, 'c']", "Index(Array([b, 'c']), a)"),
        ("x if y else z", "Conditional(z, y, x)"),
        ("f(a, *b, c=1, **d)", "Call([a, Spread(b)], f, {c: 1, **: d}, False)"),
        ("f(**a, **b)", "Call([], f, {**: Object([(None, a), (None, b)])}, False)"),
        ("{'a': 1, b: 2, **c}", "Object([(a, 1), (b, 2), (None, c)])"),
        ("(1, 2), {3}", "Array([Array([1, 2]), Array([3])])"),
        (
            "lambda a, *b: a",
            (
                "Function(None, [Return(a)], [], False, , [Parameter(None, [], None, , a), "
                "Parameter(None, [], None, *, b)])"
            ),
        ),
        ("[x for x in y if z]", "For([If([], z, [x])], y, comprehension, x)"),
        ("{k: v for k, v in y}", "For([Object([(k, v)])], y, comprehension, Array([k, v]))"),
        ("f(x for x in y)", "Call([For([x], y, comprehension, x)], f, {}, False)"),
        ("del a", "Other([a], del)"),
        ("-1 + 0x1f", "Binary(Unary(-, 1), +, 31)"),
        ("x = ...", "Assign(None, True, =, x, Other([], ellipsis))"),
        ("print 'a'", "Call(['a'], print, {}, False)"),
    ],
)
def test_expressions(text: str, tree: str) -> None:
    assert read(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("'a' \"b\"", "'ab'"),
        ("'''a\nb'''", "'a\\nb'"),
        (r"'\x41\u0042\N{DIGIT ONE}\101\n\q'", repr("AB1A\n\\q")),
        (r"r'\d\n'", repr("\\d\\n")),
        (r"b'\x00a'", repr("\x00a")),
        ("f'{{a}}'", "'{a}'"),
        ("f'a{b.c!r:>{d}}e' 'f'", "Template(['a', Member(c, b), d, 'e', 'f'])"),
        ("''", "''"),
        (r"'\ud83d'", repr("\ufffd")),
        ("1_000", "1000"),
        ("1.5e3", "1500.0"),
        ("9" * 5000, "inf"),
    ],
)
def test_literals(text: str, tree: str) -> None:
    assert read(text) == tree


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import a.b as c", [("a.b", [("*", "c")])]),
        ("import a.b, d", [("a", [("*", "a")]), ("d", [("*", "d")])]),
        ("from . import x", [(".", [("x", "x")])]),
        ("from ..a.b import (x as y,  # why\n z)", [("..a.b", [("x", "y"), ("z", "z")])]),
        ("from x import *", [("x", [("*", "*")])]),
        ("from __future__ import annotations", [("__future__", [("annotations", "annotations")])]),
    ],
)
def test_imports(text: str, names: list[tuple[str, list[tuple[str, str]]]]) -> None:
    assert [(i.module, i.names) for i in parse(text) if isinstance(i, Import)] == names


def test_statements() -> None:
    assert read("raise A(b) from c") == "Throw(Call([b], A, {}, False))"
    assert read("assert a, 'b'") == "If([], Unary(!, a), [Throw('b')])"
    assert read("if a:\n  b\nelif c:\n  d\nelse:\n  e") == "If([If([e], c, [d])], a, [b])"
    assert read("while a:\n  break") == "For([Jump(break)], a, while, None)"
    assert read("for a in b:\n  c\nelse:\n  d") == "Block([For([c], b, for, a), d])"
    assert read("try:\n  a\nexcept (B, C) as e:\n  d\nelse:\n  f\nfinally:\n  g") == (
        "Try([a, f], [g], [Handler([d], e, Array([B, C]))])"
    )
    assert read("with a() as b, c:\n  d") == "With([d], [Assign(None, False, =, b, Call([], a, {}, False)), c])"


def test_match_is_a_chain_of_ifs() -> None:
    chain = read("match a.b:\n  case 'x' | 'y':\n    c\n  case P(z=1) if d:\n    e\n  case _:\n    f\n")
    assert chain == (
        "If([If([f], Binary(Binary(Member(b, a), ==, Call([], P, {z: 1}, False)), &&, d), [e])], "
        "Binary(Binary(Member(b, a), ==, 'x'), ||, Binary(Member(b, a), ==, 'y')), [c])"
    )
    assert read("match f():\n  case 1:\n    c\n") == (
        "Block([Call([], f, {}, False), If([], Binary(Other([], subject), ==, 1), [c])])"
    )


def test_functions_and_classes() -> None:
    text = (
        "@app.get('/x')\nasync def f(a, b: int = 2, *c, d: Annotated[U, Depends(g)], **e) -> str:\n    yield await a\n"
    )
    (made,) = parse(text)
    assert isinstance(made, Function)
    assert (made.name, made.is_async, dump(made.annotation), dump(made.decorators)) == (
        "f",
        True,
        "str",
        "[Call(['/x'], Member(get, app), {}, False)]",
    )
    assert [(dump(p.target), p.rest, dump(p.default), dump(p.annotation)) for p in made.params] == [
        ("a", "", "None", "None"),
        ("b", "", "2", "int"),
        ("c", "*", "None", "None"),
        ("d", "", "None", "Index(Array([U, Call([g], Depends, {}, False)]), Annotated)"),
        ("e", "**", "None", "None"),
    ]
    assert dump(made.body) == "[Return(Await(a))]"
    (kind,) = parse("class A(B, table=True):\n    x: int = 1\n    def y(self): pass\n")
    assert isinstance(kind, Class)
    assert dump(kind.bases) == "[B, Assign(None, False, =, table, True)]"
    assert dump(kind.body[0]) == "Assign(int, False, =, x, 1)"
    assert isinstance(kind.body[1], Function)


def test_places_are_lines_and_bytes() -> None:
    text = "# é\nif a:\n    b = 'ü'\nc = 1\n"
    first, second = parse(text)
    data = text.encode()
    assert isinstance(first, If)
    assert isinstance(second, Assign)
    assert (first.line, first.end_line, second.line) == (2, 3, 4)
    assert data[first.start : first.end].decode() == "if a:\n    b = 'ü'"
    inner = first.then[0]
    assert isinstance(inner, Assign)
    assert inner.value is not None
    assert data[inner.value.start : inner.value.end].decode() == "'ü'"


def test_only_assignments_outside_functions_and_classes_declare() -> None:
    text = "a = 1\nif b:\n    c = 1\ndef f():\n    d = 1\nclass E:\n    g = 1\n"
    declared = {
        n.target.id: n.declares
        for s in parse(text)
        for n in s.walk()
        if isinstance(n, Assign) and isinstance(n.target, Name)
    }
    assert declared == {"a": True, "c": True, "d": False, "g": False}


def test_broken_syntax_gives_the_rest() -> None:
    text = "def a():\n    return 1\n\nx = = (\n\ndef b():\n    secret('here')\n"
    nodes = [n for s in parse(text) for n in s.walk()]
    assert any(isinstance(n, Function) and n.name == "a" for n in nodes)
    assert any(isinstance(n, Literal) and n.value == "here" for n in nodes)
    assert any(isinstance(n, Other) and n.kind == "ERROR" for n in nodes)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000 + "deep" + ")" * 3000,
        "[" * 3000 + "deep" + "]" * 3000,
        "-" * 3000 + "deep",
        "x = deep" + " + 'a'" * 3000,
        "deep" + ".a()" * 3000,
        "deep" + "[0]" * 3000,
        "lambda: " * 2000 + "deep",
        "a = " * 2000 + "deep",
        "".join(" " * n + "if deep:\n" for n in range(400)) + " " * 400 + "pass",
        "if a: pass\n" + "elif deep: pass\n" * 3000,
        "match a:\n" + "  case deep: pass\n" * 3000,
        "[deep " + "for a in b " * 3000 + "]",
        "deep" + " < a" * 3000,
        "deep" + " and a" * 3000,
        "import a" + ".b" * 3000 + "\n@a" + ".b" * 3000 + "\ndef deep(): deep",
    ],
)
def test_deep_nesting_ends_in_other(text: str) -> None:
    made = parse(text)
    nodes = [n for s in made for n in s.walk()]
    assert any(isinstance(n, Name) and n.id == "deep" for n in nodes)
    for node in made:
        assert_nested(node)


def test_odd_bytes_are_read_over() -> None:
    assert any(isinstance(n, Call) for s in parse("a\0b\nf()\n") for n in s.walk())
    assert read("\ufeffa = '\ufffd'\r\nb = 1\r\n").startswith("Assign(None, True, =, a, '\ufffd')")
    assert parse("\ud800") is not None
    assert parse("") == []
    assert isinstance(parse("f'{a}'")[0], Template)


WORDS = st.sampled_from(
    "def class if elif else: for in while with as try: except finally: match case _ lambda : async await yield return "
    "import from . .. , * ** ( ) [ ] { } = == += := -> @ a b.c 'x' f'{ }' \"\"\" # \\ \n \n\t \n\t\t 1 0x 1e9 "
    "not is and or del assert raise print exec global type | & - ~ ... None True rb' ; ! { é \0".split(" ")
)


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(WORDS, max_size=40).map(" ".join), st.lists(WORDS, max_size=40).map("".join)))
def test_any_text_is_read(text: str) -> None:
    size = len(text.encode())
    for node in parse(text):
        assert 0 <= node.start <= node.end <= size
        assert_nested(node)
