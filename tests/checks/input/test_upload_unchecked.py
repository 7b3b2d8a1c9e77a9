"""Uploads of any kind and size."""

from __future__ import annotations

from tests.samples import edge
from tests.support import audit_files

NAME = "input/upload_unchecked"


def found(check: str, sql: str = "") -> list[str]:
    files = edge(f"""
        const user = await whoCalls(req);
        const form = await req.formData();
        const file = form.get("file");
        {check}
        await db.storage.from("zines").upload(`${{user.id}}/${{crypto.randomUUID()}}`, file);
        return new Response("kept");
    """)
    return [f.severity for f in audit_files(files | {"supabase/migrations/1.sql": sql}, only=NAME)]


TYPES = 'if (!["image/png", "image/jpeg"].includes(file.type)) return new Response("kind", { status: 400 });'
SIZE = 'if (file.size > 5_000_000) return new Response("size", { status: 400 });'


def test_anything_is_stored() -> None:
    assert found("") == ["medium"]


def test_only_the_size_is_left_open() -> None:
    assert found(TYPES) == ["low"]


def test_kind_and_size_are_checked() -> None:
    assert not found(TYPES + SIZE)


def test_the_bucket_limits_both() -> None:
    sql = """
        insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
        values ('zines', 'zines', false, 5000000, array['image/png']);
    """
    assert not found("", sql)


def test_what_the_server_made_is_no_upload() -> None:
    files = edge("""
        const { data } = await db.from("zines").select("title").limit(10);
        await db.storage.from("lists").upload("today.json", JSON.stringify(data));
        return new Response("kept");
    """)
    assert not audit_files(files, only=NAME)
