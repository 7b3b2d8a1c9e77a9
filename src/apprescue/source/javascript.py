"""JavaScript, TypeScript and JSX to our small tree (`source/tree.py`), by way of tree-sitter.

Reads what is there: broken syntax gives the readable parts. Types are dropped; enums become objects.
It is longer than other files because the list of the languages' syntax is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import tree_sitter_typescript
from tree_sitter import Language, Parser
from tree_sitter import Node as Raw

from apprescue.source import tree as t

_DEEPEST = 150
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_OPERATORS = {"===": "==", "!==": "!="}
_TYPES = frozenset(
    "type_alias_declaration interface_declaration type_annotation type_arguments type_parameters "
    "ambient_declaration comment html_comment empty_statement hash_bang_line function_signature "
    "abstract_method_signature method_signature property_signature accessibility_modifier override_modifier".split()
)
_MARKS = frozenset(("jsx_opening_element", "jsx_closing_element", "jsx_text", "html_character_reference"))
_parsers: dict[bool, Parser] = {}
_ASSERTED = re.compile(rb"!(?<=[\w)\]]!)(?=[.\[;,)\]}\s])")


def parse(text: str, jsx: bool = True) -> list[t.Node]:
    """The statements of a file. `jsx` is false for `.ts` files, whose `<T>value` casts JSX would misread."""
    parser = _parsers.get(jsx)
    if parser is None:
        make = tree_sitter_typescript.language_tsx if jsx else tree_sitter_typescript.language_typescript
        parser = _parsers[jsx] = Parser(Language(make()))
    source = text.encode("utf-8", "replace")
    # tree-sitter reads `a !== b!.c` as `(a !== b)!.c`; the mark says nothing of what the code does
    return _Lowering(source).statements(parser.parse(_ASSERTED.sub(b" ", source)).root_node)


class _Lowering:
    """One file's way from the raw tree to ours."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.depth = 0

    def text(self, raw: Raw) -> str:
        return self.source[raw.start_byte : raw.end_byte].decode("utf-8", "replace")

    def statements(self, raw: Raw) -> list[t.Node]:
        return [self.node(child) for child in raw.named_children if child.type not in _TYPES]

    def body(self, raw: Raw | None) -> list[t.Node]:
        """The statements of a block, or the one statement that stands instead of a block."""
        if raw is None:
            return []
        return self.statements(raw) if raw.type in ("statement_block", "class_body") else [self.node(raw)]

    def nodes(self, raws: Iterable[Raw]) -> list[t.Node]:
        return [self.node(raw) for raw in raws if raw.type not in _TYPES]

    def node(self, raw: Raw) -> t.Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            made: t.Node = t.Other(raw.type, [])
        else:
            lower = _LOWER.get(raw.type)
            made = lower(self, raw) if lower else self.other(raw)
        self.depth -= 1
        made.start, made.end = raw.start_byte, raw.end_byte
        made.line, made.end_line = raw.start_point[0] + 1, raw.end_point[0] + 1
        return made

    def field(self, raw: Raw, name: str) -> t.Node | None:
        child = raw.child_by_field_name(name)
        return self.node(child) if child is not None else None

    def required(self, raw: Raw, name: str) -> t.Node:
        return self.field(raw, name) or t.at(t.Other("missing", []), self._here(raw))

    def _here(self, raw: Raw) -> t.Node:
        made = t.Node()
        made.start, made.end = raw.start_byte, raw.end_byte
        made.line, made.end_line = raw.start_point[0] + 1, raw.end_point[0] + 1
        return made

    def other(self, raw: Raw) -> t.Node:
        return t.Other(raw.type, self.nodes(raw.named_children))

    # -- expressions --------------------------------------------------------------------------------------------

    def name(self, raw: Raw) -> t.Node:
        return t.Name(self.text(raw))

    def constant(self, raw: Raw) -> t.Node:
        return t.Literal({"true": True, "false": False}.get(raw.type))

    def number(self, raw: Raw) -> t.Node:
        text = self.text(raw).replace("_", "").rstrip("n")
        try:
            return t.Literal(int(text, 0))
        except ValueError:
            try:
                return t.Literal(float(text))
            except ValueError:
                return t.Literal(text)

    def string(self, raw: Raw) -> t.Node:
        return t.Literal(_unescaped(self.text(raw)[1:-1]))

    def pattern_text(self, raw: Raw) -> t.Node:
        return t.Literal(self.text(raw))

    def template(self, raw: Raw) -> t.Node:
        pieces: list[t.Node] = []
        for child in raw.named_children:
            if child.type == "template_substitution":
                pieces.extend(self.nodes(child.named_children))
            else:
                pieces.append(t.at(t.Literal(_unescaped(self.text(child))), self._here(child)))
        if all(isinstance(p, t.Literal) for p in pieces):
            return t.Literal("".join(str(p.value) for p in pieces if isinstance(p, t.Literal)))
        return t.Template(pieces)

    def member(self, raw: Raw) -> t.Node:
        name = raw.child_by_field_name("property")
        return t.Member(self.required(raw, "object"), self.text(name) if name is not None else "")

    def subscript(self, raw: Raw) -> t.Node:
        key = self.required(raw, "index")
        if isinstance(key, t.Literal) and isinstance(key.value, str):
            return t.Member(self.required(raw, "object"), key.value)
        return t.Index(self.required(raw, "object"), key)

    def call(self, raw: Raw) -> t.Node:
        args = raw.child_by_field_name("arguments")
        if args is not None and args.type == "template_string":
            given = [self.node(args)]
        else:
            given = self.nodes(args.named_children) if args is not None else []
        new = raw.type == "new_expression"
        return t.Call(self.required(raw, "constructor" if new else "function"), given, new=new)

    def object(self, raw: Raw) -> t.Node:
        entries: list[tuple[str | t.Node | None, t.Node]] = []
        for child in raw.named_children:
            kind = child.type
            if kind in ("pair", "pair_pattern"):
                key = child.child_by_field_name("key")
                entries.append((self.key(key), self.required(child, "value")))
            elif kind in ("shorthand_property_identifier", "shorthand_property_identifier_pattern"):
                entries.append((self.text(child), self.node(child)))
            elif kind in ("spread_element", "rest_pattern"):
                entries.append((None, self.node(child.named_children[0]) if child.named_children else self.node(child)))
            elif kind == "object_assignment_pattern":
                made = self.node(child)
                target = made.target if isinstance(made, t.Assign) else made
                entries.append((target.id if isinstance(target, t.Name) else None, made))
            elif kind == "method_definition":
                made = self.node(child)
                entries.append((made.name if isinstance(made, t.Function) else None, made))
        return t.Object(entries)

    def key(self, raw: Raw | None) -> str | t.Node | None:
        if raw is None:
            return ""
        if raw.type == "string":
            return _unescaped(self.text(raw)[1:-1])
        if raw.type == "computed_property_name":
            made = self.node(raw.named_children[0])
            return made.value if isinstance(made, t.Literal) and isinstance(made.value, str) else made
        return self.text(raw)

    def array(self, raw: Raw) -> t.Node:
        """Items by position: a hole of a pattern (`[, set]`) is kept as nothing."""
        items: list[t.Node] = []
        vacant = True
        for child in raw.children[1:-1]:
            if child.type == ",":
                if vacant:
                    items.append(t.at(t.Literal(None), self._here(child)))
                vacant = True
            elif child.is_named and child.type not in _TYPES:
                items.append(self.node(child))
                vacant = False
        return t.Array(items)

    def spread(self, raw: Raw) -> t.Node:
        return t.Spread(self.node(raw.named_children[0])) if raw.named_children else t.Other("spread", [])

    def binary(self, raw: Raw) -> t.Node:
        op = raw.child_by_field_name("operator")
        text = self.text(op) if op is not None else ""
        return t.Binary(self.required(raw, "left"), _OPERATORS.get(text, text), self.required(raw, "right"))

    def unary(self, raw: Raw) -> t.Node:
        op = raw.child_by_field_name("operator")
        return t.Unary(self.text(op) if op is not None else "", self.required(raw, "argument"))

    def conditional(self, raw: Raw) -> t.Node:
        return t.Conditional(
            self.required(raw, "condition"), self.required(raw, "consequence"), self.required(raw, "alternative")
        )

    def await_(self, raw: Raw) -> t.Node:
        return t.Await(self.node(raw.named_children[0])) if raw.named_children else t.Other("await", [])

    def unwrapped(self, raw: Raw) -> t.Node:
        """Parentheses, `as`, `satisfies`, `!` and `<T>` casts: what is inside."""
        inside = [c for c in raw.named_children if c.type not in _TYPES]
        if not inside:
            return t.Other(raw.type, [])
        return self.node(inside[-1] if raw.type == "type_assertion" else inside[0])

    def sequence(self, raw: Raw) -> t.Node:
        return t.Other("sequence", self.nodes(raw.named_children))

    # -- functions and classes ----------------------------------------------------------------------------------

    def function(self, raw: Raw) -> t.Node:
        name = raw.child_by_field_name("name")
        single = raw.child_by_field_name("parameter")
        params = raw.child_by_field_name("parameters")
        body = raw.child_by_field_name("body")
        if single is not None:
            given = [t.at(t.Parameter(self.node(single)), self._here(single))]
        else:
            given = (
                [self.parameter(p) for p in params.named_children if p.type != "comment"] if params is not None else []
            )
        if body is None:
            lines: list[t.Node] = []
        elif body.type == "statement_block":
            lines = self.statements(body)
        else:
            lines = [t.at(t.Return(self.node(body)), self._here(body))]
        is_async = any(c.type == "async" for c in raw.children)
        key = self.key(name) if name is not None else ""
        return t.Function(key if isinstance(key, str) else "", given, lines, is_async)

    def parameter(self, raw: Raw) -> t.Parameter:
        pattern = raw.child_by_field_name("pattern")
        if pattern is None:
            made = t.Parameter(self.node(raw))
        else:
            kind = raw.child_by_field_name("type")
            decorators = [self.node(c.named_children[0]) for c in raw.named_children if c.type == "decorator"]
            annotation = None
            if kind is not None:
                annotation = t.at(t.Name(self.text(kind).lstrip(": ")), self._here(kind))
            made = t.Parameter(self.node(pattern), self.field(raw, "value"), annotation, decorators)
        target = made.target
        if isinstance(target, t.Spread):
            made.target, made.rest = target.value, "..."
        elif isinstance(target, t.Assign):
            made.target, made.default = target.target, target.value
        t.at(made, self._here(raw))
        return made

    def class_(self, raw: Raw) -> t.Node:
        name = raw.child_by_field_name("name")
        body = raw.child_by_field_name("body")
        bases = [self.node(c) for h in raw.named_children if h.type == "class_heritage" for c in self._heritage(h)]
        members: list[t.Node] = []
        pending = [self.node(c.named_children[0]) for c in raw.children if c.type == "decorator" and c.named_children]
        own, pending = pending, []
        for child in body.named_children if body is not None else ():
            if child.type == "decorator":
                pending.extend(self.nodes(child.named_children[:1]))
                continue
            if child.type in _TYPES:
                continue
            made = self.node(child)
            if isinstance(made, t.Function):
                made.decorators, pending = [*pending, *made.decorators], []
            members.append(made)
        return t.Class(self.text(name) if name is not None else "", bases, members, own)

    def _heritage(self, raw: Raw) -> list[Raw]:
        clauses = [c for c in raw.named_children if c.type == "extends_clause"]
        return [v for c in clauses if (v := c.child_by_field_name("value")) is not None]

    def field_definition(self, raw: Raw) -> t.Node:
        name = raw.child_by_field_name("name") or raw.child_by_field_name("property")
        target = t.at(t.Name(self.text(name) if name is not None else ""), self._here(name or raw))
        return t.Assign(target, self.field(raw, "value"), declares=True)

    def enum(self, raw: Raw) -> t.Node:
        name, body = raw.child_by_field_name("name"), raw.child_by_field_name("body")
        entries: list[tuple[str | t.Node | None, t.Node]] = []
        for child in body.named_children if body is not None else ():
            key = child.child_by_field_name("name") if child.type == "enum_assignment" else child
            value = child.child_by_field_name("value") if child.type == "enum_assignment" else None
            made = self.node(value) if value is not None else t.at(t.Literal(None), self._here(child))
            entries.append((self.key(key), made))
        target = self.node(name) if name is not None else t.at(t.Name(""), self._here(raw))
        return t.Assign(target, t.at(t.Object(entries), self._here(raw)), declares=True)

    # -- statements ---------------------------------------------------------------------------------------------

    def declaration(self, raw: Raw) -> t.Node:
        made: list[t.Node] = []
        for child in raw.named_children:
            if child.type == "variable_declarator":
                target, value = self.required(child, "name"), self.field(child, "value")
                module = _required_module(value)
                if module and (names := _pattern_names(target)):
                    made.append(t.at(t.Import(module, names), self._here(child)))
                else:
                    made.append(t.at(t.Assign(target, value, declares=True), self._here(child)))
        return made[0] if len(made) == 1 else t.Block(made)

    def assignment(self, raw: Raw) -> t.Node:
        op = raw.child_by_field_name("operator")
        target, value = self.required(raw, "left"), self.required(raw, "right")
        if isinstance(target, t.Member):
            if isinstance(target.object, t.Name) and (target.object.id, target.name) == ("module", "exports"):
                return t.Export([("default", "default")], value)
            owner = target.object
            if (isinstance(owner, t.Name) and owner.id == "exports") or (
                isinstance(owner, t.Member) and owner.name == "exports" and isinstance(owner.object, t.Name)
            ):
                return t.Export([(target.name, target.name)], value)
        return t.Assign(target, value, self.text(op) if op is not None else "=")

    def default(self, raw: Raw) -> t.Node:
        return t.Assign(self.required(raw, "left"), self.field(raw, "right"))

    def expression_statement(self, raw: Raw) -> t.Node:
        inside = [c for c in raw.named_children if c.type not in _TYPES]
        return self.node(inside[0]) if inside else t.Other("empty", [])

    def import_(self, raw: Raw) -> t.Node:
        names: list[tuple[str, str]] = []
        for clause in raw.named_children:
            if clause.type != "import_clause":
                continue
            for child in clause.named_children:
                if child.type == "identifier":
                    names.append(("default", self.text(child)))
                elif child.type == "namespace_import":
                    names.append(("*", self.text(child.named_children[0])))
                elif child.type == "named_imports":
                    for one in child.named_children:
                        name, alias = one.child_by_field_name("name"), one.child_by_field_name("alias")
                        if name is not None:
                            names.append((self.text(name), self.text(alias or name)))
        source = raw.child_by_field_name("source")
        return t.Import(self.text(source)[1:-1] if source is not None else "", names)

    def export(self, raw: Raw) -> t.Node:
        source = raw.child_by_field_name("source")
        module = self.text(source)[1:-1] if source is not None else ""
        names: list[tuple[str, str]] = []
        for child in raw.named_children:
            if child.type == "export_clause":
                for one in child.named_children:
                    name, alias = one.child_by_field_name("name"), one.child_by_field_name("alias")
                    if name is not None:
                        names.append((self.text(name), self.text(alias or name)))
            elif child.type == "namespace_export":
                names.append(("*", self.text(child.named_children[0])))
        declaration = raw.child_by_field_name("declaration") or raw.child_by_field_name("value")
        if declaration is not None and declaration.type in _TYPES:
            declaration = None
        value = self.node(declaration) if declaration is not None else None
        decorators = [
            self.node(c.named_children[0]) for c in raw.children if c.type == "decorator" and c.named_children
        ]
        if isinstance(value, t.Class):
            value.decorators = [*decorators, *value.decorators]
        if any(c.type == "default" for c in raw.children):
            names.append(("default", "default"))
        elif module and not names:
            names.append(("*", "*"))
        return t.Export(names, value, module)

    def if_(self, raw: Raw) -> t.Node:
        other = raw.child_by_field_name("alternative")
        test = self.required(raw, "condition")
        then = self.body(raw.child_by_field_name("consequence"))
        return t.If(
            test, then, self.body(other.named_children[0]) if other is not None and other.named_children else []
        )

    def for_in(self, raw: Raw) -> t.Node:
        kind = raw.child_by_field_name("operator")
        return t.For(
            self.text(kind) if kind is not None else "of",
            self.field(raw, "left"),
            self.field(raw, "right"),
            self.body(raw.child_by_field_name("body")),
        )

    def for_(self, raw: Raw) -> t.Node:
        start = self.field(raw, "initializer")
        body = self.body(raw.child_by_field_name("body"))
        return t.For("for", None, self.field(raw, "condition"), [start, *body] if start else body)

    def while_(self, raw: Raw) -> t.Node:
        return t.For("while", None, self.field(raw, "condition"), self.body(raw.child_by_field_name("body")))

    def switch(self, raw: Raw) -> t.Node:
        subject = self.required(raw, "value")
        body = raw.child_by_field_name("body")
        chain: list[t.Node] = []
        tests: list[t.Node] = []
        branches: list[tuple[t.Node | None, list[t.Node], Raw]] = []
        for case in body.named_children if body is not None else ():
            if case.type not in ("switch_case", "switch_default"):
                continue
            value = case.child_by_field_name("value")
            lines = self.nodes(c for c in case.children_by_field_name("body"))
            if value is not None:
                tests.append(t.at(t.Binary(subject, "==", self.node(value)), self._here(case)))
            _drop_break(lines)
            if lines or case.type == "switch_default":
                branches.append((_either(tests) if value is not None else None, lines, case))
                tests = []
        for test, lines, case in reversed(branches):
            chain = lines if test is None else [t.at(t.If(test, lines, chain), self._here(case))]
        return t.Block(chain)

    def try_(self, raw: Raw) -> t.Node:
        handlers = []
        handler, final = raw.child_by_field_name("handler"), raw.child_by_field_name("finalizer")
        if handler is not None:
            name = handler.child_by_field_name("parameter")
            lines = self.body(handler.child_by_field_name("body"))
            handlers.append(t.Handler(self.text(name) if name is not None else "", None, lines))
            t.at(handlers[0], self._here(handler))
        last = self.body(final.child_by_field_name("body")) if final is not None else []
        return t.Try(self.body(raw.child_by_field_name("body")), handlers, last)

    def return_(self, raw: Raw) -> t.Node:
        inside = [c for c in raw.named_children if c.type != "comment"]
        return t.Return(self.node(inside[0]) if inside else None)

    def throw(self, raw: Raw) -> t.Node:
        return t.Throw(self.node(raw.named_children[0]) if raw.named_children else None)

    def jump(self, raw: Raw) -> t.Node:
        return t.Jump(raw.type.removesuffix("_statement"))

    def block(self, raw: Raw) -> t.Node:
        return t.Block(self.statements(raw))

    # -- JSX ----------------------------------------------------------------------------------------------------

    def markup(self, raw: Raw) -> t.Node:
        opening = raw.child_by_field_name("open_tag") or raw
        name = opening.child_by_field_name("name")
        attributes: list[tuple[str, t.Node | None]] = []
        for child in opening.named_children:
            if child.type == "jsx_attribute":
                value = self.node(child.named_children[1]) if len(child.named_children) > 1 else None
                attributes.append((self.text(child.named_children[0]), value))
            elif child.type == "jsx_expression":
                attributes.append(("...", self.node(child)))
        inside: list[t.Node] = []
        if raw.type == "jsx_element":
            inside.extend(self.node(child) for child in raw.named_children if child.type not in _MARKS)
        return t.Markup(self.text(name) if name is not None else "", attributes, inside)

    def markup_expression(self, raw: Raw) -> t.Node:
        inside = self.nodes(raw.named_children)
        return inside[0] if len(inside) == 1 else t.Other("jsx", inside)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), text, flags=re.S)


