"""What the program looked at, and where its evidence lies: masks and heat over the pictures of the review."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update
from tests.browser import browsing
from tests.web.served import Served

from resight.catalogue import folder, models, proposals
from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import Catalogued, catalogued
from resight.chip.mask import u2netp
from resight.errors import PhotoError
from resight.media.photo import read_photo
from resight.types import Box, Mask, Pixels
from resight.web.masks import has_mask, mask
from resight.web.pictures import Pictures, shown_box

# Where a point of a picture is seen in its pane, both as shares of what they are in, moved as the page says.
SEEN = """(view, points) => {
  const moved = view.querySelector('.moved'), image = moved.querySelector('img');
  const share = Math.min(moved.offsetWidth / image.naturalWidth, moved.offsetHeight / image.naturalHeight);
  const matrix = new DOMMatrix(moved.style.transform);
  return points.map(([x, y]) => {
    const at = new DOMPoint((x - 0.5) * image.naturalWidth * share, (y - 0.5) * image.naturalHeight * share);
    const to = matrix.transformPoint(at);
    return [to.x / moved.offsetWidth + 0.5, to.y / moved.offsetHeight + 0.5];
  });
}"""
# The colour of a canvas at these points, shares of it.
PAINTED = """(canvas, points) => points.map(([x, y]) => {
  const at = [Math.floor(x * canvas.width), Math.floor(y * canvas.height)];
  return [...canvas.getContext('2d').getImageData(...at, 1, 1).data];
})"""
GRID = [(x / 32 + 1 / 64, y / 24 + 1 / 48) for y in range(24) for x in range(32)]


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    return Pictures(tmp_path / "pictures")


def first(catalogue: Catalogue) -> Catalogued:
    return catalogued(catalogue)[0]


def cut_out(whole: Mask, annotation: Catalogued) -> Mask:
    """What the picture of an annotation shows of its photo."""
    box = shown_box(annotation)
    return whole[int(box.y) : int(box.y + box.h), int(box.x) : int(box.x + box.w)]


def read(path: Path) -> Mask:
    return np.asarray(Image.open(path).convert("L"))


def differing(one: Mask, other: Mask) -> float:
    """The share of pixels that one mask has on the animal and the other has not."""
    return float(((one > 127) != (other > 127)).mean())


def decoded(images: Locator) -> None:
    """Wait until they can be seen."""
    images.evaluate_all("(images) => Promise.all(images.map((one) => one.decode()))")


def question(served: Served, page: Page) -> Any:
    """What is asked on the page."""
    source = page.locator(".moved img").first.get_attribute("src") or ""
    number = source.split("/annotations/")[1].split("/")[0]
    return served.client().get(f"/api/review/questions/{number}").json()


def screen(view: Locator) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(view.screenshot())).convert("RGB"))


def brightness(view: Locator, points: list[tuple[float, float]]) -> list[float | None]:
    """How bright the pane is at points of its picture; None where they are out of sight."""
    pixels = cv2.blur(screen(view), (3, 3)).astype(float).sum(axis=2)
    height, width = pixels.shape
    seen = view.evaluate(SEEN, points)
    return [
        float(pixels[int(y * height), int(x * width)]) if 0.02 < x < 0.98 and 0.02 < y < 0.98 else None for x, y in seen
    ]


def well_inside(shape: Mask, points: list[tuple[float, float]]) -> list[bool | None]:
    """Whether each point is on the animal; None within a few pixels of its outline."""
    height, width = shape.shape
    sure, never = (
        one(shape, np.ones((9, 9), np.uint8), borderType=cv2.BORDER_REPLICATE) for one in (cv2.erode, cv2.dilate)
    )
    at = [(int(y * height), int(x * width)) for x, y in points]
    return [True if sure[place] > 127 else False if never[place] < 128 else None for place in at]


def test_a_mask_is_as_large_as_its_picture_and_white_on_the_animal(served: Served, catalogue: Catalogue) -> None:
    one = first(catalogue)
    assert one.mask_path is not None
    with served.client() as client:
        for size in 240, 1600:
            picture, shown = (
                client.get(f"/api/annotations/{one.id}/{what}", params={"size": size}) for what in ("picture", "mask")
            )
            assert shown.status_code == 200
            assert shown.headers["content-type"] == "image/jpeg"
            assert Image.open(io.BytesIO(shown.content)).size == Image.open(io.BytesIO(picture.content)).size
        drawn = cut_out(read(one.mask_path), one)
    found = read(mask(Pictures(served.folder / "pictures"), one, 1600))
    assert found.shape == drawn.shape
    assert differing(found, drawn) < 0.002


def test_a_mask_that_is_gone_broken_or_was_never_there_is_not_found(served: Served, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    with folder.open(served.folder) as catalogue, served.client() as client:
        number = first(catalogue).id
        assert client.get(f"/api/annotations/{number}/mask").status_code == 200
        for values, reason in (
            ({"mask_path": str(tmp_path / "gone.png")}, "the mask is not where it was"),
            ({"mask_path": str(broken)}, "not a photo that can be read"),
            ({"mask_kind": "none"}, "has no mask"),
            ({"mask_kind": "alpha", "mask_path": None}, "nothing in the photo is transparent"),
        ):
            with catalogue.writing() as session:
                session.execute(update(models.Annotation).where(models.Annotation.id == number).values(**values))
            answer = client.get(f"/api/annotations/{number}/mask")
            assert answer.status_code == 404
            assert reason in answer.json()["detail"]


def test_a_mask_painted_anew_is_shown_anew(catalogue: Catalogue, pictures: Pictures, tmp_path: Path) -> None:
    painted = tmp_path / "mask.png"
    one = replace(first(catalogue), mask_path=painted, box=None)
    whole = np.zeros((one.height, one.width), np.uint8)
    whole[: one.height // 2] = 255
    Image.fromarray(whole).save(painted)
    assert differing(read(mask(pictures, one, 3200)), whole) < 0.01
    Image.fromarray(255 - whole).resize((one.width, one.height)).save(painted, compress_level=1)
    assert differing(read(mask(pictures, one, 3200)), 255 - whole) < 0.01


def test_what_lies_outside_the_box_was_not_looked_at(catalogue: Catalogue, pictures: Pictures, tmp_path: Path) -> None:
    painted = tmp_path / "mask.png"
    one = first(catalogue)
    Image.fromarray(np.full((one.height, one.width), 255, np.uint8)).save(painted)
    one = replace(one, mask_path=painted, box=Box(100, 100, 200, 100))
    found = read(mask(pictures, one, 3200)) > 127
    # The picture shows 12 pixels round the box, of which 8 and 4 belong to the chip.
    assert not found[:6].any() and not found[:, :2].any()
    assert found[9:-9, 5:-5].all()


def test_the_masks_of_transparency_and_of_the_network_are_shown_too(
    catalogue: Catalogue, pictures: Pictures, tmp_path: Path, with_weights: None
) -> None:
    one = first(catalogue)
    assert one.mask_path is not None
    drawn = read(one.mask_path)
    photo = read_photo(one.path).pixels
    clear = tmp_path / "clear.png"
    Image.fromarray(np.dstack([photo, drawn])).save(clear)
    transparent = replace(one, path=clear, sha256="a" * 64, mask_kind="alpha", mask_path=None)
    assert differing(read(mask(pictures, transparent, 1600)), cut_out(drawn, one)) < 0.002
    standing_out = replace(one, mask_kind="foreground", mask_path=None)
    found = cut_out(u2netp()(photo), one)
    assert differing(read(mask(pictures, standing_out, 1600)), found) < 0.05
    assert not has_mask(replace(one, mask_kind=None, mask_path=None))
    with pytest.raises(PhotoError, match="has no mask"):
        mask(pictures, replace(one, mask_kind=None, mask_path=None), 240)


def test_x_dims_what_is_not_the_animal_wherever_the_picture_goes(served: Served) -> None:
    with browsing(f"{served.address}/review") as page:
        expect(page.locator(".moved img")).to_have_count(2)
        decoded(page.locator(".moved img"))
        said = question(served, page)
        animals = said["query"], said["choices"][0]["photos"][0]
        with folder.open(served.folder) as catalogue:
            shown = catalogued(catalogue, [one["annotation"] for one in animals])
        for keys in "", "++]b":
            for key in keys:
                page.keyboard.press(key)
            for view, one in zip(page.locator(".view").all(), shown, strict=True):
                assert one.mask_path is not None
                animal = well_inside(cut_out(read(one.mask_path), one), GRID)
                before = brightness(view, GRID)
                page.keyboard.press("x")
                expect(page.locator(".mask")).to_have_count(2)
                decoded(page.locator(".mask"))
                after = brightness(view, GRID)
                page.keyboard.press("x")
                expect(page.locator(".mask")).to_have_count(0)
                pairs = [
                    (inside, dark / bright)
                    for inside, bright, dark in zip(animal, before, after, strict=True)
                    if inside is not None and bright is not None and dark is not None and bright > 60
                ]
                kept, dimmed = ([ratio for inside, ratio in pairs if inside is what] for what in (True, False))
                assert len(kept) > 40 and len(dimmed) > 20
                assert min(kept) > 0.9
                assert max(dimmed) < 0.4


def test_a_photo_without_a_mask_says_so(served: Served) -> None:
    def everywhere(**values: str) -> None:
        with folder.open(served.folder) as catalogue, catalogue.writing() as session:
            session.execute(update(models.Annotation).values(**values))

    everywhere(mask_path="/nowhere/mask.png")
    with browsing(f"{served.address}/review", expected=("404",)) as page:
        expect(page.locator(".moved img")).to_have_count(2)
        page.keyboard.press("x")
        expect(page.locator(".answers .grow")).to_contain_text("This photo has no mask.")
        expect(page.locator(".pane .tag", has_text="no mask")).to_have_count(2)
        expect(page.locator(".mask")).to_have_count(0)
    everywhere(mask_kind="none")
    with browsing(f"{served.address}/review") as page:
        expect(page.locator(".moved img")).to_have_count(2)
        page.get_by_role("button", name="X Mask").click()
        expect(page.locator(".answers .grow")).to_contain_text("These photos have no mask.")


def test_h_warms_what_the_matched_spots_surround(served: Served) -> None:
    with browsing(f"{served.address}/review") as page:
        expect(page.locator(".moved img")).to_have_count(2)
        said = question(served, page)
        choice = said["choices"][0]
        page.keyboard.press("h")
        expect(page.locator("canvas.heat")).to_have_count(2)
        for canvas, animal, at in zip(
            page.locator("canvas.heat").all(), (said["query"], choice["photos"][0]), (0, 2), strict=True
        ):
            left, top, width, height = animal["shown"]
            places = np.array([match[at : at + 2] for match in choice["matches"]])
            spots = (places + 0.5 - [left, top]) / [width, height]
            away = np.linalg.norm((np.array(GRID)[:, None] - spots) * [width, height], axis=2).min(axis=1)
            cold = [point for point, far in zip(GRID, away, strict=True) if far > 0.15 * max(width, height)]
            assert cold
            # The strongest spot is warm, and nothing is far from all of them.
            red, green, blue, cover = canvas.evaluate(PAINTED, spots[:1].tolist())[0]
            assert red > green > blue and red > 180 and cover > 60
            assert max(cover for *_, cover in canvas.evaluate(PAINTED, cold)) < 12
        for key in "+", "]":
            page.keyboard.press(key)
        for moved in page.locator(".moved").all():
            picture, heat = (moved.locator(what).bounding_box() for what in ("img", "canvas"))
            assert picture == heat
        page.keyboard.press("ArrowDown")
        expect(page.locator("canvas.heat")).to_have_count(0)
        expect(page.locator(".pane .tag", has_text="no matched spots")).to_be_visible()
        page.keyboard.press("h")
        page.keyboard.press("h")
        expect(page.locator(".answers .grow")).to_contain_text("The matched spots are on photo 1")


def test_a_pair_without_matched_spots_says_so(served: Served) -> None:
    with folder.open(served.folder) as catalogue, catalogue.writing() as session:
        said = proposals.proposals(session, [one.id for one in catalogued(catalogue)])
        bare = [replace(one, candidates=tuple(replace(c, matches=()) for c in one.candidates)) for one in said.values()]
        proposals.keep(session, bare)
    with browsing(f"{served.address}/review") as page:
        expect(page.locator(".moved img")).to_have_count(2)
        page.keyboard.press("h")
        expect(page.locator(".answers .grow")).to_contain_text("This pair has no matched spots to show.")
        expect(page.locator("canvas.heat")).to_have_count(0)


def test_mask_and_heat_are_among_the_keys(served: Served) -> None:
    with browsing(f"{served.address}/review") as page:
        expect(page.locator(".moved img")).to_have_count(2)
        page.keyboard.press("?")
        keys = page.get_by_role("dialog", name="Keys")
        expect(keys).to_contain_text("the mask")
        expect(keys).to_contain_text("a heat map")
