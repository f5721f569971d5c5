"""A community's settings."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.communities import actions, queries
from app.communities.forms import FIELDS, GROUPS, SettingsForm
from app.communities.permissions import CHANGE_SETTINGS
from app.communities.rules import Settings
from app.core.access.door import here, requires
from app.core.db import db
from app.core.web.shell import navigation_item

blueprint = Blueprint("communities", __name__)
navigation_item("社区设置", "settings", "communities.settings", order=90)


@blueprint.route("/c/<community>/settings", methods=["GET", "POST"])
@requires(CHANGE_SETTINGS)
def settings() -> ResponseReturnValue:
    """Look at and change the choices of this community."""
    if request.method == "POST":
        return _save(SettingsForm())
    row = queries.settings_row(here().community.id)
    chosen = Settings.from_choices(row.choices) if row else Settings()
    form = SettingsForm(data={**asdict(chosen), "version": str(row.version if row else 0)})
    return _page(form, [])


def _page(form: SettingsForm, differing: list[tuple[str, str, str]]) -> str:
    return render_template(
        "communities/settings.html", form=form, differing=differing, groups=GROUPS
    )


def _save(form: SettingsForm) -> ResponseReturnValue:
    if not form.validate():
        return _page(form, []), 422
    typed = form.version.data or ""
    version = int(typed) if typed.isdecimal() else 0
    mine = form.settings()
    try:
        actions.change_settings(here().community.id, mine, version)
    except actions.SettingsChangedMeanwhile as changed:
        db.session.rollback()
        form.version.raw_data = None
        form.version.data = str(changed.version)
        form.form_errors.append(changed.sentence)
        return _page(form, _differing(form, mine, changed.theirs)), changed.status
    flash("设置已保存。", "done")
    return redirect(url_for("communities.settings", community=here().community.code))


def _differing(form: SettingsForm, mine: Settings, theirs: Settings) -> list[tuple[str, str, str]]:
    """Label, what this person typed, what the other saved: only where they differ."""
    return [
        (form[name].label.text, _said(getattr(mine, name)), _said(getattr(theirs, name)))
        for name in FIELDS
        if getattr(mine, name) != getattr(theirs, name)
    ]


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)
