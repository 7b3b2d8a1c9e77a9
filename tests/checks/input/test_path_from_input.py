"""File names of requests."""

from __future__ import annotations

import pytest

from tests.samples import express, fastapi
from tests.support import audit_files

NAME = "input/path_from_input"
FILES = 'import fs from "fs";\nimport path from "path";\n'


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


@pytest.mark.parametrize(
    "line",
    [
        "fs.readFileSync(`uploads/${req.query.name}`)",
        'fs.readFileSync(path.join("uploads", req.query.name))',
        'fs.unlinkSync("uploads/" + req.body.name)',
    ],
)
def test_a_name_leads_out_of_the_folder(line: str) -> None:
    assert found(express(FILES + f'app.post("/file", signedIn, (req, res) => res.send({line}));')) == ["high"]


def test_python_opens_what_is_asked_for() -> None:
    text = """
        @app.get("/file")
        async def file(name: str):
            return open(f"uploads/{name}").read()
    """
    assert found(fastapi(text)) == ["high"]


@pytest.mark.parametrize(
    "line",
    [
        "fs.readFileSync(path.join('uploads', path.basename(req.query.name)))",
        "fs.readFileSync('uploads/list.json')",
        "fs.readFileSync(`uploads/${req.user.id}.json`)",
    ],
)
def test_look_alikes(line: str) -> None:
    assert not found(express(FILES + f'app.post("/file", signedIn, (req, res) => res.send({line}));'))


def test_it_is_looked_where_the_path_leads() -> None:
    text = """
        app.get("/file", signedIn, (req, res) => {
          const full = path.resolve("uploads", req.query.name);
          if (!full.startsWith(ROOT)) return res.status(400).end();
          res.send(fs.readFileSync(full));
        });
    """
    assert not found(express(FILES + text))


def test_one_part_of_an_address_holds_no_slash_in_python() -> None:
    text = """
        @app.get("/file/{name}")
        async def file(name: str):
            return open(f"uploads/{name}").read()
    """
    assert not found(fastapi(text))


def test_what_has_path_in_its_name_opens_no_file() -> None:
    text = """
        import { revalidatePath } from "next/cache";
        app.post("/fresh", (req, res) => {
          revalidatePath(`/report/${req.body.slug}`);
          res.end();
        });
    """
    assert not found(express(text))
