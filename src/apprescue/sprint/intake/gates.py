"""The ten situations in which a rescue is the wrong thing to buy, and what helps there instead."""

from __future__ import annotations

from apprescue.model.intake import Gate, Sprint

GATES = (
    Gate(
        "changes_daily",
        "Nobody really uses the app yet, and what it does changes every day.",
        "Find the first ten people who use it, and let it change until they stay. Audit it before you take real data "
        "or money: that costs nothing.",
        Sprint.NOT_YET,
    ),
    Gate(
        "design_open",
        "Large parts of it still have to be thought out before anybody could build them.",
        "Decide first what it must do for one kind of customer, and build that. A rescue makes safe what exists; it "
        "does not invent.",
        Sprint.NOT_YET,
    ),
    Gate(
        "no_backend",
        "It has no backend: no database, no accounts, no server of its own.",
        "There is little to rescue. Keep keys out of the pages, put it on a host that serves files, and come back when "
        "it keeps people's data.",
        Sprint.DO_IT_YOURSELF,
    ),
    Gate(
        "needs_architecture",
        "It needs another architecture from scratch: what is there cannot carry what it must do.",
        "Have it built anew, with what you learnt. Let the audit of the old one be the list of what the new one must "
        "not do.",
        Sprint.REBUILD,
    ),
    Gate(
        "mobile_rebuild",
        "The mobile app has to be rebuilt in its depth.",
        "Hire somebody who builds mobile apps. The backend behind it can be rescued by itself, without the app.",
        Sprint.REBUILD,
    ),
    Gate(
        "no_access",
        "Nobody can get into the hosting, the database or the deployment.",
        "Get the accounts back first: ask the host's support, with proof that the domain and the bill are yours. What "
        "cannot be deployed cannot be rescued.",
        Sprint.NOT_YET,
    ),
    Gate(
        "cosmetic",
        "What it is meant to get is polish: looks, texts, animations.",
        "Hire a designer, or go on with your AI builder: it is good at that.",
        Sprint.DO_IT_YOURSELF,
    ),
    Gate(
        "unwilling",
        "Secrets shall not be rotated, or permissions that are wrong shall stay as they are.",
        "Then the hole stays open whatever else is done. Plan an hour in which each key is changed, and come back when "
        "you are ready for it.",
        Sprint.NOT_YET,
    ),
    Gate(
        "retainer",
        "What is needed is somebody who stays for many months.",
        "Hire a developer, or an agency by the month. A sprint ends with a handover, which whoever comes next begins "
        "with.",
        Sprint.NOT_YET,
    ),
    Gate(
        "marketing",
        "The app works; what is missing is customers.",
        "Spend the money on finding out who needs it. A safer app does not sell itself.",
        Sprint.NOT_YET,
    ),
)
