"""The atlas: two maps under one cursor, a part taken away, and a click opens the very network."""

import itertools
from urllib.parse import parse_qs, urlsplit

import pandas as pd
from playwright.sync_api import expect

from rnnviz import Experiment, Sweep, sweep
from rnnviz.i18n import words
from tests.browser.hands import idle

SAY = words("en")
LINK = "page=atlas&measure=saturated&beside=spectral_radius&units=8&timesteps=20&lang=en"
FIRST, SECOND = '[data-view="atlas"]', '[data-view="atlas.second"]'
PAINTED = f"{SECOND} .heatmaplayer image"

AT = """([view, row, column]) => {
  const place = document.querySelector(view);
  const graph = place.querySelector(".js-plotly-plot");
  const box = graph.getBoundingClientRect();
  const { xaxis, yaxis } = graph._fullLayout;
  return [box.x + xaxis._offset + xaxis.d2p(column), box.y + yaxis._offset + yaxis.d2p(row),
          graph.calcdata[0][0].z[row][column]];
}"""
DRAGS = """([view, way]) =>
  document.querySelector(`${view} .js-plotly-plot`)._fullLayout.dragmode === way"""
SQUARE = """([view]) => {
  const frame = document.querySelector(`${view} .rv-figure-cell`);
  const box = frame.getBoundingClientRect();
  return frame.hidden ? null : [box.x + box.width / 2, box.y + box.height / 2, box.width];
}"""


def sweep_of(gain, scale, *measures):
    """The numbers of one network of the map, computed alone."""
    axes = {"recurrent_gain": [gain], "weight_scale": [scale]}
    return sweep(Sweep(Experiment(units=8, timesteps=20), axes, measures))


def drag(page, corners):
    """Press at the first of some points, go through the others, and let go."""
    page.mouse.move(*corners[0])
    page.mouse.down()
    for (x0, y0), (x1, y1) in itertools.pairwise(corners):
        for part in range(1, 7):  # as fast as a hand: Plotly looks ten times a second
            page.mouse.move(x0 + (x1 - x0) * part / 6, y0 + (y1 - y0) * part / 6)
            page.wait_for_timeout(20)
    page.mouse.up()


def take_away(page):
    """Press the button under the maps; return the table that it gives."""
    with page.expect_download() as download:
        page.get_by_role("button", name="(.csv)").click()
    return pd.read_csv(download.value.path())


def test_one_cursor_on_both_maps_a_part_taken_away_and_a_network_opened(open_page):
    page = open_page(f"?{LINK}", width=1366, height=900, painted=PAINTED)
    at = lambda *place, view=FIRST: page.evaluate(AT, [view, *place])  # noqa: E731

    # The cell under the pointer is framed on the other map too, in the same place of it.
    page.mouse.move(*at(5, 7)[:2])
    for view in (FIRST, SECOND):
        expect(page.locator(view)).to_have_attribute("data-cell", "7,5")
        there, (x, y, width) = at(5, 7, view=view), page.evaluate(SQUARE, [view])
        assert abs(x - there[0]) < 1.5
        assert abs(y - there[1]) < 1.5
        assert width > 4

    # Everything, while nothing is chosen.
    assert len(take_away(page)) == 24 * 24

    # A box: its cells are told and taken, and it is drawn on both maps.
    page.get_by_role("radio", name=SAY("atlas.drag_select")).click()
    page.get_by_text(SAY("atlas.draw_around", all="576")).wait_for()
    idle(page)
    (left, bottom, _), (right, top, _) = at(2, 3), at(4, 8)
    drag(page, [(left - 3, bottom + 3), (right + 3, top - 3)])
    page.get_by_text(SAY("atlas.chosen", cells="18", all="576")).wait_for()
    idle(page)
    taken = take_away(page)
    assert len(taken) == 18
    for view in (FIRST, SECOND):
        assert page.locator(f"{view} .scatterlayer .js-line").count() >= 2
    row = taken.iloc[7]
    alone = sweep_of(row.recurrent_gain, row.weight_scale, "saturated", "spectral_radius")
    assert row.saturated == alone.array("saturated").item()
    assert abs(row.spectral_radius - alone.array("spectral_radius").item()) < 1e-12

    # By hand, on the second map: a triangle.
    page.get_by_role("radio", name=SAY("atlas.drag_lasso")).click()
    idle(page)
    # The map is drawn once more when the page has come to rest; a drag that began before is lost.
    page.wait_for_function(DRAGS, arg=[SECOND, "lasso"])
    page.wait_for_timeout(400)
    corners = [at(*place, view=SECOND)[:2] for place in ((10, 10), (10, 20), (20, 10))]
    drag(page, [(corners[0][0] - 2, corners[0][1] + 2), *corners[1:], corners[0]])
    expect(page.get_by_text("of 576 cells are chosen")).not_to_contain_text("18 of")
    idle(page)
    taken = take_away(page)
    assert 50 <= len(taken) <= 66
    assert len(set(taken.recurrent_gain)) in (10, 11)

    # A click opens the network whose number was shown, to the digit, while a drag chooses.
    x, y, shown = at(11, 20)
    page.mouse.click(x, y)
    page.wait_for_url("**page=states**", timeout=20_000)
    link = parse_qs(urlsplit(page.url).query)
    scale, gain = float(link["weight_scale"][0]), float(link["recurrent_gain"][0])
    assert sweep_of(gain, scale, "saturated").array().item() == shown
    page.wait_for_selector("[data-experiment]")
