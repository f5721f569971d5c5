"""What is typed after the count: the filing checklist, and the order of a recount."""

from __future__ import annotations

from wtforms import DateField, MultipleFileField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.core.files.actions import Upload
from app.core.web.forms import Form
from app.kit.clock import civil_date, now
from app.voting.actions.filing import FilingDraft
from app.voting.rules import Supervision


class FilingForm(Form):
    """One line of the checklist that is done."""

    done_on = DateField("哪天办的", validators=[InputRequired("请选择办理日期。")])
    receipt = StringField(
        "回执编号",
        description="备案回执或收文登记上的编号。",
        validators=[Length(max=60, message="编号请不要超过 60 个字。")],
    )
    note = StringField("备注", validators=[Length(max=200, message="不超过 200 个字。")])
    scans = MultipleFileField("回执、照片", description="可以是照片或 PDF，最多 6 个。")

    def draft(self) -> FilingDraft:
        """The typed values; empty file fields are none."""
        return FilingDraft(
            done_on=self.done_on.data or civil_date(now()),
            receipt=self.receipt.data or "",
            note=self.note.data or "",
            scans=[
                Upload(sent.filename, sent.read())
                for sent in self.scans.data or []
                if getattr(sent, "filename", "")
            ],
        )


class WithdrawForm(Form):
    """Why an entry is taken back."""

    reason = StringField(
        "为什么撤回",
        validators=[
            InputRequired("请写明为什么撤回。"),
            Length(max=200, message="不超过 200 个字。"),
        ],
    )


class RecountForm(Form):
    """Who watches a recount, and why it is held."""

    supervisor = StringField(
        "监督人姓名",
        description="街道办事处（乡镇人民政府）到场监督的人。",
        validators=[
            InputRequired("请写明街道到场监督的人的姓名。"),
            Length(max=40, message="不超过 40 个字。"),
        ],
    )
    office = StringField(
        "监督人单位和职务",
        validators=[
            InputRequired("请写明监督人的单位和职务。"),
            Length(max=60, message="不超过 60 个字。"),
        ],
    )
    reason = TextAreaField(
        "为什么复核",
        description="业主会在结果页上看到。",
        validators=[
            InputRequired("请写明为什么复核，业主会看到。"),
            Length(max=500, message="不超过 500 个字。"),
        ],
    )

    def supervision(self) -> Supervision:
        """The typed values."""
        return Supervision(
            supervisor=(self.supervisor.data or "").strip(),
            office=(self.office.data or "").strip(),
            reason=(self.reason.data or "").strip(),
        )
