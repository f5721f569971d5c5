"""What stands in the packages of a counted assembly, for everybody and for scrutineers.

The public one has the totals, the digests of the ballots and who took part by room. The sealed one
has every ballot with its choice and nonce besides. `./scripts/recount` reads both.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any, Self

from app.kit.clock import in_beijing
from app.kit.refusal import NotFound
from app.voting.actions.counting import stored_result
from app.voting.models import Assembly, AssemblyMatter
from app.voting.queries import assemblies, packages, seals
from app.voting.rules import Channel, Retirement

ROLL = ("voter_id", "area_centi", "units")
ROOMS = ("building", "stairwell", "room", "took_part")
BALLOTS = ("ballot_id", "voter_id", "matter_id", "choice", "channel", "status")
NONCES = ("ballot_id", "nonce")
COUNTED = "counted"
HASH_BYTES = 32
README = f"""这是一次业主大会表决的计票包。

assembly.json       会议和表决的事项
roll.csv            冻结的表决人名册：每行一人（一票），面积单位 0.01 平方米，没有姓名和房号
participation.csv   每个房号有没有参与（1 参与，0 没有）
leaves.csv          每张计入选票的指纹，按选票编号排列；回执页上写着自己的票是第几张
result.json         公布的结果
tree.json           全部指纹合成的根，和对根与结果的签名（Ed25519）
ballots.csv         只在监票人的封存包里：每张选票，状态 {COUNTED}/{"/".join(Retirement)}，
                    方式 {"/".join(Channel)}
nonces.csv          只在监票人的封存包里：每张计入选票的随机数

用项目里的 scripts/recount 可以重新计票，它只需要 Python：
    python3 recount 这个文件.zip
"""


TOLD_EVERY = 5000
Told = Callable[[int], None]
"""Is told every few thousand rows how many rows are written."""


def nobody(_rows: int) -> None:
    """Nobody waits to be told."""


class Writer:
    """Writes the files of a package, one after the other, always in the same bytes."""

    def __init__(self, file: IO[bytes], assembly: Assembly, told: Told = nobody) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._moment = in_beijing(assembly.closes_at).timetuple()[:6]
        self._told = told
        self._written = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def text(self, name: str, text: str) -> None:
        """A short file."""
        self._zip.writestr(self._entry(name), text)

    def document(self, name: str, value: Any) -> None:
        """A JSON file."""
        self.text(name, json.dumps(value, ensure_ascii=False, indent=2) + "\n")

    def table(self, name: str, heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """A CSV file, written row by row."""
        with (
            self._zip.open(self._entry(name), "w", force_zip64=True) as raw,
            io.TextIOWrapper(raw, encoding="utf-8", newline="") as text,
        ):
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(heading)
            writer.writerows(self._counted(rows))

    def _counted(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        for row in rows:
            self._written += 1
            if self._written % TOLD_EVERY == 0:
                self._told(self._written)
            yield row

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, self._moment)
        entry.compress_type = zipfile.ZIP_DEFLATED
        return entry


def rows_of(assembly: Assembly, *, sealed: bool) -> int:
    """About how many rows a package will have: to show how far it is."""
    seal = seals.seal_of(assembly.community_id, assembly.id)
    ballots = seal.size if seal else 0
    return 2 * (assembly.roll_heads or 0) + (3 if sealed else 1) * ballots


def write_public_package(
    file: IO[bytes], assembly: Assembly, counting: int | None = None, told: Told = nobody
) -> None:
    """Totals, digests and participation by room: nothing of how anybody voted.

    Of a count; of the newest when none is named.
    """
    with Writer(file, assembly, told) as package:
        _write_common(package, assembly, counting)


def write_sealed_package(
    file: IO[bytes], assembly: Assembly, counting: int | None = None, told: Told = nobody
) -> None:
    """Every ballot besides, for scrutineers."""
    place = (assembly.community_id, assembly.id)
    with Writer(file, assembly, told) as package:
        _write_common(package, assembly, counting)
        package.table("ballots.csv", BALLOTS, packages.ballots(*place))
        package.table("nonces.csv", NONCES, packages.nonces(*place))


def _write_common(package: Writer, assembly: Assembly, counting: int | None) -> None:
    place = (assembly.community_id, assembly.id)
    seal = seals.seal_of(*place, counting)
    if seal is None:
        raise NotFound
    candidates = assemblies.candidates_of(*place)
    package.text("说明.txt", README)
    package.document(
        "assembly.json",
        {
            "assembly": {
                "id": str(assembly.id),
                "title": assembly.title,
                "closes_at": in_beijing(assembly.closes_at).isoformat(),
            },
            "matters": [
                _matter(matter, candidates.get(matter.id, []))
                for matter in assemblies.matters_of(*place)
            ],
        },
    )
    package.table("roll.csv", ROLL, packages.voters(*place))
    package.table("participation.csv", ROOMS, packages.rooms(*place))
    tiles = seals.tiles_of_level(*place, seal.counting, 0)
    package.table("leaves.csv", ("digest",), ((digest,) for tile in tiles for digest in _hex(tile)))
    package.document("result.json", {"matters": stored_result(*place, seal.counting)})
    package.document(
        "tree.json",
        {
            "algorithm": "RFC 9162, SHA-256",
            "size": seal.size,
            "root": seal.root,
            "seal": {
                "algorithm": "Ed25519",
                "statement": seal.statement,
                "public_key": seal.public_key,
                "signature": seal.signature,
            },
        },
    )


def _matter(matter: AssemblyMatter, candidates: Sequence[Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": str(matter.id),
        "statute": matter.statute,
        "kind": matter.kind,
        "title": matter.title,
    }
    if matter.seats is not None:
        described["seats"] = matter.seats
        described["candidates"] = [
            {"id": str(candidate.id), "name": candidate.name} for candidate in candidates
        ]
    return described


def _hex(tile: bytes) -> Iterable[str]:
    return (tile[at : at + HASH_BYTES].hex() for at in range(0, len(tile), HASH_BYTES))
