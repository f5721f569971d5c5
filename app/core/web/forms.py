"""The base of every form."""

from __future__ import annotations

from flask_wtf import FlaskForm


class Form(FlaskForm):  # type: ignore[misc]
    """A form of ours, without a CSRF field of its own: `core.web.forgery` guards every route."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How WTForms makes it."""

        csrf = False
