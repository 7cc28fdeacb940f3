"""Pictures over HTTP; nobody without rights gets one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse

from resight.catalogue.lookup import catalogued
from resight.errors import PhotoError
from resight.web.desk import Desk
from resight.web.faults import RefusedError
from resight.web.gate import Viewer
from resight.web.ids import Id
from resight.web.masks import mask
from resight.web.pictures import SIZES
from resight.weights import WeightsMissingError

# What an address shows never changes: it holds the photo's hash and the box.
KEPT = {"Cache-Control": "private, max-age=31536000, immutable"}
# A mask may be painted anew in its file, which no hash in the catalogue tells.
SHORTLY = {"Cache-Control": "private, max-age=300"}
Size = Annotated[int, Query(ge=1, le=SIZES[-1], description="the longer side in pixels, at least")]


def routes(desk: Desk) -> APIRouter:
    """The addresses of pictures."""
    router = APIRouter(tags=["pictures"])

    @router.get("/annotations/{annotation}/picture", response_class=FileResponse)
    def picture(_person: Viewer, annotation: Id, size: Size = 720, whole: bool = False) -> FileResponse:
        """The animal cut out of its photo, or with `whole` the photo, as a JPEG file."""
        one = catalogued(desk.catalogue, [annotation])[0]
        try:
            path = desk.pictures.photo(one, size) if whole else desk.pictures.animal(one, size)
        except PhotoError as error:
            raise RefusedError(410, str(error)) from error
        return FileResponse(path, media_type="image/jpeg", headers=KEPT)

    @router.get("/annotations/{annotation}/mask", response_class=FileResponse)
    def masked(_person: Viewer, annotation: Id, size: Size = 720) -> FileResponse:
        """What of the animal's picture the program looked at: a JPEG file as large, white on the animal, else black."""
        one = catalogued(desk.catalogue, [annotation])[0]
        try:
            path = mask(desk.pictures, one, size)
        except (PhotoError, WeightsMissingError) as error:
            raise RefusedError(404, str(error)) from error
        return FileResponse(path, media_type="image/jpeg", headers=SHORTLY)

    return router
