"""resight watch: a film as it plays, and who goes by."""

from __future__ import annotations

import csv
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from resight.cli.console import Stopped, err, fail, list_rejected, out, say
from resight.cli.options import Caution, Folder
from resight.errors import ResightError
from resight.types import Rejection

# A proposal is no decision: in a column `identity`, `resight add` would take it for one.
COLUMNS = (
    "path", "individual", "side", "part", "encounter", "date", "film", "first", "last", "boxes", "verdict", "p",
    "p_new",
)  # fmt: skip


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

    The folder gets sightings.csv and the best pictures of each animal. The column `individual` holds who is proposed;
    `resight add` takes the pictures without a name, `resight decide` names them. Frames are looked at whole, not in
    tiles as by 'track': animals that are small in the picture are missed. Stop it with Ctrl+C at any time; what was
    seen is kept.

    Example: resight watch salmon cage.mp4 --model detector.onnx
    """
    from secrets import token_hex

    from rich.live import Live
    from rich.text import Text

    from resight.catalogue.folder import open as open_catalogue
    from resight.detect.onnx import OnnxDetector
    from resight.export.words import verdict_words
    from resight.identify.decide import PRESETS
    from resight.identify.library import open_library
    from resight.identify.run import calibrated
    from resight.identify.sighting import Namer
    from resight.match.comparable import Sides
    from resight.media.film_mark import film_mark
    from resight.media.video import video_facts
    from resight.method import open_method
    from resight.track.crops import taken, write_picture
    from resight.track.watch import Watched
    from resight.track.watch import watch as watch_film

    table = into / "sightings.csv"
    # A table with its heading alone is left from a watch that could not begin.
    if table.exists() and table.read_text(encoding="utf-8").count("\n") > 1:
        raise ResightError(f"{table} is there already: name another folder with --into, or move it away")
    # Another watch of this film may number its animals otherwise.
    begun, mark = video_facts(film).begun_at, f"{film_mark(film)}-{token_hex(3)}"
    rejected: list[Rejection] = []
    seen, kept_up = 0, Watched()
    with open_catalogue(catalogue) as opened:
        method = open_method(opened.settings.method or "auto")
        library = open_library(opened, method.fingerprint, matcher=method.matcher)
        calibration = calibrated(opened, library, Sides(opened.settings.sides))
        namer = Namer(library, method.preparation, method.describer, calibration, PRESETS[caution.value])
        detector = OnnxDetector(model, least, tiled=False)
        (into / film.stem).mkdir(parents=True, exist_ok=True)
        with (
            table.open("w", newline="", encoding="utf-8") as file,
            Live(console=err, transient=True) as live,
            _stopped_by_ctrl_c() as stop,
        ):
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

            for one in watch_film(film, detector, stride, tell, live=not fast, stop=stop):
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
                    write_picture(into / path, crop.pixels)
                    met = f"{film.stem}-{mark}-track-{one.track:05}"
                    facts = [film.name, f"{one.first:.2f}", f"{one.last:.2f}", one.boxes, said.verdict, chance, new]
                    rows.writerow([path.as_posix(), name, "", "", met, taken(begun, crop.seconds), *facts])
                file.flush()
                out.print(f"{one.first:8.1f} s  {verdict_words(said)}", markup=False)
    list_rejected(rejected, in_json=False)
    pace = kept_up.read / max(kept_up.seconds, 1e-9)
    say(
        f"{kept_up.read} frames in {kept_up.seconds:.0f} s ({pace:.1f} a second), every {stride}. looked at; "
        f"{kept_up.passed_over} of those passed over, {kept_up.longest:.1f} s behind at most. {seen} animals: {table}"
    )
    if kept_up.unnamed:
        say(f"Of {kept_up.unnamed} more too little was seen to name them.")
    if stop.is_set():
        fail(f"stopped. What was seen until then is in {into}; to watch again, name another folder with --into")
        raise Stopped(130)
    if rejected:
        raise typer.Exit(1)


@contextmanager
def _stopped_by_ctrl_c() -> Iterator[Event]:
    """What Ctrl+C sets, so that whoever is in sight is told still; at a second one no more is told."""
    stop, before = Event(), signal.getsignal(signal.SIGINT)

    def asked(*_: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, asked)
    try:
        with suppress(KeyboardInterrupt):
            yield stop
    finally:
        signal.signal(signal.SIGINT, before)
