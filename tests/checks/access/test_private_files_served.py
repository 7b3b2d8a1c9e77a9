"""Uploads that lie open."""

from __future__ import annotations

import pytest

from tests.samples import express, fastapi, nextjs
from tests.support import audit_files

NAME = "access/private_files_served"


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def test_a_folder_of_uploads_is_served() -> None:
    assert found(express('app.use("/uploads", express.static("uploads"));')) == ["high"]


def test_python_serves_documents() -> None:
    text = """
        from fastapi.staticfiles import StaticFiles
        app.mount("/documents", StaticFiles(directory="documents"))
    """
    assert found(fastapi(text)) == ["high"]


def test_any_file_by_its_name() -> None:
    text = 'app.get("/files/:name", (req, res) => res.sendFile(`/data/${req.params.name}`));'
    assert found(express(text)) == ["high"]


@pytest.mark.parametrize(
    "text",
    [
        'app.use(express.static("public"));',
        'app.use("/avatars", express.static("uploads/avatars"));',
        'app.get("/files/:name", signedIn, (req, res) => res.sendFile(`/data/${req.params.name}`));',
        'app.get("/manual", (req, res) => res.sendFile("/data/manual.pdf"));',
    ],
)
def test_look_alikes(text: str) -> None:
    assert not found(express(text))


def test_passports_in_the_public_folder() -> None:
    text = """
        import path from "path";
        import { writeFile } from "fs/promises";
        async function keep(file, folder, name) {
          const target = path.join(folder, `${name}.jpg`);
          await writeFile(target, Buffer.from(await file.arrayBuffer()));
        }
        export async function POST(request) {
          const form = await request.formData();
          const folder = path.join(process.cwd(), "public", "uploads", "FOLDER");
          await keep(form.get("front"), folder, "front");
          return NextResponse.json({ ok: true });
        }
    """
    assert audit_files(nextjs(text.replace("FOLDER", "id-check"), "prove"), only=NAME)
    assert not audit_files(nextjs(text.replace("FOLDER", "covers"), "prove"), only=NAME)
