"""One database for trying out and for customers."""

from __future__ import annotations

from tests.support import audit_files

NAME = "release/one_environment"

CLIENT = 'export const db = createClient("https://abcdefghijklmnopqrst.supabase.co", key);'
OTHER = 'export const db = createClient("https://tsrqponmlkjihgfedcba.supabase.co", key);'


def found(files: dict[str, str]) -> int:
    return len(audit_files(files, only=NAME))


def test_one_database_is_written_into_the_app() -> None:
    assert found({"src/db.ts": CLIENT}) == 1


def test_two_databases() -> None:
    assert found({"src/db.ts": CLIENT, "src/staged.ts": OTHER}) == 0


def test_an_env_file_for_each() -> None:
    assert found({"src/db.ts": CLIENT, ".env.staging": "SITE=https://staged.boats.example\n"}) == 0


def test_a_database_on_ones_own_machine() -> None:
    assert found({"src/db.ts": CLIENT, "README.md": "Run `supabase start` first."}) == 0


def test_settings_alone() -> None:
    assert found({"src/db.ts": "export const db = createClient(import.meta.env.VITE_URL, key);"}) == 0
