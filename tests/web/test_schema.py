"""What the API says of itself is true: every address, with all kinds of input, answers as it is described."""

import os
import subprocess
import sys
from pathlib import Path

from tests.web.served import Served


def test_the_api_answers_as_it_is_described(served: Served, tmp_path: Path) -> None:
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{served.address}/api/openapi.json"),
        *("--max-examples", "10", "--seed", "1", "--no-color", "--checks", "all"),
    ]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=os.environ | {"PYTHONUTF8": "1"})
    assert run.returncode == 0, run.stdout[-6000:]
    assert "0 tested" not in run.stdout.lower()
