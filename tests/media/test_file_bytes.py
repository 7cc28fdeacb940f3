import os
from hashlib import sha256
from pathlib import Path

import pytest

from resight.errors import PhotoError
from resight.media.file_bytes import file_sha256


def test_sha256(tmp_path: Path) -> None:
    data = os.urandom(3_000_001)
    (tmp_path / "a").write_bytes(data)
    assert file_sha256(tmp_path / "a") == sha256(data).hexdigest()


def test_sha256_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, words in [("none", "no such file"), ("", "folder"), ("pipe", "pipe"), ("a\0b", "null")]:
        with pytest.raises(PhotoError, match=words):
            file_sha256(tmp_path / name)
