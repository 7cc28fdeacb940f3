import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resight.media.cells import date_of, name_of, number_of, side_of
from resight.types import Side


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("left", Side.LEFT),
        ("LEFT", Side.LEFT),
        ("L", Side.LEFT),
        ("left_side", Side.LEFT),
        ("Right-Flank", Side.RIGHT),
        ("r", Side.RIGHT),
        ("front", Side.FRONT),
        ("rear", Side.BACK),
        ("back", Side.BACK),
        ("Top", Side.UP),
        ("down", Side.DOWN),
        ("", Side.UNKNOWN),
        ("unknown", Side.UNKNOWN),
        ("fluke", None),
        ("frontleft", None),
    ],
)
def test_sides(text: str, side: Side | None) -> None:
    assert side_of(text) is side


@pytest.mark.parametrize(
    "text",
    [
        "2020-12-25 14:30",
        "2020-12-25T14:30:00",
        "20201225T1430",
        "2020:12:25 14:30:00",
        "2020/12/25 14:30",
        "2020.12.25 14:30",
        "25.12.2020 14:30",
        "25/12/2020 14:30:00",
        "12/25/2020 2:30 PM",
        "25-12-2020 14:30",
        "25 Dec 2020 14:30",
        "25-Dec-2020 14:30",
        "December 25, 2020 14:30",
    ],
)
def test_dates(text: str) -> None:
    assert date_of(text) == datetime(2020, 12, 25, 14, 30)


def test_date_alone_and_with_zone() -> None:
    assert date_of("25.12.2020") == datetime(2020, 12, 25)
    assert date_of("04/04/2020") == datetime(2020, 4, 4)
    assert date_of("2020-12-25T14:30:00Z") == datetime(2020, 12, 25, 14, 30, tzinfo=UTC)
    assert date_of("2020:12:25 14:30:00+00:00") == datetime(2020, 12, 25, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["31.02.2020", "2020", "yesterday", "43588", "", "25/13/2020", "0/0/2020"])
def test_no_dates(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        date_of(text)


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1900, 2100))
def test_a_date_that_can_be_two_days_is_refused(first: int, second: int, year: int) -> None:
    text = f"{first:02}/{second:02}/{year}"
    if first == second:
        assert date_of(text) == datetime(year, first, first)
    else:
        with pytest.raises(ValueError, match="two days"):
            date_of(text)


@given(st.datetimes(min_value=datetime(1900, 1, 1)))
def test_iso_dates_survive(moment: datetime) -> None:
    assert date_of(moment.isoformat()) == moment
    assert date_of(f"{moment:%Y:%m:%d %H:%M:%S}") == moment.replace(microsecond=0)


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_plain_refusal(text: str) -> None:
    try:
        date_of(text)
    except ValueError as error:
        assert "write it as" in str(error)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers(number: float) -> None:
    assert number_of(repr(number)) == number
    assert number_of(repr(number).replace(".", ","), decimal_comma=True) == number


@pytest.mark.parametrize("text", ["nan", "inf", "1,5", "12 m", "", "1.2.3"])
def test_no_numbers(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        number_of(text)
    assert math.isclose(number_of("1,5", decimal_comma=True), 1.5)


def test_names_are_one_however_accents_are_spelled() -> None:
    assert name_of(" Zoe\u0308 ") == name_of("Zo\u00eb") == "Zoë"
