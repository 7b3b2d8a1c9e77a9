"""Which files a secret in them says little about: tests, examples, translations, what a machine wrote."""

from __future__ import annotations

import posixpath
import re
from functools import cache

_TEST = re.compile(
    r"(?:^|/)(?:tests?|__tests__|__mocks__|specs?|e2e|cypress|playwright|fixtures?|mocks?|testdata|test[_-]?data|testing"
    r"|__snapshots__|stubs?|stories|__fixtures__|conftest\.py)(?:/|$)"
    r"|(?:^|/)(?:(?:load|smoke(?=\.(?:[cm]?[jt]s|py)$)|e2e|api|unit|qa)?[_-]?test[_-][^/]*|smoke|[^/]*_test|[^/]*_spec)\.\w+$|[.-](?:test|spec|e2e|stories|story|cy|mock|fixture)s?\.\w+$"
    r"|(?:^|/)(?:playwright|vitest|jest|cypress)\.(?:config|setup|global-setup)\.\w+$"
    r"|(?:^|/)[^/]*(?:Test|Tests|Spec)\.(?:java|kt|cs|php|swift)$",
)
_EXAMPLE = re.compile(
    r"(?:^|/)(?:examples?|samples?|demos?|templates?|tutorials?|quickstarts?)/"
    r"|[._-](?:example|sample|template|tpl|dist|defaults?|tmpl)(?:\.(?:env|json|ya?ml|toml|ini|[jt]sx?|py|conf|cfg|php|rb|sh|txt|md"
    r"|tfvars|properties|xml|local))?$|(?:^|/)(?:example|sample)[._-][^/]*$",
    re.I,
)
_TRANSLATION = re.compile(
    r"(?:^|/)(?:i18n|l10n|locales?|lang|langs|languages|translations?|messages|intl)(?:/|\.(?:json|ya?ml|tsx?|jsx?|py)$)"
    r"|\.(?:po|pot|mo|xlf|xliff|arb|resx|strings)$|(?:^|/)(?:strings|values(?:-\w+)?)/[^/]*\.xml$"
    r"|(?:^|(?<!/workflows)/)(?:[a-z]{2}|[a-z]{2}[_-][A-Z]{2})\.(?:json|ya?ml)$",
)
_MACHINE = re.compile(
    r"(?:^|/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock|poetry\.lock"
    r"|uv\.lock|Pipfile\.lock|composer\.lock|Cargo\.lock|Gemfile\.lock|go\.sum)$"
    r"|\.(?:map|snap|min\.js|min\.css|svg|ipynb|csv|lock|sum|tsbuildinfo|patch|diff|har|log)$"
    r"|(?:^|/)(?:dist|build|\.next|out|coverage|node_modules|vendor|bower_components|site-packages|\.venv|venv)/"
)
_TOOLS = re.compile(
    r"(?:^|/)\.(?:local|cache|history|idea|vscode|cursor|claude|agents|codex|aider|windsurf|emergent|bolt)(?:/|\.)(?!.*\.(?:md|txt)$)|\.log$"
)
_PROSE = (".md", ".mdx", ".mdc", ".rst", ".adoc", ".txt", ".html", ".htm", ".log", ".tex")


@cache
def is_test(path: str) -> bool:
    """Whether a file belongs to the tests: what stands there was invented for them."""
    return bool(_TEST.search(path))


def is_example(path: str) -> bool:
    """Whether a file shows what to write, such as `.env.example`."""
    return bool(_EXAMPLE.search(path))


def is_translation(path: str) -> bool:
    """Whether a file holds the words of the screens."""
    return bool(_TRANSLATION.search(path))


def is_machine_made(path: str) -> bool:
    """Whether a machine wrote the file: locks, builds, snapshots, maps."""
    return bool(_MACHINE.search(path))


def is_prose(path: str) -> bool:
    """Whether people read the file and no program does."""
    return path.lower().endswith(_PROSE)


def is_quiet(path: str) -> bool:
    """Whether a secret in the file is more likely made up than real."""
    return is_test(path) or is_example(path) or is_translation(path) or is_machine_made(path)


def is_env_file(path: str) -> bool:
    """Whether it is an env file that a program reads: `.env`, `.env.production`, `prod.env`, not `.env.example`."""
    name = posixpath.basename(path)
    return (name == ".env" or name.startswith(".env.") or name.endswith(".env") or name == ".envrc") and not is_example(
        path
    )


def is_tools_own(path: str) -> bool:
    """Whether a tool wrote the file for itself: a log, or what editors, agents and hosts keep in their folders."""
    return bool(_TOOLS.search(path))
