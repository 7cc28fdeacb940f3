"""An evaluation from vectors whose truth is known: what may be compared, what counts, what is learned from what."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from resight.evaluate.result import MEASURES, Estimate, Evaluation, Missing
from resight.evaluate.run import Annotations, Protocol, evaluate
from resight.identify.decide import PRESETS
from resight.match.comparable import Sides
from resight.types import Embeddings, Labels

PROTOCOL = Protocol(Sides.APART, PRESETS["never-ask"], seed=1)
DIMENSIONS = 256  # so many that no two animals are alike by chance
NAMES = tuple(f"animal {number:02}" for number in range(15))


def seen(names: tuple[str, ...], encounter: str, each: int = 2, noise: float = 0.05, seed: int = 0) -> Annotations:
    """Photos of these animals in one encounter each; an animal's vector is its own, but for the noise."""
    shown = np.repeat(np.array(names), each)
    rng = np.random.default_rng([seed, *encounter.encode()])
    vectors = np.stack([np.random.default_rng(list(name.encode())).normal(size=DIMENSIONS) for name in shown])
    vectors += noise * np.sqrt(DIMENSIONS) * rng.normal(size=vectors.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    n = len(shown)
    labels = Labels(
        individual=shown,
        side=np.full(n, "left"),
        part=np.full(n, ""),
        encounter=np.array([f"{name}/{encounter}" for name in shown]),
        photo=np.array([f"{encounter} {number} of {name}" for number, name in enumerate(shown)]),
    )
    return Annotations(labels, Embeddings(vectors.astype(np.float32)), np.full(n, ""), np.full(n, ""))


def joined(*parts: Annotations) -> Annotations:
    columns = (np.concatenate(column) for column in zip(*(part.labels.columns for part in parts), strict=True))
    vectors = [part.descriptors for part in parts if isinstance(part.descriptors, Embeddings)]
    tags, groups = (np.concatenate([getattr(part, name) for part in parts]) for name in ("tags", "groups"))
    return Annotations(Labels(*columns), Embeddings.joined(vectors), tags, groups)


def gallery(noise: float = 0.05) -> Annotations:
    return joined(seen(NAMES, "spring", noise=noise), seen(NAMES, "summer", noise=noise))


def measured(known: Annotations, asked: Annotations, protocol: Protocol = PROTOCOL) -> Evaluation:
    return evaluate(known, asked, protocol, "made up", "made-up-1")[0]


def value(evaluation: Evaluation, name: str) -> float:
    figure = evaluation.measures[name]
    assert isinstance(figure, Estimate), f"{name}: {figure}"
    return figure.value


def test_animals_that_cannot_be_mistaken_are_all_named() -> None:
    found = measured(gallery(), seen((*NAMES, "stranger", "other stranger"), "autumn"))
    assert (found.n_query, found.n_gallery, found.n_new, found.n_unanswerable) == (34, 60, 4, 0)
    for name in ("top1", "top5", "map5", "map5_new", "baks", "baus", "auroc_new", "auc", "tpr_at_fpr_1pct"):
        assert value(found, name) == 1, name
    assert value(found, "eer") == 0
    assert value(found, "ece") < 0.2
    assert found.split == "gallery and query as given"
    assert set(found.measures) == set(MEASURES)


def test_noise_is_named_by_chance() -> None:
    found = measured(gallery(noise=50), seen(NAMES, "autumn", each=6, noise=50))
    assert value(found, "top1") < 0.25
    assert value(found, "auc") == pytest.approx(0.5, abs=0.08)


def test_an_unnamed_query_is_a_new_animal() -> None:
    asked = seen(("stranger", *NAMES[:4]), "autumn")
    unnamed = np.where(asked.labels.individual == "stranger", "", asked.labels.individual)
    found = measured(gallery(), replace(asked, labels=replace(asked.labels, individual=unnamed)))
    assert found.n_new == 2
    assert value(found, "baus") == 1


def test_without_new_animals_some_are_taken_out_of_the_gallery() -> None:
    found = measured(gallery(), seen(NAMES, "autumn"))
    assert found.n_new == 10
    assert "5 individuals were taken out" in found.split
    assert value(found, "baus") == value(found, "auroc_new") == 1
    # Ranking is of the gallery as it is: nobody was taken out there.
    assert value(found, "top1") == 1


def test_sides_are_kept_apart_unless_asked_for() -> None:
    asked = seen(NAMES, "autumn")
    asked = replace(asked, labels=replace(asked.labels, side=np.full(len(asked), "right")))
    apart = measured(gallery(), asked)
    assert apart.n_unanswerable == len(asked)
    assert value(apart, "top1") == 0
    together = measured(gallery(), asked, replace(PROTOCOL, sides=Sides.ANY))
    assert together.n_unanswerable == 0
    assert value(together, "top1") == 1


def test_photos_of_a_group_are_answered_together_by_both_their_sides() -> None:
    def sided(annotations: Annotations) -> Annotations:
        """Every other photo shows the right side; what its left one looks like tells nothing of it."""
        right = np.arange(len(annotations)) % 2 == 1
        assert isinstance(annotations.descriptors, Embeddings)
        vectors = np.where(right[:, None], annotations.descriptors.vectors[:, ::-1], annotations.descriptors.vectors)
        return replace(
            annotations,
            labels=replace(annotations.labels, side=np.where(right, "right", "left")),
            descriptors=Embeddings(np.ascontiguousarray(vectors)),
        )

    known = sided(joined(seen(NAMES, "spring", 4, noise=1.2), seen(NAMES, "summer", 4, noise=1.2)))
    asked = sided(seen(NAMES, "autumn", noise=1.2))
    alone, together = measured(known, asked), measured(known, replace(asked, groups=asked.labels.encounter))
    assert value(together, "top1") > value(alone, "top1") + 0.05
    left = replace(known, labels=replace(known.labels, individual=np.where(
        known.labels.side == "right", "", known.labels.individual)))  # fmt: skip
    assert measured(left, asked).n_unanswerable == len(asked) // 2
    assert measured(left, replace(asked, groups=asked.labels.encounter)).n_unanswerable == 0


def test_equal_tags_are_never_compared() -> None:
    known, asked = gallery(), seen(NAMES, "autumn")
    season = np.array([label.split("/")[1] for label in known.labels.encounter])
    known = replace(known, tags=season)
    # With the tag of spring, only summer is left; with both seasons tagged alike, nothing.
    spring = measured(known, replace(asked, tags=np.full(len(asked), "spring")))
    assert (value(spring, "top1"), spring.n_unanswerable) == (1, 0)
    alike = replace(known, tags=np.full(len(known), "year")), replace(asked, tags=np.full(len(asked), "year"))
    assert measured(*alike).n_unanswerable == len(asked)


def test_an_empty_tag_is_like_nothing() -> None:
    assert measured(gallery(), seen(NAMES, "autumn")).n_unanswerable == 0


def test_one_table_twice_leaves_each_photo_out_of_its_own_search() -> None:
    both = gallery()
    found = measured(both, both)
    assert (found.n_query, found.n_gallery) == (60, 60)
    assert value(found, "top1") == 1
    once = joined(*(seen((name,), "spring", each=1) for name in NAMES))
    alone = measured(once, once)
    assert value(alone, "top1") == 0
    # No pair of different photos shows one animal.
    assert isinstance(alone.measures["auc"], Missing)


def test_names_of_the_queries_teach_nothing() -> None:
    """Chances come from the gallery alone: with the queries' names shuffled they stay what they were."""
    asked = seen((*NAMES, "stranger"), "autumn", noise=0.6)
    shuffled = np.random.default_rng(3).permutation(asked.labels.individual)
    _, curves = evaluate(gallery(0.6), asked, PROTOCOL, "made up", "made-up-1")
    _, other = evaluate(
        gallery(0.6),
        replace(asked, labels=replace(asked.labels, individual=shuffled)),
        PROTOCOL,
        "made up",
        "made-up-1",
    )
    assert curves.reliability is not None
    assert other.reliability is not None
    np.testing.assert_array_equal(curves.reliability.count, other.reliability.count)


def test_too_small_a_gallery_has_no_chances_and_says_why() -> None:
    found = measured(seen(NAMES[:3], "spring"), seen(NAMES[:3], "autumn"))
    figure = found.measures["ece"]
    assert isinstance(figure, Missing)
    assert figure.reason
    assert value(found, "top1") == 1


def test_progress_ends_with_everything_done() -> None:
    told: dict[str, list[tuple[int, int]]] = {}
    evaluate(
        gallery(), seen(NAMES, "autumn"), PROTOCOL, "made up", "made-up-1",
        lambda what, done, total: told.setdefault(what, []).append((done, total)),
    )  # fmt: skip
    assert len(told) >= 3
    for steps in told.values():
        assert all(done <= total for done, total in steps)
        assert steps[-1][0] == steps[-1][1]
