"""A reviewer at the keyboard, in a real browser, on a real catalogue."""

from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Page, expect
from tests.browser import browsing
from tests.web.served import Served

from resight.catalogue import folder, log, proposals
from resight.catalogue.decisions import Assigned, Decision, NewIndividual, Opinion, Rejected, Undone
from resight.catalogue.lookup import catalogued, individual_named
from resight.types import Basis


def decisions(home: Path) -> list[Decision]:
    """What the reviewer decided, in order."""
    with folder.open(home) as catalogue:
        return [entry.decision for entry in reversed(log.history(catalogue)) if entry.by == "Bea"]


def asked(page: Page) -> str:
    """The picture that is asked about."""
    return page.locator(".moved img").first.get_attribute("src") or ""


def waiting(page: Page) -> str:
    return page.locator(".answers .grow").inner_text()


def test_ten_photos_by_keyboard_only(served: Served) -> None:
    with browsing(f"{served.address}/review") as page:
        expect(page.locator(".moved img")).to_have_count(2)
        assert waiting(page) == "14 wait"
        seen = []
        for key in "s", "s", "s", "s", "u", "s", "s":
            seen.append(asked(page))
            page.keyboard.press(key)
            # Nobody answers a photo that is not shown yet, however slow the machine.
            expect(page.locator(".moved img").first).not_to_have_attribute("src", seen[-1])
        page.keyboard.press("d")
        page.keyboard.press("s")
        seen.append(asked(page))
        page.keyboard.press("n")
        expect(page.get_by_role("dialog")).to_be_visible()
        expect(page.get_by_label("Its name")).to_have_value("fish-013")
        page.keyboard.press("Enter")
        seen.append(asked(page))
        page.keyboard.press("o")
        page.get_by_label("Name, or a part of it").fill("fish-013")
        expect(page.locator(".found button")).to_have_count(1)
        page.keyboard.press("Enter")
        page.keyboard.press("k")
        expect(page.locator(".answers .grow")).to_contain_text("4 wait")
        expect(page.locator(".review")).to_have_attribute("data-unsent", "0", timeout=30_000)
    assert len(set(seen)) == len(seen)
    made = decisions(served.folder)
    assert [type(one) for one in made] == [
        *[Assigned] * 4, Opinion, *[Assigned] * 2, Rejected, Assigned, NewIndividual, Assigned,
    ]  # fmt: skip
    new, other = made[-2], made[-1]
    assert isinstance(new, NewIndividual) and isinstance(other, Assigned)
    assert new.name == "fish-013"


def test_undo_shows_the_question_again_and_takes_the_decision_back(served: Served) -> None:
    with browsing(f"{served.address}/review") as page:
        expect(page.locator(".moved img")).to_have_count(2)
        first = asked(page)
        page.keyboard.press("s")
        assert asked(page) != first
        page.keyboard.press("z")
        assert asked(page) == first
        expect(page.locator(".answers .grow")).to_contain_text("Taken back")
        for key in "d", "z":
            expect(page.locator(".review")).to_have_attribute("data-unsent", "0")
            page.keyboard.press(key)
        expect(page.locator(".review")).to_have_attribute("data-unsent", "0", timeout=30_000)
        assert asked(page) == first
    assert [type(one) for one in decisions(served.folder)] == [Assigned, Undone, Rejected, Undone]


def test_what_is_answered_while_the_server_is_down_arrives_once_it_is_back(served: Served) -> None:
    with browsing(f"{served.address}/review", expected=("ERR_CONNECTION", "Failed to load", "WebSocket")) as page:
        expect(page.locator(".moved img")).to_have_count(2)
        served.kill()
        page.keyboard.press("s")
        page.keyboard.press("s")
        expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
        served.start()
        expect(page.locator(".review")).to_have_attribute("data-unsent", "0", timeout=30_000)
    assert [type(one) for one in decisions(served.folder)] == [Assigned, Assigned]


def test_an_undo_is_of_the_answer_on_the_screen(served: Served) -> None:
    with browsing(f"{served.address}/review", expected=("409",)) as page:
        expect(page.locator(".moved img")).to_have_count(2)
        first = int((asked(page).split("/annotations/")[1]).split("/")[0])
        with folder.open(served.folder) as catalogue:
            log.append(catalogue, Assigned((first,), individual_named(catalogue, "fish-005")), "Carl")
        page.keyboard.press("s")
        expect(page.get_by_role("alert")).to_contain_text("fish-005 already")
        page.keyboard.press("s")
        page.keyboard.press("z")
        expect(page.locator(".review")).to_have_attribute("data-unsent", "0")
        expect(page.get_by_role("alert")).to_contain_text("fish-005 already")
    made = decisions(served.folder)
    assert [type(one) for one in made] == [Assigned, Undone]
    with folder.open(served.folder) as catalogue:
        assert catalogued(catalogue, [first])[0].name == "fish-005"