def _drop_break(lines: list[t.Node]) -> None:
    """Leave out the `break` that ends a case: it leads behind the switch, not out of a loop."""
    last = lines[-1] if lines else None
    if isinstance(last, t.Block):
        _drop_break(last.body)
    elif isinstance(last, t.Jump) and last.kind == "break":
        lines.pop()


def _either(tests: list[t.Node]) -> t.Node:
    whole = tests[0]
    for test in tests[1:]:
        whole = t.at(t.Binary(whole, "||", test), test)
    return whole


def _required_module(value: t.Node | None) -> str:
    """The module of `require("x")` and `await import("x")`."""
    if isinstance(value, t.Await):
        value = value.value
    if isinstance(value, t.Member):
        value = value.object if isinstance(value.object, t.Call) and value.name == "default" else None
    if isinstance(value, t.Call) and isinstance(value.callee, t.Name) and value.callee.id in ("require", "import"):
        first = value.args[0] if value.args else None
        if isinstance(first, t.Literal) and isinstance(first.value, str):
            return first.value
    return ""


def _pattern_names(target: t.Node) -> list[tuple[str, str]]:
    if isinstance(target, t.Name):
        return [("default", target.id)]
    if isinstance(target, t.Object):
        return [(k, v.id) for k, v in target.entries if isinstance(k, str) and isinstance(v, t.Name)]
    return []


