"""Equal modules in a row, as the 24 layers of an encoder: in how many of them something is."""

from __future__ import annotations

from collections.abc import Collection

from explorer.graph import Graph


def in_layers(graph: Graph, modules: Collection[str]) -> str:
    """Return in how many of several equal layers ``modules`` are; nothing where they are not all in one row."""
    met = {layer_of(module) for module in modules}
    rows = {row for row, _ in met}
    row = rows.pop() if len(rows) == 1 else ""
    if not row:
        return ""
    among = {layer for layer in (layer_of(op.module) for op in graph.compute) if layer[0] == row}
    count = f"all {len(among)}" if len(met) == len(among) else f"{len(met)} of the {len(among)}"
    return f"in {count} modules {row}.*" if len(among) > 1 else ""


def layer_of(module: str) -> tuple[str, str]:
    """Return the row and the number of the outermost numbered module.

    Examples
    --------
    >>> layer_of("encoder.layer.3.attention.0"), layer_of("head")
    (('encoder.layer', '3'), ('', ''))
    """
    parts = module.split(".")
    place = next((place for place, part in enumerate(parts) if part.isdecimal() and place), None)
    return (".".join(parts[:place]), parts[place]) if place is not None else ("", "")
