"""Compressing answers on their way out."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response
from flask_compress import Compress


class Compression(Compress):
    """Flask-Compress for successes; a redirect or refusal has little to make smaller."""

    def after_request(self, response: Response | None) -> Response:
        """The answer, compressed as its reader likes it."""
        if response is not None and response.status_code >= HTTPStatus.MULTIPLE_CHOICES:
            return response
        return super().after_request(response)
