"""Manifests may be anything; reading them never raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apprescue.source.manifests import json_in, part, relaxed_json_in, table, toml_in, words


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a":' * 100_000, "nul", "\ufeff{}", "{'a': 1}"])
def test_json_that_cannot_be_read_is_none(text: str) -> None:
    assert json_in(text) is None
    assert relaxed_json_in(text) is None


@pytest.mark.parametrize("text", ["[[[", "a", "a = ", "a = " + "[" * 100_000])
def test_toml_that_cannot_be_read_is_none(text: str) -> None:
    assert toml_in(text) is None


def test_comments_and_trailing_commas_are_let_pass() -> None:
    text = '{ // first\n "a": "http://x", /* and */ "b": ["1, ]", 2,], }'
    assert relaxed_json_in(text) == {"a": "http://x", "b": ["1, ]", 2]}


def test_what_stands_under_names() -> None:
    value = {"tool": {"poetry": {"dependencies": {"flask": "3"}, "authors": ["Ana", 3], "name": "app"}}, "list": [1]}
    assert table(value, "tool", "poetry", "dependencies") == {"flask": "3"}
    assert words(value, "tool", "poetry", "authors") == ["Ana"]
    assert words(value, "tool", "poetry", "name") == ["app"]
    assert table(value, "list", "poetry") == {}
    assert words(value, "tool", "none") == []
    assert part(value, "list") == [1]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON, st.lists(st.text(), max_size=3))
def test_any_shape_has_an_answer(value: object, names: list[str]) -> None:
    assert isinstance(table(value, *names), dict)
    assert all(isinstance(word, str) for word in words(value, *names))
