"""Keys that travel to every visitor."""

from __future__ import annotations

from tests.support import audit_files

NAME = "ai/model_call_in_browser"


def found(code: str, path: str = "src/caption.ts") -> int:
    package = '{"dependencies": {"vite": "6.0.0", "react": "19.0.0"}}'
    return len(audit_files({"package.json": package, path: code}, only=NAME))


def test_the_library_is_told_to_allow_it() -> None:
    code = """
        import OpenAI from "openai";
        export const ai = new OpenAI({ apiKey: import.meta.env.VITE_AI_KEY, dangerouslyAllowBrowser: true });
    """
    assert found(code) == 1


def test_the_provider_is_fetched_by_the_page() -> None:
    code = """
        export async function caption(text) {
          return fetch("https://api.openai.com/v1/chat/completions", { method: "POST", body: text });
        }
    """
    assert found(code) == 1


def test_the_page_asks_its_own_server() -> None:
    assert found('export const caption = (text) => fetch("/api/caption", { method: "POST", body: text });') == 0


def test_the_server_asks_the_provider() -> None:
    code = """
        export async function caption(text) {
          return fetch("https://api.openai.com/v1/chat/completions", { method: "POST", body: text });
        }
    """
    assert found(code, "server/caption.ts") == 0
