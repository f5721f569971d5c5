"""Where the rooms of a building are drawn: floors from the top down, stairwells side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from uuid import UUID


class Room(Protocol):
    """What the drawing asks of a unit."""

    room: str
    floor: int | None
    stairwell_id: UUID | None


R = TypeVar("R", bound=Room)


@dataclass(frozen=True, slots=True)
class Drawing(Generic[R]):
    """Columns by stairwell, floors from the top down, and rooms that lie on no floor."""

    columns: tuple[tuple[UUID | None, int], ...]
    floors: tuple[tuple[int, tuple[R | None, ...]], ...]
    elsewhere: tuple[R, ...]


def draw(rooms: Iterable[R], stairwells: Sequence[UUID | None]) -> Drawing[R]:
    """Rooms whose numbers end alike stand above each other: 101, 201, 301."""
    placed: dict[UUID | None, dict[str, dict[int, R]]] = defaultdict(lambda: defaultdict(dict))
    elsewhere: list[R] = []
    for room in rooms:
        column = placed[room.stairwell_id][room.room[-2:]]
        if room.floor is None or room.floor in column:
            elsewhere.append(room)
        else:
            column[room.floor] = room
    wells = [
        (well, [cells for _, cells in sorted(placed[well].items()) if cells])
        for well in stairwells
        if well in placed
    ]
    heights = {floor for _, columns in wells for cells in columns for floor in cells}
    return Drawing(
        columns=tuple((well, len(columns)) for well, columns in wells if columns),
        floors=tuple(
            (floor, tuple(cells.get(floor) for _, columns in wells for cells in columns))
            for floor in sorted(heights, reverse=True)
        ),
        elsewhere=tuple(elsewhere),
    )
