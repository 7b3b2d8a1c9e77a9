"""Repairs of sign-ins and of what is drawn for them."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired

NODE = """
import express from 'express';
BRING
const app = express();
function resetCode() {
  return Math.floor(100000 + Math.random() * 900000).toString();
}
const shade = () => Math.random();
app.post('/api/reset', async (req, res) => {
  const code = resetCode();
  res.json({ colour: shade() });
});
"""


def drawn(text: str, path: str) -> str:
    found = repaired("sessions/draw_by_chance", {path: text})
    assert found.left == []
    return found.files[path]


def test_a_code_is_drawn_by_node() -> None:
    after = drawn(NODE.replace("BRING\n", ""), "server/a.ts")
    assert after.startswith("import { randomInt } from 'crypto';\nimport express from 'express';\n")
    assert "Math.floor(100000 + (randomInt(2 ** 47) / 2 ** 47) * 900000).toString();" in after
    assert "const shade = () => Math.random();" in after


def test_what_is_there_already_is_used() -> None:
    after = drawn(NODE.replace("BRING", "import crypto from 'crypto';"), "server/a.ts")
    assert "(crypto.randomInt(2 ** 47) / 2 ** 47) * 900000" in after
    assert "import { randomInt }" not in after


def test_an_edge_function_draws_with_the_webs_own() -> None:
    text = """
    Deno.serve(async (req) => {
      const code = `PAY-${Math.random().toString(36).slice(2, 9)}`
      return new Response(code)
    })
    """
    after = drawn(text, "supabase/functions/pay/index.ts")
    assert "(crypto.getRandomValues(new Uint32Array(2))" in after
    assert ").toString(36).slice(2, 9)}`" in after


def test_python_draws_with_the_systems() -> None:
    text = """
    import random
    from fastapi import FastAPI

    app = FastAPI()


    @app.post("/reset")
    def reset():
        code = "".join(random.choices("0123456789", k=6))
        return {}
    """
    assert 'random.SystemRandom().choices("0123456789", k=6)' in drawn(text, "app/main.py")


LOGIN = """
import express from 'express';
const app = express();
app.get('/api/login', (req, res) => {
  GUARD
  req.session.user = { id: 'user-1', email: 'test@example.com' };
  res.redirect('/');
});
"""


def test_nobody_is_a_made_up_user_outside_of_development() -> None:
    found = repaired("sessions/refuse_mock_login", {"server/a.ts": LOGIN.replace("  GUARD\n", "")})
    assert found.left == []
    refusal = "return res.status(501).json({ error: 'Sign-in is not set up' });"
    expected = f"  if (process.env.NODE_ENV !== 'development') {{\n    {refusal}\n  }}\n"
    assert f"{expected}  req.session.user = " in found.files["server/a.ts"]


@pytest.mark.parametrize("guard", ["if (process.env.NODE_ENV === 'production') return res.status(404).end();"])
def test_a_stand_in_for_developers_stays(guard: str) -> None:
    assert repaired("sessions/refuse_mock_login", {"server/a.ts": LOGIN.replace("GUARD", guard)}).patches == []


COOKIE = """
import express from 'express';
import cookieParser from 'cookie-parser';
const app = express();
app.use(cookieParser());
app.post('/share/:slug/open', async (req, res) => {
  if (req.body.word !== (await wordOf(req.params.slug))) return res.status(401).end();
  res.cookie('open_' + req.params.slug, 'ok', { httpOnly: true, secure: true });
  res.json({ ok: true });
});
app.get('/share/:slug', async (req, res) => {
  const name = 'open_' + req.params.slug;
  if (req.cookies[name] !== 'ok') {
    return res.status(401).json({ error: 'Locked' });
  }
  res.json(await campaignOf(req.params.slug));
});
"""


def test_a_cookie_that_opens_a_door_is_sealed() -> None:
    found = repaired("sessions/seal_cookie", {"server/share.ts": COOKIE})
    assert found.left == []
    after = found.files["server/share.ts"]
    assert "res.cookie('open_' + req.params.slug, sealOf('open_' + req.params.slug), { httpOnly" in after
    assert "if (req.cookies[name] !== sealOf(name)) {" in after
    assert "return hmacOf('sha256', secret).update(cookie).digest('hex');\n}\nconst app = express();" in after


def test_a_cookie_that_is_set_elsewhere_is_for_a_person() -> None:
    text = COOKIE.replace("  res.cookie('open_' + req.params.slug, 'ok', { httpOnly: true, secure: true });\n", "")
    assert repaired("sessions/seal_cookie", {"server/share.ts": text}).patches == []
