"""What was answered to each query, beside what is true, as arrays with one row for each query."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from resight.types import Answer, Bools, Doubles, Ints, Strings, Verdict


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Answers to q queries with up to k candidates each.

    `truth` (q,) names the individual, '' where nobody knows the name; `known` (q,) is true where the
    gallery holds that individual, so that false means *new*. `answerable` (q,) is false where the gallery
    holds nothing comparable: such queries count as wrong. `candidates` (q, k) are individuals, best first,
    each named once in a row, '' after the last; `scores` (q, k) go with them, -inf after the last.
    `verdicts` (q,) hold values of `Verdict`. `p` (q, k) and `p_new` (q,) are the probabilities of each
    candidate and of a new animal, None where the method is not calibrated; entries of queries that are not
    answerable are not read.
    """

    truth: Strings
    known: Bools
    answerable: Bools
    candidates: Strings
    scores: Doubles
    verdicts: Strings
    p: Doubles | None = None
    p_new: Doubles | None = None

    def __post_init__(self) -> None:
        q = len(self.truth)
        if any(column.shape != (q,) for column in (self.truth, self.known, self.answerable, self.verdicts)):
            raise ValueError("truth, known, answerable and verdicts need one entry for each query")
        if self.candidates.shape != self.scores.shape or self.candidates.shape[:1] != (q,):
            raise ValueError("candidates and scores need one row for each query, of the same width")
        if self.candidates.ndim != 2 or self.candidates.shape[1] == 0:
            raise ValueError("candidates need room for at least one individual")
        if (self.p is None) != (self.p_new is None):
            raise ValueError("p and p_new are both given, or neither")
        if bool((self.known & (self.truth == "")).any()):
            raise ValueError("a query without a name cannot be of a known individual")
        if bool((self.answerable & (self.candidates[:, 0] == "")).any()):
            raise ValueError("a query that is answerable has at least one candidate")
        if bool(np.isnan(self.scores).any()):
            raise ValueError("scores must not be NaN")
        ordered = np.sort(self.candidates, axis=1)
        if bool(((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] != "")).any()):
            raise ValueError("a row of candidates names each individual once")
        self._check_probabilities()

    def _check_probabilities(self) -> None:
        if self.p is None or self.p_new is None:
            return
        if self.p.shape != self.candidates.shape or self.p_new.shape != self.truth.shape:
            raise ValueError("p needs one entry for each candidate, p_new one for each query")
        stated = np.concatenate([self.p[self.named], self.p_new[self.answerable]])
        if not bool(((stated >= 0) & (stated <= 1)).all()):
            raise ValueError("probabilities lie between 0 and 1")

    @staticmethod
    def of(answers: Sequence[Answer], truth: Strings, gallery: Collection[str]) -> Outcomes:
        """Answers beside the true names; `gallery` holds the names of the gallery's individuals.

        A query without candidates is taken to have nothing comparable in the gallery.
        """
        q, k = len(answers), max((len(answer.candidates) for answer in answers), default=0) or 1
        candidates = np.full((q, k), "", dtype=object)
        scores, p = np.full((q, k), -np.inf), np.full((q, k), np.nan)
        for row, answer in enumerate(answers):
            for column, candidate in enumerate(answer.candidates):
                candidates[row, column] = candidate.individual
                scores[row, column] = candidate.score
                p[row, column] = np.nan if candidate.p is None else candidate.p
        p_new = np.array([np.nan if answer.p_new is None else answer.p_new for answer in answers])
        named = candidates != ""
        answerable = np.asarray(named[:, 0], dtype=np.bool_)
        calibrated = not (np.isnan(p[named]).any() or np.isnan(p_new[answerable]).any())
        return Outcomes(
            truth=truth,
            known=np.isin(truth, sorted(set(gallery) - {""})),
            answerable=answerable,
            candidates=candidates.astype(np.str_),
            scores=scores,
            verdicts=np.array([answer.verdict.value for answer in answers], dtype=np.str_),
            p=p if calibrated else None,
            p_new=p_new.astype(np.float64) if calibrated else None,
        )

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def named(self) -> Bools:
        """Where a row still names a candidate, (q, k)."""
        return np.asarray(self.candidates != "", dtype=np.bool_)

    @property
    def individuals(self) -> Ints:
        """A number for the individual of each query, (q,); one without a name is on its own."""
        _, numbers = np.unique(self.truth, return_inverse=True)
        nameless = self.truth == ""
        numbers = np.where(nameless, len(self) + np.arange(len(self)), numbers)
        return np.unique(numbers, return_inverse=True)[1].astype(np.int64)

    @property
    def knownness(self) -> Doubles:
        """How sure it is that the gallery holds the animal, (q,): 1 - p_new, or else the best score.

        Queries that are not answerable count as wrong: -inf where the animal is known, inf where it is new.
        """
        stated = self.scores[:, 0] if self.p_new is None else 1 - self.p_new
        return np.where(self.answerable, stated, np.where(self.known, -np.inf, np.inf))

    @property
    def named_right(self) -> Bools:
        """Where the best candidate is the animal, (q,)."""
        return np.asarray(self.answerable & self.known & (self.candidates[:, 0] == self.truth), dtype=np.bool_)

    @property
    def said_known(self) -> Bools:
        """Where the verdict is a name, (q,)."""
        return np.asarray(self.verdicts == Verdict.KNOWN.value, dtype=np.bool_)

    @property
    def said_new(self) -> Bools:
        """Where the verdict is a new individual, (q,)."""
        return np.asarray(self.verdicts == Verdict.NEW.value, dtype=np.bool_)

    @property
    def undecided(self) -> Bools:
        """Where a person is asked, (q,)."""
        return np.asarray(self.verdicts == Verdict.UNDECIDED.value, dtype=np.bool_)
