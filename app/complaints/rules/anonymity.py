"""Anonymous towards the property company (对物业匿名): also in what one writes oneself."""

from __future__ import annotations

import re

from app.kit.phones import local_phone

_SHORTEST = 2
HIDDEN = "（已隐去）"


def own_traces(
    text: str, *, name: str = "", phone: str | None = None, door: str | None = None
) -> tuple[str, ...]:
    """The reporter's own name, phone number or door plate, where the words contain them."""
    plain = "".join(text.split()).replace("-", "")
    known = (
        name if len(name) >= _SHORTEST else None,
        local_phone(phone) if phone else None,
        door,
    )
    return tuple(one for one in known if one and one in plain)


def hide_traces(text: str, *, name: str | None, phone: str | None, door: str | None = None) -> str:
    """The words without somebody's name, number and door, however these are spaced."""
    known = (
        name if name and len(name) >= _SHORTEST else None,
        local_phone(phone) if phone else None,
        door,
    )
    for trace in filter(None, known):
        spaced = r"[\s-]*".join(re.escape(letter) for letter in "".join(trace.split()))
        text = re.sub(spaced, HIDDEN, text)
    return text


def sentence(traces: tuple[str, ...]) -> str:
    """What to say when there are some."""
    return (
        f"您选了对物业匿名，可是写的内容里有“{'、'.join(traces)}”，物业会看到。"
        "请改一下内容，或者不勾选匿名。"
    )
