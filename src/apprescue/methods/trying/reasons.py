"""The server's words for why something could not be, in plain ones."""

from __future__ import annotations

import re

SAID = {
    r'duplicate key value violates unique constraint "([^"]+)"': r"only one such row may be, and it is there (\1)",
    r'conflicting key value violates exclusion constraint "([^"]+)"': r"it overlaps a row, which must not be (\1)",
    r'new row for relation "([^"]+)" violates check constraint "([^"]+)"': r'our values break the rule "\2" of \1',
    r'value for domain (\S+) violates check constraint "[^"]+"': r"our value is none of the domain \1",
    r'null value in column "([^"]+)" of relation "([^"]+)" violates not-null constraint': r"\2.\1 must be filled",
    r'insert or update on table "([^"]+)" violates foreign key constraint "([^"]+)"': (
        r"what the row of \1 points at is not there (\2)"
    ),
    r'update or delete on table "([^"]+)" violates [\w ]*foreign key constraint "[^"]+" on table "([^"]+)"': (
        r"rows of \2 hang on the row of \1"
    ),
    r'new row violates row-level security policy (?:"[^"]+" )?for table "([^"]+)"': r"the rules of \1 refuse the row",
    r'infinite recursion detected in policy for relation "([^"]+)"': r"the rules of \1 ask themselves in a circle",
    r"permission denied for (?:table|view|sequence|function|schema) (\S+)": r"the role has no right to \1",
    r'relation "([^"]+)" does not exist': r"it needs the table \1, which is not there",
    r"function (\S+\(.*?\)) does not exist": r"it calls \1, which is not there",
    r'record "(?:new|old)" has no field "([^"]+)"': r"a trigger reads the column \1, which is not there",
    r'column "?([\w.]+)"? (?:of relation "\S+" )?does not exist': r"it reads the column \1, which is not there",
    r'invalid input syntax for type ([\w ]+): "([^"]*)"': r'"\2", which we gave it, is no \1',
    r'invalid input value for enum (\S+): "([^"]*)"': r'"\2", which we gave it, is no value of \1',
    r"value too long for type ([\w ]+\(\d+\))": r"our text is too long for \1",
    r"canceling statement due to statement timeout|it took longer than \S+ seconds": "it took too long",
}
CODE = r"(?:\b[0-9A-Z]{5} )?"
PLAIN = tuple((re.compile(f"{CODE}(?:{said})"), words) for said, words in SAID.items())


def plainly(text: str) -> str:
    """A text in which what the server says is put so that everybody understands it."""
    for said, words in PLAIN:
        text = said.sub(words, text)
    return text
