"""JupyterLab in a real Chromium: live models in two lines, by hand, and without a kernel."""

from tests.browser.pixels import VIEWER
from tests.parity.jupyter import Laboratory, is_outside, notebook_of

CELLS = (
    "import os\nos.environ['KERAS_BACKEND'] = 'numpy'\nimport keras, numpy as np, rnnviz, torch\n"
    "x = np.random.default_rng(0).normal(size=(3, 60, 8)).astype('float32')",
    "model = keras.Sequential([keras.Input((None, 8)), keras.layers.LSTM(24)])\n"
    "w = rnnviz.show(model, x)\nw",
    "module = torch.nn.GRU(8, 20, num_layers=2, batch_first=True)\nv = rnnviz.show(module, x)\nv",
    "print('at', w.timestep, w.layer, v.timestep, v.layer)",
)


def test_live_models_in_jupyterlab(chromium, laboratory):
    laboratory.put("models", notebook_of(*CELLS))
    page = chromium.new_page(viewport={"width": 1366, "height": 900})
    errors, outside = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: is_outside(request.url) and outside.append(request.url))
    lab = Laboratory(page, laboratory, "models")
    lab.run_all()
    page.locator(VIEWER).nth(1).wait_for(timeout=90_000)
    lab.click(1, 0.505)
    lab.click(2, 0.255)
    lab.cell(2).get_by_role("combobox", name="Layer").select_option("0")
    page.wait_for_timeout(300)  # an answer has no sign of its own where nothing else changes
    assert lab.run(3).strip() == "at 30 0 15 0", "the kernel learns the cursor and the layer"
    lab.menu("Kernel", "Restart Kernel…")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.locator(".jp-Dialog").wait_for(state="detached")
    viewer = lab.click(1, 0.9)
    viewer.get_by_text("t = 54", exact=True).wait_for()
    assert errors == []
    assert outside == []
    page.close()
