"""The name that comes next, in the manner of those that there are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

FIRST = "Individual 1"
NUMBERED = re.compile(r"^(.*?)([0-9]+)$")


def next_name(names: Iterable[str]) -> str:
    """One more than the highest number of the commonest manner of naming; of none, the first of all.

    >>> next_name(["A007", "A012", "Old Tom"])
    'A013'
    >>> next_name(["Anna"])
    'Individual 1'
    """
    numbers: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        if found := NUMBERED.match(name):
            numbers[found[1]].append(found[2])
    if not numbers:
        return FIRST
    manner = max(numbers, key=lambda begin: (len(numbers[begin]), begin))
    highest = max(numbers[manner], key=int)
    return f"{manner}{int(highest) + 1:0{len(highest)}}"
