"""A fixed fallback for a secret is found; dead, refused and development ones are judged as such."""

from __future__ import annotations

from tests.support import audit_files

CHECK = "secrets/fallback_secret"


def test_a_signing_secret_with_a_fallback_is_critical() -> None:
    files = {
        "package.json": "{}",
        "lib/auth.ts": "const secret = process.env.JWT_SECRET || process.env.OLD_SECRET || 'tide-pool'\n",
    }
    found = audit_files(files, only=CHECK)
    assert [(f.severity, str(f.place)) for f in found] == [("critical", "lib/auth.ts:1")]


def test_python_settings_count_too() -> None:
    files = {
        "requirements.txt": "pydantic-settings\n",
        "app/config.py": "class Settings(BaseSettings):\n    jwt_secret: str = 'tide-pool'\n    name: str = 'shop'\n",
        "app/cron.py": "import os\nSECRET = os.getenv('CRON_SECRET', 'tide')\n",
    }
    assert [(f.severity, str(f.place)) for f in audit_files(files, only=CHECK)] == [
        ("critical", "app/config.py:2"),
        ("high", "app/cron.py:2"),
    ]


def test_a_fallback_that_another_file_makes_dead_is_low() -> None:
    files = {
        "requirements.txt": "flask\n",
        "auth.py": "import os\nKEY = os.environ.get('JWT_SECRET')\nif not KEY:\n    raise RuntimeError('set it')\n",
        "live.py": "import os\nkey = os.environ.get('JWT_SECRET', 'tide-pool')\n",
    }
    assert [(f.severity, str(f.place)) for f in audit_files(files, only=CHECK)] == [("low", "live.py:2")]


def test_what_only_development_reaches_or_production_refuses_is_let_pass() -> None:
    files = {
        "requirements.txt": "pydantic-settings\n",
        "server/session.ts": "if (!isProduction) {\n  use({ secret: process.env.SESSION_SECRET || 'dev' })\n}\n",
        "app/config.py": (
            "class Settings(BaseSettings):\n    jwt_secret: str = 'tide-pool'\n\n    def check(self):\n"
            "        if production and self.jwt_secret == 'tide-pool':\n            raise ValueError('set it')\n"
        ),
    }
    assert audit_files(files, only=CHECK) == []


def test_other_fallbacks_are_ordinary() -> None:
    code = (
        "const port = process.env.PORT || '3000'\nconst key = process.env.STRIPE_SECRET_KEY || 'sk_test_placeholder'\n"
        "const secret = process.env.JWT_SECRET || 'dev-' + Math.random()\nconst none = process.env.CRON_SECRET || ''\n"
    )
    assert audit_files({"package.json": "{}", "lib/env.ts": code}, only=CHECK) == []


def test_a_password_of_tests_that_another_setting_lets_in() -> None:
    code = (
        "const on = process.env.E2E_BYPASS MARK 'true'\nconst mine = process.env.E2E_PASSWORD || 'tide-pool'\n"
        "export const may = (given) => on && given === mine\n"
    )

    def told(mark: str) -> list[str]:
        files = {"package.json": "{}", "lib/auth.ts": code.replace("MARK", mark)}
        return [one.severity for one in audit_files(files, only=CHECK)]

    assert told("===") == []
    assert told("||") == ["high"]
