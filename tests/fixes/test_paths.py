"""File names from requests that stay in their folder."""

from __future__ import annotations

import pytest

from tests.fixes.support import Repaired, repaired
from tests.samples import express, fastapi

NAME = "input/keep_to_folder"
FILES = 'import fs from "fs";\n'
PATH = 'import path from "path";\n'


def kept(line: str, head: str = FILES + PATH) -> Repaired:
    return repaired(NAME, express(head + f'app.post("/file", signedIn, (req, res) => {{\n  {line}\n}});'))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'res.send(fs.readFileSync(path.join("uploads", req.query.name)));',
            'path.join("uploads", path.basename(req.query.name))',
        ),
        (
            'const full = path.resolve("uploads", `${req.query.id}.json`);\n  res.send(fs.readFileSync(full));',
            'path.resolve("uploads", path.basename(`${req.query.id}.json`))',
        ),
        (
            "const named = `${req.body.day}.json`;\n  fs.unlinkSync(path.join('uploads', named));",
            "path.join('uploads', path.basename(named))",
        ),
        (
            "res.send(fs.readFileSync(`uploads/${req.query.name}`));",
            "`uploads/${path.basename(String(req.query.name))}`",
        ),
        ('fs.unlinkSync("uploads/" + req.body.name);', '"uploads/" + path.basename(req.body.name)'),
    ],
)
def test_the_last_part_of_a_name(before: str, after: str) -> None:
    found = kept(before)
    assert not found.left
    assert after in found.files["server/index.ts"]


def test_the_import_that_is_missing() -> None:
    found = kept("res.send(fs.readFileSync(`uploads/${req.query.name}`));", FILES)
    assert "import { basename } from " in found.files["server/index.ts"]
    assert "${basename(String(req.query.name))}" in found.files["server/index.ts"]


def test_python() -> None:
    text = """
        @app.get("/file")
        async def file(name: str):
            return open(f"uploads/{name}").read()
    """
    found = repaired(NAME, fastapi(text))
    assert not found.left
    assert 'open(f"uploads/{os.path.basename(str(name))}")' in found.files["main.py"]


@pytest.mark.parametrize(
    "line",
    [
        'res.send(fs.readFileSync(path.join("public", req.body.picture)));',
        "fs.unlinkSync(path.join('uploads', `${req.body.folder}/${req.body.name}`));",
        "res.send(fs.readFileSync(path.join('uploads', req.query.folder, 'list.json')));",
    ],
)
def test_what_may_hold_folders_is_left(line: str) -> None:
    assert not kept(line).patches
