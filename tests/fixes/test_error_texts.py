"""Repairs of what happens where something fails."""

from __future__ import annotations

import pytest

from tests.fixes.support import Repaired, repaired

PAY = "supabase/functions/pay/index.ts"
FUNCTION = """
import { pay } from "../_shared/pay.ts";

Deno.serve(async (req) => {
  try {
    const { boat } = await req.json();
    WORK
    return new Response(JSON.stringify({ ok: true }));
  } catch (error) {
    LOG
    return new Response(JSON.stringify(ANSWER), { status: 500 });
  }
});
"""


def kept(answer: str, work: str = "await pay(boat);", log: str = 'console.error("Paying failed", error);') -> str:
    text = FUNCTION.replace("ANSWER", answer).replace("WORK", work).replace("LOG", log)
    found = repaired("running/keep_errors_inside", {PAY: text})
    assert found.left == []
    return found.files[PAY]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{ error: error.message }", '{ error: "Something went wrong. Please try again." }'),
        ('{ error: error.message || "Paying failed" }', '{ error: "Paying failed" }'),
        ('{ error: error instanceof Error ? error.message : "Paying failed" }', '{ error: "Paying failed" }'),
        ("{ error: `Paying failed: ${error.message}` }", '{ error: "Paying failed" }'),
        ('{ error: "Paying failed: " + error.message }', '{ error: "Paying failed" }'),
        ('{ error: "Paying failed", details: error.message }', '{ error: "Paying failed" }'),
        ('{ details: error.stack, error: "Paying failed", id: 1 }', '{ error: "Paying failed", id: 1 }'),
        ("{ error }", '{ error: "Something went wrong. Please try again." }'),
        ("{ ok: false, error: String(error) }", '{ ok: false, error: "Something went wrong. Please try again." }'),
    ],
)
def test_the_answer_says_what_the_app_wrote(before: str, after: str) -> None:
    text = kept(before)
    assert f"JSON.stringify({after})" in text
    assert text.count("console.error") == 1


def test_the_error_goes_to_the_log_where_it_did_not() -> None:
    text = kept("{ error: error.message }", log="// nothing")
    assert "    console.error(error);\n    return new Response(JSON" in text


def test_a_text_that_was_given_a_name() -> None:
    log = (
        'const message = error instanceof Error ? error.message : "Paying failed";\n    console.error("pay", message);'
    )
    assert 'stringify({ error: "Paying failed" })' in kept("{ error: message }", log=log)


def test_what_the_app_throws_for_its_users_is_still_told() -> None:
    work = 'if (!boat) throw new Error("Which boat?");\n    if (!KEY) throw new Error("PAY_KEY is not set");'
    text = kept("{ error: error.message }", work=work)
    assert 'throw new UserFacingError("Which boat?");' in text
    assert 'throw new Error("PAY_KEY is not set");' in text
    assert 'error: error instanceof UserFacingError ? error.message : "Something went wrong. Please try again."' in text
    assert "alone. */\nclass UserFacingError extends Error {}\n" in text


def test_the_error_of_a_result() -> None:
    text = """
    import { NextResponse } from 'next/server';
    import { supabase } from '@/lib/supabase';

    export async function GET() {
      const { data, error } = await supabase.from('boats').select('id');
      if (error) return NextResponse.json({ error: error.message }, { status: 500 });
      return NextResponse.json(data);
    }
    """
    found: Repaired = repaired("running/keep_errors_inside", {"app/api/boats/route.ts": text})
    assert found.left == []
    assert (
        "  if (error) {\n    console.error(error);\n"
        "    return NextResponse.json({ error: 'Something went wrong. Please try again.' }, { status: 500 });\n  }\n"
    ) in found.files["app/api/boats/route.ts"]


def test_a_refused_sign_in_is_told() -> None:
    text = """
    import { NextResponse } from 'next/server';
    import { supabase } from '@/lib/supabase';

    export async function POST(req: Request) {
      const { error } = await supabase.auth.signInWithPassword(await req.json());
      if (error) return NextResponse.json({ error: error.message }, { status: 401 });
      return NextResponse.json({ ok: true });
    }
    """
    assert repaired("running/keep_errors_inside", {"app/api/login/route.ts": text}).patches == []


BOUNDARY = "running/catch_broken_parts"
MANIFEST = '{"dependencies": {"react": "18.3.1", "react-dom": "18.3.1"}, "devDependencies": {"vite": "5.0.0"}}'
VITE = {"package.json": MANIFEST, "index.html": '<script type="module" src="/src/main.tsx"></script>'}


