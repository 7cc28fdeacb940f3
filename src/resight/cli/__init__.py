"""The command line: one file a command."""

from __future__ import annotations

import sys
import traceback

import typer

from resight import __version__
from resight.cli import (
    add,
    bench,
    decisions,
    demo,
    describe,
    doubts,
    evaluate,
    export,
    identify,
    init,
    loop,
    people,
    plane,
    receive,
    serve,
    simulate,
    sort,
    status,
    track,
    tracks,
    train,
    watch,
    work,
)
from resight.cli.console import Stopped, fail
from resight.errors import ResightError
from resight.work.parent import end_with_parent

app = typer.Typer(
    name="resight",
    help="Recognise individual animals from their natural markings, and keep the record of who was seen where.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.command("init")(init.init)
app.command("add")(add.add)
app.command("identify")(identify.identify)
app.command("sort")(sort.sort)
app.command("decide")(decisions.decide)
app.command("undo")(decisions.undo)
app.command("merge")(decisions.merge)
app.command("split")(decisions.split)
app.command("rename")(decisions.rename)
app.command("join")(tracks.join)
app.command("cut")(tracks.cut)
app.command("history")(decisions.history)
app.command("info")(status.info)
app.command("relink")(status.relink)
app.command("repair")(status.repair)
app.command("evaluate")(evaluate.evaluate)
app.command("export")(export.export)
app.command("doubts")(doubts.doubts)
app.command("describe")(describe.describe)
app.command("plane")(plane.plane)
app.command("detect")(track.detect)
app.command("track")(track.track)
app.command("train")(train.train)
app.command("bench", cls=bench.Spread)(bench.bench)
app.command("loop")(loop.loop)
app.command("watch")(watch.watch)
app.command("serve")(serve.serve)
app.command("work")(work.work)
app.command("receive", hidden=True)(receive.receive)
app.add_typer(people.app, name="people")
app.command("simulate")(simulate.simulate)
app.command("demo")(demo.demo)


@app.callback(invoke_without_command=True)
def version(show: bool = typer.Option(False, "--version", help="Show the version and stop.")) -> None:
    """Show the version."""
    if show:
        typer.echo(f"resight {__version__}")
        raise typer.Exit


STOPPED = 130


def main() -> None:
    """Run a command; an error that the user can put right is shown as it stands, with exit code 2."""
    end_with_parent()
    try:
        app()
    except SystemExit as end:
        if end.code == STOPPED and not isinstance(end, Stopped):
            fail("stopped. What was finished is kept: start the same command again to go on.")
        raise
    except ResightError as error:
        fail(str(error))
        sys.exit(2)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        sys.exit(2)
    except Exception:
        # A fault of the program. Python's own exit code 1 would mean: done, with rejected inputs.
        traceback.print_exc()
        sys.exit(2)
