"""The atlas: a click on a cell opens the very network whose number was shown."""

from urllib.parse import parse_qs, urlsplit

import pytest

from rnnviz import Experiment, Sweep, sweep

AT = """([row, column]) => {
  const place = document.querySelector('[data-view="atlas"]');
  const graph = place._fullLayout ? place : place.querySelector(".js-plotly-plot");
  const box = graph.getBoundingClientRect();
  const { xaxis, yaxis } = graph._fullLayout;
  return [box.x + xaxis._offset + xaxis.d2p(column), box.y + yaxis._offset + yaxis.d2p(row),
          graph.calcdata[0][0].z[row][column]];
}"""


@pytest.mark.parametrize(("row", "column"), [(3, 2), (11, 20)])
def test_a_click_opens_the_network_whose_number_was_shown(chromium, server_url, row, column):
    page = chromium.new_page(viewport={"width": 1366, "height": 900})
    page.goto(f"{server_url}/?page=atlas&measure=saturated&units=8&timesteps=20&lang=en")
    page.wait_for_selector('[data-view="atlas"] .heatmaplayer image', timeout=90_000)
    page.wait_for_timeout(500)
    x, y, shown = page.evaluate(AT, [row, column])
    page.mouse.click(x, y)
    page.wait_for_url("**page=states**", timeout=20_000)
    link = parse_qs(urlsplit(page.url).query)
    scale, gain = float(link["weight_scale"][0]), float(link["recurrent_gain"][0])
    experiment = Experiment(units=8, timesteps=20)
    one = Sweep(experiment, {"recurrent_gain": [gain], "weight_scale": [scale]})
    assert sweep(one).array()[0, 0] == shown
    page.wait_for_selector("[data-experiment]")
    page.close()
