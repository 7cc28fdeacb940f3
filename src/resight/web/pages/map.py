"""Where an animal was met, drawn without a network: places on a grid of degrees, with a scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from resight.types import Place
from resight.web.pages.frame import escaped

WIDTH, HEIGHT, EDGE = 900.0, 360.0, 40.0
METRES = 111_195.0  # of a degree of latitude
LEAST = 0.002  # degrees that are shown at least, some 200 metres
LINES = 5  # of the grid, about, each way


@dataclass(frozen=True, slots=True)
class Met:
    """A place, what is said of it, and in what order it was visited (0 is the first)."""

    place: Place
    label: str


def map_svg(met: Sequence[Met]) -> str:
    """A drawing of these places, the later the darker; '' where there are none.

    North is up, and a metre is as long both ways at the middle: fit for the range of an animal, not for half the Earth.
    """
    if not met:
        return ""
    lat = [one.place.lat for one in met]
    lon = unrolled([one.place.lon for one in met])
    middle = ((min(lat) + max(lat)) / 2, (min(lon) + max(lon)) / 2)
    narrow = max(0.01, math.cos(math.radians(middle[0])))
    high, wide = max(max(lat) - min(lat), LEAST), max((max(lon) - min(lon)) * narrow, LEAST)
    scale = min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / high)  # pixels of a degree of latitude

    def at(latitude: float, longitude: float) -> tuple[float, float]:
        x = WIDTH / 2 + (longitude - middle[1]) * narrow * scale
        return round(x, 1), round(HEIGHT / 2 - (latitude - middle[0]) * scale, 1)

    parts = [*_grid(middle, narrow, scale, at), *_scale_bar(scale)]
    for number, (one, longitude) in enumerate(zip(met, lon, strict=True)):
        x, y = at(one.place.lat, longitude)
        shade = 0.35 + 0.65 * (number + 1) / len(met)
        parts.append(
            f'<circle cx="{x}" cy="{y}" r="8" opacity="{shade:.2f}"><title>{escaped(one.label)}</title></circle>'
        )
    said = f"Map of {len(met)} places"
    return f'<svg class="map" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{said}">{"".join(parts)}</svg>'


def _grid(middle: tuple[float, float], narrow: float, scale: float, at: object) -> list[str]:
    assert callable(at)
    half_high, half_wide = HEIGHT / 2 / scale, WIDTH / 2 / scale / narrow
    parts = []
    step = nice(2 * half_high / LINES)
    for line in _multiples(middle[0] - half_high, middle[0] + half_high, step):
        _, y = at(line, middle[1])
        parts.append(f'<path d="M0 {y}H{WIDTH:g}"/><text x="6" y="{y - 4}">{_degrees(line, "N", "S", step)}</text>')
    step = nice(2 * half_wide / LINES)
    for line in _multiples(middle[1] - half_wide, middle[1] + half_wide, step):
        x, _ = at(middle[0], line)
        turned = (line + 180) % 360 - 180
        parts.append(
            f'<path d="M{x} 0V{HEIGHT:g}"/><text x="{x + 4}" y="{HEIGHT - 6}">{_degrees(turned, "E", "W", step)}</text>'
        )
    return parts


def _scale_bar(scale: float) -> list[str]:
    metres = nice(160 / scale * METRES)
    long = metres / METRES * scale
    words = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    x, y = WIDTH - EDGE - long, HEIGHT - 30
    return [f'<path class="bar" d="M{x:.1f} {y}h{long:.1f}"/><text x="{x:.1f}" y="{y - 6}">{words}</text>']


def unrolled(longitudes: Sequence[float]) -> list[float]:
    """The same longitudes without a date line between them: counted on beyond 180, from the widest gap that there is.

    >>> unrolled([179, -179, 178]), unrolled([5, 6])
    ([179, 181, 178], [5, 6])
    """
    ordered = sorted(longitudes)
    gaps = [(after - before, after) for before, after in pairwise(ordered)]
    widest, after = max(gaps, default=(0.0, 0.0))
    # The gap that is left where the ordered ones end and begin again.
    if widest <= ordered[0] + 360 - ordered[-1]:
        return list(longitudes)
    return [longitude if longitude >= after else longitude + 360 for longitude in longitudes]


def nice(value: float) -> float:
    """The nearest of 1, 2 and 5 times a power of ten, not above the value.

    >>> nice(0.37), nice(1800)
    (0.2, 1000.0)
    """
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (5, 2, 1) if step * power <= value * (1 + 1e-9))


def _multiples(low: float, high: float, step: float) -> list[float]:
    return [step * n for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _degrees(value: float, positive: str, negative: str, step: float) -> str:
    digits = max(0, -math.floor(math.log10(step)))
    return f"{abs(value):.{digits}f}° {positive if value >= 0 else negative}"
