"""Files that a repair writes into an app, whole: templates that stand beside, in the language of the app."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Literal

Language = Literal["ts", "js", "cjs", "py"]

_TYPE = re.compile(r"«(.*?)»", re.S)
_EXPORT = re.compile(r"^export (?=(?:async )?function (\w+))", re.M)
_ALL = re.compile(r"^import \* as (\w+) from (.+?);$", re.M)
_SOME = re.compile(r"^import (\{.+?\}) from (.+?);$", re.M)


@cache
def written(name: str, language: Language, ending: str = "") -> str:
    """The template of that name as a file of that language; `ending` is what imports of a file beside it end with.

    What stands between « and » is a type: TypeScript keeps it, JavaScript does not. `cjs` is JavaScript that is loaded
    by `require`.
    """
    if language == "py":
        return _template(f"{name}.py.txt")
    text = _TYPE.sub(r"\1" if language == "ts" else "", _template(f"{name}.ts.txt")).replace("%ENDING%", ending)
    if language != "cjs":
        return text
    names = _EXPORT.findall(text)
    text = _SOME.sub(r"const \1 = require(\2);", _ALL.sub(r"const \1 = require(\2);", _EXPORT.sub("", text)))
    return text + (f"\nmodule.exports = {{ {', '.join(names)} }};\n" if names else "")


def _template(name: str) -> str:
    return resources.files("apprescue.source").joinpath("templates", name).read_text("utf-8")
