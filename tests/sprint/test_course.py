from __future__ import annotations

from apprescue.sprint.course import Course, left


def told(*moves: tuple[float, str, float]) -> list[str]:
    """What is said when the clock stands at a second and a leg begins, or a share of the leg is done."""
    said: list[str] = []
    now = [0.0]
    course = Course(said.append, [("growing", 60.0), ("measuring", 180.0)], lambda: now[0])
    for second, leg, share in moves:
        now[0] = second
        if leg:
            course.begin(leg)
        else:
            course.at("posts", share)
    return said


def test_it_begins_with_what_is_expected() -> None:
    assert told((0.0, "growing", 0)) == ["░░░░░░░░░░░░░░░░░░░░ 0%, about 4 min left · growing"]


def test_who_is_slower_than_expected_takes_longer() -> None:
    assert told((0.0, "growing", 0), (120.0, "", 1.0))[-1] == "█████░░░░░░░░░░░░░░░ 25%, about 6 min left · posts"


def test_the_end_is_the_end() -> None:
    assert told((0.0, "growing", 0), (60.0, "measuring", 0), (240.0, "", 1.0))[-1].startswith("█" * 20 + " 100%, less")


def test_legs_are_timed() -> None:
    now = [0.0]
    course = Course(lambda _: None, [("growing", 1.0)], lambda: now[0])
    course.begin("growing")
    now[0] = 3.5
    course.end()
    assert course.timings == {"growing": 3.5}


def test_time_left_in_words() -> None:
    assert [left(10), left(89), left(300)] == ["less than a minute left", "about 1 min left", "about 5 min left"]
