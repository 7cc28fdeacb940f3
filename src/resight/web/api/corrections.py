"""Annotations over HTTP: their side and their box put right."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from resight.catalogue.decisions import Corrected
from resight.catalogue.log import append
from resight.catalogue.lookup import catalogued
from resight.errors import CatalogueError
from resight.types import Box, Side
from resight.web.desk import Desk
from resight.web.gate import Curator
from resight.web.ids import Id

Pixel = Annotated[float, Field(ge=0, le=1_000_000, strict=True)]


class Drawn(BaseModel):
    """A box in pixels of the upright photo."""

    x: Pixel
    y: Pixel
    w: Annotated[float, Field(gt=0, le=1_000_000, strict=True)]
    h: Annotated[float, Field(gt=0, le=1_000_000, strict=True)]


class Correction(BaseModel):
    """What was wrong, as it should be."""

    side: Side | None = None
    box: Drawn | None = None


class Made(BaseModel):
    """The decision that a correction is."""

    decision: int


def routes(desk: Desk) -> APIRouter:
    """The addresses under /api/annotations that change something."""
    router = APIRouter(prefix="/annotations", tags=["annotations"])

    @router.post("/{annotation}/corrections")
    def correct(person: Curator, annotation: Id, said: Correction) -> Made:
        """Correct the side or the box; it can be undone like every decision."""
        one = catalogued(desk.catalogue, [annotation])[0]
        box = None if said.box is None else Box(said.box.x, said.box.y, said.box.w, said.box.h)
        if box is not None:
            try:
                box = box.clipped(one.width, one.height)
            except ValueError as error:
                raise CatalogueError(f"the box lies outside the photo of {one.width} x {one.height} pixels") from error
        return Made(decision=append(desk.catalogue, Corrected(annotation, said.side, box), person.name))

    return router
