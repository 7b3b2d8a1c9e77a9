"""Settings whose name says that their value is secret, and whose value stands in the file.

Engines look for randomness and so miss the secrets that people make up: `JWT_SECRET=letmein`. Here the name and the
file's format decide, and the value only has to be a value: not a reference, a placeholder, a label or a type.
"""

from __future__ import annotations

import math
import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from apprescue.source.quiet import is_prose
from apprescue.source.secret_kinds import is_placeholder

CODE = frozenset(
    ".js .jsx .ts .tsx .mjs .cjs .mts .cts .vue .svelte .astro .py .rb .php .java .kt .go .rs .cs .swift .scala .pl"
    " .lua .dart .c .cc .cpp .h .m .ex .exs .groovy .sql .graphql .css .scss .prisma".split()
)
_IGNORED = frozenset(
    "package.json tsconfig.json components.json manifest.json composer.json angular.json deno.json jsconfig.json"
    " vercel.json openapi.json swagger.json openapi.yaml swagger.yml openapi.yml swagger.yaml openapi3.yml".split()
)


@dataclass(frozen=True, slots=True)
class Named:
    """A value under a name: `style` is quoted, bare or markup."""

    name: str
    value: str
    line: int
    style: str


_FOLLOWED = re.compile(
    r"(?:pass|pwd|psk|secret|token|key|salt|credential|auth|_pw|rootpw|bindpw|userpw)"
    r"[a-z0-9_-]{0,16}(?P<close>[\"'`\])]{0,3})[ \t]{0,8}(?P<sep>=>|:=|[=:>,?]|(?<=[\"' \t])(?=[\"']))"
)
_BEFORE = re.compile(r"[A-Za-z0-9_.$/:-]*\Z")
LONGEST = 4096
_QUOTED = re.compile(r"""[ \t]*(?:@|[bruf]{1,2})?(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`([^`$\n]*)`)""")
_TYPED = re.compile(r"[ \t]*[A-Za-z_][\w.\[\]| ]{0,40}=(?!=|>)")
_COMMENT = re.compile(r"[ \t][#;]")
_MARKUP = re.compile(r"([^<>\n]+)<")


def named_values(path: str, text: str) -> Iterator[Named]:
    """Every literal value in a file that stands under a name that speaks of a secret."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(c.lower() if c.isascii() else c for c in text)
    is_code = posixpath.splitext(path)[1].lower() in CODE
    line, counted = 1, 0
    for found in _FOLLOWED.finditer(low):
        one = _value(text, found, is_code)
        if one and not (path.endswith((".tf", ".hcl")) and found["sep"] not in ("=", ":")):
            start = found.start()
            line, counted = line + text.count("\n", counted, start), start
            yield Named(one[0], one[1], line, one[2])


def _value(text: str, found: re.Match[str], is_code: bool) -> tuple[str, str, str] | None:
    start, end, sep = found.start(), found.end(), found["sep"]
    before = _BEFORE.search(text, max(0, start - 60), start)
    name = (before[0] if before else "") + text[start : found.start("close")]
    ahead = text[end : end + 1]
    if sep in "=:" and ahead in "=>" and ahead:
        return None
    if sep == "?" and not text.startswith("=", end):
        return None
    if sep == "," and "define" not in text[max(0, start - len(name) - 12) : start].lower():
        return None
    if sep == ">":
        markup = (
            _MARKUP.match(text, end) if not is_code and text[max(0, start - len(name) - 1) : start].count("<") else None
        )
        return (name.rpartition("<")[2], markup[1].strip(), "markup") if markup else None
    if sep == ":" and (typed := _TYPED.match(text, end)):
        end = typed.end()
    if quoted := _QUOTED.match(text, end):
        after = text[quoted.end() : quoted.end() + 24].lstrip(" \t")
        if after.startswith(("+", "%", ".join", ".format", "?")):
            return None
        return name, next(v for v in quoted.groups() if v is not None), "quoted"
    if is_code or (sep == ":" and text[end : end + 1] not in " \t"):
        return None
    bare = _rest_of_line(text, end)
    return (name, bare.rstrip(","), "bare") if bare else None


def _rest_of_line(text: str, start: int) -> str:
    """A value without quotes, up to the end of its line or a comment; empty where the line is no setting's."""
    stop = text.find("\n", start, start + LONGEST)
    if stop < 0 and len(text) > start + LONGEST:
        return ""
    line = text[start : stop if stop >= 0 else len(text)].strip()
    return "" if line.startswith(('"', "'", "`", "#", ";")) else _COMMENT.split(line, maxsplit=1)[0].rstrip()


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[.\-/$:]+")
_TAIL = re.compile(
    r"(?:_(?:prod|production|dev|development|staging|live|test|local|value|key_base|base|default|\d+|[abv]\d?))+$"
)
_PASSWORD = re.compile(
    r"(?:^|_)(?:\w*password|\w*passwd|\w*passphrase|passwrd|\w*pwd|pass|\w+(?:user|root|bind|admin|db|ftp|irc|ssh|mail)pass|rootpw|bindpw|userpw|pw"
    r"|dbpass|psk)$"
)
_SIGNING = re.compile(
    r"(?:^|_)(?:secret|secret_key|secretkey|signing_key|signingkey|encryption_key|encryptionkey|jwt_key|jwtkey|app_key|\w*secret"
    r"|nonce_key|logged_in_key|auth_key|secure_auth_key|(?:auth|secure_auth|logged_in|nonce|password|hash|encryption)_salt|master_key|secret_key_base)$"
)
_KEY = re.compile(
    r"(?:^|_)(?:\w*token|\w*api_?key|\w*access_?key|\w*private_?key|\w*account_?key|\w*shared_?key|\w*storage_?key|\w*license_?key"
    r"|\w*credentials?|\w*service_?key|\w*service_role|\w*server_?key|\w*consumer_?key|_?auth|aws_?key|\w*client_?key)$"
)
_NO_SECRET = re.compile(
    r"public|publishable|anon|(?:^|_)(?:no|has|is|show|hide|reset|forgot|confirm|change|update|invalid|missing|use|with|without|require|max|min"
    r"|old|new|current|repeat|verify|label|placeholder|error|message|title|text|type|csrf|xsrf|design|color|theme|syntax|lexer|next_page"
    r"|page|continuation|cache|storage|query|react|route|object|primary|foreign|map|sort|row|react|i18n|translation|dummy|fake|mock"
    r"|encrypted|hashed|hash|expected|input)(?:_|$)"
)


