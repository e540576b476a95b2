"""Every figure file that declares a view is found, and nothing else."""

import sys
from types import ModuleType

import pytest

from rnnviz import views
from rnnviz.i18n import LANGUAGES, words
from rnnviz.views import registry


@pytest.fixture(autouse=True)
def fresh_registry():
    registry.views.cache_clear()
    yield
    registry.views.cache_clear()


def test_views_stand_in_their_order_under_their_names():
    views = list(registry.views().values())
    assert [view.order for view in views] == sorted(view.order for view in views)
    assert registry.view("states").page == "states"
    assert registry.view("states") in registry.views_of("states")
    with pytest.raises(KeyError):
        registry.view("nothing")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_has_its_words(language):
    for name in registry.views():
        assert words(language)(f"view.{name}.title")
        assert words(language)(f"view.{name}.how_to_read")


def test_a_new_file_is_found_and_a_name_cannot_stand_twice(monkeypatch, tmp_path):
    source = (
        "from rnnviz.views.registry import View\n"
        "VIEW = View({name!r}, 'states', None, None, order=-1)\n"
    )
    monkeypatch.setattr(views, "__path__", [*views.__path__, str(tmp_path)])
    (tmp_path / "new_figure.py").write_text(source.format(name="new"))
    try:
        assert next(iter(registry.views())) == "new"
        (tmp_path / "another_figure.py").write_text(source.format(name="new"))
        registry.views.cache_clear()
        with pytest.raises(ValueError, match="'new'"):
            registry.views()
    finally:
        for name in ("new_figure", "another_figure"):
            module = sys.modules.pop(f"{views.__name__}.{name}", None)
            assert isinstance(module, ModuleType)
