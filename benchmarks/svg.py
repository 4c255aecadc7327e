"""A line plot as an SVG, written by hand: both axes from zero or logarithmic, one colour a line, labels at the ends."""

import math
from html import escape

from benchmarks.result import Curve

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 70, 150, 40, 50
COLOURS = ("#0b6e4f", "#c1440e", "#2456a6", "#7a4fa3", "#8a6d00", "#555555")


def draw(curve: Curve) -> str:
    """Draw x logarithmically, for sizes that double; y from zero, so that flat looks flat."""
    points = [point for line in curve.lines.values() for point in line]
    low, high = math.log(min(x for x, _ in points)), math.log(max(x for x, _ in points))
    top = nice_above(max(y for _, y in points))
    plot_width, plot_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def place(x: float, y: float) -> tuple[float, float]:
        along = (math.log(x) - low) / (high - low) if high > low else 0.5
        return LEFT + along * plot_width, TOP + (1 - y / top) * plot_height

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        text(LEFT, 22, curve.title, size=14),
        text(LEFT + plot_width / 2, HEIGHT - 10, curve.x, anchor="middle"),
        text(LEFT, TOP - 6, curve.y, size=11),
    ]
    for step in range(5):
        y = top * step / 4
        _, at = place(math.exp(low), y)
        parts.append(f'<path d="M{LEFT} {at:.1f}H{LEFT + plot_width}" stroke="#ddd"/>')
        parts.append(text(LEFT - 6, at + 4, short(y), anchor="end"))
    for x in sorted({x for x, _ in points}):
        at, _ = place(x, 0)
        parts.append(text(at, TOP + plot_height + 18, short(x), anchor="middle"))
    for number, (label, line) in enumerate(curve.lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        places = [place(*point) for point in line]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        parts.append(text(places[-1][0] + 8, places[-1][1] + 4, label, colour=colour))
    return "\n".join([*parts, "</svg>", ""])


def text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 12, colour: str = "#222") -> str:
    style = f'text-anchor="{anchor}" font-size="{size}" fill="{colour}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(words)}</text>'


def nice_above(value: float) -> float:
    """The next round number: 1, 2, 4 or 8 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value)) if value > 0 else 1.0
    return next(step * power for step in (1, 2, 4, 8, 10) if step * power >= value)


def short(value: float) -> str:
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"
