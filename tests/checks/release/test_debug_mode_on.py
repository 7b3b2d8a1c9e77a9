"""Servers that show their inside."""

from __future__ import annotations

from tests.support import audit_files

NAME = "release/debug_mode_on"


def found(files: dict[str, str]) -> list[str]:
    return [f.severity for f in audit_files(files, only=NAME)]


RUN = "from flask import Flask\napp = Flask(__name__)\napp.run(host='0.0.0.0', debug=True)\n"


def test_the_debugger_is_on() -> None:
    assert found({"app.py": RUN}) == ["medium"]


def test_production_starts_it_otherwise() -> None:
    assert found({"app.py": RUN, "Procfile": "web: gunicorn app:app\n"}) == ["low"]


def test_a_setting_decides() -> None:
    assert found({"app.py": RUN.replace("debug=True", "debug=settings.debug")}) == []


def test_djangos_switch() -> None:
    assert found({"boats/settings.py": "DEBUG = True\n"}) == ["medium"]


def test_djangos_switch_by_environment() -> None:
    assert found({"boats/settings.py": 'DEBUG = os.environ.get("DEBUG") == "1"\n'}) == []


def test_settings_for_developers() -> None:
    assert found({"boats/settings/dev.py": "DEBUG = True\n"}) == []
