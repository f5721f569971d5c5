"""备案: what must be handed in after a decision is final, to whom and by when."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.kit.clock import civil_date, say_date
from app.kit.periods import last_day
from app.kit.refusal import Invalid, Refusal
from app.kit.working_days import MAINLAND, Calendar
from app.voting.rules.life import State
from app.voting.rules.timing import Timing, filing_due

LONGEST_RECEIPT = 60


class FilingItem(StrEnum):
    """One line of the checklist."""

    POSTED = "posted"
    RESIDENTS_COMMITTEE = "residents_committee"
    DISTRICT_OFFICE = "district_office"
    STREET = "street"
    FIRST_MEETING = "first_meeting"

    @property
    def label(self) -> str:
        """What is done."""
        return _LINES[self].label

    @property
    def to_whom(self) -> str:
        """Where it is handed in."""
        return _LINES[self].to_whom

    @property
    def basis(self) -> str:
        """The article that asks for it."""
        return _LINES[self].basis

    @property
    def papers(self) -> tuple[Document, ...]:
        """What to take along."""
        return _LINES[self].papers


class Document(StrEnum):
    """What is written from the record for the file."""

    NOTICE = "notice"
    ROLL = "roll"
    RESULT = "result"
    MINUTES = "minutes"
    REPORT = "report"

    @property
    def label(self) -> str:
        """The heading of the sheet and the name of its file."""
        return _DOCUMENTS[self]


class ArchiveState(StrEnum):
    """How far the package of the whole file is."""

    RUNNING = "running"
    READY = "ready"


class ArchiveKind(StrEnum):
    """What is packed: the whole file, the public package of a count, or the sealed one."""

    FILE = "file"
    PUBLIC = "public"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class _Line:
    label: str
    to_whom: str
    basis: str
    papers: tuple[Document, ...]


_DOCUMENTS = {
    Document.NOTICE: "业主大会公告",
    Document.ROLL: "业主名册",
    Document.RESULT: "表决结果",
    Document.MINUTES: "会议记录",
    Document.REPORT: "业主委员会选举报告",
}
_ELECTION_PAPERS = (Document.REPORT, Document.MINUTES, Document.RESULT, Document.NOTICE)
_LINES = {
    FilingItem.POSTED: _Line(
        "在小区内张贴表决结果",
        "小区公告栏、各楼道",
        "让不上网的业主也看得到结果",
        (Document.RESULT,),
    ),
    FilingItem.RESIDENTS_COMMITTEE: _Line(
        "把决定告知居民委员会",
        "社区居民委员会",
        "物业管理条例第二十条",
        (Document.RESULT, Document.MINUTES),
    ),
    FilingItem.DISTRICT_OFFICE: _Line(
        "到区房产主管部门备案",
        "区人民政府房地产行政主管部门",
        "物业管理条例第十六条",
        _ELECTION_PAPERS,
    ),
    FilingItem.STREET: _Line(
        "到街道办事处备案",
        "街道办事处（乡镇人民政府）",
        "物业管理条例第十六条",
        _ELECTION_PAPERS,
    ),
    FilingItem.FIRST_MEETING: _Line(
        "开第一次委员会会议，推选主任、副主任",
        "业主委员会",
        "物业管理条例第十六条",
        (Document.REPORT,),
    ),
}
_ALWAYS = (FilingItem.POSTED, FilingItem.RESIDENTS_COMMITTEE)
_AFTER_ELECTION = (FilingItem.DISTRICT_OFFICE, FilingItem.STREET, FilingItem.FIRST_MEETING)
FILED_AT = frozenset({FilingItem.DISTRICT_OFFICE, FilingItem.STREET})
"""A committee is filed when it is filed at both."""
_NEEDS_RECEIPT = FILED_AT


@dataclass(frozen=True, slots=True)
class Filed:
    """A line that was ticked: on which day, under which number."""

    done_on: date
    receipt: str


@dataclass(frozen=True, slots=True)
class FilingLine:
    """A line as it stands. `due` is the last day; none where the law names none."""

    item: FilingItem
    due: date | None
    filed: Filed | None

    def late(self, today: date) -> bool:
        """Not done after its last day."""
        return self.filed is None and self.due is not None and today > self.due


def filing_lines(
    final_at: datetime,
    filed: Mapping[FilingItem, Filed],
    timing: Timing,
    *,
    elected: bool,
    calendar: Calendar = MAINLAND,
) -> list[FilingLine]:
    """The checklist of a final decision; `elected`: it seated a committee.

    A committee is filed at the district's housing office and the street within 30 days of its
    election (物业管理条例 art. 16). Every decision is told to the residents' committee (art. 20).
    """
    due = last_day(filing_due(final_at, timing, calendar))
    items = (*_ALWAYS, *_AFTER_ELECTION) if elected else _ALWAYS
    return [
        FilingLine(item, due if item in _NEEDS_RECEIPT else None, filed.get(item)) for item in items
    ]


def documents_of(*, elected: bool) -> tuple[Document, ...]:
    """The sheets of an assembly's file; only an election has a report."""
    return tuple(sheet for sheet in Document if elected or sheet is not Document.REPORT)


def check_filing(
    state: State,
    item: FilingItem,
    lines: Collection[FilingLine],
    done: Filed,
    final_at: datetime | None,
    today: date,
) -> None:
    """Filed after the decision is final, not in the future, with the number of the receipt."""
    if state is not State.FINAL or final_at is None:
        raise Refusal("结果公示期满、没有待答复的异议以后才办理备案。", code="not_final")
    if item not in {line.item for line in lines}:
        raise Refusal("这次业主大会没有选举，不用办这一项。", code="filing_not_needed")
    if done.done_on > today:
        raise Invalid(errors={"done_on": "办理日期不能晚于今天。"})
    if done.done_on < civil_date(final_at):
        raise Invalid(
            errors={
                "done_on": f"结果 {say_date(civil_date(final_at), today)} 才生效，不能早于这天。"
            }
        )
    if item in _NEEDS_RECEIPT and not done.receipt:
        raise Invalid(errors={"receipt": "请填写备案回执上的编号。"})
    if len(done.receipt) > LONGEST_RECEIPT:
        raise Invalid(errors={"receipt": f"编号请不要超过 {LONGEST_RECEIPT} 个字。"})


def filed_everywhere(filed: Mapping[FilingItem, Filed]) -> date | None:
    """The day on which the last of the two offices had it; none while one is missing."""
    days = [filed[item].done_on for item in FILED_AT if item in filed]
    return max(days) if len(days) == len(FILED_AT) else None
