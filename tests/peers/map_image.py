"""Draws parts of a map pack with MapLibre Native (PyPI mapli), to stand beside our own images.

Reads one JSON object from standard input:
  pack     folder of a map pack (tiles.mbtiles inside)
  style    maps/style/desk.json
  tokens   ui/src/kit/tokens.css
  theme    day or night
  views    list of {lon, lat, zoom, width, height, out}: the PNG is written to `out`
Colours are put into the style here a second time, by the rules of maps/style/README.md, so that
a fault of ours in doing so shows. Layers of names are left out: fonts differ, areas and lines
must not. Needs a display or EGL_PLATFORM=surfaceless.
"""

import gzip
import json
import re
import sqlite3
import sys
from pathlib import Path

import mapli


def tokens(css: str, theme: str) -> dict[str, str]:
    block = css.split(f"[data-theme='{theme}'] {{", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})\b", block))


def resolve(value, colors):
    if isinstance(value, str) and re.fullmatch(r"\$[a-z][\w-]*", value):
        return colors[value[1:]]
    if isinstance(value, list):
        return [resolve(one, colors) for one in value]
    if isinstance(value, dict):
        return {key: resolve(one, colors) for key, one in value.items()}
    return value


def handler(pack: Path):
    database = sqlite3.connect(
        f"file:{pack / 'tiles.mbtiles'}?mode=ro", uri=True, check_same_thread=False
    )

    def answer(request):
        z, x, y = map(int, re.search(r"(\d+)/(\d+)/(\d+)$", request.url).groups())
        row = database.execute(
            "SELECT tile_data FROM tiles WHERE zoom_level=? AND tile_column=? AND tile_row=?",
            (z, x, (1 << z) - 1 - y),
        ).fetchone()
        if row is None:
            return mapli.Response.no_content()
        return mapli.Response(gzip.decompress(row[0]))

    return answer


def main() -> None:
    asked = json.load(sys.stdin)
    colors = tokens(Path(asked["tokens"]).read_text(), asked["theme"])
    template = json.loads(Path(asked["style"]).read_text())
    layers = [one for one in template["layers"] if one["type"] != "symbol"]
    style = {
        "version": 8,
        "sources": {
            "county": {
                "type": "vector",
                "tiles": ["pack://tile/{z}/{x}/{y}"],
                "minzoom": 6,
                "maxzoom": 14,
            }
        },
        "layers": resolve(layers, colors),
    }
    mapli.register_scheme_handler("pack", handler(Path(asked["pack"])))
    pool = mapli.RenderPool(workers=1)
    pool.register_style("desk", json=json.dumps(style))
    for view in asked["views"]:
        out = view.pop("out")
        Path(out).write_bytes(pool.render("desk", **view))


if __name__ == "__main__":
    main()
