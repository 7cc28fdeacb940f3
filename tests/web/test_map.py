"""A map without a network: places lie where they should."""

import re

from hypothesis import given
from hypothesis import strategies as st

from resight.types import Place
from resight.web.pages.map import HEIGHT, WIDTH, Met, map_svg

PLACES = st.builds(Place, st.floats(-85, 85), st.floats(-180, 180))


def circles(svg: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([-0-9.]+)" cy="([-0-9.]+)"', svg)]


def test_north_is_up_and_east_is_right() -> None:
    west_south, east_north = circles(map_svg([Met(Place(60, 5), "a"), Met(Place(60.1, 5.4), "b")]))
    assert west_south[0] < east_north[0]
    assert west_south[1] > east_north[1]


def test_a_metre_is_as_long_both_ways() -> None:
    here, north, east = circles(
        map_svg([Met(Place(60, 5), ""), Met(Place(60.1, 5), ""), Met(Place(60, 5.2), "")])  # cos 60° is a half
    )
    assert abs((here[1] - north[1]) - (east[0] - here[0])) < 0.02 * (here[1] - north[1])


@given(st.lists(PLACES, min_size=1, max_size=8))
def test_every_place_is_inside(places: list[Place]) -> None:
    drawn = circles(map_svg([Met(place, "<b>") for place in places]))
    assert len(drawn) == len(places)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in drawn)


def test_nothing_is_drawn_of_nothing_and_labels_are_text() -> None:
    assert map_svg([]) == ""
    assert "<script>" not in map_svg([Met(Place(0, 0), "<script>")])


def test_no_date_line_lies_between_two_places() -> None:
    west, east = circles(map_svg([Met(Place(-17, 179.9), "a"), Met(Place(-17, -179.9), "b")]))
    assert west[0] < east[0]
    drawing = map_svg([Met(Place(-17, 179.9), "a"), Met(Place(-17, -179.9), "b")])
    assert "E</text>" in drawing
    assert "W</text>" in drawing
    assert "200 km" not in drawing