_L = _Lowering
_LOWER: dict[str, Callable[[_Lowering, Raw], t.Node]] = {
    **dict.fromkeys(
        (
            "identifier property_identifier shorthand_property_identifier private_property_identifier this super "
            "shorthand_property_identifier_pattern statement_identifier import undefined"
        ).split(),
        _L.name,
    ),
    **dict.fromkeys(("true", "false", "null"), _L.constant),
    "undefined": _L.constant,
    "number": _L.number,
    "string": _L.string,
    "regex": _L.pattern_text,
    "template_string": _L.template,
    "member_expression": _L.member,
    "subscript_expression": _L.subscript,
    "call_expression": _L.call,
    "new_expression": _L.call,
    "object": _L.object,
    "object_pattern": _L.object,
    "array": _L.array,
    "array_pattern": _L.array,
    "spread_element": _L.spread,
    "rest_pattern": _L.spread,
    "binary_expression": _L.binary,
    "unary_expression": _L.unary,
    "ternary_expression": _L.conditional,
    "await_expression": _L.await_,
    **dict.fromkeys(
        (
            "parenthesized_expression as_expression satisfies_expression non_null_expression type_assertion "
            "instantiation_expression"
        ).split(),
        _L.unwrapped,
    ),
    "sequence_expression": _L.sequence,
    **dict.fromkeys(
        (
            "function_declaration function_expression arrow_function method_definition generator_function "
            "generator_function_declaration"
        ).split(),
        _L.function,
    ),
    **dict.fromkeys(("class_declaration", "class", "abstract_class_declaration"), _L.class_),
    **dict.fromkeys(("public_field_definition", "field_definition"), _L.field_definition),
    "enum_declaration": _L.enum,
    "lexical_declaration": _L.declaration,
    "variable_declaration": _L.declaration,
    **dict.fromkeys(("assignment_expression", "augmented_assignment_expression"), _L.assignment),
    **dict.fromkeys(("assignment_pattern", "object_assignment_pattern"), _L.default),
    "expression_statement": _L.expression_statement,
    "import_statement": _L.import_,
    "export_statement": _L.export,
    "if_statement": _L.if_,
    "for_in_statement": _L.for_in,
    "for_statement": _L.for_,
    **dict.fromkeys(("while_statement", "do_statement"), _L.while_),
    "switch_statement": _L.switch,
    "try_statement": _L.try_,
    "return_statement": _L.return_,
    "throw_statement": _L.throw,
    **dict.fromkeys(("break_statement", "continue_statement"), _L.jump),
    "statement_block": _L.block,
    **dict.fromkeys(("jsx_element", "jsx_self_closing_element"), _L.markup),
    "jsx_expression": _L.markup_expression,
    "meta_property": _L.name,
}
