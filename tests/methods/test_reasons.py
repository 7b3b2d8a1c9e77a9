"""Why something could not be tried is said in plain words."""

from __future__ import annotations

import pytest

from apprescue.methods.trying.reasons import plainly


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        (
            'owner: 23505 duplicate key value violates unique constraint "a_key"',
            "owner: only one such row may be, and it is there (a_key)",
        ),
        (
            'owner, admin: 23514 new row for relation "pots" violates check constraint "full"; member: no team',
            'owner, admin: our values break the rule "full" of pots; member: no team',
        ),
        ('new row violates row-level security policy for table "pots"', "the rules of pots refuse the row"),
        ('42P01 relation "public.lost" does not exist', "it needs the table public.lost, which is not there"),
        ('invalid input syntax for type uuid: "tea"', '"tea", which we gave it, is no uuid'),
        ('record "new" has no field "price"', "a trigger reads the column price, which is not there"),
        ("the app's own code refuses: Please sign in", "the app's own code refuses: Please sign in"),
    ],
)
def test_the_servers_words_become_plain(said: str, plain: str) -> None:
    assert plainly(said) == plain
