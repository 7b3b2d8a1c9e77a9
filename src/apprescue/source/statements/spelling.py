"""The values of a chain of calls as a client library writes them into the address of a request."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from apprescue.model.trace import Step, Value
from apprescue.source.statements.told import UntoldError, constant, number, picked

FIRST_HOLE = 0xE000  # the first character that Unicode leaves to private use
LAST_HOLE = 0xF8FF


def is_hole(sign: str) -> bool:
    """Whether a character stands for what only the running app knows."""
    return FIRST_HOLE <= ord(sign) <= LAST_HOLE


@dataclass
class Spelling:
    """Writes values, and keeps those that only the running app knows: a character stands for each in the texts.
    `python` is for what supabase-py writes otherwise."""

    python: bool
    holes: list[Value] = field(default_factory=list)

    def name(self, value: Value, otherwise: str) -> str:
        """A name that must be known: of several that are possible the first. UntoldError(`otherwise`)."""
        found = picked(value)
        if found is None:
            raise UntoldError(otherwise)
        return str(found)

    def whole(self, value: Value) -> str:
        """A whole number."""
        known = number(value)
        return str(known) if known is not None else self._hole(value)

    def _hole(self, value: Value) -> str:
        if len(self.holes) > LAST_HOLE - FIRST_HOLE:
            raise UntoldError("more values than can be kept apart")
        self.holes.append(value)
        return chr(FIRST_HOLE + len(self.holes) - 1)

    def text(self, value: Value, whole: str = "") -> str:
        """A value as the library writes it into the address. UntoldError(`whole`) where nothing of it is known."""
        if value.literal or (whole and value.constant is not None):
            return self._plain(value.constant)
        if value.op == "text" or (value.op == "+" and any(isinstance(v.constant, str) or v.op for v in value.operands)):
            joined = value.step is not None and value.step.method == "join"
            between = self._between(value.step) if joined and value.step is not None else ""
            return between.join(self.text(part) for part in value.operands)
        if value.items is not None and value.step is None:
            return ",".join(self.text(part) for part in value.items)
        if value.choices and whole:
            return self.text(value.choices[0][0], whole)
        if whole:
            found = picked(value)
            if found is None:
                raise UntoldError(whole)
            return self._plain(found)
        return self._hole(value)

    def _between(self, joined: Step) -> str:
        return str(constant(joined.args[0])) if joined.args and constant(joined.args[0]) is not None else ","

    def _plain(self, found: object) -> str:
        if found is None or isinstance(found, bool):
            return {None: "null", True: "true", False: "false"}[found]
        return str(int(found)) if isinstance(found, float) and found.is_integer() and not self.python else str(found)

    def several(self, value: Value) -> str:
        """The values that one must be among."""
        if value.items is None or value.step is not None:
            return self._hole(value)
        reserved = ',:()"\\' if self.python else ",()"
        texts = [self.text(item) for item in value.items]
        if not self.python:
            texts = list(dict.fromkeys(texts))
        return ",".join(_quoted(t, self.python) if any(c in t for c in reserved) else t for t in texts)

    def held(self, value: Value) -> str:
        """What a list, a range or a JSON column must hold."""
        if value.items is not None and value.step is None:
            return self.array(value)
        return self.json(value, spaced=self.python) if value.fields is not None else self.text(value)

    def array(self, value: Value) -> str:
        """A list as PostgreSQL writes one."""
        texts = [self.text(item) for item in value.items or ()]
        if self.python:
            texts = [_quoted(t, True) if _needs_quotes(t) else t for t in texts]
        return "{" + ",".join(texts) + "}"

    def json(self, value: Value, spaced: bool = False) -> str:
        """A value as JSON; a hole stands in it as a text."""
        return json.dumps(self._jsonable(value), ensure_ascii=False, separators=(", ", ": ") if spaced else (",", ":"))

    def _jsonable(self, value: Value) -> object:
        if value.fields is not None:
            return {key: self._jsonable(part) for key, part in value.fields.items()}
        if value.items is not None and value.step is None:
            return [self._jsonable(part) for part in value.items]
        return value.constant if value.literal else self.text(value)


def _quoted(text: str, escaped: bool) -> str:
    return '"' + (text.replace("\\", "\\\\").replace('"', '\\"') if escaped else text) + '"'


def _needs_quotes(text: str) -> bool:
    return not text or text.lower() == "null" or any(c in '{},"\\' or c.isspace() for c in text)
