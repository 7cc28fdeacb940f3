"""Answers are kept through crashes, and read as they were given."""

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resight.errors import ResightError
from resight.loop.answers import Answer, append_answers, read_answers

ONE = Answer(1, "film 0", "film 3", True, 0.75, "ada", "2026-01-01T00:00:00+00:00")
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
given_answers = st.lists(
    st.builds(
        Answer, st.integers(1, 9), names, names, st.sampled_from([True, False, None]),
        st.integers(-1000, 1000).map(lambda n: n / 1000), names, names,
    ),
    min_size=1, max_size=5,
)  # fmt: skip


@given(st.lists(given_answers, min_size=1, max_size=3))
def test_what_was_said_is_read_again(tmp_path_factory: pytest.TempPathFactory, said: list[list[Answer]]) -> None:
    path = tmp_path_factory.mktemp("answers") / "answers.csv"
    for part in said:
        append_answers(path, part)
    assert read_answers(path) == [one for part in said for one in part]


def test_a_line_that_a_crash_cut_short_harms_no_other(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    append_answers(path, [ONE])
    whole = path.stat().st_size
    append_answers(path, [ONE])
    for size in range(path.stat().st_size - 1, whole, -1):
        os.truncate(path, size)
        assert read_answers(path) == [ONE]
    append_answers(path, [ONE])
    assert read_answers(path) == [ONE, ONE]


def test_a_line_cut_inside_a_letter_harms_no_other(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    append_answers(path, [ONE])
    whole = path.read_bytes()
    path.write_bytes(whole + "1,Zoë".encode()[:-1])
    assert read_answers(path) == [ONE]
    append_answers(path, [ONE])
    assert read_answers(path) == [ONE, ONE]
    path.write_bytes(whole + b"1,Zo\xeb\n")
    with pytest.raises(ResightError, match=r"answers.csv is damaged"):
        read_answers(path)


def test_on_a_full_disk_a_page_of_answers_is_kept_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "answers.csv"
    append_answers(path, [ONE])

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch, pytest.raises(ResightError, match="No space left on device"):
        patch.setattr("os.fsync", full)
        append_answers(path, [ONE] * 9)
    assert read_answers(path) == [ONE]


def test_a_crash_before_the_first_line_was_whole(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("round,fir")
    assert read_answers(path) == []
    append_answers(path, [ONE])
    assert read_answers(path) == [ONE]


def test_a_damaged_line_is_told(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    append_answers(path, [ONE, ONE])
    path.write_text(path.read_text().replace("same,0.75", "perhaps,0.75", 2))
    with pytest.raises(ResightError, match="line 2: this is no answer"):
        read_answers(path)
