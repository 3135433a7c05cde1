"""BackwardExplorer: the gradient of a convolution's input, scattered and gathered."""

from __future__ import annotations

import numpy as np

from cnnlab.lab.explorers._windows import check_square
from cnnlab.lab.explorers.convolution import ConvolutionExplorer
from cnnlab.lab.scenes import gather_scene, scatter_scene
from cnnlab.lab.scenes.reading import panel_of

_MOST_STEPPED = 32  # padded cells a side: each output is a step, with a picture of its own


class BackwardExplorer(ConvolutionExplorer):
    """Two ways to the input gradient, shown equal: each output scatters its share; each input gathers its terms.

    Parameters
    ----------
    x, w, stride, padding, dy
        As :class:`ConvolutionExplorer`, one channel and one filter.

    Raises
    ------
    TypeError, ValueError
        As :class:`ConvolutionExplorer`, and where there are more channels or filters, or more than 32 cells a side.

    Examples
    --------
    >>> BackwardExplorer([[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[0, 1], [2, 3]])
    BackwardExplorer: x 3×3, kernel 2, padding 0, stride 1 → y 2×2
    """

    def __init__(self, x, w, *, stride=1, padding=0, dy=None):
        w = check_square("w", w, "FCHW")
        if w.shape[:2] != (1, 1):
            raise ValueError(f"w (shape {w.shape}) must be one kernel of one channel: each way back is drawn for one")
        super().__init__(x, w, stride=stride, padding=padding, dy=dy, gradients=True)
        self.absent |= {"turned"}
        padded = self.size + 2 * self.padding
        if padded > _MOST_STEPPED:
            why = f"to step through ({self.size} + 2*{self.padding} = {padded})"
            raise ValueError(f"padding ({padding}) must leave at most {_MOST_STEPPED} cells a side {why}")

    def scenes(self, s):
        arrays, sides = (self.x_of(s), self.w_of(s), self.dy_of(s)), {"stride": s.stride, "padding": s.padding}
        scatter, gather = scatter_scene(*arrays, **sides), gather_scene(*arrays, **sides)
        ways = panel_of(scatter, "dx")["values"], panel_of(gather, "y")["values"]
        difference = f"{np.abs(ways[0] - ways[1]).max():g}"
        note = f"Both ways give the same {ways[0].size} numbers: the largest difference is {difference}."
        return [
            {**scatter, "heading": "Scatter: every output adds its share to the inputs it read"},
            {**gather, "heading": "Gather: every input collects its terms in one full convolution", "note": note},
        ]

    def parts(self, s, scenes):
        head, *stages = super().parts(s, scenes)
        return [head, *({**stage, "abreast": True} for stage in stages)]
