from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apprescue.model.patch import Edit
from apprescue.source.edits import EditError, applied, difference, indent_of


@given(st.text(), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5), st.text(max_size=5)), max_size=4))
def test_what_no_edit_names_stays_as_it_is(text: str, wishes: list[tuple[int, int, str]]) -> None:
    whole = ("é" + text).encode("utf-8", "surrogatepass")
    edits, kept, done = [], [], 0
    for start, length, new in sorted(wishes):
        first, last = done + start, done + start + length
        if last > len(whole) or any(b & 0xC0 == 0x80 for b in (*whole[first : first + 1], *whole[last : last + 1])):
            continue
        if edits and first == last == edits[-1].start:  # two texts at one place stand in the order they are given
            continue
        edits.append(Edit("a", first, last, new))
        kept += [whole[done:first], new.encode("utf-8", "surrogatepass")]
        done = last
    after = applied({"a": "é" + text, "b": "other"}, reversed(edits))
    assert after["a"].encode("utf-8", "surrogatepass") == b"".join([*kept, whole[done:]])
    assert after["b"] == "other"


@pytest.mark.parametrize("edits", [[(0, 3), (2, 4)], [(5, 9)], [(3, 2)]])
def test_edits_that_do_not_go_together_are_refused(edits: list[tuple[int, int]]) -> None:
    with pytest.raises(EditError):
        applied({"a": "abcdef"}, [Edit("a", start, end, "") for start, end in edits])


def test_a_new_file() -> None:
    assert applied({}, [Edit("new", 0, 0, "text\n")]) == {"new": "text\n"}


def test_the_difference_is_gits() -> None:
    told = difference({"a": "one\ntwo"}, {"a": "one\n2\n", "b": "new\n"})
    assert told == (
        "--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n one\n-two\n\\ No newline at end of file\n+2\n"
        "--- /dev/null\n+++ b/b\n@@ -0,0 +1 @@\n+new\n"
    )


def test_the_indent_of_a_line() -> None:
    assert indent_of("a\n\t  é = 1", 6) == "\t  "