def test_a_boundary_around_the_app() -> None:
    text = """
    import { StrictMode } from 'react'
    import { createRoot } from 'react-dom/client'
    import App from './App'

    createRoot(document.getElementById('root')!).render(
      <StrictMode>
        <App />
      </StrictMode>,
    )
    """
    found = repaired(BOUNDARY, {**VITE, "src/main.tsx": text})
    assert found.left == []
    main, own = found.files["src/main.tsx"], found.files["src/ErrorBoundary.tsx"]
    assert "import App from './App'\nimport { ErrorBoundary } from './ErrorBoundary'\n" in main
    assert "  <StrictMode>\n    <ErrorBoundary>\n      <App />\n    </ErrorBoundary>\n  </StrictMode>,\n" in main
    assert own.startswith("import { Component, type ErrorInfo, type ReactNode } from 'react'\n")
    assert "extends Component<{ children: ReactNode }, { failed: boolean }> {" in own
    assert "<div role=\"alert\" style={{ padding: 32, textAlign: 'center' }}>" in own


def test_a_boundary_in_one_row_of_plain_javascript() -> None:
    text = 'import React from "react";\nimport App from "./App";\n\nroot.render(<App />);\n'
    html = VITE["index.html"].replace("tsx", "jsx")
    found = repaired(BOUNDARY, {**VITE, "index.html": html, "src/main.jsx": text})
    assert found.left == []
    assert "root.render(<ErrorBoundary><App /></ErrorBoundary>);" in found.files["src/main.jsx"]
    own = found.files["src/ErrorBoundary.jsx"]
    assert own.startswith('import React from "react";\n')
    assert "extends React.Component {" in own


def test_the_error_page_of_nextjs() -> None:
    files = {
        "package.json": '{"dependencies": {"react": "18.3.1", "next": "15.0.0"}}',
        "app/layout.tsx": "export default function RootLayout({ children }) { return <body>{children}</body>; }",
    }
    found = repaired(BOUNDARY, files)
    assert found.left == []
    assert found.files["app/error.tsx"].startswith('"use client";\n')


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("try { go(); } catch {}", "try { go(); } catch (error) { console.warn(error); }"),
        ("try { go(); } catch (e) {}", "try { go(); } catch (e) { console.warn(e); }"),
        ("try {\n  go();\n} catch (e: any) {\n}", "try {\n  go();\n} catch (e: any) {\n  console.warn(e);\n}"),
        ("go().catch(() => {});", "go().catch((error) => console.warn(error));"),
    ],
)
def test_what_failed_is_logged(before: str, after: str) -> None:
    found = repaired("running/log_what_failed", {"src/a.ts": f"export const b = 1;\n{before}\n"})
    assert found.left == []
    assert found.files["src/a.ts"] == f"export const b = 1;\n{after}\n"


def test_what_failed_in_python_is_logged() -> None:
    found = repaired("running/log_what_failed", {"a.py": "import os\n\ntry:\n    go()\nexcept Exception:\n    pass\n"})
    assert found.left == []
    row = '    logging.getLogger(__name__).warning("This failed", exc_info=True)\n'
    assert found.files["a.py"] == f"import os\nimport logging\n\ntry:\n    go()\nexcept Exception:\n{row}"


def test_bodies_are_smaller() -> None:
    text = 'import express from "express";\nconst app = express();\napp.use(express.json({ limit: "100mb" }));\n'
    found = repaired("input/accept_smaller_bodies", {"server/index.ts": text})
    assert found.left == []
    assert 'app.use(express.json({ limit: "10mb" }));' in found.files["server/index.ts"]
    small = {"server/index.ts": text.replace("100mb", "5mb")}
    assert repaired("input/accept_smaller_bodies", small).patches == []


def test_a_failure_that_was_only_answered_is_logged_in_the_words_of_its_answer() -> None:
    code = """
    export async function POST(req: Request) {
      try {
        await send(await req.json());
        return Response.json({ done: true });
      } catch {
        return Response.json({ error: 'The mail was not sent.' }, { status: 500 });
      }
    }
    """
    found = repaired("running/log_what_failed", {"app/api/mails/route.ts": code})
    assert not found.left
    text = found.files["app/api/mails/route.ts"]
    assert "  } catch (error) {\n    console.error('The mail was not sent', error);\n    return Response" in text


def test_python_logs_what_was_raised_before_it_answers() -> None:
    code = """
    from fastapi import FastAPI, HTTPException
    app = FastAPI()

    @app.post("/mails")
    def send():
        try:
            deliver()
        except OSError:
            raise HTTPException(status_code=502, detail="The mail was not sent")
    """
    found = repaired("running/log_what_failed", {"main.py": code})
    assert not found.left
    text = found.files["main.py"]
    assert '        logging.getLogger(__name__).exception("The mail was not sent")\n        raise HTTP' in text
    assert "import logging\n" in text
