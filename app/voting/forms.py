"""What is typed: the draft of an assembly, its matters, and the answers on a ballot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from app.core.web.forms import Form
from app.kit.clock import civil_date, end_of_day, start_of_day
from app.kit.refusal import Invalid
from app.voting.actions.preparing import Draft, MatterDraft
from app.voting.models import Assembly
from app.voting.rules import (
    BETWEEN,
    NOBODY,
    ConsentAnswer,
    Finding,
    Matter,
    MatterKind,
    Mode,
    Origin,
    ScopeChoice,
    VotingScope,
)

ANSWER_PREFIX = "choice-"
CONVENERS = {
    "业主委员会": Origin.COMMITTEE,
    "首次业主大会会议筹备组": Origin.PREPARATORY_GROUP,
    "物业管理委员会": Origin.COMMITTEE,
    "社区居民委员会": Origin.COMMUNITY,
}
STATUTES = [
    (str(matter.value), f"第（{'一二三四五六七八九'[matter.value - 1]}）项 {matter.title}")
    for matter in Matter
]


def _words(label: str, missing: str, most: int, description: str = "") -> TextAreaField:
    return TextAreaField(
        label,
        description=description,
        validators=[DataRequired(missing), Length(max=most, message=f"不超过 {most} 个字。")],
    )


class DraftForm(Form):
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
        description="公告期满才能开始投票，期满那天遇节假日顺延到下一个工作日。",
        validators=[InputRequired("请选择开始投票日期。")],
    )
    closes_on = DateField(
        "截止日期",
        description="投到这一天 24:00 为止。",
        validators=[InputRequired("请选择截止日期。")],
    )
    mode = SelectField(
        "投票方式",
        choices=[(mode.value, mode.label) for mode in Mode],
        default=Mode.ONLINE.value,
        validators=[DataRequired("请选择投票方式。")],
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
            mode=Mode(self.mode.data),
            origin=CONVENERS[self.convener.data],
        )

    def show(self, assembly: Assembly) -> None:
        """Begin with what was drafted."""
        self.opens_on.data = civil_date(assembly.opens_at)
        self.closes_on.data = civil_date(assembly.closes_at - timedelta(microseconds=1))


class MatterForm(Form):
    """One matter of the agenda."""

    statute = SelectField(
        "属于民法典第二百七十八条的哪一项",
        choices=STATUTES,
        description="第（六）至（八）项要参与表决的四分之三以上同意，其他各项要过半数同意。",
        validators=[InputRequired("请选择属于哪一项。")],
    )
    kind = SelectField(
        "怎么表决",
        choices=[
            (MatterKind.RESOLUTION.value, "同意、不同意、弃权"),
            (MatterKind.ELECTION.value, "选举：从候选人里选"),
        ],
        default=MatterKind.RESOLUTION.value,
        validators=[DataRequired("请选择怎么表决。")],
    )
    seats = IntegerField(
        "应选几名委员",
        description="只有选举才填。一般是 5 到 11 之间的单数，小的小区可以是 3。",
        validators=[Optional()],
        render_kw={"inputmode": "numeric"},
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
            kind=MatterKind(self.kind.data),
            seats=self.seats.data,
        )


class NewAssemblyForm(DraftForm, MatterForm):
    """A draft with its first matter."""


class ReturnForm(Form):
    """Why a draft is sent back."""

    note = TextAreaField(
        "要改什么",
        validators=[
            InputRequired("请写明要改什么。"),
            Length(max=500, message="不超过 500 个字。"),
        ],
    )


class CancelForm(Form):
    """Why an assembly is called off."""

    reason = _words("为什么取消", "请写明取消的原因，业主会看到。", 500)


class ExtendForm(Form):
    """Until when the vote is extended, and why."""

    closes_on = DateField(
        "延期到哪一天",
        description="投到这一天 24:00 为止。只能延期一次。",
        validators=[InputRequired("请选择日期。")],
    )
    reason = _words("为什么延期", "请写明延期的原因，业主会看到。", 500)

    def new_closes_at(self) -> datetime:
        """24:00 of the day typed (民法典 203)."""
        return end_of_day(_day(self.closes_on))


class ScopeForm(Form):
    """Whose matter it is. Both lists are shown; the one that belongs to the choice is read."""

    scope = RadioField(
        "谁来表决",
        choices=[(scope.value, scope.label) for scope in VotingScope],
        validators=[InputRequired("请选择表决范围。")],
    )
    buildings = SelectMultipleField("哪几栋楼", choices=[], validators=[Optional()])
    stairwells = SelectMultipleField("哪几个单元", choices=[], validators=[Optional()])

    def choice(self) -> ScopeChoice:
        """The scope with its places."""
        scope = VotingScope(self.scope.data)
        typed = {
            VotingScope.COMPOUND: [],
            VotingScope.BUILDINGS: self.buildings.data,
            VotingScope.STAIRWELLS: self.stairwells.data,
        }[scope]
        return ScopeChoice(scope, frozenset(UUID(place) for place in typed or []))


class CandidateForm(Form):
    """A candidate as the notice will show them; the name comes from the register."""

    represented_by = StringField(
        "由谁代表参选",
        description="业主是单位的，填写代表它参选的人的姓名。",
        validators=[Length(max=30, message="不超过 30 个字。")],
    )
    statement = TextAreaField(
        "自我介绍",
        description="做什么工作、想为大家做什么。公告和投票页上都能看到。",
        validators=[Length(max=1000, message="不超过 1000 个字。")],
    )
    photo = FileField("照片")


class CheckForm(Form):
    """What was found on one item of the negative list."""

    finding = RadioField(
        "核查结果",
        choices=[(finding.value, finding.label) for finding in Finding],
        validators=[InputRequired("请选择有没有这种情形。")],
    )
    note = StringField(
        "怎么核查的",
        validators=[
            DataRequired("请写明怎么核查的，例如：查询中国执行信息公开网，没有记录。"),
            Length(max=300, message="不超过 300 个字。"),
        ],
    )
    evidence = FileField("证明材料")


class ObjectionForm(Form):
    """What is wrong, in the words of the person who objects."""

    text = _words("哪里不对", "请写明哪里不对、应该是怎样。", 1000)


class AnswerForm(Form):
    """The answer to an objection."""

    verdict = RadioField(
        "这条异议",
        choices=[("upheld", "成立，已经或将要更正"), ("rejected", "不成立")],
        validators=[InputRequired("请选择异议是否成立。")],
    )
    answer = _words("答复", "请写明理由，对方会看到。", 1000)


class ProposalForm(Form):
    """A matter an owner wants put to the vote."""

    compound_id = SelectField("小区", validators=[InputRequired("请选择小区。")])
    title = StringField(
        "提议表决什么",
        description="一句话说清，例如：更换 3 号楼水泵",
        validators=[
            DataRequired("请写明提议表决什么。"),
            Length(max=60, message="不超过 60 个字。"),
        ],
    )
    statute = SelectField(
        "属于哪一类事",
        choices=STATUTES,
        default=str(Matter.OTHER.value),
        validators=[InputRequired("请选择属于哪一类。")],
    )
    body = _words("为什么、怎么做", "请写明为什么、怎么做，邻居看了才好决定签不签。", 3000)


class ConsentForm(Form):
    """Which dwelling is to become business premises, and what for."""

    compound_id = SelectField("小区", validators=[InputRequired("请选择小区。")])
    label = StringField(
        "哪一处住宅",
        description="和业主名册上写的一样，例如：3栋1单元101",
        validators=[DataRequired("请填写房屋。")],
    )
    purpose = _words("改作什么用", "请写明改作什么用。", 300, "例如：一楼住宅改作社区食堂")


class AdmitForm(Form):
    """An owner of another building who has proved an interest."""

    label = StringField(
        "哪一处房屋",
        description="和业主名册上写的一样，例如：5栋1单元101",
        validators=[DataRequired("请填写房屋。")],
    )
    name = StringField(
        "哪一位业主",
        description="只有一位业主的可以不填。",
        validators=[Length(max=60, message="不超过 60 个字。")],
    )
    claim = _words(
        "有什么利害关系、怎么证明的",
        "请写明凭什么认定有利害关系。",
        500,
        "例如：油烟口正对他家阳台，看了现场照片。",
    )


class ReplyForm(Form):
    """What an interested owner says."""

    answer = RadioField(
        "您的意见",
        choices=[(answer.value, answer.label) for answer in ConsentAnswer],
        validators=[InputRequired("请选择同意或者不同意。")],
    )
    reason = TextAreaField("想说明的", validators=[Length(max=300, message="不超过 300 个字。")])


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