def secret_name(name: str) -> str:
    """What a name promises: "password", "signing" (a secret that signs or encrypts), "key", or nothing."""
    snake = _CAMEL.sub("_", name).lower().strip("_")
    snake = _TAIL.sub("", snake) if not snake.endswith("key_base") else snake
    if snake in ("_auth", "auth"):
        return "key" if name.strip().startswith("_") else ""
    if _NO_SECRET.search(snake) and not snake.startswith(("encrypted_", "encryptedp", "encryptedu")):
        return ""
    for pattern, kind in ((_PASSWORD, "password"), (_SIGNING, "signing"), (_KEY, "key")):
        if pattern.search(snake):
            return kind
    return ""


def entropy(value: str) -> float:
    """Bits per character: about 1-3 for words, 3.5 and more for random text."""
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values()) if value else 0.0


_REFERENCE = re.compile(
    r"^[$%@&!]|^\{|^\[|^(?:env|process|os|secrets?|vars|var|data|local|config|settings|args?|self|this|params?|req|ctx|module|arn|ref)[.:(\[]"
    r"|^(?:https?|file|data|s3|ssm|vault|op|gs|secretsmanager)://|^arn:|^/|^\./|^~/|\$\{|\{\{|\w\(.*\)|^\w+\[|^-+$|^\\|^function\b"
    r"|:latest|^ENC\[|^ENC\(|^vault:|^!|^sha\d+-|^[\w.-]+@[\w.-]+\.\w+$"
)
_WORDLIKE = re.compile(r"^(?:[A-Za-z]+[ _.:/-]?)+$")
_CONSTANT = re.compile(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|^x-[a-z-]+$", re.ASCII)
_PLAIN = re.compile(
    r"^(?:password|passwd|pwd|pass|passphrase|secret|token|bearer|key|apikey|api[_-]?key|access[_-]?token|refresh[_-]?token|auth[_-]?token"
    r"|id[_-]?token|text|hidden|string|str|number|bool|boolean|object|any|required|optional|plain|oauth2?|jwt|basic|none|off|on|yes|no"
    r"|email|username|user|header|cookie|query|body|current-password|new-password|disabled|enabled|default|auto|md5|sha\d*|bcrypt)$",
    re.I,
)


def is_secret_value(promise: str, named: Named, path: str) -> bool:
    """Whether the value under a secret name is a secret that stands there, given the kind of file it stands in."""
    value = named.value.strip()
    if not 3 <= len(value) <= 4096:
        return False
    if named.style != "bare" and _is_noise(value):
        return True
    if _REFERENCE.search(value) or _CONSTANT.match(value):
        return False
    is_code = posixpath.splitext(path)[1].lower() in CODE
    if is_placeholder(value):
        return is_code and promise == "signing" and signs(named.name) and not _TEMPLATE.search(value)
    if not value.isascii() or (" " in value and not _is_random(value)):
        return False
    name = posixpath.basename(path)
    if name in _IGNORED or name.endswith((".schema.json", ".graphql", ".css", ".scss", ".d.ts")):
        return False
    if is_prose(path):
        return _is_random(value) and promise != "password"
    if is_code:
        return _in_code(promise, named.name, value, bool(_SETTINGS.search(name)))
    return promise != "key" or len(value) >= 8


_SETTINGS = re.compile(r"config|settings|database|(?:^|[._-])db(?:[._-]|$)|connect|secret|credential", re.I)


def _in_code(promise: str, name: str, value: str, settings: bool) -> bool:
    if promise == "key":
        return _is_random(value)
    if promise == "signing":
        return not re.search(r"[{}<>]|^\W+$", value)
    constant = name.isupper() or (settings and value.islower())
    if _PLAIN.match(value) or (_WORDLIKE.match(value) and not constant):
        return False
    return constant or bool(re.search(r"\d|[^\w\s.-]", value))


def _is_random(value: str) -> bool:
    body = re.sub(r"^\w{2,8}[_-]", "", value)
    return (
        len(body) >= 16
        and " " not in value.strip()
        and bool(re.search(r"\d", body))
        and bool(re.search(r"[A-Za-z]", body))
        and entropy(body) >= 3.0
        and not is_wordlike(body)
    )


def is_wordlike(value: str) -> bool:
    """Whether a value is made of words and small numbers: `reset-token-2`, `gemini-api-key:latest`."""
    parts = [part for part in re.split(r"[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])", value) if part]
    return all(re.fullmatch(r"[A-Za-z]{2,}\d{0,3}|\d{1,4}", part) for part in parts) and len(parts) >= len(value) / 12


_OWN = re.compile(
    r"jwt|session|cookie|auth|cron|admin|encrypt|sign|hmac|crypt|^secret(?:_?key)?$|^app_|access|refresh|internal"
    r"|(?:^|_)token_secret|flask|django|secret_key_base|webhook_secret"
)
_THEIRS = re.compile(
    r"stripe|google|github|facebook|twitter|apple|aws|supabase|openai|twilio|client_?secret|paypal|discord|oauth|pay_"
)
_TEMPLATE = re.compile(r"[<>{}$]|\*{3}|\.{3}|x{4,}", re.I)


def signs(name: str) -> bool:
    """Whether a name is that of a secret which the app itself made up to sign or to compare, not a provider's key."""
    snake = _CAMEL.sub("_", name).lower().strip("_")
    return bool(_OWN.search(snake)) and not _THEIRS.search(snake)


def _is_noise(value: str) -> bool:
    """Whether a long value is so random, with marks of all sorts, that it is no text and no code."""
    return len(value) >= 40 and entropy(value) >= 4.6 and len(re.findall(r"[^\w\s]", value)) >= 8


_URL = re.compile(
    r"\b(?P<scheme>postgres(?:ql)?(?:\+\w+)?|mysql(?:\+\w+)?|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|ldaps?|smtps?|s?ftps?|ssh|mssql"
    r"|cockroachdb|clickhouse|https?)://(?P<user>[^\s:/@'\"`<>{}$]{0,128}):(?P<password>[^\s/'\"`<>]{1,256})@(?P<host>[\w.-]+|\[[\w:]+\])"
)
_LOCAL = re.compile(
    r"^(?:localhost|127\.|0\.0\.0\.0|host\.docker|(?:[\w-]*?)(?:db|postgres|mysql|redis|mongo|database|rabbitmq)\d?$|host$|hostname$)"
)
_STOCK = re.compile(
    r"^(?:(?:(?:your|my|our|db|prod|secure|strong|secret|super|dev|the)_?-?)*pass(?:word|wd)?|\[[^\]]*\]|postgres|root|admin|"
    r"user(?:name)?|secret|test|example|guest|mysql|mongo|redis|changeme|pw|pwd|123456?|foo|bar|\W*)$",
    re.I,
)
_EXAMPLE = re.compile(r"(?:^|\.)example(?:\.(?:com|org|net)$|\.)")


@dataclass(frozen=True, slots=True)
class Address:
    """An address with a password in it. `local` is one that only this machine can reach, `stock` a made-up one."""

    scheme: str
    user: str
    password: str
    host: str
    line: int

    @property
    def local(self) -> bool:
        """Whether it is reached on the developer's machine only."""
        return bool(_LOCAL.match(self.host))

    @property
    def stock(self) -> bool:
        """Whether user and password are those of documentation."""
        return bool(_STOCK.match(self.password)) or is_placeholder(self.password) or bool(_EXAMPLE.search(self.host))


def addresses(text: str) -> Iterator[Address]:
    """Every address in a text that carries a password."""
    if "://" not in text or "@" not in text:
        return
    for found in _URL.finditer(text):
        if not re.search(r"[${}]|\(\)|%s", found["password"]):
            yield Address(
                found["scheme"], found["user"], found["password"], found["host"], text.count("\n", 0, found.start()) + 1
            )
