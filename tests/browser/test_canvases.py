"""The canvases of the notebooks in a real JupyterLab: painted in the page's colours, however one comes to them."""

from __future__ import annotations

import pytest

# How many colours each canvas of the notebook in front has, brought into view one after the other.
COLOURS = """async () => {
  const { content } = jupyterapp.shell.currentWidget, found = [];
  for (const [k, cell] of content.widgets.entries()) {
    if (!cell.model.outputs?.length) continue;
    await content.scrollToItem(k);
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    for (const canvas of cell.node.querySelectorAll(".cnnlab-explorer canvas")) {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      found.push(new Set(new Uint32Array(data.buffer)).size);
    }
  }
  return found;
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["01_convolution.ipynb", "03_channels.ipynb"])
def test_no_canvas_is_black_however_the_notebook_is_opened(lab, path, theme):
    lab.open(path)
    lab.theme(theme)
    lab.run_all()
    colours = lab.page.evaluate(COLOURS)
    assert len(colours) == {"01": 2, "03": 14}[path[:2]]
    assert min(colours) > 10
