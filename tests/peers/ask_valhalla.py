"""Asks Valhalla, an independent router, about the roads of an extract.

Usage: ask_valhalla.py EXTRACT FOLDER < questions.json > answers.json

Builds Valhalla's tiles of the extract in the folder (kept there for the next time), then answers
by its `auto` costing:

questions  {"pairs": [[lon, lat, lon, lat], ...],
            "lines": [[[lon, lat], ...] or null for each pair or fewer],
            "units": [[lon, lat], ...], "goals": [[lon, lat], ...]}
answers    {"version": "...",
            "pairs": [{"metres": m, "seconds": s, "has_ferry": bool} or null, ...],
            "shortest": [the same for its shortest ways],
            "clock": [seconds by its own clock along each line, or null],
            "ranking": [[seconds or null for each unit] for each goal],
            "matrix_ms": [for each goal, how long its ranking took]}

null = Valhalla found no way.
"""

import json
import pathlib
import subprocess
import sys
import time

import valhalla
from valhalla import Actor, get_config


def built(extract: pathlib.Path, folder: pathlib.Path) -> dict:
    tiles = folder / "tiles"
    mark = folder / "built"
    config_path = folder / "config.json"
    made_of = f"{valhalla.__version__} {extract.stat().st_size}"
    tiles.mkdir(parents=True, exist_ok=True)
    config = get_config(tile_extract="", tile_dir=str(tiles), verbose=False)
    config["mjolnir"]["concurrency"] = 2
    limits = config["service_limits"]["auto"]
    limits["max_matrix_location_pairs"] = 100_000
    limits["max_locations"] = 10_000
    config_path.write_text(json.dumps(config))
    if not mark.exists() or mark.read_text() != made_of:
        tool = pathlib.Path(sys.executable).parent / "valhalla_build_tiles"
        with open(folder / "build.log", "w") as log:
            subprocess.run(
                [tool, "-c", config_path, extract],
                check=True,
                stdout=log,
                stderr=log,
                env={"PATH": str(tool.parent)},
            )
        mark.write_text(made_of)
    return config


def at(point: list) -> dict:
    return {"lon": point[0], "lat": point[1]}


SHORTEST = {"auto": {"shortest": True, "disable_hierarchy_pruning": True}}


def pair(actor: Actor, points: list, options: dict):
    question = {
        "locations": [at(points[:2]), at(points[2:])],
        "costing": "auto",
        "costing_options": options,
        "directions_type": "none",
    }
    try:
        trip = actor.route(question)["trip"]
    except RuntimeError:
        return None
    summary = trip["summary"]
    return {
        "metres": summary["length"] * 1000.0,
        "seconds": summary["time"],
        "has_ferry": bool(summary.get("has_ferry", False)),
    }


def clock(actor: Actor, line: list):
    if not line or len(line) < 2:
        return None
    question = {
        "shape": [at(point) for point in line],
        "costing": "auto",
        "shape_match": "walk_or_snap",
    }
    try:
        edges = actor.trace_attributes(question)["edges"]
    except RuntimeError:
        return None
    return edges[-1]["end_node"].get("elapsed_time")


def rank(actor: Actor, units: list, goal: list):
    question = {
        "sources": [at(unit) for unit in units],
        "targets": [at(goal)],
        "costing": "auto",
        "verbose": False,
    }
    begin = time.perf_counter()
    try:
        found = actor.matrix(question)
    except RuntimeError:
        return None, 0.0
    took_ms = (time.perf_counter() - begin) * 1000.0
    return [row[0] for row in found["sources_to_targets"]["durations"]], took_ms


def main() -> None:
    extract, folder = (pathlib.Path(arg).resolve() for arg in sys.argv[1:3])
    questions = json.load(sys.stdin)
    actor = Actor(built(extract, folder))
    pairs = [pair(actor, points, {}) for points in questions["pairs"]]
    shortest = [pair(actor, points, SHORTEST) for points in questions["pairs"]]
    clocks = [clock(actor, line) for line in questions["lines"]]
    ranked = [rank(actor, questions["units"], goal) for goal in questions["goals"]]
    json.dump(
        {
            "version": valhalla.__version__,
            "pairs": pairs,
            "shortest": shortest,
            "clock": clocks,
            "ranking": [durations for durations, _ in ranked],
            "matrix_ms": [took_ms for _, took_ms in ranked],
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
