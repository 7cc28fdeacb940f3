"""The catalogue: photos, annotations, encounters, individuals, and the log of decisions."""

from resight.catalogue.folder import Catalogue, create, open

__all__ = ["Catalogue", "create", "open"]
