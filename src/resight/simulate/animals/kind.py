"""A kind of animal: its outline, its colours and the style of its markings; individuals differ in what grew from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from resight.simulate.animals.markings import Family, Style
from resight.types import Doubles

OUTLINE = 7  # places along the body at which its breadth is told


@dataclass(frozen=True, slots=True)
class Limb:
    """A fin, leg or ear: where it begins along the body, above (-1) or below (1), its length, breadth and slant."""

    along: float
    side: int
    length: float
    breadth: float
    slant: float


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind. `breadth` (7,) is half the body's, in body lengths, from nose to tail; colours (3,) are linear shares.

    `clear` is how much fewer marks there are on the belly; `shaded` how much lighter it is; `turns` whether it is seen
    from any angle, as fish from above are, rather than upright.
    """

    styles: tuple[Style, ...]
    breadth: Doubles
    limbs: tuple[Limb, ...]
    skin: Doubles
    marks: tuple[Doubles, ...]
    belly: Doubles
    clear: float
    shaded: float
    gloss: float
    turns: bool


def kind(seed: int, number: int) -> Kind:
    """The kind of that number; the same arguments give the same kind.

    >>> kind(0, 3).breadth.shape
    (7,)
    """
    rng = np.random.default_rng([seed, number, 11])
    families = list(Family)
    styles = [_style(families[int(rng.integers(len(families)))], rng)]
    if styles[0].family is Family.SCARS or rng.random() < 0.35:
        second = (Family.SPECKLES, Family.SCARS, Family.BLOTCHES)
        styles.append(_style(second[int(rng.integers(3))], rng))
    skin = _colour(rng)
    return Kind(
        styles=tuple(styles),
        breadth=_breadth(rng),
        limbs=tuple(_limb(rng) for _ in range(int(rng.integers(0, 6)))),
        skin=skin,
        marks=tuple(_other_than(skin, rng) for _ in styles),
        belly=np.clip(skin * rng.uniform(0.9, 2.0), 0, 1),
        clear=float(rng.choice([0.0, rng.uniform(0.2, 1)])),
        shaded=float(rng.uniform(0, 0.9)),
        gloss=float(rng.choice([0.0, rng.uniform(0.1, 0.7)])),
        turns=bool(rng.random() < 0.25),
    )


def _style(family: Family, rng: np.random.Generator) -> Style:
    finest = 0.05 if family in (Family.SPECKLES, Family.MAZE, Family.NET) else 0.07
    return Style(
        family=family,
        wave=float(np.exp(rng.uniform(np.log(finest), np.log(0.24)))),
        slant=float(rng.normal(0, 0.5)),
        long=float(np.exp(rng.normal(0, 0.3))),
        cover=float(rng.uniform(0.12, 0.5)),
        sharp=float(rng.uniform(3, 12)),
    )


def _breadth(rng: np.random.Generator) -> Doubles:
    """Fish, flanks, faces and fins: from slender to nearly round, thickest anywhere."""
    thick = rng.uniform(0.12, 0.42)
    middle = rng.uniform(0.25, 0.7)
    places = np.linspace(0, 1, OUTLINE)
    hump = np.exp(-(((places - middle) / rng.uniform(0.25, 0.7)) ** 2))
    ends = np.array([rng.uniform(0.05, 0.5), *np.ones(OUTLINE - 2), rng.uniform(0.05, 0.6)])
    return np.asarray(thick * hump * ends * rng.uniform(0.85, 1.15, OUTLINE))


def _limb(rng: np.random.Generator) -> Limb:
    return Limb(
        float(rng.uniform(0.05, 0.98)), int(rng.choice([-1, 1])), float(rng.uniform(0.08, 0.4)),
        float(rng.uniform(0.05, 0.2)), float(rng.normal(0, 0.6)),
    )  # fmt: skip


def _colour(rng: np.random.Generator) -> Doubles:
    """Mostly browns and greys, sometimes as bright as a koi."""
    level = np.exp(rng.uniform(np.log(0.04), np.log(0.8)))
    if rng.random() < 0.3:
        tint = rng.uniform(0.1, 1, 3)
    else:
        warm = rng.uniform(0, 0.6)
        tint = np.array([1, 1 - 0.5 * warm, 1 - 0.85 * warm]) * rng.uniform(0.92, 1.08, 3)
    return np.asarray(np.clip(level * tint / tint.max(), 0, 1))


def _other_than(skin: Doubles, rng: np.random.Generator) -> Doubles:
    """A colour of marks that can be seen on that skin."""
    darker = skin.mean() > 0.12 if rng.random() < 0.8 else skin.mean() > 0.3
    factor = rng.uniform(0.1, 0.55) if darker else rng.uniform(1.8, 6)
    tint = _colour(rng) if rng.random() < 0.3 else skin
    tint = tint / max(float(tint.mean()), 1e-3)
    return np.asarray(np.clip(skin.mean() * factor * tint, 0, 1))
