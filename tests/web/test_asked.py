"""An address may say anything: what makes sense is looked for, the rest gets a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resight.types import Place, Side
from resight.web.asked import FARTHEST, KM, NAMES, asked, page_number, place_of
from resight.web.filters import Filter, Near, Quality, State

FIELD = Place(-24.5, 31.4)


def test_all_filters_at_once() -> None:
    said = asked(
        {
            "state": "named", "side": "left", "quality": "good", "text": " a ", "since": "2020-01-01",
            "until": "2021-01-01", "near": "-24.5, 31.4", "km": "0,5", "individual": "7", "page": "3",
        }
    )  # fmt: skip
    assert said.wanted == Filter(
        State.NAMED, Side.LEFT, "a", "2020-01-01", "2021-01-01", Near(FIELD, 0.5), Quality.GOOD, 7
    )
    assert said.faults == ()
    assert asked(said.words).wanted == said.wanted
    assert asked({}).wanted == Filter()


@pytest.mark.parametrize("near", ["abc", "NaN, 1", "1e999, 0", "91, 0", "0, 361", "0, -181", "5", "1,2,3", "∞, ∞"])
def test_what_is_no_place_is_left_out_with_a_word(near: str) -> None:
    said = asked({"near": near, "km": "5"})
    assert said.wanted.near is None
    assert said.faults == (f"“{near}” is no place: write latitude and longitude, as in -24.51, 31.42.",)


@pytest.mark.parametrize("km", ["-3", "abc", "nan", "inf", "1e999", "--", "-inf"])
def test_what_is_no_distance_is_ten_kilometres_with_a_word(km: str) -> None:
    said = asked({"near": "-24.5, 31.4", "km": km})
    assert said.wanted.near == Near(FIELD, KM)
    assert len(said.faults) == 1


def test_other_nonsense_is_left_out_with_a_word_each() -> None:
    wrong = {"state": "x", "side": "x", "quality": "0.5", "since": "x", "until": "2020-02-30"}
    for individual in "x", "0", "-1", "1.5", str(2**31), "9" * 5000, "٣":
        said = asked(wrong | {"individual": individual})
        assert said.wanted == Filter()
        assert len(said.faults) == 6
    assert asked({"km": "-3"}).faults == ()
    assert asked({"near": "0 0", "km": "1e30"}).wanted.near == Near(Place(0, 0), FARTHEST)


@given(st.dictionaries(st.sampled_from(NAMES), st.text()), st.text())
def test_no_text_is_too_strange(address: dict[str, str], page: str) -> None:
    said = asked(address)
    assert all("\0" not in text and len(text) <= 200 for text in said.words.values())
    assert asked(said.words).wanted == said.wanted
    assert page_number(page) >= 1


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_place_that_the_pages_write_is_read_again(lat: float, lon: float) -> None:
    read = place_of(f"{lat:.5f}, {lon:.5f}")
    assert read is not None
    assert abs(read.lat - lat) < 1e-5
    assert abs(read.lon - lon) < 1e-5
