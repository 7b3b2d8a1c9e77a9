"""What Prisma's relations are called in the code."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apprescue.source.owner_path import same_name

_MODEL = re.compile(r"(?ms)^model\s+(\w+)\s*\{(.*?)^\}")
_MAPPED = re.compile(r"@@map\(\s*\"(\w+)\"")


_FIELD = re.compile(r"(?m)^[ \t]*(\w+)[ \t]+(\w+)(\[\])?\??")


def model_named(files: Mapping[str, str], name: str) -> dict[str, str]:
    """The fields of a model by the name that the code calls it, or its table: what each of them holds. Empty where
    there is no such model."""
    for path, text in files.items():
        if path.endswith(".prisma"):
            for model in _MODEL.finditer(text):
                mapped = _MAPPED.search(model[2])
                if same_name(model[1], name) or (mapped and mapped[1] == name):
                    return {field[1]: field[2] for field in _FIELD.finditer(model[2])}
    return {}


def columns_of(files: Mapping[str, str], fields: Mapping[str, str]) -> list[str]:
    """Those of a model's fields that are columns of its table, not rows of another one."""
    models = {m[1] for path, text in files.items() if path.endswith(".prisma") for m in _MODEL.finditer(text)}
    return [name for name, kind in fields.items() if kind not in models]


def relation_of(files: Mapping[str, str], table: str, column: str) -> str:
    """The field by which a model names the row that one of its columns points at; empty where there is none."""
    for path, text in files.items():
        if path.endswith(".prisma"):
            for model in _MODEL.finditer(text):
                mapped = _MAPPED.search(model[2])
                if same_name(model[1], table) or (mapped and mapped[1] == table):
                    field = re.search(
                        rf"(?m)^[ \t]*(\w+)[ \t]+\w+\??[ \t].*@relation\([^)\n]*fields:\s*\[{column}\]", model[2]
                    )
                    return field[1] if field else ""
    return ""
