"""Repairs of secrets that stand in the code."""

from __future__ import annotations

import pytest

from tests.fixes.support import Repaired, repaired

EXPRESS = """
import jwt from "jsonwebtoken";

const SECRET = READ;

export function tokenFor(id: string) {
  return jwt.sign({ id }, SECRET, { expiresIn: "1h" });
}
"""
PACKAGE = '{"dependencies": {"express": "4.0.0"}}'


def required(text: str, path: str = "server/auth.ts", **more: str) -> Repaired:
    found = repaired("secrets/require_secret", {path: text, **{k.replace("__", "/"): v for k, v in more.items()}})
    assert found.left == []
    return found


def test_a_fallback_becomes_a_refusal_that_names_what_is_missing() -> None:
    found = required(EXPRESS.replace("READ", 'process.env.JWT_SECRET ?? "letmein"'))
    after = found.files["server/auth.ts"]
    assert 'const SECRET = process.env.JWT_SECRET || missing("JWT_SECRET");' in after
    assert after.startswith(
        'import jwt from "jsonwebtoken";\n\nfunction missing(name: string): never {\n  throw new Error(`'
    )
    assert found.files[".env.example"] == "# Secrets of your own: openssl rand -hex 32\nJWT_SECRET=\n"
    assert "Set JWT_SECRET on every host" in found.patches[0].todo[0]


def test_names_that_are_tried_one_after_the_other_stay() -> None:
    after = required(EXPRESS.replace("READ", "process.env.JWT_SECRET || process.env.AUTH_SECRET || 'letmein'"))
    assert (
        "process.env.JWT_SECRET || process.env.AUTH_SECRET || missing('JWT_SECRET');" in after.files["server/auth.ts"]
    )


def test_a_default_of_unpacking_and_of_a_schema() -> None:
    text = """
    import { z } from 'zod';
    const { JWT_SECRET = 'letmein' } = process.env;
    export const env = z.object({
      SESSION_SECRET: z.string().min(3).default('letmein'),
    }).parse(process.env);
    """
    after = required(text).files["server/auth.ts"]
    assert "{ JWT_SECRET = missing('JWT_SECRET') } = process.env" in after
    assert "SESSION_SECRET: z.string().min(3),\n" in after


def test_builds_of_nextjs_and_tests_go_on() -> None:
    files = {
        "package.json": '{"dependencies": {"next": "15.0.0"}}',
        "lib/auth.js": EXPRESS.replace("READ", 'process.env.JWT_SECRET || "letmein"').replace(": string", ""),
        "lib/auth.test.js": "test('a', () => {});",
    }
    after = repaired("secrets/require_secret", files)
    assert after.left == []
    spared = 'if (process.env.NEXT_PHASE === "phase-production-build" || process.env.NODE_ENV === "test") return name;'
    assert f"function missing(name) {{\n  {spared}\n" in after.files["lib/auth.js"]


def test_python_reads_and_settings() -> None:
    text = """
    import os

    from pydantic_settings import BaseSettings

    SECRET_KEY = os.environ.get("SECRET_KEY", "letmein")
    KEY = os.getenv("JWT_SECRET", "letmein").encode()
    OTHER = os.environ.get("SESSION_SECRET") or "letmein"


    class Settings(BaseSettings):
        admin_password: str = "letmein"
        title: str = "My app"
    """
    after = required(text, "backend/config.py", **{"backend__requirements.txt": "fastapi"})
    code = after.files["backend/config.py"]
    assert 'SECRET_KEY = os.environ.get("SECRET_KEY") or missing("SECRET_KEY")\n' in code
    assert 'KEY = (os.getenv("JWT_SECRET") or missing("JWT_SECRET")).encode()\n' in code
    assert 'OTHER = os.environ.get("SESSION_SECRET") or missing("SESSION_SECRET")\n' in code
    assert '    admin_password: str\n    title: str = "My app"\n' in code
    assert code.index("def missing(name: str) -> str:\n    raise RuntimeError(f") < code.index("SECRET_KEY =")
    assert set(after.files["backend/.env.example"].split("\n")[1:-1]) >= {
        "SECRET_KEY=",
        "JWT_SECRET=",
        "ADMIN_PASSWORD=",
    }


def test_django_environ_refuses_by_itself() -> None:
    text = """
    import environ

    env = environ.Env()
    SECRET_KEY = env("SECRET_KEY", default="letmein")
    """
    assert 'SECRET_KEY = env("SECRET_KEY")\n' in required(text, "shop/settings.py").files["shop/settings.py"]


@pytest.mark.parametrize(
    "read",
    [
        "process.env.JWT_SECRET",
        'process.env.NODE_ENV !== "production" ? process.env.JWT_SECRET || "letmein" : process.env.JWT_SECRET',
        'process.env.PORT || "3000"',
    ],
)
def test_what_is_no_fallback_of_a_secret_stays(read: str) -> None:
    files = {"server/auth.ts": EXPRESS.replace("READ", read), "package.json": PACKAGE}
    assert repaired("secrets/require_secret", files).patches == []


def test_git_may_keep_the_example() -> None:
    text = EXPRESS.replace("READ", 'process.env.JWT_SECRET || "letmein"')
    after = repaired("secrets/require_secret", {"server/auth.ts": text, ".gitignore": "dist\n.env*\n"})
    assert after.files[".gitignore"] == "dist\n.env*\n!.env.example\n"
