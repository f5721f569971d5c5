"""What is typed of places: where it is, the common places, the plan."""

from __future__ import annotations

from wtforms import MultipleFileField, StringField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from app.complaints.rules.places import PlaceKind, read_place
from app.core.web.forms import Form, stripped
from app.registry.forms import VersionedForm

_OUTSIDE = "小区北门外的人行道"


def place_note(description: str) -> StringField:
    """具体位置: may be left out, but of a place outside the compounds nothing else is known."""
    return StringField(
        "具体位置",
        description=description,
        filters=[stripped],
        validators=[_told_of_elsewhere, Length(max=60, message="请写在 60 字以内。")],
    )


def ask_for_outside(field: StringField) -> None:
    """Say on the page that the words must be given, with an example that lies outside."""
    field.flags.required = True
    field.description = f"例如：{_OUTSIDE}"


def _told_of_elsewhere(form: Form, field: StringField) -> None:
    place = read_place(form.place.data)
    if place is not None and place.kind is PlaceKind.ELSEWHERE and not field.data:
        raise ValidationError(f"请写一下在什么地方，例如“{_OUTSIDE}”。")


class CommonPlaceForm(VersionedForm):
    """公共地方."""

    name = StringField(
        "地方的名称",
        description="例如：南门、地下车库 B 区、儿童乐园",
        filters=[stripped],
        validators=[
            DataRequired("请填写名称。"),
            Length(max=30, message="请写在 30 字以内。"),
        ],
    )


class PlanForm(Form):
    """小区平面图."""

    plan = MultipleFileField(
        "平面图图片",
        description="JPG、PNG 或 WebP。居民能看到这张图，请先确认图上没有个人信息。",
        validators=[Optional()],
    )
