from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resight.catalogue import decisions as d
from resight.errors import CatalogueError
from resight.types import Box, Side

IDS = st.integers(1, 2**31 - 1)
NAMES = st.text(min_size=1).map(d.tidy_name).filter(lambda name: name and name.isprintable())
LISTS = st.lists(IDS, min_size=2, unique=True).map(tuple)
BOXES = st.builds(Box, st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.floats(1e-3, 1e6))
DECISIONS = st.one_of(
    st.builds(d.NewIndividual, NAMES, LISTS),
    st.builds(d.Assigned, LISTS, IDS),
    st.builds(d.Rejected, IDS, IDS),
    st.builds(d.Opinion, IDS, IDS, st.sampled_from(d.Says)),
    st.builds(d.Noted, IDS, notes=st.text(st.characters(exclude_characters="\0", codec="utf-8"))),
    st.builds(d.Opinion, IDS, st.none(), st.sampled_from([d.Says.DIFFERENT, d.Says.UNSURE])),
    st.builds(d.Renamed, IDS, NAMES),
    st.builds(d.Corrected, IDS, st.sampled_from(Side), st.none() | BOXES, st.none() | IDS),
    st.tuples(IDS, IDS).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: d.Merged(*pair)),
    st.builds(d.Split, IDS, NAMES, LISTS),
    st.builds(d.TrackJoined, LISTS),
    st.builds(d.TrackCut, IDS, IDS, IDS),
    st.builds(d.Undone, IDS),
)


@given(DECISIONS)
def test_every_decision_comes_back_from_its_json(decision: d.Decision) -> None:
    assert d.from_json(decision.kind, d.to_json(decision)) == decision


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("assigned", '{"annotations": [1], "individual": "2"}'),
        ("assigned", '{"annotations": [], "individual": 2}'),
        ("assigned", '{"annotations": [1]}'),
        ("merged", '{"kept": 1, "absorbed": 1}'),
        ("merged", '{"kept": 1, "absorbed": 2, "why": "spots"}'),
        ("corrected", '{"annotation": 1}'),
        ("corrected", '{"annotation": 1, "side": "inside"}'),
        ("corrected", '{"annotation": 1, "box": {"x": 0, "y": 0, "w": 0, "h": 3}}'),
        ("opinion", '{"annotation": 1, "individual": null, "says": "same"}'),
        ("renamed", "nothing"),
        ("married", "{}"),
    ],
)
def test_what_is_no_decision_is_refused(kind: str, text: str) -> None:
    with pytest.raises(CatalogueError):
        d.from_json(kind, text)


@pytest.mark.parametrize("name", ["", " Anna", "Anna ", "An\tna", "An  na", "\x01", "Zoe\u0308"])
def test_untidy_names_are_refused(name: str) -> None:
    with pytest.raises(CatalogueError, match="cannot be a name"):
        d.NewIndividual(name)


def test_a_decomposed_name_becomes_the_composed_one() -> None:
    assert d.tidy_name(unicodedata.normalize("NFD", " Zoë\n")) == "Zoë"
    assert d.NewIndividual(d.tidy_name("Zoe\u0308")).name == "Zoë"


def test_an_annotation_is_named_once() -> None:
    with pytest.raises(CatalogueError, match="twice: 4, 4"):
        d.Assigned((4, 4), 1)


def test_grounds_come_back() -> None:
    grounds = d.Grounds("rootsift-1", 12, 0.25, None)
    assert d.grounds_from_json(d.grounds_to_json(grounds)) == grounds
    with pytest.raises(CatalogueError):
        d.grounds_from_json('{"fingerprint": 3}')
