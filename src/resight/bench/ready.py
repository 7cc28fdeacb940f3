"""What most methods need before they begin; a process that is forked after reading this begins at once.

Reading the libraries takes a few seconds, and a quick benchmark has over a hundred cells.
"""

from __future__ import annotations

from contextlib import suppress

import resight.evaluate.run
import resight.evaluate.tables
import resight.method
import resight.work.choose
from resight.errors import ResightError

with suppress(ImportError, ResightError):  # without the extra for learning, methods that learn are refused
    import resight.learn.classify
    import resight.learn.train_head
    import resight.learn.trained
    import resight.learn.verifications  # noqa: F401
    from resight.learn.operators import import_torchvision

    import_torchvision()
