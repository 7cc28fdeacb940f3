"""A method by name: how chips are made, described and matched, in one word that settings can hold.

A name is DESCRIBER[:ARGUMENT][+MASKS][@MATCHER[:ARGUMENT]]: `rootsift+u2netp`, `rootsift:upright`,
`onnx:model.onnx+u2netp`, `onnx:model.onnx@euclidean`. Without a matcher that of the describer's name is used, and where
there is none, the one that suits its descriptors.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

from resight.chip.mask import u2netp
from resight.chip.prepare import Preparation
from resight.describe.seam import Describer
from resight.errors import ResightError
from resight.match.open import matcher_for
from resight.match.seam import Matcher
from resight.weights import U2NETP, WeightsMissingError, find_weights

GROUP, MATCHERS = "resight.describers", "resight.matchers"
MASKS = "+u2netp"
INSIDE, MASKED, PLAIN, BARE_INSIDE = "rootsift:inside+u2netp", "rootsift+u2netp", "rootsift", "rootsift:inside"
NO_MASK = (
    "No mask: the program cannot tell animal from background here, and backgrounds may drive the matches. Photos "
    "taken at one place may look alike because the place does. Put u2netp.onnx into a folder and name it in "
    "RESIGHT_WEIGHTS, or give masks (a transparent background, or the table's column 'mask')."
)
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
        masks = f"u2netp-{U2NETP.sha256[:8]}" if self.preparation.foreground else "nomask"
        return f"{self.describer.fingerprint}+{masks}-2"

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know before trusting its answers."""
        if self.preparation.foreground:
            return ()
        return (NOT_MASKED if masks_to_be_had() else NO_MASK,)


def with_option(name: str, option: str) -> str:
    """The method with one more option of its describer.

    >>> with_option("rootsift+u2netp", "many"), with_option("rootsift:inside", "many")
    ('rootsift:many+u2netp', 'rootsift:inside,many')
    """
    described, matched = parted(name)
    masks = MASKS if described.endswith(MASKS) else ""
    described = described.removesuffix(MASKS)
    return f"{described}{',' if ':' in described else ':'}{option}{masks}{matched and f'@{matched}'}"


def parted(name: str) -> tuple[str, str]:
    """A method's name before and after the @ of its matcher; a file's name may hold an @ of its own.

    >>> parted("onnx:a@b/model.onnx+u2netp@head:a@b/head.npz"), parted("rootsift")
    (('onnx:a@b/model.onnx+u2netp', 'head:a@b/head.npz'), ('rootsift', ''))
    """
    known = {entry.name for entry in entry_points(group=MATCHERS)}
    for at in re.finditer("@([a-z0-9-]+)(?=:|$)", name):
        if at[1] in known:
            return name[: at.start()], name[at.start() + 1 :]
    return name, ""


def masks_to_be_had() -> bool:
    """Whether the weights of the foreground network are on this machine."""
    try:
        find_weights(U2NETP)
    except WeightsMissingError:
        return False
    return True


def default_method() -> str:
    """What `auto` stands for where nothing is known of the photos: local features, masked where that can be had."""
    return MASKED if masks_to_be_had() else PLAIN


def open_method(name: str) -> Method:
    """The method of that name; ResightError where a part of it is unknown or not on this machine."""
    if name == "auto":
        name = default_method()
    described, matched = parted(name)
    describer = open_describer(name)
    preparation = Preparation(describer.size, u2netp() if described.endswith(MASKS) else None)
    return Method(name, preparation, describer, _matcher(describer, matched))


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
    kind, _, argument = parted(name)[0].removesuffix(MASKS).partition(":")
    return describers(kind)(argument)


def describers(kind: str) -> Callable[[str], Describer]:
    """The registered factory of that name: it takes the text after the colon."""
    factory: Callable[[str], Describer] = _registered(GROUP, kind, "describer", ", each with '+u2netp' or without")
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
