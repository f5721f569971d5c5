"""Complaints as people write them, so that search meets what it meets in life.

A few words stand in every tenth report, most are rare, and names and door plates make the long
tail.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from pathlib import Path

_SEED = 20261126
_WORDS = {
    name: listed.split()
    for name, listed in tomllib.loads(
        Path(__file__).with_name("words.toml").read_text(encoding="utf-8")
    ).items()
}
_PATTERNS = (
    "{times}{places}的{things}{troubles}，{who}{effects}，{requests}。",
    "{places}{things}{troubles}，{times}就这样，{requests}。",
    "{building}栋{places}{things}{troubles}，{effects}。",
    "{times}，{places}有{things}，{who}{effects}。联系过{name}师傅，没有人来，{requests}。",
    "{things}{troubles}了没人管，在{places}，{room}室{name}说{times}也是。{requests}。",
    "{places}{things}{troubles}",
)


def sentences(count: int) -> Iterator[str]:
    """Reports as people write them, always the same ones."""
    chance = random.Random(_SEED)  # noqa: S311 - for measuring, not for secrets
    surnames, given = _WORDS["surnames"][0], "".join(_WORDS["given"])
    for _ in range(count):
        # The first words of a list are said far more often than the last.
        said = {
            name: listed[int(len(listed) * chance.random() ** 2)] for name, listed in _WORDS.items()
        }
        name = chance.choice(surnames) + "".join(chance.choices(given, k=chance.choice((1, 2, 2))))
        yield chance.choice(_PATTERNS).format(
            **said,
            name=name,
            building=chance.randrange(1, 31),
            room=chance.randrange(1, 33) * 100 + chance.randrange(1, 5),
        )


def searched() -> list[str]:
    """What people look for: words of the reports, a name, a door plate, two words together."""
    words = [one for name in ("places", "things", "troubles") for one in _WORDS[name]]
    pairs = [
        f"{place} {thing}" for place, thing in zip(_WORDS["places"], _WORDS["things"], strict=False)
    ]
    return [*words, *pairs, "梁秀珍", "赵建国", "1603", "2704", "充电桩掉渣", "张师傅"]
