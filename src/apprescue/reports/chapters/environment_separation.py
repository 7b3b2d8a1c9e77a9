"""What must differ between development, test and production."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.model.document import Block, Bullets, Chapter, Code, Strong, Table, Text
from apprescue.model.sprint import EnvName, Standing
from apprescue.reports.chapters.interface import reviewed, stopped
from apprescue.reports.page.stood import not_done

CHECKS = (
    "release/address_left_on_localhost",
    "release/debug_mode_on",
    "release/env_name_undeclared",
    "release/one_environment",
    "release/sample_data_for_everyone",
    "release/test_key_in_production_file",
    "secrets/env_file_committed",
)
ABOUT = (
    "Who tries things out on the database of his customers loses their data one day. Each environment needs its own "
    "project of the database, its own keys, its own addresses; the code is the same in all. Of the settings only the "
    "names are known here, never a value: whether two environments share one, only you can see."
)
DIFFERS: tuple[tuple[str, str], ...] = (
    (r"WEBHOOK", "a secret of its own: each environment has its own webhook at the provider"),
    (r"DATABASE|DB_|POSTGRES|MONGO|REDIS|SUPABASE", "its own project or database; never production's in another one"),
    (r"STRIPE|PAYPAL|PADDLE|LEMON", "test keys everywhere but in production, live keys nowhere else"),
    (r"DSN|SENTRY", "the same project may do; tell it the environment's name"),
    (r"SECRET|KEY|TOKEN|PASSWORD|SALT", "a key of its own, so that one can be replaced without the others"),
    (r"URL|HOST|ORIGIN|DOMAIN|ADDRESS|REDIRECT", "the environment's own address"),
    (r"MAIL|SMTP|RESEND|TWILIO", "outside of production nothing that reaches a customer"),
    (r"ENV|MODE|DEBUG|LOG", "the environment's name; debugging off in production"),
)


def chapter(standing: Standing) -> Chapter:
    """The settings by name, and what is to differ."""
    more, behind = tuple(_names(standing)), tuple(_how()) if standing.audit else ()
    return reviewed(standing, "environments", "Environments kept apart", ABOUT, CHECKS, more, behind)


def _names(standing: Standing) -> Iterator[Block]:
    if not standing.env:
        why = stopped(standing, (step for step in standing.plan.steps if step.name == "release"))
        told = f"The settings by name: {not_done(why)}" if why else "No setting is read by the app, as far as was seen."
        yield Text((told,), "warn" if why else "quiet")
        return
    rows = tuple(
        (
            (Code(one.name),),
            (_sides(one),),
            ("yes",) if one.listed else (Strong("no", "warn"),),
            (_differs(one),),
        )
        for one in standing.env
    )
    yield Table(("Setting", "Read by", "In an example file", "What differs"), rows)


def _sides(one: EnvName) -> str:
    words = {"server": "the server", "browser": "the browser: everyone can read it"}
    return ", ".join(words.get(side, side) for side in one.sides) or "nothing that was seen"


def _differs(one: EnvName) -> str:
    return next((words for pattern, words in DIFFERS if re.search(pattern, one.name.upper())), "as you need it")


def _how() -> Iterator[Block]:
    yield Text((Strong("How to keep them apart"),))
    yield Bullets(
        (
            ("Make a second project of the database for development, and bring it up by the migrations alone.",),
            ("Give the host's previews that project's settings, and production its own.",),
            ("Fill development with made-up people. Copies of real ones are a leak that waits.",),
            ("Let only the release, never a developer's machine or an AI builder, hold production's keys.",),
        ),
        numbered=True,
    )
