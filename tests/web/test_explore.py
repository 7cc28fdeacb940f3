"""Animals that are alike lie near each other, and what is chosen on the plane can be taken away as a table."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect
from tests.browser import browsing
from tests.web.served import serving

from resight.catalogue.folder import Catalogue
from resight.errors import ResightError
from resight.export.plane import read_plane_table, write_plane
from resight.identify.library import open_library
from resight.identify.placing import make_plane, pooled
from resight.identify.plane import Plane, keep_plane, read_plane
from resight.method import PLAIN, open_method
from resight.types import Embeddings


@pytest.fixture
def plane(catalogue: Catalogue) -> Plane:
    made = make_plane(open_library(catalogue, open_method(PLAIN).fingerprint))
    keep_plane(catalogue, made)
    return made


def test_spots_summed_up_tell_who_is_like_whom(catalogue: Catalogue) -> None:
    library = open_library(catalogue, open_method(PLAIN).fingerprint)
    vectors = pooled(library.descriptors, 0)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    names = library.labels.individual
    alike = vectors @ vectors.T
    same = (names[:, None] == names) & (names != "") & ~np.eye(len(names), dtype=bool)
    other = (names[:, None] != names) & (names != "") & (names[:, None] != "")
    assert alike[same].mean() > alike[other].mean() + 2 * alike[other].std() / np.sqrt(same.sum())


def test_a_plane_is_the_same_for_the_same_seed_and_is_kept(catalogue: Catalogue, plane: Plane) -> None:
    again = make_plane(open_library(catalogue, open_method(PLAIN).fingerprint))
    assert np.array_equal(again.x, plane.x)
    kept = read_plane(catalogue)
    assert kept is not None
    assert np.array_equal(kept.annotations, plane.annotations)
    assert np.abs(plane.x).max() <= 1
    assert plane.cluster.min() >= -1


def test_clusters_of_clear_groups_are_found_and_strangers_are_outliers() -> None:
    from dataclasses import dataclass

    rng = np.random.default_rng(1)
    groups = np.repeat(np.eye(4, 16), 12, axis=0) + 0.02 * rng.standard_normal((48, 16))

    @dataclass
    class Held:
        annotations: np.ndarray
        descriptors: Embeddings

    made = make_plane(Held(np.arange(48), Embeddings(groups.astype(np.float32))))  # type: ignore[arg-type]
    found = made.cluster.reshape(4, 12)
    assert all(len(set(row.tolist()) - {-1}) <= 2 for row in found)
    assert len({int(np.bincount(row[row >= 0]).argmax()) for row in found}) == 4


def test_the_table_goes_out_and_in(catalogue: Catalogue, plane: Plane) -> None:
    text = io.StringIO()
    write_plane(catalogue, plane, text)
    rows = list(csv.DictReader(io.StringIO(text.getvalue())))
    assert len(rows) == len(plane.annotations)
    assert all((row["class"] == "-1") == (row["outlier"] == "true") for row in rows)
    back = read_plane_table(io.StringIO(text.getvalue()))
    assert np.allclose(back.x, plane.x, atol=1e-5)
    assert np.array_equal(back.cluster, plane.cluster)
    for wrong, said in (
        ("x,y\n1,2\n", "no column 'annotation'"),
        ("annotation,x,y\n1,2,z\n", "row 2"),
        ("annotation,x,y\n1,nan,0\n", "row 2"),
    ):
        with pytest.raises(ResightError, match=said):
            read_plane_table(io.StringIO(wrong))


def test_a_lasso_chooses_and_a_table_of_the_chosen_is_saved(fish: Path, plane: Plane, tmp_path: Path) -> None:
    with serving(fish) as served, browsing(f"{served.address}/explore") as page:
        canvas = page.locator("canvas")
        expect(canvas).to_be_visible()
        expect(page.locator("#content")).to_contain_text("38 animals")
        box = canvas.bounding_box()
        assert box is not None
        corners = ((0.01, 0.01), (0.99, 0.01), (0.99, 0.99), (0.01, 0.99))
        places = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in corners]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=4)
        page.mouse.up()
        expect(page.locator("#content")).to_contain_text("38 chosen")
        with page.expect_download() as download:
            page.get_by_role("button", name="Table of these").click()
        download.value.save_as(tmp_path / "chosen.csv")
        page.get_by_label("Colour by").select_option("cluster")
    assert len(list(csv.DictReader((tmp_path / "chosen.csv").open()))) == 38
