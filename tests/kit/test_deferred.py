import sys

import pytest

from app.kit.deferred import Deferred


def test_a_module_is_loaded_when_its_first_name_is_read(monkeypatch):
    monkeypatch.delitem(sys.modules, "this", raising=False)
    monkeypatch.setattr("builtins.print", lambda *_: None)
    poem = Deferred("this")
    assert "this" not in sys.modules
    assert poem.s.startswith("Gur Mra")
    assert "this" in sys.modules


def test_a_module_that_does_not_exist_is_said_at_its_first_use():
    nothing = Deferred("no_such_module")
    with pytest.raises(ImportError, match="no_such_module"):
        nothing.anything  # noqa: B018 - reading is the use
