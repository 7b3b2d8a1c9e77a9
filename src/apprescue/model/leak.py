"""A secret that stands where others can read it, and how to speak of it without repeating it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from apprescue.model.place import Code

Kind = Literal["live", "test", "publishable", "placeholder"]


@dataclass(frozen=True, slots=True, repr=False)
class Sighting:
    """What an engine saw and nobody judged yet: the text and line where, its rule's name, the value."""

    place: Code
    rule: str
    value: str

    def __repr__(self) -> str:
        return f"Sighting({self.rule}, {redacted(self.value)}, {self.place})"


@dataclass(frozen=True, slots=True, repr=False)
class Leak:
    """A value that looks like a secret.

    `rule` is what recognised it, `provider` who issued it in words for people ("Stripe", "Supabase", "a
    database"). `kind` is live, test (works, but only on a test account), publishable (made to be seen) or
    placeholder (no secret at all). `name` is the setting it is the value of, where there is one; `what` says in
    words what it is ("secret key", "service role key"). `power` is critical where it opens everything. `commit`
    is empty in the working tree. `quiet` tells that it stands in a test, an example or the like.
    """

    rule: str
    provider: str
    kind: Kind
    value: str
    place: Code
    what: str = "key"
    name: str = ""
    power: Literal["critical", "high", "medium", "low"] = "high"
    commit: str = ""
    quiet: bool = False

    @property
    def is_secret(self) -> bool:
        """Whether somebody who reads it can do something with it."""
        return self.kind in ("live", "test")

    def __repr__(self) -> str:
        return f"Leak({self.rule}, {self.kind}, {redacted(self.value)}, {self.place})"


def redacted(value: str) -> str:
    """A secret as it may be shown: a few first characters of a long one, nothing of a short one."""
    first = value.strip().split("\n", 1)[0]
    if key := re.match(r"-----BEGIN[A-Z0-9 ]*-----", first):
        return f"{key[0]} [hidden]"
    return f"{first[:4]}…[hidden]" if len(first) >= 20 else "[hidden]"


# what a known secret looks like, and the texts one of which stands in every such secret
_SHAPES: dict[tuple[str, ...], str] = {
    ("://",): r"://[^\s:/@'\"`]{0,64}:[^\s/@'\"`$<{]{3,200}(?=@[\w.\[-])",
    ("PRIVATE KEY-----",): r"-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY-----[A-Za-z0-9+/=\s\\nr:,-]{40,8000}?"
    r"-----END[ A-Z0-9]{0,40}KEY-----",
    ("k_live_", "k_test_"): r"\b(?:sk|rk)_(?:live|test)_\w{16,}",
    ("whsec_",): r"\bwhsec_[A-Za-z0-9+/=]{20,}",
    ("sk-",): r"\bsk-[A-Za-z0-9_-]{24,}",
    ("sb_secret_",): r"\bsb_secret_[\w-]{20,}",
    ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"): r"\bgh[pousr]_\w{30,}",
    ("github_pat_",): r"\bgithub_pat_\w{40,}",
    ("glpat-",): r"\bglpat-[\w-]{18,}",
    ("xox",): r"\bxox[abeoprs]-[\w-]{16,}",
    ("SG.",): r"\bSG\.[\w-]{16,}\.[\w-]{16,}",
    ("npm_",): r"\bnpm_\w{36}",
    ("key-",): r"\bkey-[0-9a-f]{32}\b",
    ("eyJ",): r"\beyJ[\w-]{12,}\.eyJ[\w-]{12,}\.[\w-]{12,}",
    ("AKIA", "ASIA"): r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    ("AIza",): r"\bAIza[\w-]{35}",
    ("GOCSPX-",): r"\bGOCSPX-[\w-]{20,}",
    ("ya29.",): r"\bya29\.[\w-]{30,}",
    ("hf_", "gsk_", "sbp_", "r8_", "lin_api_", "dop_v1_", "shpat_", "shpss_", "shpca_", "shppa_"): (
        r"\b(?:hf|gsk|sbp|r8|lin_api|dop_v1|shp(?:at|ss|ca|pa))_\w{24,}"
    ),
    ("xai-",): r"\bxai-\w{40,}",
    ("re_",): r"\bre_[A-Za-z0-9]{6,}_[A-Za-z0-9]{16,}",
    (":AA",): r"\b\d{8,10}:AA[\w-]{33}",
    ("/services/",): r"(?<=/services/)T\w{6,}/B\w{6,}/\w{16,}",
    ("/webhooks/",): r"(?<=/webhooks/)\d{10,}/[\w-]{50,}",
}


@lru_cache(maxsize=256)
def _any_shape(shapes: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(shapes))


@lru_cache(maxsize=10_000)
def _without_shapes(text: str) -> str:
    """The text without what has a known secret's shape; only the shapes that can stand in it are looked for."""
    shapes = tuple(shape for signs, shape in _SHAPES.items() if any(sign in text for sign in signs))
    if not shapes:
        return text
    return _any_shape(shapes).sub(
        lambda found: "://[hidden]" if found[0].startswith("://") else _hidden(found[0]), text
    )


class Redactor:
    """Hides secrets in a text: those of the leaks wherever they stand, and whatever has a known secret's shape.

    `values` are more secrets to hide, for instance those of env files. Values shorter than eight characters and those
    of a few small letters (`password`) are often ordinary words and are hidden only where they stand as a value:
    quoted, or after `=` or `:`.
    """

    def __init__(self, leaks: Iterable[Leak], values: Iterable[str] = ()) -> None:
        wanted = {leak.value for leak in leaks if leak.kind != "placeholder"} | set(values)
        short = {value for value in wanted if 0 < len(value) < (13 if value.isalpha() and value.islower() else 8)}
        long = {part for value in wanted - short for part in _parts(value) if len(part) >= 8}
        self._long = _any_of(long)
        self._short = re.compile(rf"(?<=[=:'\"`(])(\s*){_any_of(short).pattern}(?![\w-])") if short else None

    def __call__(self, text: str) -> str:
        """The text with its secrets hidden, each line break kept so that lines stay countable."""
        if self._long.pattern:
            text = self._long.sub(lambda found: _hidden(found[0]), text)
        if self._short:
            text = self._short.sub(lambda found: f"{found[1]}[hidden]", text)
        return _without_shapes(text)


def _hidden(value: str) -> str:
    return redacted(value) + "\n" * value.count("\n")


def _parts(value: str) -> Iterable[str]:
    yield value
    if "\n" in value:
        yield from (line.strip() for line in value.split("\n") if len(line.strip()) >= 16 and "-----" not in line)


def _any_of(values: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(values, key=lambda v: (-len(v), v))
    return re.compile("(?:" + "|".join(map(re.escape, longest_first)) + ")" if longest_first else "")
