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


def test_the_module_of_the_environment_stands_among_its_like() -> None:
    text = f'import html\nimport logging\n\nimport resend\n\nlogger = logging.getLogger()\nresend.api_key = "{KEY}"\n'
    after = repaired("secrets/read_from_environment", {"app/mail.py": text, "requirements.txt": "resend\n"}).files
    assert after["app/mail.py"].startswith("import html\nimport logging\nimport os\n\nimport resend\n\n\ndef missing")
    assert 'environment of the server.")\n\n\nlogger =' in after["app/mail.py"]


def test_tests_that_set_the_environment_set_the_new_names_too() -> None:
    text = 'import os\n\nSECRET_KEY = os.environ.get("SECRET_KEY", "letmein")\n'
    tests = 'import os\n\nos.environ.setdefault("APP_URL", "https://app.test")\n\n\ndef test_x():\n    pass\n'
    given = {"backend__requirements.txt": "fastapi", "backend__tests__conftest.py": tests}
    after = required(text, "backend/config.py", **given).files["backend/tests/conftest.py"]
    added = 'os.environ.setdefault("SECRET_KEY", "secret_key-for-the-tests")\n'
    assert after == tests.replace('.test")\n', f'.test")\n{added}')


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


KEY = "re_" + "Qx7mT2vK_" + "9bLw4RzP1nYc8HdJ5sGf3Ae6"


def test_a_key_in_a_text_becomes_its_name() -> None:
    files = {
        "docs/deploy.md": f"Put this in `.env`:\n\nRESEND_API_KEY={KEY}\nThe key `{KEY}` again.\n",
        "server/mail.ts": "export const mail = new Resend(process.env.RESEND_API_KEY);\n",
    }
    found = repaired("secrets/read_from_environment", files)
    assert found.left == []
    after = found.files["docs/deploy.md"]
    assert after == "Put this in `.env`:\n\nRESEND_API_KEY=<RESEND_API_KEY>\nThe key `<RESEND_API_KEY>` again.\n"
    assert any("On resend.com" in told for patch in found.patches for told in patch.todo)
    assert all(KEY not in told for patch in found.patches for told in patch.todo)


def test_a_key_in_server_code_is_read_from_the_environment() -> None:
    files = {
        "server/mail.ts": f"import {{ Resend }} from 'resend';\n\nexport const mail = new Resend('{KEY}');\n",
        "package.json": PACKAGE,
        "jobs/mail.py": f'import resend\n\nresend.api_key = "{KEY}"\n',
    }
    found = repaired("secrets/read_from_environment", files)
    assert found.left == []
    assert "new Resend(process.env.RESEND_API_KEY || missing('RESEND_API_KEY'));" in found.files["server/mail.ts"]
    assert (
        'resend.api_key = os.environ.get("RESEND_API_KEY") or missing("RESEND_API_KEY")' in found.files["jobs/mail.py"]
    )
    assert found.files["jobs/mail.py"].startswith("import os\nimport resend\n\n\ndef missing(name: str) -> str:\n")


def test_a_key_in_the_browsers_code_is_for_a_person() -> None:
    files = {"src/App.tsx": f"const mail = new Resend('{KEY}');\n", "package.json": '{"dependencies": {"vite": "5"}}'}
    assert repaired("secrets/read_from_environment", files).patches == []


def test_settings_that_nobody_named() -> None:
    files = {
        "server/a.ts": "const a = pay(process.env.PAY_KEY!, process.env.MAIL_KEY!, process.env.PORT);\n",
        "package.json": PACKAGE,
        ".env.example": "OTHER=",
    }
    found = repaired("release/name_settings", files)
    assert found.left == []
    assert found.files[".env.example"] == "OTHER=\nMAIL_KEY=\nPAY_KEY=\n"


def test_a_secret_that_was_made_up_at_each_start() -> None:
    read = "process.env.SESSION_SECRET || crypto.randomBytes(32).toString('hex')"
    found = repaired("running/keep_secret_over_starts", {"server/auth.ts": EXPRESS.replace("READ", read)})
    assert found.left == []
    assert 'const SECRET = process.env.SESSION_SECRET || missing("SESSION_SECRET");' in found.files["server/auth.ts"]


def test_a_password_that_is_compared_is_a_setting() -> None:
    text = """
    import express from 'express';
    const app = express();
    app.post('/api/admin/login', (req, res) => {
      const { username, password } = req.body;
      if (username === 'admin' && password === 'Sunshine-2025!') {
        req.session.isAdmin = true;
        return res.json({ ok: true });
      }
      res.status(401).json({ error: 'no' });
    });
    """
    found = repaired("secrets/ask_for_password", {"server/routes.ts": text, "package.json": PACKAGE})
    assert found.left == []
    expected = (
        "if (username === 'admin' && (!!process.env.ADMIN_PASSWORD && password === process.env.ADMIN_PASSWORD)) {"
    )
    assert expected in found.files["server/routes.ts"]
    assert "ADMIN_PASSWORD=" in found.files[".env.example"]


