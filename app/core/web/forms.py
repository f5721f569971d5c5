"""What forms share."""

from __future__ import annotations

from flask_wtf import FlaskForm


class Form(FlaskForm):  # type: ignore[misc]
    """A form of ours, without a CSRF field of its own: `core.web.forgery` guards every route."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How WTForms makes it."""

        csrf = False


def stripped(value: str | None) -> str | None:
    """A filter of fields: what was typed without the space around it."""
    return value.strip() if value else value
