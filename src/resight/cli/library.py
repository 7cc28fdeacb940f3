"""What several commands begin with: everything that can be compared, brought up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resight.cli.console import Tell, list_rejected

if TYPE_CHECKING:
    from resight.catalogue.folder import Catalogue
    from resight.identify.library import Library


def current_library(catalogue: Catalogue, tell: Tell) -> Library:
    """The catalogue's library, by its own method, after whatever has no descriptor of that was described.

    Photos that cannot be described are listed: the answers come without them.
    """
    from resight.config import settings
    from resight.identify.library import open_library
    from resight.method import open_method
    from resight.work.processes import local_processes
    from resight.work.rest import describe_rest

    method = open_method(catalogue.settings.method or "auto")
    rest = describe_rest(
        catalogue,
        method.name,
        method.fingerprint,
        local_processes(settings().workers),
        lambda done, total: tell("Describing what was corrected", done, total),
    )
    list_rejected(rest.rejected, "could not be described, and are left out", in_json=False)
    return open_library(catalogue, method.fingerprint, tell, method.matcher)
