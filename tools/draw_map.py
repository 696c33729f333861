"""Draw the layers and their rooms from the imports of the code: docs/architecture.svg.

usage: python -m tools.draw_map
An arrow means "imports"; one that a longer way implies is left out. A layer stands above all that it imports.
"""

from __future__ import annotations

import html
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tools.import_graph import Graph, group, module_graph, reduced, room_of

TARGET = Path(__file__).parent.parent / "docs" / "architecture.svg"
WIDTH, LINE, HEAD, GAP, MARGIN, BETWEEN = 1180, 17, 30, 18, 14, 46
COLUMN = 168  # of a room's name inside its layer's box


@dataclass(frozen=True)
class Box:
    """A layer on the picture, in pixels. rooms: name and number of files of each."""

    name: str
    rooms: tuple[tuple[str, int], ...]
    x: float
    y: float
    width: float
    height: float


def heights(graph: Graph) -> dict[str, int]:
    """How many layers lie below each at most: 0 for one that imports none."""
    known: dict[str, int] = {}

    def height(node: str) -> int:
        if node not in known:
            known[node] = 1 + max((height(target) for target in graph[node]), default=-1)
        return known[node]

    for node in graph:
        height(node)
    return known


def draw(graph: Graph | None = None) -> str:
    """The picture as SVG text; the same code gives the same text."""
    graph = module_graph() if graph is None else graph
    rooms = {module: room_of(module) for module in graph if module.count(".")}
    layers = group(
        {m: {t for t in graph[m] if t in rooms} for m in rooms}, {m: r.split("/")[0] for m, r in rooms.items()}
    )
    for aside in ("__main__", "assets"):
        layers.pop(aside, None)
    files = Counter(rooms.values())
    boxes = place(layers, files)
    arrows = [
        arrow(boxes[name], boxes[target])
        for name, targets in sorted(reduced(layers).items())
        for target in sorted(targets)
    ]
    height = max(box.y + box.height for box in boxes.values()) + MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" font-family="system-ui,sans-serif" font-size="12">',
            "<title>Layers and rooms of ocrweb, drawn from its imports</title>",
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
            '<path d="M0 0L8 4L0 8z" fill="#6A5ACD"/></marker></defs>',
            f'<rect width="{WIDTH}" height="{height:.0f}" fill="#fff"/>',
            *arrows,
            *(picture(box) for _, box in sorted(boxes.items())),
            "</svg>\n",
        ]
    )


def place(layers: Graph, files: Counter[str]) -> dict[str, Box]:
    """Rows from the highest layer down; in a row by name, the width shared by the number of rooms."""
    level = heights(layers)
    boxes: dict[str, Box] = {}
    y = float(MARGIN)
    for row in range(max(level.values()), -1, -1):
        names = sorted(name for name in layers if level[name] == row)
        rooms = {
            name: tuple(sorted((room, count) for room, count in files.items() if room.split("/")[0] == name))
            for name in names
        }
        spare = WIDTH - 2 * MARGIN - GAP * (len(names) - 1)
        shares = {name: min(len(rooms[name]), 10) + 2 for name in names}
        x, tallest = float(MARGIN), 0.0
        for name in names:
            width = min(spare * shares[name] / sum(shares.values()), 860.0)
            columns = max(1, int(width // COLUMN))
            lines = -(-len(rooms[name]) // columns) if len(rooms[name]) > 1 else 0
            boxes[name] = Box(name, rooms[name], x, y, width, HEAD + LINE * lines + (8 if lines else 0))
            x += width + GAP
            tallest = max(tallest, boxes[name].height)
        y += tallest + BETWEEN
    return boxes


def arrow(box: Box, target: Box) -> str:
    """From the lower edge of the one that imports to the upper edge of what it imports."""
    x0, y0 = box.x + box.width / 2 + (target.x + target.width / 2 - box.x - box.width / 2) * 0.15, box.y + box.height
    x1, y1 = target.x + target.width / 2, target.y
    bend = (y1 - y0) / 2
    return (
        f'<path d="M{x0:.0f} {y0:.0f}C{x0:.0f} {y0 + bend:.0f} {x1:.0f} {y1 - bend:.0f} {x1:.0f} {y1:.0f}" '
        'fill="none" stroke="#6A5ACD" stroke-opacity=".55" marker-end="url(#tip)"/>'
    )


def picture(box: Box) -> str:
    """The box of a layer with its rooms; a layer of one room shows its number of files beside its name."""
    total = sum(count for _, count in box.rooms)
    parts = [
        f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" height="{box.height:.0f}" rx="8" fill="#f4f3fc" stroke="#6A5ACD"/>',
        f'<text x="{box.x + 12:.0f}" y="{box.y + 20:.0f}"><tspan font-weight="600" font-size="14">{html.escape(box.name)}</tspan>'
        f'<tspan fill="#64748b" dx="8">{total}</tspan></text>',
    ]
    if len(box.rooms) > 1:
        columns = max(1, int(box.width // COLUMN))
        for number, (room, count) in enumerate(box.rooms):
            x = box.x + 12 + number % columns * (box.width - 12) / columns
            y = box.y + HEAD + LINE * (number // columns + 0.7)
            shown = room.partition("/")[2] or "."
            parts.append(
                f'<text x="{x:.0f}" y="{y:.0f}">{html.escape(shown)}<tspan fill="#64748b" dx="5">{count}</tspan></text>'
            )
    return "".join(parts)


if __name__ == "__main__":
    TARGET.write_text(draw(), encoding="utf-8")
    print(TARGET)
