"""Bodies that are read a second time."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/body_read_twice"

HANDLER = """
    export async function POST(request: Request) {
      BODY
      return Response.json({ ok: true });
    }
"""
PACKAGE = {"package.json": '{"dependencies": {"next": "15.0.0"}}'}


def found(body: str) -> int:
    return len(audit_files({**PACKAGE, "app/api/book/route.ts": HANDLER.replace("BODY", body)}, only=NAME))


def test_it_is_read_again() -> None:
    assert found("const { boat } = await request.json();\n const { day } = await request.json();") == 1


def test_it_is_read_once() -> None:
    assert found("const { boat, day } = await request.json();") == 0


def test_a_copy_may_be_read() -> None:
    assert found("const a = await request.clone().json(); const b = await request.json();") == 0


def test_one_of_two_ways_reads_it() -> None:
    body = """
      if (request.headers.get("content-type") === "application/json") {
        const a = await request.json();
      } else {
        const b = await request.formData();
      }
    """
    assert found(body) == 0


def test_one_reading_on_each_way() -> None:
    assert not found("""
      let wanted = "";
      if (request.headers.get("content-type")?.includes("form")) {
        wanted = new URLSearchParams(await request.text()).get("zine");
      } else {
        wanted = (await request.json()).zine;
      }
    """)
