"""Importing divisions and changing a community's settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.communities import queries
from app.communities.models import Community, CommunitySettings, Region
from app.communities.rules import COMMUNITY, Division, LineError, Settings, read_divisions
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.ledger import add_entry
from app.core.tenancy import PLATFORM_ID, Scope
from app.core.transaction import owner_transaction
from app.kit.pinyin import pinyin_key
from app.kit.refusal import Conflict

T = TypeVar("T")
BATCH = 1000


class ImportFaulty(Exception):  # noqa: N818 - says what the file is
    """Nothing was imported; `errors` tell why, line by line."""

    def __init__(self, errors: Sequence[LineError]) -> None:
        self.errors = errors
        super().__init__(f"{len(errors)} faulty lines")


class SettingsChangedMeanwhile(Conflict):
    """Somebody else saved the settings while this person was editing them."""

    def __init__(self, theirs: Settings, version: int) -> None:
        self.theirs = theirs
        self.version = version
        super().__init__("您填写的时候，别人已经改过这些设置。请看看两边的不同，再决定保存哪个。")


@dataclass(frozen=True, slots=True)
class Imported:
    """How many lines a file held, and how many of them were new or different."""

    regions: int
    communities: int
    changed: int


def import_divisions(lines: Iterable[Mapping[str, str | None]]) -> Imported:
    """Bring the divisions of a file in, all or nothing. Doing it again changes nothing.

    Raises ImportFaulty with every faulty line.
    """
    with owner_transaction(Scope(community_id=PLATFORM_ID)) as session:
        divisions, errors = read_divisions(lines, queries.known_region_paths(session))
        if errors:
            raise ImportFaulty(errors)
        above = [one for one in divisions if one.level != COMMUNITY]
        tenants = [one for one in divisions if one.level == COMMUNITY]
        changed = sum(_save_regions(session, batch) for batch in _batches(above))
        changed += sum(_save_communities(session, batch) for batch in _batches(tenants))
        imported = Imported(len(above), len(tenants), changed)
        if changed:
            add_entry(
                session,
                event_name=AuditEvent.COMMUNITIES_IMPORTED.value,
                actor_id=None,
                subject_id=None,
                details={"regions": len(above), "communities": len(tenants), "changed": changed},
                request_id=None,
            )
    return imported


def settings_of(community_id: int) -> Settings:
    """A community's settings: the defaults with its own choices over them."""
    row = queries.settings_row(community_id)
    return Settings.from_choices(row.choices) if row else Settings()


def change_settings(community_id: int, wanted: Settings, version: int) -> None:
    """Keep a community's choices. `version` is that of the settings the person saw.

    Raises SettingsChangedMeanwhile when they are no longer the newest.
    """
    choices = wanted.differences()
    if not _save_settings(community_id, choices, version):
        row = queries.settings_row(community_id)
        theirs = Settings.from_choices(row.choices) if row else Settings()
        raise SettingsChangedMeanwhile(theirs, row.version if row else 0)
    record(AuditEvent.SETTINGS_CHANGED, str(community_id), choices=choices)


def _save_settings(community_id: int, choices: dict[str, Any], version: int) -> bool:
    if version == 0:
        made = db.session.execute(
            insert(CommunitySettings)
            .values(community_id=community_id, choices=choices)
            .on_conflict_do_nothing()
            .returning(CommunitySettings.version)
        )
        return made.one_or_none() is not None
    changed = db.session.execute(
        update(CommunitySettings)
        .where(CommunitySettings.community_id == community_id, CommunitySettings.version == version)
        .values(choices=choices, version=CommunitySettings.version + 1)
        .returning(CommunitySettings.version)
    )
    return changed.one_or_none() is not None


def _save_regions(session: Session, divisions: Sequence[Division]) -> int:
    asked = insert(Region).values(
        [
            {
                "code": one.code,
                "parent_code": one.parent_code,
                "level": one.level,
                "name": one.name,
                "pinyin": pinyin_key(one.name),
                "path": one.path,
            }
            for one in divisions
        ]
    )
    new = asked.excluded
    saved = session.execute(
        asked.on_conflict_do_update(
            index_elements=[Region.code],
            set_={"name": new.name, "pinyin": new.pinyin},
            where=func.row(Region.name, Region.pinyin).is_distinct_from(
                func.row(new.name, new.pinyin)
            ),
        ).returning(Region.code)
    )
    return len(saved.all())


def _save_communities(session: Session, divisions: Sequence[Division]) -> int:
    asked = insert(Community).values(
        [
            {
                "code": one.code,
                "name": one.name,
                "pinyin": pinyin_key(one.name),
                "region_code": one.parent_code,
                "region_path": one.parent_path,
            }
            for one in divisions
        ]
    )
    new = asked.excluded
    saved = session.execute(
        asked.on_conflict_do_update(
            index_elements=[Community.code],
            set_={"name": new.name, "pinyin": new.pinyin},
            where=func.row(Community.name, Community.pinyin).is_distinct_from(
                func.row(new.name, new.pinyin)
            ),
        ).returning(Community.code)
    )
    return len(saved.all())


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
