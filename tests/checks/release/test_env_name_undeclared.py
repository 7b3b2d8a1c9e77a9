"""Settings that nobody knows of."""

from __future__ import annotations

from tests.support import audit_files

NAME = "release/env_name_undeclared"

CODE = {"server/mail.ts": "export const key = process.env.MAIL_KEY;"}


def found(files: dict[str, str]) -> int:
    return len(audit_files({**CODE, **files}, only=NAME))


def test_it_stands_nowhere() -> None:
    assert found({}) == 1


def test_an_example_names_it() -> None:
    assert found({".env.example": "MAIL_KEY=\n"}) == 0


def test_the_readme_names_it() -> None:
    assert found({"README.md": "Set `MAIL_KEY` to your key."}) == 0


def test_the_platform_sets_it() -> None:
    assert found({"server/mail.ts": "export const port = process.env.PORT;"}) == 0


def test_it_has_a_fallback() -> None:
    assert found({"server/mail.ts": 'export const from = process.env.MAIL_FROM || "crew";'}) == 0


def test_settings_with_defaults_and_switches_are_not_needed() -> None:
    files = {
        "server/mail.ts": 'export const demo = process.env.SHOW_DEMO === "true";',
        "app/config.py": 'class S(BaseSettings):\n    tide: int = 3\n    shed: str = Field(default="", alias="SHED")\n',
    }
    assert found(files) == 0


def test_a_setting_without_a_default_is_needed() -> None:
    files = {"server/mail.ts": "", "app/config.py": "class S(BaseSettings):\n    crane_key: str\n"}
    assert found(files) == 1
