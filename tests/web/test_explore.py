"""Animals that are alike lie near each other, and what is chosen on the plane can be taken away as a table."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from tests.browser import browsing
from tests.web.served import serving

from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import catalogued
from resight.errors import CatalogueError, ResightError
from resight.export.plane import read_plane_json, read_plane_table, write_plane
from resight.identify.library import open_library
from resight.identify.placing import make_plane, pooled
from resight.identify.plane import Plane, keep_plane, read_plane
from resight.method import PLAIN, open_method
from resight.types import Embeddings, Labels
from resight.web.pages.explore import foreseen, name_all


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
        labels: Labels

    nobody = np.full(48, "")
    labels = Labels(nobody, nobody, nobody, nobody, nobody)
    made = make_plane(Held(np.arange(48), Embeddings(groups.astype(np.float32)), labels))  # type: ignore[arg-type]
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
        lasso(page)
        expect(page.locator("#content")).to_contain_text("38 chosen")
        with page.expect_download() as download:
            page.get_by_role("button", name="Table of these").click()
        download.value.save_as(tmp_path / "chosen.csv")
        page.get_by_label("Colour by").select_option("cluster")
    assert len(list(csv.DictReader((tmp_path / "chosen.csv").open()))) == 38


def test_json_goes_out_and_in(fish: Path, plane: Plane, catalogue: Catalogue) -> None:
    with serving(fish) as served, served.client() as client:
        said = client.get("/api/plane").json()
        assert set(said) >= {"annotation", "x", "y", "class", "probability", "outlier"}
        assert len({len(column) for column in said.values()}) == 1
        assert said["outlier"] == [cluster == -1 for cluster in said["class"]]
        moved = said | {"x": [x + 1 for x in said["x"]]}
        kind = {"Content-Type": "application/json; charset=utf-8"}
        assert client.put("/api/plane/points", json=moved, headers=kind).json() == {"points": 38}
        again = client.get("/api/plane").json()
        assert np.allclose(again["x"], moved["x"], atol=1e-4)
        assert again["class"] == said["class"]
        answer = client.put("/api/plane/points", json=said | {"y": ["up"] * 38})
        assert (answer.status_code, answer.json()["detail"]) == (409, "'y' of point 1 of the JSON is no number: \"up\"")
        answer = client.put("/api/plane/points", json={"annotation": [999], "x": [0], "y": [0]})
        assert "999" in answer.json()["detail"]
        # What is no JSON by its type is a table.
        table = "annotation,x,y\n1,0.5,0.25\n"
        assert client.put("/api/plane/points", content=table, headers={"Content-Type": "text/csv"}).is_success
        assert client.get("/api/plane").json()["x"] == [0.5]
        assert client.get("/api/plane").json()["outlier"] == [True]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[1]", "no columns"),
        ('{"annotation": [1], "x": [1]}', "no column 'y'"),
        ('{"annotation": 1, "x": [1], "y": [1]}', "'annotation' of the JSON is no list"),
        ('{"annotation": [1.0], "x": [1], "y": [1]}', "'annotation' of point 1 .* whole number: 1.0"),
        ('{"annotation": [1, true], "x": [1, 2], "y": [1, 2]}', "'annotation' of point 2 .* whole number: true"),
        ('{"annotation": [0], "x": [1], "y": [1]}', "point 1 .* annotation that cannot be: 0"),
        ('{"annotation": [1, 2147483648], "x": [1, 1], "y": [1, 1]}', "point 2 .* annotation that cannot be"),
        ('{"annotation": [1, 1], "x": [1, 1], "y": [1, 1]}', "annotation 1 twice"),
        ('{"annotation": [1, 2], "x": [1], "y": [1, 1]}', "not of the same length"),
        ('{"annotation": [1, 2], "x": [1, null], "y": [1, 1]}', "'x' of point 2 .* no number: null"),
        ('{"annotation": [1], "x": [NaN], "y": [1]}', "point 1 .* number that is none"),
        ('{"annotation": [1], "x": [1e999], "y": [1]}', "point 1 .* number that is none"),
        ('{"annotation": [1], "x": [1e10], "y": [1]}', "too far out"),
        ('{"annotation": [1], "x": [' + "9" * 400 + '], "y": [1]}', "too far out"),
        ('{"annotation": [1], "x": [1], "y": [1], "class": [-2]}', "point 1 .* class that cannot be"),
        ('{"annotation": [1], "x": [1], "y": [1], "class": ["a"]}', "'class' of point 1 .* no whole number"),
        ('{"annotation": [1], "x": [1], "y": [1], "probability": [1.1]}', "point 1 .* not from 0 to 1"),
        ('{"annotation": [], "x": [], "y": []}', "no points"),
    ],
)
def test_a_wrong_value_in_the_json_is_named(text: str, said: str) -> None:
    with pytest.raises(ResightError, match=said):
        read_plane_json(text)


def test_json_without_classes_has_outliers_alone() -> None:
    plane = read_plane_json('{"annotation": [3, 1], "x": [0, 1.5], "y": [2, -1], "picture": null}')
    assert plane.annotations.tolist() == [3, 1]
    assert plane.x.tolist() == [0, 1.5]
    assert plane.cluster.tolist() == [-1, -1]
    assert plane.probability.tolist() == [1, 1]


def lasso(page: Page, low: float = 0.01, high: float = 0.99) -> None:
    """Round all points between these shares of the canvas, from left to right."""
    box = page.locator("canvas").bounding_box()
    assert box is not None
    corners = ((low, 0.01), (high, 0.01), (high, 0.99), (low, 0.99))
    places = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def test_the_page_takes_a_table_and_json(fish: Path, plane: Plane, tmp_path: Path) -> None:
    (tmp_path / "wrong.json").write_text('{"annotation": [1], "x": ["left"], "y": [0]}')
    (tmp_path / "two.csv").write_text("annotation,x,y\n1,0,0\n2,1,1\n")
    with serving(fish) as served, browsing(f"{served.address}/explore", expected=("409",)) as page:
        expect(page.locator("#content")).to_contain_text("38 animals")
        with page.expect_download() as download:
            page.get_by_role("link", name="JSON").click()
        download.value.save_as(tmp_path / "plane.json")
        page.locator("input[type=file]").set_input_files(tmp_path / "wrong.json")
        expect(page.get_by_role("alert")).to_contain_text("'x' of point 1 of the JSON is no number")
        page.locator("input[type=file]").set_input_files(tmp_path / "two.csv")
        expect(page.locator("#content")).to_contain_text("2 animals")
        page.locator("input[type=file]").set_input_files(tmp_path / "plane.json")
        expect(page.locator("#content")).to_contain_text("38 animals")


def test_the_chosen_are_reviewed_one_after_another(fish: Path, plane: Plane, catalogue: Catalogue) -> None:
    unnamed = sum(one.individual is None for one in catalogued(catalogue))
    with serving(fish) as served, browsing(f"{served.address}/explore") as page:
        expect(page.locator("#content")).to_contain_text("38 animals")
        lasso(page)
        for left in range(unnamed, unnamed - 2, -1):
            page.get_by_role("button", name=f"Review the next without a name {left} left").click()
            expect(page.locator(".moved img").first).to_be_visible()
            page.go_back()
            expect(page.locator("#content")).to_contain_text("38 chosen")
        page.get_by_role("button", name="Choose none").click()
        expect(page.get_by_role("button", name="Review the next")).not_to_be_visible()


def test_the_chosen_are_named_once_it_is_said_what_that_changes(fish: Path, plane: Plane, catalogue: Catalogue) -> None:
    with serving(fish) as served, browsing(f"{served.address}/explore") as page:
        expect(page.locator("#content")).to_contain_text("38 animals")
        lasso(page)
        page.get_by_label("The chosen show").fill("fish-001")
        page.get_by_role("button", name="Name them …").click()
        expect(page.locator(".dialog")).to_contain_text("36 photos show fish-001?")
        expect(page.locator(".dialog")).to_contain_text("fish-002, fish-003, fish-004 and 8 more lose that name.")
        page.get_by_role("button", name="Leave it").click()
        page.get_by_label("The chosen show").fill("Nessie")
        page.get_by_role("button", name="Name them …").click()
        expect(page.locator(".dialog").last).to_contain_text("There is no Nessie yet: this is a new animal.")
        before = {one.id for one in catalogued(catalogue) if one.name}
        assert len(before) == 24
        page.get_by_role("button", name="Yes, a new animal").click()
        expect(page.locator("#content li b").first).to_have_text("Nessie")
        expect(page.locator("#content")).to_contain_text("38 chosen")
    assert {one.name for one in catalogued(catalogue)} == {"Nessie"}


def test_what_was_foreseen_is_done_or_nothing(catalogue: Catalogue) -> None:
    unnamed = [one.id for one in catalogued(catalogue) if one.individual is None]
    naming = foreseen(catalogue, unnamed[:3], "fish-001")
    assert (naming.changed, naming.others) == (3, ())
    new = foreseen(catalogue, unnamed[:3], "Nessie")
    name_all(catalogue, naming, "Bea")
    assert {one.name for one in catalogued(catalogue, unnamed[:3])} == {"fish-001"}
    with pytest.raises(CatalogueError, match="meanwhile"):
        name_all(catalogue, new, "Bea")
    with pytest.raises(CatalogueError, match="already"):
        foreseen(catalogue, unnamed[:3], "fish-001")
