"""Private keys and passwords stored as they are are found; encrypted and hashed ones are let pass."""

from __future__ import annotations

from tests.support import audit_files

CHECK = "secrets/secret_stored_in_clear"
CLIENT = """import { createClient } from '@supabase/supabase-js'
const db = createClient(url, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!)
"""


def found_in(body: str) -> list[str]:
    code = f"{CLIENT}Deno.serve(async (req) => {{\n{body}\n  return new Response('ok')\n}})\n"
    return [str(f.place) for f in audit_files({"supabase/functions/wallet/index.ts": code}, only=CHECK)]


def test_a_private_key_in_another_form_is_still_clear() -> None:
    body = (
        "  const key = JSON.stringify(p.secretKey)\n  await db.from('wallets').insert({ private_key_encrypted: key })"
    )
    assert found_in(body) == ["supabase/functions/wallet/index.ts:5"]


def test_a_password_as_it_was_sent_is_found() -> None:
    body = "  const { password } = await req.json()\n  await db.from('people').insert({ password })"
    assert found_in(body) == ["supabase/functions/wallet/index.ts:5"]


def test_encrypted_and_hashed_values_are_let_pass() -> None:
    body = (
        "  const { password } = await req.json()\n  const sealed = await encrypt(pair.secretKey)\n"
        "  await db.from('people').insert({ password: await bcrypt.hash(password, 12), private_key: sealed })"
    )
    assert found_in(body) == []


def test_what_is_given_what_encrypting_gives_back() -> None:
    body = "  const { iban } = await req.json()\n  const kept = MADE\n"
    body += "  await db.from('payouts').insert({ iban_encrypted: kept })"
    assert found_in(body.replace("MADE", "encryptText(iban)")) == []
    assert found_in(body.replace("MADE", "iban")) == ["supabase/functions/wallet/index.ts:6"]


def test_what_a_cipher_of_ones_own_made(audit_files):
    app = """
        from fastapi import FastAPI
        from sqlalchemy import Column, String
        app = FastAPI()
        class Vault(Base):
            __tablename__ = "vault"
            encrypted_note = Column(String)
        class Cipher:
            def seal(self, text):
                return self.box.token(text.encode()).decode()
        cipher = Cipher()
        @app.post("/notes")
        def keep(note: str):
            encrypted_note = cipher.seal(note)
            row = Vault(
                encrypted_note=encrypted_note,
            )
            session.add(row)
    """
    assert not audit_files({"app.py": app}, only="secrets/secret_stored_in_clear")
