"""Anonymous towards the property company (对物业匿名): also in what one writes oneself."""

from __future__ import annotations

from app.kit.phones import local_phone

_SHORTEST = 2


def own_traces(text: str, *, name: str, phone: str | None, door: str | None) -> tuple[str, ...]:
    """The reporter's own name, phone number or door plate, where the words contain them."""
    plain = "".join(text.split()).replace("-", "")
    known = (
        name if len(name) >= _SHORTEST else None,
        local_phone(phone) if phone else None,
        door,
    )
    return tuple(one for one in known if one and one in plain)


def sentence(traces: tuple[str, ...]) -> str:
    """What to say when there are some."""
    return (
        f"您选了对物业匿名，可是写的内容里有“{'、'.join(traces)}”，物业会看到。"
        "请改一下内容，或者不勾选匿名。"
    )
