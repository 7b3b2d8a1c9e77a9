"""The file that an import means, however it is written."""

from __future__ import annotations

import pytest

from apprescue.source.project import Project

FILES = {
    "api/tsconfig.json": '{"compilerOptions": {"baseUrl": "./", "paths": {"@lib/*": ["src/lib/*"]}}}',
    "api/src/main.ts": "",
    "api/src/lib/mail.ts": "",
    "api/src/posts/post.guard.ts": "",
    "api/settings.ts": "",
    "web/jsconfig.json": '{"compilerOptions": {"baseUrl": "src"}}',
    "web/src/app.js": "",
    "web/src/config/index.js": "",
    "web/src/react.js": "",
}


@pytest.mark.parametrize(
    ("path", "module", "means"),
    [
        ("api/src/main.ts", "src/posts/post.guard", "api/src/posts/post.guard.ts"),
        ("api/src/main.ts", "@lib/mail", "api/src/lib/mail.ts"),
        ("api/src/main.ts", "settings", "api/settings.ts"),
        ("api/src/main.ts", "srcery", ""),
        ("api/src/main.ts", "express", ""),
        ("web/src/app.js", "config/index", "web/src/config/index.js"),
        ("web/src/app.js", "config", "web/src/config/index.js"),
        ("web/src/app.js", "lib/mail", ""),
    ],
)
def test_an_import_from_the_base_folder(path: str, module: str, means: str) -> None:
    assert Project(FILES).target(path, module) == means
