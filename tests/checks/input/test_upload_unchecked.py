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


SHED = {
    "shed/routes.py": """
        from fastapi import APIRouter, FastAPI, UploadFile, File, Depends
        from .pictures import keep_picture
        app = FastAPI()

        @app.post("/boats/me/picture")
        async def picture(user=Depends(who_calls), file: UploadFile = File(...)):
            return {"key": keep_picture(user.id, file)}
    """,
    "shed/pictures.py": """
        from .bucket import put_picture
        MOST = 5_000_000

        def _whole(upload):
            if not (upload.content_type or "").startswith("image/"):
                raise HTTPException(400, "No picture")
            parts, size = [], 0
            while True:
                part = upload.file.read(65536)
                if not part:
                    break
                size += len(part)
                LIMIT
                parts.append(part)
            return b"".join(parts)

        def keep_picture(owner, upload):
            return put_picture(f"pictures/{owner}.jpg", _whole(upload))
    """,
    "shed/bucket.py": """
        import boto3

        def put_picture(key, body):
            boto3.client("s3").put_object(Bucket="boats", Key=key, Body=body)
            return key
    """,
}


def shed(limit: str) -> int:
    files = SHED | {"shed/pictures.py": SHED["shed/pictures.py"].replace("LIMIT", limit)}
    return len(audit_files({"shed/__init__.py": "", **files}, only=NAME))


def test_the_limit_stands_two_calls_down() -> None:
    assert shed('if size > MAX_PICTURE_BYTES: raise HTTPException(413, "Too large")') == 0


def test_no_limit_stands_two_calls_down() -> None:
    assert shed("") == 1
