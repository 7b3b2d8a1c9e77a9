"""Words for a million texts: a few thousand of them, some in every third text and most in hardly any, as people write
and search. Nothing here is drawn by chance: the same place in a list holds the same words."""

from __future__ import annotations

from functools import cache
from random import Random

STEMS = (
    "light music video story dance paint dream night morning summer winter river mountain ocean city "
    "garden street coffee kitchen recipe bread travel road bike camera film photo portrait color shadow "
    "voice song guitar piano drum beat studio record stream game level player team coach train run "
    "strength yoga breath body heart mind book letter page poem word school lesson course student teach "
    "learn build code design paper print craft wood stone glass metal cloth dress style beauty skin hair "
    "market money budget price gift ticket event show stage tour fan friend family child parent dog cat "
    "horse bird forest tree flower seed soil rain snow wind storm fire earth moon star planet space "
    "rocket engine car wheel house room door window floor wall lamp chair table bed plan work launch "
    "project idea question answer secret mystery history future moment hour week season birthday party "
    "wedding holiday journey map island beach wave boat fish salt sugar spice fruit apple lemon berry "
    "honey cake tea wine dinner lunch morning walk talk laugh smile cry sleep wake jump climb swim ride "
    "drive fly draw sketch write read sing play cook bake plant grow share follow support thank welcome "
    "update preview release behind update special exclusive early access bonus"
).split()
SUFFIXES = ("", "s", "ing", "er", "ed", "ly", "less", "ful", "like", "side", "time", "ness", "craft", "wise")
SMALL = "the a of and to in for with my your on from new this our first about how".split()
TOPICS = (
    "music art fitness gaming travel food fashion photography comedy education technology film dance beauty cooking "
    "writing design podcast sports nature crafts finance health science history languages animals cars gardening diy"
).split()
FIRST = (
    "Ada Ben Cleo Dan Eva Finn Gia Hugo Ida Jon Kim Leo Mia Noa Olga Paul Quin Rosa Sam Tara Uma Vera Wim Xena Yuri Zoe"
).split()
LAST = (
    "Abel Berg Cole Dorn Engel Falk Grant Hale Iversen Jung Kline Lund Marsh North Oakes Page Quist Reed Stone Thorn "
    "Upton Vale West Young Zeller"
).split()
PHRASES = 600
SETS = 300


@cache
def words() -> tuple[str, ...]:
    """The vocabulary, the commonest words first."""
    stems = tuple(dict.fromkeys(STEMS))
    return tuple(stem + suffix for suffix in SUFFIXES for stem in stems)


@cache
def phrases() -> tuple[str, ...]:
    """Pieces of texts, of three to eight words each."""
    chance = Random(1)
    known = words()

    def word() -> str:
        common = chance.random() < 0.25
        return chance.choice(SMALL) if common else known[int(len(known) * chance.random() ** 2)]

    return tuple(" ".join(word() for _ in range(chance.randint(3, 8))) for _ in range(PHRASES))


@cache
def topic_sets() -> tuple[tuple[str, ...], ...]:
    """Sets of one to four topics."""
    chance = Random(2)
    count = len(TOPICS) + 1
    drawn = ([TOPICS[int(count ** chance.random()) - 1] for _ in range(chance.randint(1, 4))] for _ in range(SETS))
    return tuple(tuple(dict.fromkeys(some)) for some in drawn)
