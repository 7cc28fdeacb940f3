"""Elliptic Fourier descriptors: a closed outline as a sum of ellipses, whatever its place, turn and size."""

from __future__ import annotations

import numpy as np

from resight.types import Doubles

FIXED = 3  # numbers of the first ellipse that the normalisation makes 1, 0 and 0


def elliptic_fourier(outline: Doubles, harmonics: int) -> Doubles:
    """The coefficients (harmonics, 4) of a closed outline (n, 2): a, b of x and c, d of y.

    The outline is the polygon through its points, travelled at an even speed. x(t) is the sum of
    a cos(2 pi k t) + b sin(2 pi k t), y(t) that of c and d, for t from 0 to 1, about the outline's middle. Kuhl and
    Giardina 1982, eqs. 5 and 7. ValueError for fewer than 3 points, or where all are one.

    >>> turn = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    >>> elliptic_fourier(3 * np.column_stack([np.cos(turn), np.sin(turn)]), 1).round(2) + 0.0
    array([[3., 0., 0., 3.]])
    """
    closed = np.vstack([outline, outline[:1]]).astype(np.float64)
    steps = np.diff(closed, axis=0)
    lengths = np.hypot(*steps.T)
    steps, lengths = steps[lengths > 0], lengths[lengths > 0]
    if len(outline) < 3 or not len(lengths):
        raise ValueError("an outline needs three points, and some length")
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    total = along[-1]
    order = np.arange(1, harmonics + 1)[:, None]
    phase = 2 * np.pi * order * along / total
    slopes = steps / lengths[:, None]
    scale = total / (2 * np.pi**2 * order**2)
    cosines, sines = np.diff(np.cos(phase), axis=1), np.diff(np.sin(phase), axis=1)
    by_cosine, by_sine = scale * (cosines @ slopes), scale * (sines @ slopes)
    return np.column_stack([by_cosine[:, 0], by_sine[:, 0], by_cosine[:, 1], by_sine[:, 1]])


def normalised_fourier(coefficients: Doubles) -> Doubles:
    """Coefficients (h, 4) of the same outline, begun at an end of its longest axis, that axis to the right, length 1.

    They are the same for every place, turn, size and first point of an outline (Kuhl and Giardina 1982, section on
    classification); mirrored outlines differ. Of the axis' two ends the one farther from the middle is taken, which
    the paper leaves open. The first three numbers become 1, 0 and 0, or 1 and two zeros within rounding.
    """
    a, b, c, d = coefficients[0]
    start = 0.5 * np.arctan2(2 * (a * b + c * d), a * a - b * b + c * c - d * d)
    begun = _begun_at(coefficients, start)
    if np.hypot(begun[0, 0], begun[0, 2]) < np.hypot(begun[0, 1], begun[0, 3]):
        begun = _begun_at(coefficients, start + np.pi / 2)
    along = begun[0, [0, 2]]
    # Even ellipses push both ends of the axis to the same side: towards the end that lies farther out.
    if begun[1::2][:, [0, 2]].sum(axis=0) @ along < 0:
        begun = begun * np.where(np.arange(1, len(begun) + 1) % 2, -1.0, 1.0)[:, None]
        along = begun[0, [0, 2]]
    size = max(float(np.hypot(*along)), 1e-12)
    cosine, sine = along / size
    turn = np.array([[cosine, sine], [-sine, cosine]])
    turned = np.einsum("ij,njk->nik", turn, begun.reshape(-1, 2, 2)) / size
    return np.asarray(turned.reshape(-1, 4))


def outline_of(coefficients: Doubles, points: int) -> Doubles:
    """The outline (points, 2) that coefficients (h, 4) describe, about its middle."""
    order = np.arange(1, len(coefficients) + 1)
    phase = 2 * np.pi * np.outer(np.arange(points) / points, order)
    a, b, c, d = coefficients.T
    return np.column_stack([np.cos(phase) @ a + np.sin(phase) @ b, np.cos(phase) @ c + np.sin(phase) @ d])


def fourier_numbers(outline: Doubles, harmonics: int) -> Doubles:
    """What tells outlines (n, 2) apart: 4 * harmonics - 3 normalised coefficients, without those that are always so."""
    return normalised_fourier(elliptic_fourier(outline, harmonics)).ravel()[FIXED:]


def _begun_at(coefficients: Doubles, start: float) -> Doubles:
    """The same outline, begun at the phase `start` of the first ellipse, in radians."""
    angle = np.arange(1, len(coefficients) + 1) * start
    cosine, sine = np.cos(angle), np.sin(angle)
    a, b, c, d = coefficients.T
    return np.column_stack([a * cosine + b * sine, b * cosine - a * sine, c * cosine + d * sine, d * cosine - c * sine])
