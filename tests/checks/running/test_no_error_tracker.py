"""Apps that break in silence."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/no_error_tracker"


def found(files: dict[str, str]) -> int:
    return len(audit_files({"src/App.tsx": "export default () => <p>Boats</p>;", **files}, only=NAME))


def test_nobody_is_told() -> None:
    assert found({"package.json": '{"dependencies": {"react": "19.0.0"}}'}) == 1


def test_a_tracker_is_there() -> None:
    assert found({"package.json": '{"dependencies": {"react": "19.0.0", "@sentry/react": "9.0.0"}}'}) == 0


def test_a_tracker_from_an_address() -> None:
    function = 'import * as Sentry from "npm:@sentry/deno@9";'
    package = '{"dependencies": {"react": "19.0.0"}}'
    assert found({"package.json": package, "supabase/functions/book/index.ts": function}) == 0


def test_a_library_is_no_app() -> None:
    assert found({"package.json": '{"dependencies": {"lodash": "4.0.0"}}'}) == 0
