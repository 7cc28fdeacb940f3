"""The page of questions in a real browser, and the answers that it saves."""

from pathlib import Path

import pytest
from tests.browser import opened

from resight.errors import ResightError
from resight.loop.page import batch_of, read_replies, write_page
from resight.loop.questions import Question, Why
from resight.loop.tracks import Tracks, tracks_of

ASKED = [
    Question(0, 8, 0.9, 2.0, Why.NEAR),
    Question(1, 9, 0.8, 1.0, Why.SURPRISE),
    Question(2, 10, 0.7, 0.5, Why.NEAR),
]
BATCH = "abc123"


@pytest.fixture
def tracks(tracked: Path) -> Tracks:
    return tracks_of(tracked)[0]


@pytest.fixture
def page(tracks: Tracks, tmp_path: Path) -> Path:
    write_page(tmp_path / "questions.html", tracks, ASKED, BATCH, 'resight loop "a&b.mp4" --answers ANSWERS')
    return tmp_path / "questions.html"


def test_by_keys_alone_everything_is_answered_and_saved(page: Path, tmp_path: Path) -> None:
    with opened(page) as shown:
        assert shown.locator("#place").inner_text() == "1 of 3"
        assert shown.locator(".pair:not([hidden]) img").count() == 6
        assert all(
            shown.locator(".pair:not([hidden]) img").nth(n).evaluate("image => image.naturalWidth") > 50
            for n in range(6)
        )
        shown.keyboard.press("ArrowRight")
        assert "Asked again" in shown.locator(".pair:not([hidden]) p").inner_text()
        shown.keyboard.press("ArrowRight")
        shown.keyboard.press("Backspace")
        shown.keyboard.press("ArrowLeft")
        shown.keyboard.press("ArrowDown")
        assert "all 3 are answered" in shown.locator(".done").inner_text()
        assert 'resight loop "a&b.mp4" --answers answers-abc123.csv' in shown.locator(".done code").inner_text()
        with shown.expect_download() as download:
            shown.keyboard.press("s")
        download.value.save_as(tmp_path / download.value.suggested_filename)
    assert read_replies(tmp_path / "answers-abc123.csv", BATCH, 3) == {0: True, 1: False, 2: None}


def test_buttons_do_the_same_and_a_part_can_be_saved_and_gone_on_with(page: Path, tmp_path: Path) -> None:
    with opened(page) as shown:
        shown.get_by_role("button", name="One animal").click()
        shown.reload()
        assert shown.locator("#place").inner_text() == "2 of 3"
        shown.get_by_role("button", name="Two animals").click()
        with shown.expect_download() as download:
            shown.get_by_role("button", name="Save answers").click()
        download.value.save_as(tmp_path / "part.csv")
    assert read_replies(tmp_path / "part.csv", BATCH, 3) == {0: True, 1: False}


def test_pictures_fill_a_laptops_screen_without_scrolling(page: Path) -> None:
    with opened(page) as shown:
        assert shown.evaluate("document.documentElement.scrollHeight") <= 800
        pictures = shown.locator(".pair:not([hidden]) .track").evaluate_all("all => all.map(one => one.clientHeight)")
        assert sum(pictures) > 0.7 * 800


def test_why_a_pair_comes_again_is_said(tracks: Tracks, tmp_path: Path) -> None:
    said = {}
    for why in Why:
        write_page(tmp_path / "questions.html", tracks, [Question(0, 8, 0.9, 2.0, why)], BATCH, "")
        page = (tmp_path / "questions.html").read_text()
        said[why] = page.partition('<section class="pair" hidden><p>')[2].partition("</p>")[0]
    assert said[Why.NEAR] == ""
    assert "nobody could tell" in said[Why.UNSURE]
    assert len(set(said.values())) == len(Why)


def test_a_picture_that_is_gone_is_said(tracks: Tracks, tracked: Path, tmp_path: Path) -> None:
    lost = tmp_path / "metadata.csv"
    lost.write_text(tracked.read_text())
    write_page(tmp_path / "questions.html", tracks_of(lost)[0], ASKED[:1], BATCH, "")
    with opened(tmp_path / "questions.html") as shown:
        assert "film0-0-0.png" in shown.locator(".pair:not([hidden])").inner_text()


def test_answers_to_other_questions_and_what_is_none_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("batch,question,answer\nother,1,same\n")
    with pytest.raises(ResightError, match="taken already"):
        read_replies(file, BATCH, 3)
    file.write_text(f"batch,question,answer\n{BATCH},1,perhaps\n")
    with pytest.raises(ResightError, match="same, different, unsure"):
        read_replies(file, BATCH, 3)
    file.write_text(f"batch,question,answer\n{BATCH},4,same\n")
    with pytest.raises(ResightError, match="numbered from 1 to 3"):
        read_replies(file, BATCH, 3)
    with pytest.raises(ResightError, match="cannot be read"):
        read_replies(tmp_path / "none.csv", BATCH, 3)


def test_what_was_answered_is_another_batch(tracks: Tracks) -> None:
    assert batch_of(tracks, ASKED, 0) == batch_of(tracks, ASKED, 0)
    assert len({batch_of(tracks, ASKED, 0), batch_of(tracks, ASKED, 99), batch_of(tracks, ASKED[:2], 0)}) == 3
