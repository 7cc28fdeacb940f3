"""When and where annotations were photographed, as the catalogue knows it."""

from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import Image

from resight.catalogue import create
from resight.catalogue.moments import moments
from resight.method import open_method
from resight.types import Place, Record
from resight.work.add import add
from resight.work.processes import in_this_process


def test_days_and_places_come_in_the_order_asked_and_what_is_not_known_is_nan(tmp_path: Path) -> None:
    for number in range(3):
        Image.new("RGB", (40, 40), (40 * number, 90, 90)).save(tmp_path / f"{number}.png")
    records = [
        Record(tmp_path / "0.png", "Ada", taken_at=datetime(1970, 1, 3, 12), place=Place(-33.5, 151.25)),
        Record(tmp_path / "1.png", "Bea", taken_at=datetime(1970, 1, 2)),
        Record(tmp_path / "2.png", "Cleo", place=Place(0, 0)),
    ]
    method = open_method("thumbnail")
    with create(tmp_path / "catalogue", method=method.name) as catalogue:
        add(catalogue, records, method.name, method.fingerprint, in_this_process, "tester")
        found = moments(catalogue, [3, 1, 2])
        np.testing.assert_allclose(found.days, np.array([np.nan, 2.5, 1]))
        np.testing.assert_allclose(found.places, np.array([[0, 0], [-33.5, 151.25], [np.nan, np.nan]]))
        assert moments(catalogue, []).places.shape == (0, 2)
