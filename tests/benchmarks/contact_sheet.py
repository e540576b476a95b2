"""Every view as it is exported, on few sheets to be looked at.

    python -m tests.benchmarks.contact_sheet FOLDER

All views × both languages × page, column and slide, as PNG, drawn where no Hangul face is
installed: fontconfig is told of one folder with one Latin face, and everything that a Korean
sentence is set in has to come along with the picture. Joined into a sheet for each language, size
and run. Ends with 1 where fontconfig offers a Hangul face after all.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LATIN = "DejaVuSans.ttf"
CONFIG = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{folder}/cache</cachedir></fontconfig>"""


def without_hangul(folder: Path) -> bool:
    """Let fontconfig know one Latin face only, for this process and its children."""
    found = subprocess.run(["fc-list", ":", "file"], capture_output=True, text=True, check=True)
    files = [line.strip().rstrip(":").strip() for line in found.stdout.splitlines()]
    latin = next((one for one in files if one.endswith(LATIN)), files[0])
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(latin, folder)
    config = folder / "fonts.conf"
    config.write_text(CONFIG.format(folder=folder), encoding="utf-8")
    os.environ["FONTCONFIG_FILE"] = str(config)
    korean = subprocess.run(["fc-list", ":lang=ko"], capture_output=True, text=True, check=True)
    return not korean.stdout.strip()


def runs() -> dict:
    """Runs that between them show every view with something in it."""
    from rnnviz import Experiment, simulate

    zero_mean = {
        "kernel_initializer": "glorot_uniform",
        "recurrent_initializer": "orthogonal",
        "bias_initializer": "zeros",
    }
    return {
        "lecture": simulate(Experiment()),
        "chaos": simulate(Experiment(**zero_mean, weight_scale=3.0, timesteps=80, units=24)),
        "lstm": simulate(
            Experiment(**zero_mean, cell="LSTM", units=(12, 8), timesteps=40, dense_units=3)
        ),
    }


def pictures(studio, run, language: str, size: str):
    """Name and PNG of every view of a run."""
    from rnnviz.export.looks import Look
    from rnnviz.export.sheets import sheet_of
    from rnnviz.spec.perspective import Perspective
    from rnnviz.views.registry import views

    perspective = Perspective(timestep=5, unit=1)
    for name, one in views().items():
        if not one.is_offered(run):
            continue
        sheet = sheet_of(run, perspective, one, Look(size=size), language)
        yield name, studio.picture(sheet, "png")


def joined(parts: list[tuple[str, bytes]], columns: int, width: int):
    """One image of many, each with its name beneath."""
    from PIL import Image, ImageDraw

    images = [Image.open(io.BytesIO(data)).convert("RGB") for _, data in parts]
    images = [one.resize((width, round(one.height * width / one.width))) for one in images]
    height = max(one.height for one in images) + 22
    rows = -(-len(images) // columns)
    whole = Image.new("RGB", (columns * (width + 8), rows * height), "white")
    pen = ImageDraw.Draw(whole)
    for place, (image, (name, _)) in enumerate(zip(images, parts, strict=True)):
        left, top = (place % columns) * (width + 8), (place // columns) * height
        whole.paste(image, (left, top))
        pen.text((left + 4, top + image.height + 3), name, "black")
    return whole


def main() -> int:
    """Draw them all and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", nargs="*", default=None)
    parser.add_argument("--sizes", nargs="*", default=("page", "column", "slide"))
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as fonts:
        if not without_hangul(Path(fonts)):
            print("fontconfig still offers a Hangul face")
            return 1
        from rnnviz.export.browser import PictureBrowser

        with PictureBrowser() as studio:
            for name, run in runs().items():
                if asked.runs and name not in asked.runs:
                    continue
                for language in ("en", "ko"):
                    for size in asked.sizes:
                        parts = list(pictures(studio, run, language, size))
                        sheet = joined(parts, 4 if size == "column" else 3, 640)
                        path = asked.folder / f"{name}-{language}-{size}.png"
                        sheet.save(path)
                        print(f"{path}: {len(parts)} views", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
