"""What is wrong with a file before it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from apprescue.source.syntax import BROKEN, complaints

SCRIPT = """
import React, { useState as state } from 'react';
import * as all from './all';
import only, { type Kind } from './only';
const { a, b: { c }, ...rest } = all.things;
const [first, second = only] = rest.list;
enum Color { Red }
export function shown({ id, name = a }: { id: string }, ...more: Kind[]) {
  for (const one of more) {
    try { console.log(one, id, name, c, first, second, state, Color.Red); } catch (error) { throw error; }
  }
  const inner = async (x: number) => { const y = await later(x); return { x, y }; };
  let label = x => x + 1;
  return <div onClick={() => inner(1)}>{label(2)}{React.version}</div>;
}
function later(n: number) { return Promise.resolve(n); }
class Store { at = 1; put() { return new Store().at; } }
export default class extends Store {}
"""


def test_names_that_are_bound_are_no_complaint() -> None:
    assert not complaints("a.tsx", SCRIPT)


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("a.ts", "export const a = (;", BROKEN),
        ("a.ts", "export const a = user.id;", "nothing is called user"),
        ("a.ts", "function one() { const user = 1; return user; }\nexport const a = user;", "nothing is called user"),
        ("a.ts", "export const a = { user };", "nothing is called user"),
        ("a.py", "def one():\n    return user.id\n", "nothing is called user"),
        ("a.py", "def one(:\n", BROKEN),
        ("a.py", "watch()\nfrom a import watch\n", "watch is used before it is there"),
        ("a.py", "app = made()\ndef made(): ...\n", "made is used before it is there"),
        ("a.json", "{,}", BROKEN),
    ],
)
def test_what_nothing_binds_is_told(path: str, text: str, told: str) -> None:
    assert told in complaints(path, text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "import os\nfrom x import *\ndef one(a, *, b=os):\n    return [c for c in a if len(c)] + [b]\n"),
        (
            "a.py",
            "class A:\n    x = 1\n    def b(self):\n        global made\n        made = self.x\n        return made\n",
        ),
        ("a.py", "def one():\n    return two()\ndef two(): ...\nif one():\n    from a import b\n    b()\n"),
        (
            "a.py",
            "try:\n    import a\nexcept ImportError as error:\n    print(error)\n    a = None\nx = [y for y in a]\n",
        ),
        ("a.css", "{{{"),
        ("tsconfig.json", "{ // a comment\n}"),
    ],
)
def test_what_is_right_or_not_known_is_no_complaint(path: str, text: str) -> None:
    assert not complaints(path, text)


def test_the_sample_apps_have_no_complaint() -> None:
    root = Path(__file__).parents[2] / "examples"
    files = [file for file in root.rglob("*") if file.suffix in (".ts", ".tsx", ".py", ".json") and file.is_file()]
    told = {str(file): dict(found) for file in files if (found := complaints(file.name, file.read_text("utf-8")))}
    assert not told