def test_no_slip_of_a_finger_writes_a_decision(served: Served) -> None:
    with browsing(f"{served.address}/review") as page:
        expect(page.locator(".moved img")).to_have_count(2)
        for _ in range(5):
            page.keyboard.down("s")  # the second and all further ones are repeats
        page.keyboard.up("s")
        page.keyboard.press("?")
        page.keyboard.press("d")
        page.keyboard.press("Escape")
        page.keyboard.press("o")
        page.keyboard.press("Enter")
        page.keyboard.type("fish-01")
        page.get_by_role("button", name="Not yet").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.locator(".review")).to_have_attribute("data-unsent", "0")
    assert [type(one) for one in decisions(served.folder)] == [Assigned]


def test_what_waits_is_sent_under_no_other_name_nor_to_another_catalogue(served: Served) -> None:
    with browsing(f"{served.address}/review") as page:
        expect(page.locator(".moved img")).to_have_count(2)
        stranger = {
            "address": "/api/review/answers",
            "of": [1],
            "body": {"token": "t" * 16, "annotation": 30, "word": "unsure"},
        }
        page.evaluate(
            "(item) => localStorage.setItem('resight-unsent 0123456789abcdef 1 t', JSON.stringify(item))", stranger
        )
        page.reload()
        expect(page.locator(".moved img")).to_have_count(2)
        expect(page.locator(".review")).to_have_attribute("data-unsent", "0")
    assert decisions(served.folder) == []


def test_both_pictures_move_and_zoom_as_one_and_spots_lie_on_them(served: Served) -> None:
    with browsing(f"{served.address}/review") as page:
        expect(page.locator(".moved img")).to_have_count(2)
        page.keyboard.press("+")
        page.keyboard.press("]")
        moved = [one.evaluate("one => one.style.transform") for one in page.locator(".moved").all()]
        assert moved[0] == moved[1]
        assert "scale(1.3)" in moved[0] and "rotate(15deg)" in moved[0]
        page.keyboard.press("0")
        page.keyboard.press("m")
        circles = page.locator(".moved svg").first.locator("circle")
        expect(circles.first).to_be_visible()
        inside = page.evaluate(
            """() => [...document.querySelectorAll('.pane')].map((pane) => {
              const image = pane.querySelector('.moved img'), box = image.getBoundingClientRect();
              const share = Math.min(box.width / image.naturalWidth, box.height / image.naturalHeight);
              const w = image.naturalWidth * share, h = image.naturalHeight * share;
              return [...pane.querySelectorAll('circle')].every((one) => {
                const c = one.getBoundingClientRect(), x = c.x + c.width / 2, y = c.y + c.height / 2;
                const dx = Math.abs(x - box.x - box.width / 2), dy = Math.abs(y - box.y - box.height / 2);
                return dx <= w / 2 + 2 && dy <= h / 2 + 2;
              });
            })"""
        )
        assert inside == [True, True]
        lines = page.locator(".joins line")
        expect(lines.first).to_be_visible()
        before = lines.first.get_attribute("x1")
        page.keyboard.press("+")
        expect(lines.first).not_to_have_attribute("x1", before or "")


def test_chances_that_other_animals_taught_are_told_from_the_catalogues_own(served: Served) -> None:
    with folder.open(served.folder) as catalogue, catalogue.writing() as session:
        (first, second) = proposals.waiting(session, 2)
        (said,) = proposals.proposals(session, [first]).values()
        assert said.basis is Basis.OWN
        proposals.keep(session, [replace(said, basis=Basis.USUAL)])
    with browsing(f"{served.address}/review") as page:
        expect(page.get_by_text("learned from others")).to_be_visible()
        page.keyboard.press("s")
        expect(page.locator(".moved img").first).to_have_attribute("alt", f"Photo {second}")
        expect(page.get_by_text("learned from others")).to_have_count(0)


def test_the_keys_are_told(served: Served) -> None:
    with browsing(f"{served.address}/review") as page:
        expect(page.locator(".moved img")).to_have_count(2)
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_contain_text("skip for now")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
