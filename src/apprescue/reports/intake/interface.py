"""What the papers about the intake have in common. A paper is `render(done, screen) -> str`."""

from __future__ import annotations

from math import ceil

from apprescue.model.intake import Answer, Compared, Estimate, Intake, Look, Mark, Risk, Sprint
from apprescue.reports.interface import count, line

HEADLINES = {
    Sprint.DO_IT_YOURSELF: "You need no sprint: do it yourself.",
    Sprint.LAUNCH_READY: "What fits: launch-ready in 48 hours.",
    Sprint.RESCUE: "What fits: a rescue in 5 to 7 days.",
    Sprint.REBUILD: "A rescue is the wrong thing here: have it built anew.",
    Sprint.NOT_YET: "Not yet.",
}
SAID = {Answer.YES: "yes", Answer.NO: "no", Answer.UNKNOWN: "not answered"}
FEW_HOURS = 10
SIGNS = {Mark.PASS: "✓", Mark.FAIL: "✗", Mark.NOT_EXAMINED: "?"}
NOT_READ = "No app was read. `apprescue fit PATH` shows what stands behind your answers, and how many hours it takes."
NOT_ANSWERED = (
    "Nobody has answered, so everything is taken as not known. `apprescue fit --questions` prints a file to fill in, "
    "`--answers FILE` reads it; on a terminal you are asked."
)
NO_PRICE = "Hours of one person. With --rate they become money; prices of our own we do not invent."
SHARED = "A question without an answer counts by half: what is not known is not fine."


def headline(done: Intake) -> str:
    """The answer in one line."""
    if done.offer.sprint is Sprint.NOT_YET and not done.offer.sure:
        return "Not yet: too little is known."
    return HEADLINES[done.offer.sprint] + ("" if done.offer.sure else " This is not certain yet.")


def notes(done: Intake) -> list[str]:
    """What the owner must know of how little this stands on."""
    answered = any(one is not Answer.UNKNOWN for one in done.fit.answers.values())
    return [NOT_ANSWERED] * (not answered) + [NOT_READ] * (done.shown is None)


def score(risk: Risk) -> str:
    """A score in words. Whatever was left out could only make it worse."""
    least = "at least " if risk.unknown and risk.score < 100 else ""
    return f"{least}{risk.score} of 100 ({risk.word})"


def claimed(done: Intake) -> str:
    """The score by the answers, in words."""
    unknown = len(done.claimed.unknown)
    if not (done.fit.risks or done.fit.fine):
        return "not known, none of the ten questions is answered"
    rest = f", with {count(unknown, 'question')} not answered" if unknown else ""
    return f"{done.claimed.score} of 100 ({done.claimed.word}){rest}"


def seen(look: Look) -> str:
    """What an audit says to a point, in a line."""
    if look.mark is Mark.FAIL:
        number = count(len(look.findings), "finding")
        return f"{number}, the worst {look.findings[0].severity}: {line(look.findings[0].title)}"
    small = f"{count(len(look.findings), 'smaller point')} left" if look.findings else ""
    if look.mark is Mark.PASS:
        return small or "nothing wrong was seen"
    return f"not examined: {'; '.join(map(line, look.reasons))}" + (f"; {small}" if small else "")


def judgement(one: Compared) -> str:
    """What the owner's answer is worth, in a word or two; empty where there is nothing to say."""
    if one.refuted:
        return "the audit says otherwise"
    if one.answer is Answer.UNKNOWN:
        return "now you know" if one.look.mark is Mark.FAIL else ""
    if one.question.is_risk(one.answer) and one.look.mark is Mark.FAIL:
        return "you were right"
    return ""


def rounded(low: float, high: float) -> tuple[float, float]:
    """Hours as they are told: whole ones, or halves where there are few."""
    return (ceil(low * 2) / 2, ceil(high * 2) / 2) if high < FEW_HOURS else (round(low), round(high))


def hours(low: float, high: float) -> str:
    """Hours in words."""
    least, most = rounded(low, high)
    return f"{least:g} to {most:g} hours"


def cost(estimate: Estimate, rate: float) -> str:
    """What the hours cost at the owner's rate; empty without one."""
    if not rate:
        return ""
    low, high = (told * rate for told in rounded(estimate.low, estimate.high))
    return f"At {rate:g} an hour that is {low:,.0f} to {high:,.0f}, in the currency of your rate."
