"""The page where photos are dropped, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser import browsing
from tests.web.served import Served

from resight.catalogue import folder
from resight.work.jobs import open_board


@pytest.mark.parametrize(
    ("paths", "called", "skipped"),
    [(("whales/Anna/1.jpg", "whales/Bo/1.jpg"), "Anna, Bo", 1), (("Anna/2020/1.jpg", "Anna/2021/2.jpg"), "Anna", 0)],
)
def test_one_sees_how_the_animals_will_be_called(
    served: Served, tmp_path: Path, paths: tuple[str, ...], called: str, skipped: int
) -> None:
    for number, path in enumerate(paths):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_bytes(bytes([number]))
    with browsing(f"{served.address}/upload") as page:
        page.set_input_files("input[webkitdirectory]", tmp_path / Path(paths[0]).parts[0])
        page.get_by_label("They are known").check()
        chosen = page.get_by_label("Which folders are called as the animals")
        expect(chosen.locator("option:checked")).to_have_text(called)
        expect(chosen.locator("option")).to_have_count(2)
        page.get_by_role("button", name="Send 2 files").click()
        expect(page.locator("#content")).to_contain_text("All is there.")
    with folder.open(served.folder) as catalogue:
        (job,) = open_board(catalogue).jobs()
    assert {"--by-folder", f"--skipped={skipped}"} <= set(job.order.command)