def test_a_password_that_is_given_is_drawn_and_one_of_a_seed_asked_for() -> None:
    files = {
        "server/users.ts": "export const given = () => bcrypt.hash('welcome2024', 12);\n",
        "scripts/seed.ts": "const admin = { role: 'admin', passwordHash: bcrypt.hashSync('Welcome2024!', 10) };\n",
        "package.json": PACKAGE,
    }
    found = repaired("secrets/ask_for_password", files)
    assert found.left == []
    assert "bcrypt.hash(crypto.randomUUID(), 12)" in found.files["server/users.ts"]
    seed = found.files["scripts/seed.ts"]
    assert "bcrypt.hashSync(process.env.ADMIN_PASSWORD || missing('ADMIN_PASSWORD'), 10)" in seed
    assert any("every account" in told for patch in found.patches for told in patch.todo)


def test_an_account_that_the_app_makes_gets_a_password_of_its_own() -> None:
    text = """
    export async function invite(email) {
      const password = 'welcome2024';
      return await supabaseAdmin.auth.admin.createUser({ email, password });
    }
    """
    found = repaired("secrets/ask_for_password", {"app/actions/invite.ts": text, "package.json": PACKAGE})
    assert found.left == []
    assert "const password = crypto.randomUUID();" in found.files["app/actions/invite.ts"]


def test_a_log_says_whether_a_secret_is_there() -> None:
    text = """
    import express from 'express';
    const app = express();
    const SECRET = process.env.ADMIN_PASSWORD;
    app.post('/api/a', (req, res) => {
      console.log('checking', { expected: SECRET, by: 'a' });
      console.log('asked with', JSON.stringify(req.headers));
      res.json({ ok: true });
    });
    """
    found = repaired("secrets/keep_out_of_log", {"server/a.ts": text, "package.json": PACKAGE})
    assert found.left == []
    after = found.files["server/a.ts"]
    assert "{ expected: !!SECRET, by: 'a' }" in after
    assert "console.log('asked with', Object.keys(req.headers));" in after


def test_a_python_log_says_whether_a_secret_is_there() -> None:
    text = """
    from fastapi import FastAPI
    from app.config import settings

    app = FastAPI()


    @app.get("/a")
    def a():
        print(f"key: {settings.service_key[:6]} and {len(settings.service_key)}")
        return {}
    """
    found = repaired("secrets/keep_out_of_log", {"app/main.py": text})
    assert found.left == []
    assert 'f"key: {bool(settings.service_key)} and {len(settings.service_key)}"' in found.files["app/main.py"]


def test_an_env_file_goes_and_its_names_stay() -> None:
    files = {".env": f"PORT=3000\nRESEND_API_KEY={KEY}\n", "package.json": PACKAGE, ".gitignore": "dist\n"}
    found = repaired("secrets/untrack_env_file", files)
    assert found.left == []
    assert ".env" not in found.files
    assert found.files[".gitignore"] == "dist\n/.env\n"
    assert found.files[".env.example"] == "PORT=\nRESEND_API_KEY=\n"
    assert any("On resend.com" in told for told in found.patches[0].todo)


def test_what_the_browser_is_built_with_stays() -> None:
    files = {".env": f"VITE_SUPABASE_URL=https://a.supabase.co\nRESEND_API_KEY={KEY}\n", "package.json": PACKAGE}
    found = repaired("secrets/untrack_env_file", files)
    assert found.left == []
    assert found.files[".env"] == "VITE_SUPABASE_URL=https://a.supabase.co\nRESEND_API_KEY=\n"


@pytest.mark.parametrize(
    ("path", "more", "goes"),
    [
        (".local/state/agent/files.json", {}, True),
        (".local/state/agent/files.json", {"server.js": "read('.local/state/agent/files.json')"}, False),
        ("data/files.json", {}, False),
    ],
)
def test_what_a_tool_wrote_for_itself_goes(path: str, more: dict[str, str], goes: bool) -> None:
    files = {path: f'{{"env": "RESEND_API_KEY={KEY}"}}', "package.json": PACKAGE, **more}
    found = repaired("secrets/untrack_tool_file", files)
    assert (path not in found.files) is goes
    assert (found.files.get(".gitignore") == f"/{path}\n") is goes


def test_what_a_provider_issues_is_not_drawn_by_chance() -> None:
    text = "export const pass = process.env.MAIL_PASSWORD || 'hunter2hunter2';\n"
    found = repaired("secrets/require_secret", {"server/mail.js": text, "package.json": PACKAGE})
    assert found.files[".env.example"] == "MAIL_PASSWORD=\n"
    assert "change it where it was issued" in found.patches[0].todo[0]


def test_the_address_of_a_database_goes_as_a_whole_and_is_asked_for_once() -> None:
    text = "import { Client } from 'pg';\nexport const db = new Client({\n  connectionString: ADDRESS,\n});\n"
    address = "'postgresql://keeper:k8Zr2wLx9v@db.harbour.example.org:5432/zines'".replace("example.org", "boats.net")
    files = {"scripts/a.ts": text.replace("ADDRESS", address), "scripts/b.ts": text.replace("ADDRESS", address)}
    found = repaired("secrets/read_from_environment", {**files, "package.json": PACKAGE})
    assert found.left == []
    assert "connectionString: process.env.DATABASE_URL || missing('DATABASE_URL')," in found.files["scripts/b.ts"]
    assert found.files[".env.example"].count("DATABASE_URL=") == 1
