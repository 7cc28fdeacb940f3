"""Weights: found, checked, downloaded from a real server, and never kept in part."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from resight.config import Settings
from resight.errors import ResightError
from resight.weights import U2NETP, Weights, WeightsMissingError, find_weights

CONTENT = bytes(range(256)) * 9000


@dataclass
class Server:
    """What the server will answer, and what it has been asked."""

    url: str
    content: bytes = CONTENT
    status: int = 200
    chunked: bool = False
    cut_at: int | None = None
    asked: list[str] = field(default_factory=list)

    @property
    def weights(self) -> Weights:
        return Weights("model.onnx", hashlib.sha256(CONTENT).hexdigest(), f"{self.url}/model.onnx", "CC0")


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found.asked.append(self.path)
            self.send_response(found.status)
            body = found.content[: found.cut_at]
            if found.chunked:
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))
                if found.cut_at is None:
                    self.wfile.write(b"0\r\n\r\n")
            else:
                self.send_header("Content-Length", str(len(found.content)))
                self.end_headers()
                self.wfile.write(body)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Server(f"http://127.0.0.1:{listening.server_address[1]}")
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def where(tmp_path: Path) -> Settings:
    return Settings(weights=None, cache=tmp_path / "deep" / "cache", offline=False)


@pytest.mark.parametrize("chunked", [False, True])
def test_what_is_missing_is_downloaded_once(server: Server, where: Settings, chunked: bool) -> None:
    server.chunked = chunked
    path = find_weights(server.weights, where)
    assert path == where.cache / "model.onnx"
    assert path.read_bytes() == CONTENT
    assert find_weights(server.weights, where) == path
    assert server.asked == ["/model.onnx"]
    assert list(where.cache.iterdir()) == [path]


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("cut_at", [0, 1000, len(CONTENT) - 1])
def test_a_download_cut_short_leaves_nothing(server: Server, where: Settings, chunked: bool, cut_at: int) -> None:
    server.chunked, server.cut_at = chunked, cut_at
    with pytest.raises(WeightsMissingError, match=r"model\.onnx could not be downloaded from http"):
        find_weights(server.weights, where)
    assert list(where.cache.iterdir()) == []
    server.cut_at = None
    assert find_weights(server.weights, where).read_bytes() == CONTENT


def test_another_file_in_its_place_is_not_kept(server: Server, where: Settings) -> None:
    """A hotel's login page comes with status 200."""
    server.content = b"<html>Welcome! Please sign in.</html>"
    with pytest.raises(WeightsMissingError, match="cut short or another file"):
        find_weights(server.weights, where)
    assert list(where.cache.iterdir()) == []


@pytest.mark.parametrize("status", [404, 500])
def test_a_server_that_refuses_is_told_with_a_way_out(server: Server, where: Settings, status: int) -> None:
    server.status = status
    with pytest.raises(WeightsMissingError, match=rf"{status}.*name the folder in RESIGHT_WEIGHTS"):
        find_weights(server.weights, where)
    assert list(where.cache.iterdir()) == []


def test_nobody_listening_and_a_cache_that_cannot_be_made_are_told(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WeightsMissingError, match="could not be downloaded"):
        find_weights(server.weights, Settings(weights=None, cache=tmp_path / "file" / "cache", offline=False))
    closed = Weights("model.onnx", "0" * 64, "http://127.0.0.1:9/model.onnx", "CC0")
    with pytest.raises(WeightsMissingError, match="could not be downloaded"):
        find_weights(closed, Settings(weights=None, cache=tmp_path / "cache", offline=False))


def test_offline_nothing_is_asked_for(server: Server, tmp_path: Path) -> None:
    where = Settings(weights=None, cache=tmp_path, offline=True)
    with pytest.raises(WeightsMissingError, match=r"not on this machine and RESIGHT_OFFLINE is set"):
        find_weights(server.weights, where)
    assert server.asked == []


def test_the_named_folder_comes_before_the_cache(server: Server, tmp_path: Path) -> None:
    where = Settings(weights=tmp_path / "mine", cache=tmp_path / "cache", offline=True)
    for folder in ("mine", "cache"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "model.onnx").write_bytes(CONTENT)
    assert find_weights(server.weights, where) == tmp_path / "mine" / "model.onnx"
    (tmp_path / "mine" / "model.onnx").unlink()
    assert find_weights(server.weights, where) == tmp_path / "cache" / "model.onnx"
    assert server.asked == []


def test_a_file_of_that_name_with_other_content_is_refused_and_left(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"something else")
    with pytest.raises(ResightError, match=r"model\.onnx is not the model\.onnx that resight knows") as told:
        find_weights(server.weights, Settings(weights=tmp_path, cache=tmp_path, offline=False))
    assert not isinstance(told.value, WeightsMissingError)
    assert path.read_bytes() == b"something else"
    assert server.asked == []


def test_the_foreground_network_is_the_one_that_is_stated(real_weights: Path, tmp_path: Path) -> None:
    where = Settings(weights=real_weights, cache=tmp_path, offline=True)
    assert find_weights(U2NETP, where) == real_weights / "u2netp.onnx"
