"""When the budget is tight: the three things to do oneself, each with the commands of this tool that help."""

from __future__ import annotations

from apprescue.model.intake import Own

OWN = (
    Own(
        "Change every key",
        "A key that was seen once is anybody's. Changing it closes the hole wherever it was copied to.",
        (
            "Find where keys stand: the code, the older versions, the browser.",
            "Make a new one at each provider, put it into the host's settings, and delete the old one there.",
            "Move what stands in the code out of it.",
        ),
        ("apprescue audit PATH --only secrets", "apprescue repair PATH --only secrets"),
    ),
    Own(
        "Lock every address that gives or changes data",
        "Whoever is not logged in gets nothing, and whoever is gets only his own.",
        (
            "Go through the list of addresses: each one asks for a login, or is meant for everybody.",
            "See who can read and change whose rows when it is tried on a copy of your database.",
            "Let what can be repaired be repaired, and read each change before you take it.",
        ),
        (
            "apprescue show PATH routes",
            "apprescue show PATH access",
            "apprescue repair PATH --only access --only sessions",
        ),
    ),
    Own(
        "Let errors reach you on the three ways that matter most",
        "Sign-up, payment and publishing: what fails there costs customers, and you hear of it last.",
        (
            "Have failures written to the log and sent to an error tracker, such as Sentry.",
            "Make an error on purpose on each of the three ways, and wait for the alert to reach you.",
        ),
        (
            "apprescue audit PATH --only running",
            "apprescue repair PATH --only running/no_error_tracker",
            "apprescue repair PATH --only running/swallowed_error",
        ),
    ),
)
