"""The methods of the benchmark: what each of them has to learn first, and by which name it then answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from resight.bench.tables import Preset
from resight.errors import ResightError
from resight.types import Embeddings

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where a method learns: the table of the photos it may learn from, and a folder for what it has learned.

    Methods that begin with the same training share it. `closed`: those who are asked about are learned too.
    """

    learn: Path
    folder: Path
    preset: Preset
    tell: Tell
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Contender:
    """A method of the benchmark. `page` is that of docs/methods which tells of it.

    `ready` learns what there is to learn, and gives the method's name for `resight evaluate`; ResightError where it
    cannot learn. `trainings` are the folders of the workshop whose epochs it took. A `closed` one knows the individuals
    that it learned and no others. A `slow` one takes seconds to ask about a photo, and is asked about a seeded sample.
    """

    name: str
    page: str
    says: str
    ready: Callable[[Workshop], str]
    trainings: tuple[str, ...] = ()
    closed: bool = False
    slow: bool = False


def embedding(recipe: str, workshop: Workshop) -> Path:
    """The model that a recipe of this package learns, made once for all methods that begin with it."""
    from resight.learn.recipe import Recipe, read_recipe
    from resight.learn.trained import trained_embedding

    with as_file(files("resight.bench").joinpath("recipes", f"{recipe}-{workshop.preset.value}.toml")) as file:
        chosen = read_recipe(file, Recipe)
    if not workshop.closed:
        data = chosen.data.model_copy(update={"validate_on": "individuals", "held_out": 0.1})
        chosen = chosen.model_copy(update={"data": data})
    folder = workshop.folder / recipe
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / "model.onnx"
    return model if model.exists() else trained_embedding(chosen, [workshop.learn], folder, workshop.tell)


def _embedded(recipe: str, matcher: str, workshop: Workshop) -> str:
    return f"onnx:{embedding(recipe, workshop)}@{matcher}"


def _by_side(workshop: Workshop) -> str:
    from resight.media.table import read_table
    from resight.types import Record, Side

    sides = {row.side for row in read_table(workshop.learn) if isinstance(row, Record)}
    if len(sides - {Side.UNKNOWN}) < 2:
        raise ResightError("the photos tell no sides, so it would learn what wrasse does")
    return _embedded("wrasse-by-side", "euclidean", workshop)


def _named(name: str, _workshop: Workshop) -> str:
    return name


def _masked(name: str, _workshop: Workshop) -> str:
    return f"{name}+mask"


def _matched(name: str, matcher: str, workshop: Workshop) -> str:
    return f"{_masked(name, workshop)}@{matcher}"


def _imagenet(workshop: Workshop) -> str:
    from resight.learn.export import export_embedder
    from resight.learn.frozen import imagenet_features

    model = workshop.folder / "imagenet" / "model.onnx"
    if not model.exists():
        model.parent.mkdir(parents=True, exist_ok=True)
        export_embedder(imagenet_features(), 160, model, {})
    return f"onnx:{model}@cosine"


def _head(kind: str, mining: str, workshop: Workshop) -> str:
    from resight.learn.head_recipe import HeadTraining
    from resight.learn.train_head import train_head

    branch = embedding("softmax", workshop).parent
    folder = workshop.folder / f"head-{kind}-{mining}"
    folder.mkdir(parents=True, exist_ok=True)
    recipe = HeadTraining.model_validate(
        {"kind": kind, "mining": mining, "epochs": 5 if workshop.preset is Preset.QUICK else 30}
    )
    done = train_head(recipe, [workshop.learn], folder, workshop.tell, branch)
    return done.method


def _chi2(workshop: Workshop) -> str:
    from resight.config import settings
    from resight.evaluate.tables import read_annotations
    from resight.learn.verifications import fit_chi2, write_chi2
    from resight.work.processes import local_processes

    model = embedding("softmax", workshop)
    file = workshop.folder / "chi2.npz"
    if not file.exists():
        found, _ = read_annotations(workshop.learn, f"onnx:{model}", local_processes(settings().workers))
        assert isinstance(found.descriptors, Embeddings)
        weights = fit_chi2(found.descriptors.vectors, found.labels.individual, found.labels.encounter, seed=0)
        write_chi2(weights, file)
    return f"onnx:{model}@chi2:{file}"


def _together(workshop: Workshop) -> str:
    model = embedding("arcface", workshop)
    return f"{_masked(f'together:rootsift:inside&onnx:{model}', workshop)}@fused"


