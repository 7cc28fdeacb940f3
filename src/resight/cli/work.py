"""resight work: a worker that does the long jobs of a catalogue."""

from __future__ import annotations

from typing import Annotated

import typer

from resight.cli.console import say
from resight.cli.options import Folder


def work(
    catalogue: Folder,
    name: Annotated[str, typer.Option(help="The worker's name; the machine's if left out. No two may share one.")] = "",
) -> None:
    """Do the jobs that were asked for in the browser. 'resight serve' starts one; more can be started elsewhere.

    Killed at any moment, it goes on with the same job when it is started again.

    Example: resight work whales --name second-machine
    """
    from resight.catalogue.folder import open as open_catalogue
    from resight.work.worker import work as work_on

    with open_catalogue(catalogue) as opened:
        say(f"Working on the jobs of {catalogue} – stop with Ctrl+C.")
        work_on(opened, name)
