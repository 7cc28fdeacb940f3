"""A method by name: how chips are made, described and matched, in one word that settings can hold.

A name is DESCRIBER[:ARGUMENT][+MASKS][@MATCHER[:ARGUMENT]]: `patches+mask`, `rootsift:upright`,
`onnx:model.onnx+mask`, `onnx:model.onnx@euclidean`. MASKS is `mask`, the network that ships, or `u2netp`. Without a
matcher that of the describer's name is used, and where there is none, the one that suits its descriptors.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

from resight.chip.mask import OnnxForeground, shipped, u2netp
from resight.chip.prepare import MaskKind, Preparation
from resight.describe.seam import Describer
from resight.errors import ResightError
from resight.match.open import matcher_for
from resight.match.seam import Matcher

GROUP, MATCHERS = "resight.describers", "resight.matchers"
MASKS = re.compile(r"\+(mask|u2netp)$")
INSIDE, MASKED, PLAIN = "patches:inside+mask", "patches+mask", "patches"
WITH_MASKS = ", each with '+mask' or '+u2netp' after it, or without"
NOT_MASKED = (
    "No mask is used: the background counts in the matches too. Photos taken at one place may look alike because the "
    "place does; look where the matched spots lie."
)


@dataclass(frozen=True, slots=True)
class Method:
    """What `open_method` gives: preparation and describer, the fingerprint of both together, and the matcher."""

    name: str
    preparation: Preparation
    describer: Describer
    matcher: Matcher

    @property
    def fingerprint(self) -> str:
        """The describer's, and how its chips were masked."""
        network = self.preparation.foreground
        masks = network.fingerprint if isinstance(network, OnnxForeground) else "nomask"
        return f"{self.describer.fingerprint}+{masks}-2"

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know before trusting its answers."""
        return () if self.preparation.foreground else (NOT_MASKED,)


def with_option(name: str, option: str) -> str:
    """The method with one more option of its describer.

    >>> with_option("rootsift+mask", "many"), with_option("rootsift:inside", "many")
    ('rootsift:many+mask', 'rootsift:inside,many')
    """
    described, matched = parted(name)
    describer, masks = MASKS.sub("", described), MASKS.search(described)
    more = f"{',' if ':' in describer else ':'}{option}"
    return f"{describer}{more}{masks[0] if masks else ''}{matched and f'@{matched}'}"


def parted(name: str) -> tuple[str, str]:
    """A method's name before and after the @ of its matcher; a file's name may hold an @ of its own.

    >>> parted("onnx:a@b/model.onnx+mask@head:a@b/head.npz"), parted("rootsift")
    (('onnx:a@b/model.onnx+mask', 'head:a@b/head.npz'), ('rootsift', ''))
    """
    known = {entry.name for entry in entry_points(group=MATCHERS)}
    for at in re.finditer("@([a-z0-9-]+)(?=:|$)", name):
        if at[1] in known:
            return name[: at.start()], name[at.start() + 1 :]
    return name, ""


def open_method(name: str) -> Method:
    """The method of that name; ResightError where a part of it is unknown or not on this machine.

    `auto` is what is used where nothing is known of the photos: local features, masked.
    """
    if name == "auto":
        name = MASKED
    described, matched = parted(name)
    describer = open_describer(name)
    return Method(name, _preparation(describer.size, MASKS.search(described)), describer, _matcher(describer, matched))


def _preparation(size: int, masks: re.Match[str] | None) -> Preparation:
    if masks is None:
        return Preparation(size)
    if masks[1] == "u2netp":
        return Preparation(size, u2netp(), MaskKind.U2NETP)
    return Preparation(size, shipped())


def _matcher(describer: Describer, named: str) -> Matcher:
    """The matcher that is named, else that of the describer's own name, else the one for what it gives."""
    kind, _, argument = named.partition(":")
    if kind:
        return matchers(kind)(argument)
    own = {entry.name for entry in entry_points(group=MATCHERS)}
    return matchers(describer.name)("") if describer.name in own else matcher_for(describer.describe([]))


def open_describer(name: str) -> Describer:
    """The describer of the method of that name, without its masks."""
    # The name of a model's file may hold a plus of its own.
    kind, _, argument = MASKS.sub("", parted(name)[0]).partition(":")
    return describers(kind)(argument)


def describers(kind: str) -> Callable[[str], Describer]:
    """The registered factory of that name: it takes the text after the colon."""
    factory: Callable[[str], Describer] = _registered(GROUP, kind, "describer", WITH_MASKS)
    return factory


def matchers(kind: str) -> Callable[[str], Matcher]:
    """The registered factory of that name: it takes the text after the colon."""
    factory: Callable[[str], Matcher] = _registered(MATCHERS, kind, "matcher", "")
    return factory


def _registered(group: str, kind: str, what: str, more: str) -> Any:
    found = {entry.name: entry for entry in entry_points(group=group)}
    if kind not in found:
        raise ResightError(f"there is no {what} {kind!r}; installed: {', '.join(sorted(found))}{more}")
    return found[kind].load()
