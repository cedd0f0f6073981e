"""Charts of the report as inline SVG: about 400 units wide, so that their words stay legible on a phone.

Every bar carries its name above and its figure beside it, so a chart reads without colour. Colours are set through
the page's CSS variables and follow light and dark. The bytes depend on the figures alone.
"""

from __future__ import annotations

import io
import re
import textwrap
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

__all__ = ["Bar", "bar_chart"]

_WIDTH: Final = 400.0  # user units; one unit is one point
_ROW: Final = 40.0
_LINE: Final = 18.0  # what a second line of a label adds
_DIGIT: Final = 9.0  # room for one character of the figure on the right
_LABEL_SIZE: Final = 14
_LONGEST: Final = 47  # characters of a line that fit the width
_LINES: Final = 3  # of a label; what is longer still is cut

# Matplotlib takes plain colours only; these stand in for the page's variables and are replaced in its output.
_INK: Final = "#010203"
_STRONG: Final = "#010205"
_PALE: Final = "#010206"
_TRACK: Final = "#010207"
_VARIABLES: Final = {_INK: "--ink", _STRONG: "--bar", _PALE: "--bar-pale", _TRACK: "--track"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: ``value`` is drawn strong from ``start`` on, what lies before it is drawn pale.

    ``figure`` is the text on the right; without it the value is shown.
    """

    label: str
    value: int
    start: int = 0
    figure: str = ""


def bar_chart(bars: Sequence[Bar], *, name: str, description: str) -> str:
    """Draw horizontal bars as one SVG element.

    ``name`` is a short identifier, unique on the page; ``description`` is read out in place of the picture.
    """
    return _drawn(tuple(bars), name, description)


@lru_cache(maxsize=64)
def _drawn(bars: tuple[Bar, ...], name: str, description: str) -> str:
    """The element itself; drawn once for the same figures, which a page asked for again shows again."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    labels = [_lines(bar.label) for bar in bars]
    height = max(len(bars), 1) * _ROW + sum(len(lines) - 1 for lines in labels) * _LINE + 4
    with rc_context(
        {"svg.fonttype": "none", "svg.hashsalt": name, "font.family": "DejaVu Sans", "font.size": _LABEL_SIZE}
    ):
        figure = Figure(figsize=(_WIDTH / 72, height / 72), dpi=72, frameon=False)
        axes = figure.add_axes((0, 0, 1, 1), frameon=False)
        axes.set(xlim=(0, _WIDTH), ylim=(height, 0))
        axes.set_axis_off()
        _draw(axes, bars, labels)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _inline(out.getvalue(), name, description)


def _draw(axes: Axes, bars: Sequence[Bar], labels: Sequence[Sequence[str]]) -> None:
    figures = [bar.figure or f"{bar.value:,}" for bar in bars]
    room = _WIDTH - max((len(figure) for figure in figures), default=0) * _DIGIT - 10
    scale = room / (max((bar.start + bar.value for bar in bars), default=0) or 1)
    top = 0.0
    for bar, figure, lines in zip(bars, figures, labels, strict=True):
        for line in lines:
            axes.text(0, top + 15, line, color=_INK, va="baseline", parse_math=False)
            top += _LINE
        top -= _LINE
        axes.barh(top + 26, room, height=9, color=_TRACK, linewidth=0)
        axes.barh(top + 26, bar.start * scale, height=9, color=_PALE, linewidth=0)
        axes.barh(top + 26, bar.value * scale, left=bar.start * scale, height=9, color=_STRONG, linewidth=0)
        axes.text(_WIDTH, top + 31, figure, color=_INK, ha="right", va="baseline", weight="bold", parse_math=False)
        top += _ROW


def _lines(label: str) -> list[str]:
    """A label in as many lines as it needs and may have."""
    return textwrap.wrap(label, _LONGEST, max_lines=_LINES, placeholder=" …") or [""]


def _inline(document: str, name: str, description: str) -> str:
    """Make matplotlib's document an element of our page: unique ids, the page's font and colours, a spoken name."""
    from markupsafe import escape

    svg = document[document.index("<svg") :].strip()
    # its style element would hold for the whole page
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'(url\(#|href="#)', rf"\g<1>{name}-", svg)
    svg = re.sub(r"font-family: [^;\"]+;?", "", svg)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, f"var({variable})")
    opening = svg[: svg.index(">")]
    box = re.search(r'viewBox="[^"]+"', opening)
    head = f'<svg class="chart" role="img" aria-label="{escape(description)}" {box.group() if box else ""}>'
    return head + svg[svg.index(">") + 1 :]
