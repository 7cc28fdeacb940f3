import base64
import hashlib
import re
import signal
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resight.errors import ResightError
from resight.export.report import ReportWriter
from resight.export.views import CandidateView, QueryView, ReportHeading
from resight.types import Answer, Basis, Candidate, Evidence, Rejection, Verdict

VOID = {"meta", "input", "br", "img", "link"}
HOSTILE = Path('/photos/"><script>alert(1)</script>\n\x00\udce9&.jpg')
MakeView = Callable[..., QueryView]


class Page(HTMLParser):
    """What a strict reader finds: the tags, their attributes and text, and any tag closed out of turn."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.wrong: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(path.read_text("utf-8"))
        self.close()
        self.wrong += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("style", "script"):
            self.words.append(data)

    def values(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.tags if attribute in attrs]

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


@pytest.fixture
def report(tmp_path: Path, heading: ReportHeading, make_view: MakeView) -> Path:
    path = tmp_path / "report.html"
    with ReportWriter(path, replace(heading, warnings=("No mask & <no> box.",))) as writer:
        writer.add(make_view(1, Verdict.KNOWN, path=Path("one.jpg")))
        writer.add(make_view(2, Verdict.KNOWN, path=Path("one.jpg")))
        writer.add(make_view(3, Verdict.NEW, path=HOSTILE))
        writer.add(make_view(1, Verdict.UNDECIDED, path=Path("three.jpg")))
        writer.reject(Rejection(HOSTILE, "It is <cut>\nshort."))
    return path


def test_the_page_is_well_formed_and_every_reference_leads_somewhere(report: Path) -> None:
    page = Page(report)
    assert page.wrong == []
    ids = page.values("id")
    assert [name for name, times in Counter(ids).items() if times > 1] == []
    inside = {reference[1:] for reference in page.values("href") if reference.startswith("#")}
    assert inside | set(page.values("for")) <= set(ids)
    assert inside


def test_nothing_is_fetched_and_nothing_but_its_own_script_runs(report: Path) -> None:
    page, source = Page(report), report.read_text("utf-8")
    assert all(reference.startswith(("#", "data:image/jpeg;base64,")) for reference in page.values("href"))
    assert not page.values("src")
    assert "://" not in source
    assert not re.search(r"url\(|@import", source)
    (policy,) = (content for content in page.values("content") if "default-src" in content)
    assert "default-src 'none'" in policy
    for tag in ("style", "script"):
        (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", source, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on") or name == "style"]


def test_hostile_names_are_shown_as_they_are(report: Path) -> None:
    page = Page(report)
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert page.text.count("alert(1)</script>\\n\\x00\\udce9&.jpg") == 2 - ("</script>\\n" not in HOSTILE.name)
    assert "It is <cut> short." in page.text
    assert "No mask & <no> box." in page.text


def test_the_counts_are_right(report: Path) -> None:
    page = Page(report)
    assert (
        "4 animals in 3 photos were compared with the catalogue Lake. 2 are known (1 individual), "
        "1 is probably new, 1 needs your eye. 1 file could not be used."
    ) in page.text
    for label, number in (("All", 4), ("Known", 2), ("New", 1), ("Please look", 1), ("Rejected", 1)):
        assert f"{label} {number}" in page.text
    kinds = Counter(value for value in page.values("class") if value.startswith("card "))
    assert kinds == {"card known": 2, "card new": 1, "card undecided": 1}


def test_it_says_plainly_what_probabilities_rest_on(tmp_path: Path, heading: ReportHeading) -> None:
    said = []
    for basis in Basis:
        path = tmp_path / f"{basis}.html"
        with ReportWriter(path, replace(heading, basis=basis)):
            pass
        said.append(Page(path).text)
    assert "probabilities are calibrated" in said[0]
    assert "Ranks only" not in said[0] and "Usual" not in said[0]
    assert "No name is given without you" in said[1]
    assert "Ranks only" in said[2]
    assert "rootsift-2/3f9a" in said[2]


def test_an_error_leaves_the_former_report_and_nothing_else(
    tmp_path: Path, heading: ReportHeading, make_view: MakeView
) -> None:
    path = tmp_path / "report.html"
    path.write_text("former")
    with pytest.raises(KeyError), ReportWriter(path, heading) as writer:
        writer.add(make_view(1, Verdict.NEW))
        raise KeyError
    assert path.read_text() == "former"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX")
def test_killed_while_writing_it_leaves_the_former_report_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("former")
    endless = (
        "import sys, numpy as np; from pathlib import Path; from resight.export import *;"
        "from resight.types import *; chip = np.zeros((60, 90, 3), np.uint8);\n"
        "with ReportWriter(Path(sys.argv[1]), ReportHeading('Lake', 'm', 'f', Basis.OWN)) as report:\n"
        "    while True:\n"
        "        report.add(QueryView(Path('a.jpg'), '', chip, Answer((), Verdict.NEW), ()))\n"
        "        print('added', flush=True)\n"
    )
    writing = subprocess.Popen([sys.executable, "-c", endless, str(path)], stdout=subprocess.PIPE, text=True)
    assert writing.stdout is not None
    with writing.stdout as lines:
        for _ in range(200):
            assert lines.readline() == "added\n"
        writing.send_signal(signal.SIGKILL)
    writing.wait()
    assert path.read_text() == "former"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_said_in_words(tmp_path: Path, heading: ReportHeading) -> None:
    with pytest.raises(ResightError, match=r"none.report\.html could not be written: No such file"):
        ReportWriter(tmp_path / "none" / "report.html", heading).__enter__()


def test_others_may_read_it_as_they_may_any_new_file(report: Path) -> None:
    plain = report.with_name("plain")
    plain.touch()
    assert report.stat().st_mode == plain.stat().st_mode


def test_memory_does_not_grow_with_the_queries(tmp_path: Path, heading: ReportHeading, make_view: MakeView) -> None:
    def peak(queries: int) -> int:
        tracemalloc.start()
        with ReportWriter(tmp_path / "report.html", heading) as writer:
            for number in range(queries):
                writer.add(make_view(number, Verdict.KNOWN))
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(2)
    few, many = peak(40), peak(120)
    grown = (tmp_path / "report.html").stat().st_size * 2 / 3
    # The last 80 queries may cost what their digests cost, and not what their pictures do.
    assert many - few < grown / 10


def test_a_report_of_real_photos_is_small_enough_to_send(real_photos: Path, tmp_path: Path) -> None:
    photos = sorted((real_photos / "nyaladata" / "images").rglob("*.jpg"))[::250]
    chips = [np.asarray(Image.open(photo).convert("RGB")) for photo in photos]
    points = np.random.default_rng(0).uniform(0, 200, (2, 60, 2)).astype(np.float32)
    why = Evidence(points[0], points[1], np.ones(60, np.float32))
    with ReportWriter(tmp_path / "report.html", ReportHeading("Nyala", "m", "f", Basis.OWN)) as writer:
        views = tuple(CandidateView(p.name, 0.2, 1.0, chip, "", why) for p, chip in zip(photos, chips, strict=True))
        found = tuple(Candidate(view.individual, 1.0, 0, 0.2) for view in views[1:])
        writer.add(QueryView(photos[0], "", chips[0], Answer(found, Verdict.UNDECIDED, 0.1), views[1:]))
    assert len(views) >= 6
    assert (tmp_path / "report.html").stat().st_size < 220_000
