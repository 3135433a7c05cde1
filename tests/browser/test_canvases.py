"""What is in the pictures, in a real JupyterLab: canvases in the page's colours, numbers that stand out."""

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


# The least contrast of a number with the cell that it stands in, of those that fade and of all others.
CONTRAST = """stage => {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const luminance = colour => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map(v =>
      v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const least = { faded: [], clear: [] };
  for (const cell of stage.querySelectorAll(".cnnlab-grid .cnnlab-cell")) {
    if (!cell.textContent || cell.matches(".cnnlab-unread")) continue; // what no window reads has dots in place of it
    const { color, backgroundColor, opacity } = getComputedStyle(cell);
    const [dark, light] = [luminance(color), luminance(backgroundColor)].sort((p, q) => p - q);
    const isLit = /lit|twin|selected|hot/.test(cell.className);
    const contrast = opacity === "1" ? (light + 0.05) / (dark + 0.05) : 0;
    least[stage.dataset.held === "true" && !isLit ? "faded" : "clear"].push(contrast);
  }
  return [least.clear.length, Math.min(...least.clear), least.faded.length, Math.min(...least.faded)];
}"""


def test_numbers_stand_out_from_their_cells_at_rest_and_held_in_both_themes(lab):
    lab.new(
        "import numpy as np\nfrom cnnlab.lab import ConvolutionExplorer, PoolingExplorer",
        "x, w = np.arange(-12, 13).reshape(5, 5) % 11 - 5, np.array([[1, 2, -1], [0, 3, -3], [2, 1, -2]])",
        "ConvolutionExplorer(x, w, padding=1, gradients=True)",
        "PoolingExplorer(x, 2, gradients=True)",
    )
    lab.run_all()
    stages = [lab.output(k).locator(".cnnlab-stage").first for k in (2, 3)]
    for theme in ("light", "dark"):
        lab.theme(theme)
        for stage in stages:
            count, clear, faded, _ = stage.evaluate(CONTRAST)
            assert (count > 30, faded) == (True, 0)  # nothing is dimmed until a cell is held
            assert clear >= 4.5, theme
            cell = stage.locator('[data-panel="y"] .cnnlab-cell').first
            cell.click()
            lit, clear, faded, dim = stage.evaluate(CONTRAST)
            assert (lit > 4, faded > 20, clear >= 4.5, dim >= 3) == (True,) * 4, (theme, clear, dim)
            cell.click()
