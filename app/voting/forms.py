"""What is typed: the draft of an assembly, its matters, and the answers on a ballot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from app.kit.clock import civil_date, end_of_day, start_of_day
from app.kit.refusal import Invalid
from app.voting.actions.preparing import Draft, MatterDraft
from app.voting.models import Assembly
from app.voting.rules import BETWEEN, NOBODY, Matter

ANSWER_PREFIX = "choice-"
CONVENERS = ("业主委员会", "首次业主大会会议筹备组", "物业管理委员会", "社区居民委员会")
STATUTES = [
    (str(matter.value), f"第（{'一二三四五六七八九'[matter.value - 1]}）项 {matter.title}")
    for matter in Matter
]


class DraftForm(FlaskForm):  # type: ignore[misc]
    """When and about what owners are asked."""

    compound_id = SelectField("小区", validators=[InputRequired("请选择小区。")])
    title = StringField(
        "会议名称",
        description="例如：2026 年第一次业主大会会议",
        validators=[InputRequired("请填写会议名称。"), Length(max=60, message="不超过 60 个字。")],
    )
    convener = SelectField(
        "召集人",
        choices=[(name, name) for name in CONVENERS],
        validators=[InputRequired("请选择召集人。")],
    )
    opens_on = DateField(
        "开始投票日期",
        description="公告要满 15 天才能开始投票，最后一天遇节假日顺延到下一个工作日。",
        validators=[InputRequired("请选择开始投票日期。")],
    )
    closes_on = DateField(
        "截止日期",
        description="投到这一天 24:00 为止；至少开放 5 天，最多 60 天。",
        validators=[InputRequired("请选择截止日期。")],
    )
    statement = TextAreaField(
        "会议说明",
        description="写给业主看：为什么要开这次会，有疑问找谁。",
        validators=[Length(max=2000, message="不超过 2000 个字。")],
    )
    version = HiddenField()

    def draft(self) -> Draft:
        """The typed values; a day begins at 0:00 and ends at 24:00 (民法典 203)."""
        return Draft(
            compound_id=UUID(self.compound_id.data),
            title=(self.title.data or "").strip(),
            convener=self.convener.data,
            statement=(self.statement.data or "").strip(),
            opens_at=start_of_day(_day(self.opens_on)),
            closes_at=end_of_day(_day(self.closes_on)),
        )

    def show(self, assembly: Assembly) -> None:
        """Begin with what was drafted."""
        self.opens_on.data = civil_date(assembly.opens_at)
        self.closes_on.data = civil_date(assembly.closes_at - timedelta(microseconds=1))


class MatterForm(FlaskForm):  # type: ignore[misc]
    """One matter of the agenda."""

    statute = SelectField(
        "属于民法典第二百七十八条的哪一项",
        choices=STATUTES,
        description="第（六）至（八）项要参与表决的四分之三以上同意，其他各项要过半数同意。",
        validators=[InputRequired("请选择属于哪一项。")],
    )
    matter_title = StringField(
        "表决什么",
        description="一句话说清，例如：动用维修资金更换 3 号楼水泵",
        validators=[InputRequired("请写明表决什么。"), Length(max=60, message="不超过 60 个字。")],
    )
    body = TextAreaField(
        "方案内容",
        description="金额、做法、时间。公告之后不能再改。",
        validators=[
            InputRequired("请写明方案内容，没有公告过的内容不能表决。"),
            Length(max=5000, message="不超过 5000 个字。"),
        ],
    )

    def matter(self) -> MatterDraft:
        """The typed values."""
        return MatterDraft(
            statute=int(self.statute.data),
            title=(self.matter_title.data or "").strip(),
            body=(self.body.data or "").strip(),
        )


class NewAssemblyForm(DraftForm, MatterForm):
    """A draft with its first matter."""


class ReturnForm(FlaskForm):  # type: ignore[misc]
    """Why a draft is sent back."""

    note = TextAreaField(
        "要改什么",
        validators=[
            InputRequired("请写明要改什么。"),
            Length(max=500, message="不超过 500 个字。"),
        ],
    )


def read_ticks(typed: MultiDict[str, str]) -> dict[UUID, list[str]]:
    """What was ticked on each matter: one answer, or candidates, or "nobody"."""
    return {
        _uuid(name.removeprefix(ANSWER_PREFIX)): [
            tick for value in typed.getlist(name) for tick in value.split(BETWEEN)
        ]
        for name in typed
        if name.startswith(ANSWER_PREFIX)
    }


def read_answers(typed: MultiDict[str, str]) -> dict[UUID, str]:
    """The checked answers by matter, as they are cast; the database asks whether they fit."""
    return {
        matter_id: BETWEEN.join(tick for tick in ticks if tick != NOBODY)
        for matter_id, ticks in read_ticks(typed).items()
    }


def read_voter(typed: Mapping[str, str]) -> UUID:
    """The voter a ballot is cast for."""
    return _uuid(typed.get("voter", ""))


def _day(field: DateField) -> date:
    if field.data is None:
        raise Invalid(errors={field.name: "请选择日期。"})
    return field.data


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as broken:
        raise Invalid("选票的内容不完整，请从投票页重新进入。") from broken
