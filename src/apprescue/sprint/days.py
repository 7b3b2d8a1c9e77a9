"""The days of a sprint as tables: what is done, what the owner decides, what he has then.

Another sprint is another table. A step's `work` is a function of `sprint.steps`, its file's name.
"""

from __future__ import annotations

from apprescue.model.sprint import Day, Plan, Step

DOORS = ("access", "secrets", "sessions", "cors", "input", "ai")
ENGINE = ("database", "speed")
WATCH = ("running", "release")

_INTAKE = Day(
    "0",
    "Intake",
    (Step("intake", "Is a rescue the right thing to buy?", 1),),
    "Whether to go on where a rescue is the wrong thing to buy.",
    "An honest answer whether this fits, and the risk as your answers tell it.",
)
_AUDIT = Day(
    "1",
    "Audit and triage",
    (
        Step("audit", "Read everything, and try who can do what", 30),
        Step("questions", "Ask what the app is meant to allow", 5),
        Step("triage", "Put what was found in order, the most costly first", 5),
    ),
    "What your app is meant to allow, where reading cannot tell.",
    "Every problem with its proof, the worst first, and what could not be examined.",
)
_RELEASE = Day(
    "6-7",
    "Release and handover",
    (
        Step("release", "What to do to release it, in order", 3),
        Step("handover", "Write the handover pack", 20),
    ),
    "When to merge and to release. We never touch a live service.",
    "The handover pack: for you, for your next engineer, for whoever looks into the company.",
)


def _hardening(only: tuple[str, ...], name: str) -> Day:
    return Day(
        name,
        "Security hardening",
        (Step("harden", "Close the doors, one proved repair at a time", 60, "repair", only),),
        delivers="Repairs as commits on a branch of their own, each proved and reversible.",
    )


def _checking(name: str) -> Day:
    return Day(
        name,
        "Regression checks and release preparation",
        (
            Step("approve", "You look at the repairs that need an eye", 5),
            Step("regress", "Look at everything again, and compare", 30),
        ),
        "Which of the repairs marked for review you take.",
        "Proof that what was closed is closed, and that nothing else broke.",
    )


RESCUE = Plan(
    "rescue",
    "Rescue in five to seven days",
    (
        _INTAKE,
        _AUDIT,
        _hardening(DOORS, "2"),
        Day(
            "3",
            "Database and speed",
            (
                Step("tune", "Measure the app's own queries, and make them fast", 300),
                Step("index", "Keep what made them faster, as migrations", 10),
                Step("rules", "Indexes, keys and rules of the database", 30, "repair", ENGINE),
            ),
            delivers="Each screen before and after, two hundred people at once; indexes that earned their place.",
        ),
        Day(
            "4",
            "Errors, logging and monitoring",
            (Step("watch", "Errors that are seen, and that tell strangers nothing", 40, "repair", WATCH),),
            delivers="An error tracker that leaks no secret, a health route, errors that reach a log.",
        ),
        _checking("5"),
        _RELEASE,
    ),
)
LAUNCH = Plan(
    "launch",
    "Launch-ready in 48 hours",
    (
        _INTAKE,
        _AUDIT,
        _hardening((*DOORS, *WATCH), "2"),
        _checking("2, evening"),
        _RELEASE,
    ),
)
PLANS = {plan.name: plan for plan in (RESCUE, LAUNCH)}
