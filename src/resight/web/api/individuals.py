"""Individuals over HTTP: found by name, shown with their photos."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from resight.catalogue.lookup import individuals
from resight.web.desk import Desk
from resight.web.gate import Viewer
from resight.web.names import next_name


class Known(BaseModel):
    """A live individual, and how many annotations and encounters show it."""

    id: int
    name: str
    annotations: int
    encounters: int


class Found(BaseModel):
    """Individuals whose names hold what was looked for, and the name that a new one would get."""

    individuals: list[Known]
    next_name: str


def routes(desk: Desk) -> APIRouter:
    """The addresses under /api/individuals."""
    router = APIRouter(prefix="/individuals", tags=["individuals"])

    @router.get("")
    def find(
        _person: Viewer,
        text: Annotated[str, Query(max_length=200)] = "",
        count: Annotated[int, Query(ge=1, le=1000)] = 20,
    ) -> Found:
        """Individuals by name; those that begin with the text come first."""
        known = individuals(desk.catalogue)
        wanted = text.casefold()
        fitting = [one for one in known if wanted in one.name.casefold()]
        fitting.sort(key=lambda one: (not one.name.casefold().startswith(wanted), one.name))
        shown = [Known(id=o.id, name=o.name, annotations=o.annotations, encounters=o.encounters) for o in fitting]
        return Found(individuals=shown[:count], next_name=next_name(one.name for one in known))

    return router
