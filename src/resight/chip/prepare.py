"""From a decoded photo and what is stated of it to the chip that is described."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from resight.chip.cut import cut, tighten
from resight.chip.mask import Foreground, believable
from resight.chip.quality import quality
from resight.media.mask import read_mask
from resight.types import Chip, Mask, Photo, Record


class MaskKind(StrEnum):
    """Where the knowledge of what is animal came from: the network that ships is `FOREGROUND`."""

    TABLE = "table"
    ALPHA = "alpha"
    FOREGROUND = "foreground"
    U2NETP = "u2netp"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A chip ready to be described, its quality from 0 to 1, and what masked it."""

    chip: Chip
    quality: float
    mask: MaskKind


@dataclass(frozen=True, slots=True)
class Preparation:
    """How chips are made: the working size, and the foreground network if one is used, with what its masks are."""

    size: int
    foreground: Foreground | None = None
    found: MaskKind = MaskKind.FOREGROUND

    def __call__(self, photo: Photo, record: Record) -> Prepared:
        """Mask, draw the box in to the animal, cut; PhotoError where the box or the mask cannot be used."""
        mask, kind = self._mask(photo, record)
        box = record.box if mask is None else tighten(record.box, mask)
        chip = cut(photo, box, self.size, mask, record.side)
        if chip.mask is not None and not believable(chip.mask, most=1.0):
            chip, kind = cut(photo, record.box, self.size, None, record.side), MaskKind.NONE
        across, down = chip.to_photo[0, 0], chip.to_photo[1, 1]
        source = max(across * chip.pixels.shape[1], down * chip.pixels.shape[0])
        return Prepared(chip, quality(chip, float(source) / self.size), kind)

    def _mask(self, photo: Photo, record: Record) -> tuple[Mask | None, MaskKind]:
        if record.mask is not None:
            return read_mask(record.mask, photo.width, photo.height), MaskKind.TABLE
        if photo.alpha is not None:
            return photo.alpha, MaskKind.ALPHA
        if self.foreground is not None:
            found = self.foreground(photo.pixels)
            if believable(found):
                return found, self.found
        return None, MaskKind.NONE
