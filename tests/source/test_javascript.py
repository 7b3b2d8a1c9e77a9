"""What the small tree says of JavaScript that is easily misread."""

from __future__ import annotations

import pytest

from apprescue.source import javascript
from apprescue.source import tree as t


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("a.x !== b!.c;", "Member('c', Name('b'))"),
        ("a && b!.c;", "Member('c', Name('b'))"),
        ("a ?? b![0];", "Index(Literal(0), Name('b'))"),
    ],
)
def test_an_asserted_value_belongs_to_its_own_side_of_an_operation(text: str, right: str) -> None:
    (node,) = javascript.parse(text, jsx=False)
    assert isinstance(node, t.Binary)
    assert repr(node.right) == right


def test_an_asserted_value_behind_not() -> None:
    (node,) = javascript.parse("!user!.admin;", jsx=False)
    assert isinstance(node, t.Unary)
    assert repr(node.value) == "Member('admin', Name('user'))"


def test_texts_keep_their_exclamation_marks() -> None:
    (node,) = javascript.parse("a !== b!.c && d === 'Hello!.'", jsx=False)
    assert any(isinstance(n, t.Literal) and n.value == "Hello!." for n in node.walk())
