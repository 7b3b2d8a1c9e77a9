"""Repairs that let somebody know when the app breaks."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from tests.fixes.support import Repaired, repaired

PAGE = '<div id="root"></div><script type="module" src="/src/main.tsx"></script>'
MAIN = """
import { createRoot } from "react-dom/client"
import App from "./App"

createRoot(document.getElementById("root")!).render(<App />)
"""
VITE = """
{
  "name": "tea",
  "dependencies": {
    "@radix-ui/react-slot": "^1.0.0",
    "react": "^18.3.1",
    "react-dom": "^18.3.1"
  },
  "devDependencies": {
    "vite": "^5.4.0"
  }
}
"""
FUNCTION = """
import { serve } from 'https://deno.land/std@0.168.0/http/server.ts'

serve(async (req) => new Response('ok'))
"""
EXPRESS = """
import express from 'express';
import routes from './routes.js';

const app = express();
app.use('/api', routes);
app.listen(3000);
"""
LAYOUT = """
export default function Layout({ children }) {
  return (
    <html>
      <body>
        {children}
      </body>
    </html>
  );
}
"""
SERVER = '{"name": "api", "type": "module", "dependencies": {"express": "^5.0.0"}}'


def watched(files: Mapping[str, str]) -> Repaired:
    return repaired("running/watch_errors", files)


def test_pages_made_by_vite_are_watched() -> None:
    done = watched({"package.json": VITE, "index.html": PAGE, "src/main.tsx": MAIN, "package-lock.json": "{}"})
    assert done.left == []
    assert done.files["src/main.tsx"] == 'import "./watch-errors"\n' + MAIN.lstrip("\n")
    assert "beforeSend: (event) => withoutSecrets(event)" in done.files["src/watch-errors.ts"]
    assert "«" not in done.files["src/redact.ts"]
    assert '    "@radix-ui/react-slot": "^1.0.0",\n    "@sentry/react": "10.78.0",\n' in done.files["package.json"]
    assert done.files[".env.example"].endswith("VITE_SENTRY_DSN=\n")
    assert any("npm install" in todo for todo in done.patches[0].todo)
    assert any("VITE_SENTRY_DSN" in todo for todo in done.patches[0].todo)


def test_edge_functions_are_watched_each_by_one_line() -> None:
    two = {f"supabase/functions/{name}/index.ts": FUNCTION for name in ("pay", "mail")}
    done = watched({"package.json": VITE, "index.html": PAGE, "src/main.tsx": MAIN, **two})
    for path in two:
        assert done.files[path] == "import '../_shared/watch-errors.ts'\n" + FUNCTION.lstrip("\n")
    assert "npm:@sentry/deno@10.75.2" in done.files["supabase/functions/_shared/watch-errors.ts"]
    assert "function redactText(text: string): string" in done.files["supabase/functions/_shared/redact.ts"]


def test_a_server_of_modules_is_watched_before_it_is_made() -> None:
    done = watched({"package.json": SERVER, "server.js": EXPRESS})
    assert done.left == []
    after = done.files["server.js"]
    assert after.startswith("import { watchErrors } from './watch-errors.js';\nimport express from 'express';\n")
    assert "watchErrors();\n\nconst app = express();\n" in after
    assert "from './redact.js'" in done.files["watch-errors.js"]
    assert "export function redactText(text)" in done.files["redact.js"]
    assert json.loads(done.files["package.json"])["dependencies"] == {"@sentry/node": "10.78.0", "express": "^5.0.0"}


def test_a_server_that_requires_is_given_what_can_be_required() -> None:
    code = EXPRESS.replace("import express from 'express'", "const express = require('express')")
    code = code.replace("import routes from './routes.js'", "const routes = require('./routes')")
    done = watched({"package.json": SERVER.replace('"type": "module", ', ""), "server.js": code})
    assert done.files["server.js"].startswith("const { watchErrors } = require('./watch-errors');\nconst express")
    assert "const { withoutSecrets } = require('./redact');" in done.files["watch-errors.js"]
    assert "module.exports = { watchErrors };" in done.files["watch-errors.js"]
    assert "export" not in done.files["redact.js"].replace("module.exports", "")


@pytest.mark.parametrize(
    ("path", "imports", "said", "package"),
    [
        ("main.py", "", "from watch_errors import watch_errors\n", "redact"),
        ("app/main.py", "from app.db import session\n", "from app.watch_errors import watch_errors\n", "app.redact"),
        ("app/main.py", "from .db import session\n", "from .watch_errors import watch_errors\n", ".redact"),
    ],
)
def test_a_server_in_python_is_watched(path: str, imports: str, said: str, package: str) -> None:
    code = f"from fastapi import FastAPI\n{imports}\napp = FastAPI()\n\n\n@app.get('/tea')\ndef tea():\n    return 1\n"
    files = {"requirements.txt": "fastapi==0.115.0", path: code}
    if "/" in path:
        files |= {"app/__init__.py": "", "app/db.py": "session = 1\n"}
    done = watched(files)
    assert done.left == []
    assert f"{said}\nwatch_errors()\napp = FastAPI()\n" in done.files[path]
    assert done.files["requirements.txt"] == "fastapi==0.115.0\nsentry-sdk==2.75.0\n"
    assert f"from {package} import without_secrets" in done.files[path.replace("main", "watch_errors")]


def test_what_is_called_above_late_imports_is_imported_above_them() -> None:
    code = (
        "from fastapi import FastAPI\n\napp = FastAPI()\n\nimport os\n\n\n@app.get('/tea')\ndef tea():\n    return 1\n"
    )
    done = watched({"requirements.txt": "fastapi==0.115.0", "main.py": code})
    head = "from fastapi import FastAPI\nfrom watch_errors import watch_errors\n\nwatch_errors()\napp = FastAPI()\n"
    assert done.files["main.py"].startswith(head)


def test_django_is_watched_from_its_settings() -> None:
    manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
    urls = "from django.urls import path\nurlpatterns = [path('tea', lambda request: None)]\n"
    settings = "import os\nROOT_URLCONF = 'shop.urls'\nDEBUG = False\n"
    done = watched(
        {
            "manage.py": manage,
            "requirements.txt": "django==5.1\n",
            "shop/settings.py": settings,
            "shop/urls.py": urls,
            "shop/__init__.py": "",
        }
    )
    assert done.left == []
    assert done.files["shop/settings.py"].endswith(
        "from shop.watch_errors import watch_errors  # noqa: E402\n\nwatch_errors()\n"
    )


def test_next_is_watched_on_both_sides_or_by_its_layout() -> None:
    layout = LAYOUT.lstrip("\n")
    base = {
        "tsconfig.json": "{}",
        "src/app/layout.tsx": layout,
        "src/app/page.tsx": "export default () => <p>tea</p>;\n",
    }
    manifest = '{"name": "tea", "dependencies": {"next": "VERSION", "react": "19.0.0"}}'
    new = watched({**base, "package.json": manifest.replace("VERSION", "^15.0.0")})
    assert new.left == []
    assert "export const onRequestError" in new.files["src/instrumentation.ts"]
    assert "<WatchErrors />" in new.files["src/app/layout.tsx"]
    newest = watched({**base, "package.json": manifest.replace("VERSION", "16.1.6")})
    assert newest.left == []
    assert "from './lib/redact'" in newest.files["src/instrumentation-client.ts"]
    assert newest.files["src/app/layout.tsx"] == layout
    old = watched({**base, "package.json": manifest.replace("VERSION", "14.2.21")})
    assert old.left == []
    assert "        <WatchErrors />\n        {children}\n" in old.files["src/app/layout.tsx"]
    assert old.files["src/lib/watch-errors.tsx"].startswith("'use client';\n")
    assert "src/instrumentation.ts" not in old.files
    flat = layout.replace("\n        {children}\n      </body>", "{children}</body>")
    done = watched({**base, "package.json": manifest.replace("VERSION", "14.2.21"), "src/app/layout.tsx": flat})
    assert "<body><WatchErrors />{children}</body>" in done.files["src/app/layout.tsx"]


ROUTER = "import express from 'express';\nexport const r = express.Router();\nr.get('/a', (req, res) => res.json(1));\n"
WORKER = (
    "import { Hono } from 'hono';\nconst app = new Hono();\napp.get('/a', (c) => c.json(1));\nexport default app;\n"
)


@pytest.mark.parametrize(
    "files",
    [
        {"package.json": SERVER, "src/routes.js": ROUTER},
        {"package.json": SERVER.replace("express", "hono"), "wrangler.toml": "", "src/index.js": WORKER},
        {"package.json": VITE, "index.html": PAGE, "src/main.tsx": MAIN, "src/redact.ts": "export const mine = 1;\n"},
        {"main.py": "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/a')\ndef a():\n    return 1\n"},
    ],
)
def test_what_is_not_sure_is_left(files: dict[str, str]) -> None:
    done = watched(files)
    assert done.patches == []
    assert done.left != []


def quieted(files: Mapping[str, str]) -> Repaired:
    return repaired("running/hide_secrets_from_tracker", files)


def test_each_start_of_sentry_gets_the_same_redactor() -> None:
    start = """
    import * as Sentry from "@sentry/nextjs";

    Sentry.init({
      dsn: process.env.NEXT_PUBLIC_SENTRY_DSN,
      tracesSampleRate: 1,
    });
    """
    manifest = '{"dependencies": {"next": "15.3.0", "@sentry/nextjs": "^10.0.0"}}'
    names = ("sentry.client.config.ts", "sentry.server.config.ts")
    done = quieted({"package.json": manifest, **dict.fromkeys(names, start)})
    assert done.left == []
    assert len(done.patches) == 2
    for name in names:
        assert "  tracesSampleRate: 1,\n  beforeSend: (event) => withoutSecrets(event),\n});" in done.files[name]
        assert 'import { withoutSecrets } from "./redact";' in done.files[name]
    assert "function withoutSecrets" in done.files["redact.ts"]


ONE_ROW = "sentry_sdk.init(dsn=DSN, send_default_pii=True)"
ROWS = "sentry_sdk.init(\n    dsn=DSN,\n    include_local_variables=True,\n)"
ADDED = ', before_send=without_secrets, include_local_variables=False, max_request_body_size="never")'
ADDED_ROWS = '    before_send=without_secrets,\n    max_request_body_size="never",\n)'


@pytest.mark.parametrize(("given", "then"), [(ONE_ROW, ONE_ROW[:-1] + ADDED), (ROWS, ROWS[:-1] + ADDED_ROWS)])
def test_a_start_in_python_gets_the_redactor_too(given: str, then: str) -> None:
    code = f"import os\nimport sentry_sdk\n\nDSN = os.environ['SENTRY_DSN']\n{given}\n"
    done = quieted({"requirements.txt": "sentry-sdk==2.0.0\n", "main.py": code})
    assert done.left == []
    assert then in done.files["main.py"]
    assert "import sentry_sdk\nfrom redact import without_secrets\n" in done.files["main.py"]
    assert "def without_secrets" in done.files["redact.py"]


@pytest.mark.parametrize(
    "start", ["Sentry.init(options);", "Sentry.init({ dsn, beforeSend: clean });", "Sentry.init({ ...shared });"]
)
def test_a_start_that_is_not_spelled_out_or_has_its_filter_is_left(start: str) -> None:
    imports = "import * as Sentry from '@sentry/node';\nimport { options, dsn, clean, shared } from './options.js';\n"
    files = {
        "package.json": SERVER,
        "watch.js": f"{imports}{start}\n",
        "options.js": "export const dsn = process.env.DSN;\n",
    }
    assert quieted(files).patches == []


def healthy(files: Mapping[str, str]) -> Repaired:
    return repaired("running/add_health_route", files)


ROUTES = "app.get('/a', (REQ) => RES);\napp.post('/b', (REQ) => RES);\n"
NODE = {
    "express": ("import express from 'express';\n\nconst app = express();\n", "req, res", "res.json(1)"),
    "fastify": ("import Fastify from 'fastify';\n\nconst app = Fastify();\n", "req", "1"),
    "hono": ("import { Hono } from 'hono';\n\nconst app = new Hono();\n", "c", "c.json(1)"),
}
WELL = {
    "express": "const app = express();\n\napp.get('/health', (_req, res) => res.json({ status: 'ok' }));\n",
    "fastify": "const app = Fastify();\n\napp.get('/health', async () => ({ status: 'ok' }));\n",
    "hono": "const app = new Hono();\n\napp.get('/health', (c) => c.json({ status: 'ok' }));\n",
}


@pytest.mark.parametrize("library", NODE)
def test_a_server_on_node_says_whether_it_is_well(library: str) -> None:
    made, request, answer = NODE[library]
    code = f"{made}{ROUTES.replace('REQ', request).replace('RES', answer)}app.listen(3000);\n"
    done = healthy({"package.json": SERVER.replace("express", library), "server.js": code})
    assert done.left == []
    assert WELL[library] in done.files["server.js"]


@pytest.mark.parametrize(("library", "made", "said"), [("fastapi", "FastAPI", "get"), ("flask", "Flask", "route")])
def test_a_server_in_python_says_whether_it_is_well(library: str, made: str, said: str) -> None:
    given = "" if library == "fastapi" else "__name__"
    routes = "\n\n".join(f"@app.{said}('/{name}')\ndef {name}():\n    return '1'\n" for name in ("a", "b"))
    code = f"from {library} import {made}\n\napp = {made}({given})\n\n\n{routes}"
    done = healthy({"requirements.txt": f"{library}\n", "main.py": code})
    assert done.left == []
    added = f"\n\n\n@app.{said}('/health')\ndef health():\n    return {{'status': 'ok'}}\n"
    assert f"app = {made}({given}){added}" in done.files["main.py"]
    assert healthy({"main.py": code.replace("def a", "def health")}).patches == []


def test_a_server_may_be_made_in_one_file_and_started_in_another() -> None:
    made, request, answer = NODE["hono"]
    files = {
        "package.json": SERVER.replace("express", "hono"),
        "src/app.js": f"{made}{ROUTES.replace('REQ', request).replace('RES', answer)}export default app;\n",
        "src/index.js": "import { serve } from '@hono/node-server';\nimport app from './app.js';\n\nserve(app);\n",
    }
    done = healthy(files)
    assert done.left == []
    assert WELL["hono"] in done.files["src/app.js"]


def test_a_worker_is_no_server() -> None:
    code = f"{NODE['hono'][0]}{ROUTES.replace('REQ', 'c').replace('RES', 'c.json(1)')}export default app;\n"
    assert healthy({"package.json": SERVER.replace("express", "hono"), "src/index.js": code}).patches == []
