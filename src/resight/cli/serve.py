"""resight serve: review and catalogue in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from resight.cli.console import say, user
from resight.cli.options import By, Folder


def serve(
    catalogue: Folder,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "localhost",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8080,
    by: By = None,
    https: Annotated[
        bool, typer.Option("--https", help="It is reached over HTTPS alone, by a web server before this one.")
    ] = False,
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Do its jobs on this machine, not by 'resight work' elsewhere.")
    ] = True,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open a browser window on it.")] = True,
) -> None:
    """Open the catalogue in the browser: who is in these photos, and the record of every animal.

    Stop it with Ctrl+C; nothing is lost.

    Example: resight serve whales
    """
    import webbrowser

    from resight.catalogue.folder import open as open_catalogue
    from resight.web.serve import serve as serve_all

    def ready(address: str) -> None:
        say(f"{catalogue} is at {address} – stop with Ctrl+C.")
        if open_browser:
            webbrowser.open(address)

    with open_catalogue(catalogue) as opened:
        serve_all(opened, host, port, by or user(), https, worker, ready)
