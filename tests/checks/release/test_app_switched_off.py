"""Apps that show one notice to all."""

from __future__ import annotations

from tests.support import audit_files

NAME = "release/app_switched_off"


def found(body: str, more: str = "") -> int:
    code = f"""
        import {{ NextResponse }} from "next/server";
        export function middleware(request) {{
          {body}
        }}
        {more}
    """
    return len(audit_files({"middleware.ts": code}, only=NAME))


AWAY = 'return NextResponse.rewrite(new URL("/closed", request.url));'


def test_everybody_is_sent_away() -> None:
    assert found(AWAY) == 1


def test_a_setting_decides() -> None:
    assert found(f"if (process.env.CLOSED) {{ {AWAY} }}\n return NextResponse.next();") == 0


def test_a_part_is_closed() -> None:
    assert found(AWAY, 'export const config = { matcher: ["/old/:path*"] };') == 0


def test_all_may_pass() -> None:
    assert found("return NextResponse.next();") == 0
