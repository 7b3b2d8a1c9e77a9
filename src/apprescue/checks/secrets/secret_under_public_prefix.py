"""A secret is named so that the build copies it into the public page.

What we look at: environment names with a public prefix (VITE_, NEXT_PUBLIC_, EXPO_PUBLIC_, REACT_APP_ and their like)
whose name or value is that of a secret: secret keys, passwords, service roles, keys of AI, e-mail and payment
services.
Why it matters: the prefix is an order to the build tool: everything under it is written into the JavaScript that
every visitor downloads, whatever you set in your host's secret settings.
How to repair: take the prefix away, read the value only in server code, make a new key, and call the server from the
browser instead.
When it is fine: values made to be seen, such as publishable, anon, site, map and analytics keys. They are not
reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.source.quiet import is_example, is_test
from apprescue.source.secret_kinds import is_placeholder, kind_of

_PREFIX = re.compile(r"^(?:VITE|NEXT_PUBLIC|EXPO_PUBLIC|REACT_APP|NUXT_PUBLIC|GATSBY|VUE_APP|PUBLIC)_")
_SECRET = re.compile(
    r"SECRET|PASSWORD|PASSWD|PRIVATE_KEY|SERVICE_(?:ROLE|KEY)|DATABASE_URL|MONGO(?:DB)?_URI|WEBHOOK_SIGNING"
    r"|(?:OPENAI|ANTHROPIC|CLAUDE|GEMINI|GROQ|MISTRAL|DEEPSEEK|PERPLEXITY|OPENROUTER|REPLICATE|ELEVENLABS|HUGGING\w*|TOGETHER\w*"
    r"|XAI|COHERE|RESEND|SENDGRID|MAILGUN|POSTMARK|BREVO|TWILIO|GITHUB|AIRTABLE|NOTION)_?(?:AI_)?(?:API_)?(?:KEY|TOKEN|AUTH_TOKEN)$"
)
_PUBLIC = re.compile(
    r"PUBLIC|PUBLISHABLE|ANON|SITE_?KEY|(?:HIDE|SHOW|ENABLE|REQUIRE|RESET|FORGOT)_|_(?:URL|LENGTH|PATH|NAME)$"
)


@check(severity=Severity.HIGH, impact=Impact.MONEY, cwe=("CWE-200", "CWE-522"), owasp=("A02:2025", "A07:2025"))
def secret_under_public_prefix(app: App) -> Iterator[Seen]:
    for read in app.env_reads:
        told_elsewhere = read.side == "browser" and re.search(r"SERVICE_?(?:ROLE|KEY)", read.name)
        if _is_secret(read.name) and not told_elsewhere:
            yield Seen(
                read.place,
                f"The prefix of {read.name} makes it public: it is written into the page that visitors download.",
                cause=read.name,
                severity=None if read.side == "browser" else Severity.MEDIUM,
            )
    used = {read.name for read in app.env_reads}
    for one in app.env_declared:
        if one.name in used or is_example(one.place.path) or is_test(one.place.path) or not _PREFIX.match(one.name):
            continue
        real = bool(one.value) and not is_placeholder(one.value)
        if _is_secret(one.name) and real and kind_of("", one.value, one.name).kind != "publishable":
            yield Seen(
                one.place,
                f"The prefix of {one.name} makes it public: visitors get it as soon as something reads it.",
                cause=one.name,
                severity=Severity.MEDIUM,
                evidence=Evidence.SUSPECTED,
            )


def _is_secret(name: str) -> bool:
    bare = _PREFIX.sub("", name, count=1)
    return bare != name and bool(_SECRET.search(bare)) and not _PUBLIC.search(bare)