CONTENDERS = {
    one.name: one
    for one in (
        Contender("auto", "../identify.md", "what resight chooses by itself: local features", partial(_named, "auto")),
        Contender("imagenet", "arcface-supcon.md", "MobileNetV2 as it left ImageNet, by the angle", _imagenet),
        Contender(
            "wrasse",
            "wrasse.md",
            "siamese network, contrastive loss, both sides as one class",
            partial(_embedded, "wrasse", "euclidean"),
            ("wrasse",),
        ),
        Contender(
            "wrasse-by-side",
            "wrasse.md",
            "the same, each side a class of its own",
            _by_side,
            ("wrasse-by-side",),
        ),
        Contender(
            "whale-neural",
            "whale-siamese.md",
            "a small neural head on two vectors",
            partial(_head, "neural", "easy-to-hard"),
            ("softmax", "head-neural-easy-to-hard"),
        ),
        Contender(
            "whale-l1",
            "whale-siamese.md",
            "weighted differences and a logistic unit",
            partial(_head, "l1", "easy-to-hard"),
            ("softmax", "head-l1-easy-to-hard"),
        ),
        Contender(
            "deepwhale",
            "whale-siamese.md",
            "DeepWhale's comparator, pairs from easy to hard",
            partial(_head, "shared", "easy-to-hard"),
            ("softmax", "head-shared-easy-to-hard"),
        ),
        Contender(
            "deepwhale-random",
            "whale-siamese.md",
            "the same, pairs at random",
            partial(_head, "shared", "random"),
            ("softmax", "head-shared-random"),
        ),
        Contender(
            "deepwhale-assigned",
            "whale-siamese.md",
            "the same, pairs by linear assignment",
            partial(_head, "shared", "assignment"),
            ("softmax", "head-shared-assignment"),
        ),
        Contender(
            "deepface-inner",
            "deepface.md",
            "inner product on the bottleneck of a classifier",
            partial(_embedded, "softmax", "cosine"),
            ("softmax",),
        ),
        Contender("deepface-chi2", "deepface.md", "weighted chi-squared on the same", _chi2, ("softmax",)),
        Contender(
            "classifier",
            "whale-siamese.md",
            "MobileNetV2 fine-tuned to N classes",
            partial(_embedded, "softmax", "cosine"),
            ("softmax",),
            closed=True,
        ),
        Contender(
            "cnn",
            "whale-siamese.md",
            "three convolutions that learn N classes from nothing",
            partial(_embedded, "cnn3", "cosine"),
            ("cnn3",),
            closed=True,
        ),
        Contender(
            "spots-polar",
            "salmon-spots.md",
            "spots by angle and distance from the eye",
            partial(_matched, "spots:eye", "polar"),
        ),
        Contender(
            "spots-stars", "salmon-spots.md", "spots as constellations", partial(_matched, "spots", "constellations")
        ),
        Contender(
            "contour", "dolphin-fins.md", "the outline and its trailing edge", partial(_matched, "contour", "contour")
        ),
        Contender(
            "finview",
            "finview-embedding.md",
            "FaceNet's Inception at 96 px, triplets",
            partial(_embedded, "finview", "cosine"),
            ("finview",),
        ),
        Contender(
            "arcface",
            "arcface-supcon.md",
            "ArcFace on MobileNetV2",
            partial(_embedded, "arcface", "cosine"),
            ("arcface",),
        ),
        Contender(
            "supcon",
            "arcface-supcon.md",
            "supervised contrastive loss on MobileNetV2",
            partial(_embedded, "supcon", "cosine"),
            ("supcon",),
        ),
        Contender(
            "aliked", "local-and-fused.md", "ALIKED, matched as local features", partial(_matched, "aliked", "local")
        ),
        Contender(
            "lightglue",
            "local-and-fused.md",
            "ALIKED with LightGlue on a shortlist of five",
            partial(_matched, "aliked", "lightglue:5"),
            slow=True,
        ),
        Contender(
            "fused",
            "local-and-fused.md",
            "local features and ArcFace, calibrated and averaged",
            _together,
            ("arcface",),
        ),
    )
}


def contender(name: str) -> Contender:
    """The method of that name; ResightError where there is none."""
    if name not in CONTENDERS:
        raise ResightError(f"there is no method {name!r} in the benchmark; there are: {', '.join(CONTENDERS)}")
    return CONTENDERS[name]


def seconds_learned(workshop: Workshop, one: Contender) -> float:
    """What the epochs took that a method is the outcome of, however often they were interrupted."""
    total = 0.0
    for name in one.trainings:
        history = workshop.folder / name / "history.csv"
        if history.exists():
            table = np.genfromtxt(history, delimiter=",", names=True)
            total += float(np.sum(table["seconds"]))
    return total
