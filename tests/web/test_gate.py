"""Nobody without rights gets a page, a file or an answer; nothing comes in from another site."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.web.served import Served, serving

from resight.catalogue import folder, log, people
from resight.roles import Role

PASSWORD = "correct horse battery"
NAMES = {Role.VIEWER: "Vi", Role.REVIEWER: "Rex", Role.CURATOR: "Cora", Role.ADMIN: "Ada"}
PAGES = ("/", "/review", "/individuals", "/individuals/1", "/photos", "/photos/1", "/upload", "/jobs", "/people",
         "/account", "/audit", "/api/openapi.json")  # fmt: skip


@pytest.fixture
def tokens(fish: Path) -> dict[Role, str]:
    """One person of each role, and a token for each."""
    with folder.open(fish) as catalogue:
        for role in (Role.ADMIN, Role.CURATOR, Role.REVIEWER, Role.VIEWER):
            people.add_person(catalogue, NAMES[role], PASSWORD, role, "setup")
        return {role: people.new_token(catalogue, name, "tests") for role, name in NAMES.items()}


@pytest.fixture
def guarded(fish: Path, tokens: dict[Role, str]) -> Iterator[Served]:
    with serving(fish) as running:
        yield running


def addresses(served: Served, token: str) -> list[tuple[str, str]]:
    """Every address of the API, with its method."""
    paths = served.client(token).get("/api/openapi.json").json()["paths"]
    parts = {"annotation": 1, "key": "0" * 24, "job": "x", "individual": 1, "kind": "identify"}
    filled = {path: "/api" + path.format(**parts) for path in paths}
    return [(method, filled[path]) for path, methods in paths.items() for method in methods]


def test_a_stranger_gets_nothing(guarded: Served, tokens: dict[Role, str]) -> None:
    with guarded.client() as stranger:
        for page in PAGES:
            answer = stranger.get(page)
            assert answer.status_code in (303, 401), page
            assert "fish-" not in answer.text
        for method, address in addresses(guarded, tokens[Role.ADMIN]):
            assert stranger.request(method, address).status_code == 401, (method, address)
        assert stranger.get("/_nicegui_ws/socket.io/?EIO=4&transport=polling").status_code in (303, 401)
        assert stranger.get("/static/../../catalogue.toml").status_code in (303, 404)
        assert stranger.get("/login").status_code == 200
    with guarded.client("resight_wrong") as stranger:
        assert stranger.get("/api/individuals").status_code == 401


def test_each_role_may_do_what_the_ones_before_it_may_and_its_own(guarded: Served, tokens: dict[Role, str]) -> None:
    answer = {"token": "t" * 16, "annotation": 999_999, "word": "unsure"}
    needs = (
        ("GET", "/api/individuals", None, Role.VIEWER),
        ("GET", "/api/review/queue?count=1", None, Role.REVIEWER),
        ("POST", "/api/review/answers", answer, Role.REVIEWER),
        ("POST", "/api/uploads", None, Role.CURATOR),
        ("POST", "/api/jobs/begin/nothing", None, Role.CURATOR),
        ("POST", "/api/jobs/compare-by?method=none", None, Role.CURATOR),
        ("POST", "/api/jobs/export?format=none", None, Role.CURATOR),
        ("GET", "/api/export/none", None, Role.VIEWER),
        ("GET", "/api/jobs/methods", None, Role.VIEWER),
        ("POST", "/api/jobs/none/cancel", None, Role.CURATOR),
        ("POST", "/api/jobs/none/retry", None, Role.CURATOR),
        ("POST", "/api/review/settle", answer, Role.CURATOR),
        ("POST", "/api/annotations/999999/corrections", {"side": "left"}, Role.CURATOR),
        ("PUT", "/api/plane/points", None, Role.CURATOR),
    )
    for role, token in tokens.items():
        with guarded.client(token) as client:
            for method, address, body, needed in needs:
                status = client.request(method, address, json=body).status_code
                assert (status != 403) == role.may(needed), (role, address, status)


def test_log_in_by_the_form_and_out_again(guarded: Served) -> None:
    origin = {"Origin": guarded.address}
    with guarded.client() as browser:
        assert browser.post("/login", data={"name": "Rex", "password": "wrong"}, headers=origin).status_code == 403
        answer = browser.post("/login", data={"name": "Rex", "password": PASSWORD}, headers=origin)
        assert answer.status_code == 303
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=strict" in cookie
        assert browser.get("/api/review/queue?count=1").status_code == 200
        key = browser.cookies["resight"]
        assert browser.post("/logout", headers=origin).status_code == 303
    assert httpx.get(f"{guarded.address}/api/individuals", cookies={"resight": key}).status_code == 401
    with folder.open(guarded.folder) as catalogue:
        said = [entry.what for entry in people.visits(catalogue, 2)]
    assert said[0].startswith("logged in") and said[1].startswith("was refused")


def test_another_site_can_send_nothing(guarded: Served) -> None:
    with guarded.client() as browser:
        here = {"Origin": guarded.address}
        browser.post("/login", data={"name": "Ada", "password": PASSWORD}, headers=here)
        reply = {"token": "t" * 16, "annotation": 30, "word": "unsure"}
        for foreign in (
            {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
            {"Origin": f"{guarded.address}.evil.example"},
            # A browser sends this along with the cookie, for one who once gave a password to a server in between.
            {"Origin": "https://evil.example", "Authorization": "Basic QWRhOng="},
        ):  # fmt: skip
            assert browser.post("/api/review/answers", json=reply, headers=foreign).status_code == 403, foreign
        assert browser.post("/api/review/answers", json=reply, headers=here).status_code == 200


def test_passwords_cannot_be_tried_for_ever(guarded: Served) -> None:
    origin = {"Origin": guarded.address}
    with guarded.client() as browser:
        tried = [
            browser.post("/login", data={"name": "Ada", "password": f"wrong {n}"}, headers=origin).status_code
            for n in range(9)
        ]
        assert tried == [403] * 8 + [429]


def test_one_who_is_locked_out_is_out_at_once(guarded: Served, tokens: dict[Role, str]) -> None:
    with guarded.client(tokens[Role.CURATOR]) as client, folder.open(guarded.folder) as catalogue:
        assert client.get("/api/individuals").status_code == 200
        people.change_person(catalogue, "Cora", "Ada", active=False)
        import time

        time.sleep(3.2)  # what a server remembers of a key
        assert client.get("/api/individuals").status_code == 401


def test_on_this_machine_alone_no_other_name_is_answered(served: Served) -> None:
    with served.client() as client:
        assert client.get("/api/individuals").status_code == 200
        assert client.get("/api/individuals", headers={"Host": "evil.example"}).status_code == 421
        assert client.get("/api/docs").status_code == 404
        reply = {"token": "t" * 16, "annotation": 30, "word": "unsure"}
        evil = {"Origin": "http://evil.example"}
        assert client.post("/api/review/answers", json=reply, headers=evil).status_code == 403
    with folder.open(served.folder) as catalogue:
        assert not [entry for entry in log.history(catalogue) if entry.by == "Bea"]
