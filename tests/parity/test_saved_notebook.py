"""A notebook that was saved and is opened where no kernel is: the picture still scrubs."""

import json
import re

import pytest

from tests.browser.offline import opened_file
from tests.browser.pixels import VIEWER
from tests.notebook.executing import executed
from tests.parity.conftest import needs
from tests.parity.jupyter import Laboratory, notebook_of

SHOW = "import rnnviz\nrnnviz.show(rnnviz.simulate(rnnviz.Experiment(weight_scale=0.03)))"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A notebook after it ran, as JupyterLab saves it: without the state of its widgets."""
    needs("jupyterlab")
    path = tmp_path_factory.mktemp("saved") / "saved.ipynb"
    path.write_text(json.dumps(notebook_of(SHOW)), encoding="utf-8")
    notebook = executed(path)
    notebook["metadata"].pop("widgets", None)
    notebook["metadata"]["kernelspec"] = {"name": "gone", "display_name": "A kernel that is gone"}
    return notebook


def scrubs(frame):
    """Move the cursor in a viewer by hand, and read a number under the pointer."""
    viewer = frame.locator(f"{VIEWER}[data-experiment]")
    viewer.wait_for(timeout=30_000)
    left, top, width, height = map(float, viewer.get_attribute("data-heat").split())
    where = {"x": left + 0.755 * width, "y": top + height / 2}
    viewer.locator(".rv-stage").click(position=where)
    frame.get_by_text("t = 75", exact=True).first.wait_for()
    assert re.search(r"0\.\d{10}", viewer.locator(".rv-tip").inner_text())


def test_as_a_page_of_nbconvert(chromium, saved, tmp_path):
    from nbconvert import HTMLExporter
    from nbformat import from_dict

    body, _ = HTMLExporter().from_notebook_node(from_dict(saved))
    path = tmp_path / "saved.html"
    path.write_text(body, encoding="utf-8")
    with opened_file(chromium, path) as page:
        scrubs(page.frame_locator("iframe"))


@pytest.mark.parametrize("trusted", [True, False])
def test_in_jupyterlab_without_a_kernel(chromium, laboratory, saved, trusted):
    """Of a notebook that is not trusted JupyterLab takes the frame out, and leaves the picture."""
    name = f"saved_{trusted}".lower()
    # A signature is of the content: the two differ.
    laboratory.put(name, saved | {"metadata": saved["metadata"] | {"for": name}}, trusted=trusted)
    context = chromium.new_context(viewport={"width": 1366, "height": 900})
    page = context.new_page()
    lab = Laboratory(page, laboratory, name)
    lab.menu("Kernel", "Shut Down Kernel")
    page.get_by_text("| Unknown").or_(page.get_by_text("No Kernel |")).first.wait_for()
    shown = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea")
    if trusted:
        scrubs(shown.frame_locator("iframe"))
    else:
        picture = shown.locator("img")
        picture.wait_for()
        assert picture.evaluate("(image) => image.naturalWidth") > 50
        assert shown.locator("iframe").count() == 0
    context.close()
