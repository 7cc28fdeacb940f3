"""resight watch: a film as it plays, and who goes by."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer

from resight.cli.console import err, list_rejected, out, say
from resight.cli.options import Caution, Folder
from resight.errors import ResightError
from resight.types import Rejection

COLUMNS = ("path", "identity", "side", "part", "encounter", "film", "first", "last", "boxes", "verdict", "p", "p_new")


def watch(
    catalogue: Folder,
    film: Annotated[Path, typer.Argument(help="A video; it is played by the clock.", metavar="VIDEO")],
    model: Annotated[Path, typer.Option(help="A detector: an ONNX model, yours or another's.")],
    into: Annotated[Path, typer.Option(help="The folder for the sightings and their pictures.")] = Path("sightings"),
    stride: Annotated[int, typer.Option(help="Look for animals in every so manieth frame.", min=1)] = 1,
    least: Annotated[float, typer.Option(help="Drop boxes with a smaller score.", min=0, max=1)] = 0.3,
    caution: Annotated[Caution, typer.Option(help="As for 'identify'.")] = Caution.BALANCED,
    fast: Annotated[bool, typer.Option("--fast", help="Not by the clock, but as fast as it goes.")] = False,
) -> None:
    """Name animals as they swim past: every one is told when it has gone by.

    The folder gets sightings.csv and the best pictures of each animal, for `resight add` or `identify` later. Stop it
    with Ctrl+C at any time; what was seen is kept.

    Example: resight watch salmon cage.mp4 --model detector.onnx
    """
    import cv2
    from rich.live import Live
    from rich.text import Text

    from resight.catalogue.folder import open as open_catalogue
    from resight.detect.onnx import OnnxDetector
    from resight.export.words import verdict_words
    from resight.identify.comparable import Sides
    from resight.identify.decide import PRESETS
    from resight.identify.library import open_library
    from resight.identify.run import calibrated
    from resight.identify.sighting import Namer
    from resight.method import open_method
    from resight.track.watch import Watched
    from resight.track.watch import watch as watch_film

    table = into / "sightings.csv"
    if table.exists():
        raise ResightError(f"{table} is there already: name another folder with --into, or move it away")
    (into / film.stem).mkdir(parents=True, exist_ok=True)
    rejected: list[Rejection] = []
    seen, kept_up = 0, Watched()
    with open_catalogue(catalogue) as opened:
        method = open_method(opened.settings.method or "auto")
        library = open_library(opened, method.fingerprint)
        calibration = calibrated(opened, library, Sides(opened.settings.sides))
        namer = Namer(library, method.preparation, method.describer, calibration, PRESETS[caution.value])
        detector = OnnxDetector(model, least, tiled=False)
        with table.open("w", newline="", encoding="utf-8") as file, Live(console=err, transient=True) as live:
            rows = csv.writer(file)
            rows.writerow(COLUMNS)

            def tell(state: Watched) -> None:
                nonlocal kept_up
                kept_up = state
                live.update(
                    Text(
                        f"{state.seconds:6.0f} s   {state.read / max(state.seconds, 1e-9):5.1f} frames a second read, "
                        f"{state.looked_at / max(state.seconds, 1e-9):4.1f} looked at   {state.late:4.1f} s behind   "
                        f"{seen} animals"
                    )
                )

            for one in watch_film(film, detector, stride, tell, live=not fast):
                if isinstance(one, Rejection):
                    rejected.append(one)
                    continue
                seen += 1
                said = namer.name([crop.pixels for crop in one.crops])
                first = said.candidates[0] if said.candidates else None
                name = said.individual or ""
                chance = "" if first is None or first.p is None else f"{first.p:.3f}"
                new = "" if said.p_new is None else f"{said.p_new:.3f}"
                for crop in one.crops:
                    path = Path(film.stem) / f"track-{one.track:05}-frame-{crop.frame:07}.jpg"
                    cv2.imwrite(str(into / path), crop.pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
                    met = f"{film.stem}-track-{one.track:05}"
                    facts = [film.name, f"{one.first:.2f}", f"{one.last:.2f}", one.boxes, said.verdict, chance, new]
                    rows.writerow([path.as_posix(), name, "", "", met, *facts])
                file.flush()
                out.print(f"{one.first:8.1f} s  {verdict_words(said)}", markup=False)
    list_rejected(rejected)
    pace = kept_up.read / max(kept_up.seconds, 1e-9)
    say(
        f"{kept_up.read} frames in {kept_up.seconds:.0f} s ({pace:.1f} a second), every {stride}. looked at; "
        f"{kept_up.passed_over} of those passed over, {kept_up.longest:.1f} s behind at most. {seen} animals: {table}"
    )
    if rejected:
        raise typer.Exit(1)
