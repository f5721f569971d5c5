"""An answer as XML, by the standard's own mapping: lists are containers of singular elements."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from app.interfaces.rules.shapes import ITEMS

_UNWRITABLE = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def to_xml(root: str, value: Any) -> bytes:
    """The document in UTF-8 with its declaration; characters XML cannot write are left out."""
    element = Element(root)
    _fill(element, value)
    document: bytes = tostring(element, encoding="utf-8", xml_declaration=True)
    return document


def _fill(element: Element, value: Any) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _fill(SubElement(element, name), inner)
    elif isinstance(value, list):
        for inner in value:
            _fill(SubElement(element, ITEMS[element.tag]), inner)
    elif value is not None:
        said = str(value).lower() if isinstance(value, bool) else str(value)
        element.text = _UNWRITABLE.sub("", said)
