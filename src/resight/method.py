"""A method by name: how chips are made, described and matched, in one word that settings can hold.

A name is DESCRIBER[:ARGUMENT][+MASKS]: `rootsift+u2netp`, `rootsift`, `rootsift:upright`, `onnx:model.onnx+u2netp`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points

from resight.chip.mask import u2netp
from resight.chip.prepare import Preparation
from resight.describe.seam import Describer
from resight.errors import ResightError
from resight.weights import U2NETP, WeightsMissingError, find_weights

GROUP = "resight.describers"
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
    """What `open_method` gives: preparation and describer, and the fingerprint of both together."""

    name: str
    preparation: Preparation
    describer: Describer

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
    described, masks = name.removesuffix("+u2netp"), "+u2netp" if name.endswith("+u2netp") else ""
    return f"{described}{',' if ':' in described else ':'}{option}{masks}"


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
    describer = open_describer(name)
    return Method(name, Preparation(describer.size, u2netp() if name.endswith("+u2netp") else None), describer)


def open_describer(name: str) -> Describer:
    """The describer of the method of that name, without its masks."""
    # The name of a model's file may hold a plus of its own.
    kind, _, argument = name.removesuffix("+u2netp").partition(":")
    return describers(kind)(argument)


def describers(kind: str) -> Callable[[str], Describer]:
    """The registered factory of that name: it takes the text after the colon."""
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    if kind not in found:
        raise ResightError(
            f"there is no describer {kind!r}; installed: {', '.join(sorted(found))}, each with '+u2netp' or without"
        )
    factory: Callable[[str], Describer] = found[kind].load()
    return factory
