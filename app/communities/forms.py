"""The shape of a community's settings."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from wtforms import BooleanField, HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from app.communities.rules import LOG_KEPT_DAYS, Settings, read_days
from app.core.web.forms import Form


def _number(label: str, least: int, most: int, description: str) -> IntegerField:
    sentence = f"请填 {least} 到 {most} 之间的整数。"
    return IntegerField(
        label,
        [InputRequired(sentence), NumberRange(least, most, sentence)],
        description=description,
        render_kw={"inputmode": "numeric"},
    )


def _days(label: str, description: str) -> StringField:
    return StringField(
        label,
        [Length(max=600, message="最多写 600 个字。"), _check_days],
        filters=[lambda typed: " ".join((typed or "").split())],
        description=f"{description}写成 2026-05-06，几天之间用空格分开。",
    )


def _check_days(_form: Form, field: StringField) -> None:
    try:
        read_days(field.data or "")
    except ValueError:
        raise ValidationError("有一个日子看不懂。请写成 2026-05-06 这样，用空格分开。") from None


class SettingsForm(Form):
    """One field for each of Settings, and the version the person saw."""

    version = HiddenField(default="0")
    proxy_limit = _number(
        "一人最多代几户投票", 0, 20, "业主可以书面委托别人代投（民法典第 165 条）。"
    )
    proxy_excludes_property_staff = BooleanField(
        "物业企业的员工不能当代理人", description="避免物业替业主表决自己的事。"
    )
    parking_spaces_vote = BooleanField("单独登记的车位也参加表决", description="各地规定不同。")
    assembly_notice_days = _number(
        "业主大会公告满几天才能投票", 15, 90, "法规要求不少于 15 天，只能更长。"
    )
    assembly_voting_least_days = _number("投票最少开放几天", 1, 60, "")
    assembly_voting_most_days = _number("投票最多开放几天", 1, 180, "延期也算在内。")
    assembly_publication_days = _number("表决结果公示几天", 1, 60, "公示期内业主可以提异议。")
    assembly_filing_days = _number("选举结果生效后几天内备案", 1, 90, "")
    committee_seats_least = _number("业主委员会最少几人", 3, 21, "单数。")
    committee_seats_most = _number("业主委员会最多几人", 3, 21, "单数。")
    committee_small_households = _number(
        "多少户以下的小区可以只选 3 人", 0, 1000, "填 0 就是不允许只选 3 人。"
    )
    covenant_threshold_numerator = _number("公约生效：签署户数要达到几分之几（分子）", 1, 100, "")
    covenant_threshold_denominator = _number(
        "公约生效：几分之几（分母）", 1, 100, "例如分子 2、分母 3，就是三分之二。"
    )
    covenant_publication_days = _number("公约公示几天", 1, 60, "")
    complaint_days_ordinary = _number("一般诉求几个工作日内办结", 1, 60, "")
    complaint_call_attempts = _number(
        "诉求自动办结前，要在几天里分别打过回访电话", 1, 10, "同一天打几次只算一次。"
    )
    complaint_silence_days = _number("报告办好几天后，联系不上的才自动办结", 1, 60, "")
    local_holidays = _days("本地另外放假的日子", "全国节假日和调休已经算在内，这里只写另外的。")
    local_working_days = _days("本地另外上班的日子", "")
    contract_filing_days = _number("物业合同签订后几天内备案", 1, 60, "")
    committee_term_years = _number(
        "业主委员会一届几年", 1, 5, "按议事规则填，最长 5 年；选举生效后按此登记任期。"
    )
    open311_public = BooleanField(
        "诉求进展可以公开查询",
        description="不用密钥，任何程序都能从开放接口查到事项、小区和进展；"
        "查不到说明、楼栋、照片和反映人。",
    )
    open311_log_days = _number(
        "推送记录保留几天",
        LOG_KEPT_DAYS,
        3650,
        "网络日志要留存不少于六个月（网络安全法第 21 条），所以最少 184 天。",
    )

    whistle_sign_hours = _number(
        "吹哨以后，部门几小时内签收",
        1,
        168,
        "按自然时间算，不分工作日；部门说不归自己管，社区也在这个时间内答复。",
    )
    whistle_arrive_hours = _number(
        "吹哨以后，部门几小时内到场", 1, 720, "这是吹哨时默认的时间，每次可以另外约定。"
    )

    def validate_whistle_arrive_hours(self, field: IntegerField) -> None:
        """Who arrives has signed before."""
        if field.data and (self.whistle_sign_hours.data or 0) > field.data:
            raise ValidationError("到场时间不能比签收时间短。")

    def validate_covenant_threshold_denominator(self, field: IntegerField) -> None:
        """A share is at most the whole."""
        if field.data and (self.covenant_threshold_numerator.data or 0) > field.data:
            raise ValidationError("分母不能比分子小。")

    def validate_assembly_voting_most_days(self, field: IntegerField) -> None:
        """The longest vote is not shorter than the shortest."""
        if field.data and (self.assembly_voting_least_days.data or 0) > field.data:
            raise ValidationError("最多天数不能比最少天数小。")

    def validate_committee_seats_most(self, field: IntegerField) -> None:
        """The largest committee is not smaller than the smallest."""
        if field.data and (self.committee_seats_least.data or 0) > field.data:
            raise ValidationError("最多人数不能比最少人数小。")

    def validate_local_working_days(self, field: StringField) -> None:
        """A day is either off or worked."""
        if field.errors or self.local_holidays.errors:
            return
        both = set(_known_days(field.data)) & set(_known_days(self.local_holidays.data))
        if both:
            day = min(both).isoformat()
            raise ValidationError(f"{day} 同时写成了放假和上班，请去掉一个。")

    def settings(self) -> Settings:
        """The settings as typed."""
        values = {field.name: field.data for field in self if field.name in FIELDS}
        return Settings(**values)


def _known_days(text: str | None) -> tuple[date, ...]:
    try:
        return read_days(text or "")
    except ValueError:
        return ()


FIELDS = tuple(field.name for field in fields(Settings))
GROUPS = tuple(
    (title, tuple(name for name in FIELDS if name.startswith(prefixes)))
    for title, prefixes in (
        ("业主大会", ("assembly_", "parking_", "proxy_", "committee_")),
        ("楼道公约", ("covenant_",)),
        ("民生诉求", ("complaint_", "local_")),
        ("吹哨报到", ("whistle_",)),
        ("合同备案和开放接口", ("contract_", "open311_")),
    )
)
"""The fields under the headings of the page."""
