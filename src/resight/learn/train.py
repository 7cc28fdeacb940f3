"""A training from its recipe to its weights: epoch by epoch, judged on individuals it does not learn from."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from resight.chip.mask import shipped
from resight.learn.augment import augmented
from resight.learn.averaged import averaged
from resight.learn.batches import batches, default_count
from resight.learn.classify import write_classifier
from resight.learn.done import Done, check_loss
from resight.learn.embed import embed, precision, tensor
from resight.learn.folder import Epoch, in_memory, locked, settle
from resight.learn.losses import FASTER, losses
from resight.learn.models import Embedder, started
from resight.learn.pictures import Pictures, mirrored, numbered, parted, parted_photos, read_pictures
from resight.learn.recipe import Recipe
from resight.learn.state import State, copied, resume, save
from resight.learn.thesis import thesis_epoch, validation_loss
from resight.learn.triplets import pool
from resight.learn.verified import verified
from resight.types import Ints, Rejection
from resight.work.written import write

VALIDATED = 12  # photos of a flank at most, so that validation takes a small part of the time
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Trained:
    """What came out: the network with its best weights, all epochs, the best one, and what could not be read.

    The best is the last where the recipe keeps that.
    """

    network: Embedder
    history: tuple[Epoch, ...]
    best: Epoch
    rejected: tuple[Rejection, ...]


def train(recipe: Recipe, tables: Sequence[Path], folder: Path, tell: Tell, epochs: int | None = None) -> Trained:
    """Learn from the photos of these tables, into a folder; started again, it goes on after the last finished epoch.

    At the end `weights.pt` holds the best weights, `recipe.toml` the recipe, `history.csv` the epochs, and
    `classifier.pt`, where the softmax has a weight, what `classify` needs. `epochs` stops it after so many of the
    recipe's. Raises ResightError for too few photos, a loss that is no number, a full
    disk, or a folder in which another training works.
    """
    with locked(folder):
        settle(folder / "recipe.toml", recipe, begun=(folder / "state.pt").exists())
        torch.manual_seed(recipe.training.seed)
        pictures, rejected = read_pictures(
            tables, recipe.data.size, folder / "pictures.npy", lambda done, total: tell("Reading photos", done, total),
            apart=recipe.data.sides == "apart", look=recipe.data.look,
            foreground=shipped() if recipe.data.masked else None,
        )  # fmt: skip
        hold_out = parted if recipe.data.validate_on == "individuals" else parted_photos
        learning, validating = hold_out(pictures, recipe.data.held_out, recipe.data.least_photos, recipe.training.seed)
        if recipe.data.mirrored:
            learning = mirrored(learning)
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        network = started(recipe.model, recipe.data.size)
        network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        flanks = numbered(learning.flank)
        criterion = losses(recipe.training, int(flanks.max()) + 1, recipe.model.dimensions, device)
        groups = [{"params": list(network.parameters()), "times": 1.0}]
        if recipe.training.way == "batches":
            groups.append({"params": list(criterion.arcface.parameters()), "times": FASTER, "weight_decay": 0.0})
        if criterion.classifier is not None:
            groups.append({"params": list(criterion.classifier.parameters()), "times": FASTER})
        optimizer = torch.optim.AdamW(
            groups, lr=recipe.training.learning_rate, betas=(0.9, 0.999),
            eps=1e-7 if recipe.training.way == "thesis" else 1e-8, weight_decay=recipe.training.weight_decay,
        )  # fmt: skip
        kept = recipe.training.averaged
        state = State(
            network, averaged(network, kept), optimizer, criterion,
            averaged(criterion.classifier, kept) if criterion.classifier is not None else None,
            [], {}, {}, -1, learned_from(pictures),
        )  # fmt: skip
        resume(folder, state)
        last = min(recipe.training.epochs, epochs or recipe.training.epochs)
        while len(state.history) < last and not _patience_ended(state, recipe):
            epoch = len(state.history)
            tell("Epochs", epoch, last)
            rng = np.random.default_rng([recipe.training.seed, 1, epoch])
            torch.manual_seed(recipe.training.seed * 100_003 + epoch)
            began = time.perf_counter()
            if recipe.training.way == "thesis":
                done = thesis_epoch(network, optimizer, learning, flanks, recipe, epoch, rng, tell)
            else:
                done = _epoch(state, learning, flanks, recipe, epoch, rng, tell)
            seconds = time.perf_counter() - began
            _finish_epoch(folder, state, recipe, validating, epoch, done, seconds)
        if state.best:
            network.load_state_dict(state.best)
        write(folder / "weights.pt", in_memory(network.state_dict()))
        if state.best_classifier:
            write_classifier(folder, learning, state.best_classifier)
        network.eval()
        return Trained(network, tuple(state.history), state.history[state.best_epoch], tuple(rejected))


def learned_from(pictures: Pictures) -> str:
    """A hash of who is on the pictures, and of some of each one's pixels."""
    digest = hashlib.sha256()
    for row in range(len(pictures)):
        digest.update(f"{pictures.flank[row]} {pictures.encounter[row]}\n".encode())
        digest.update(np.ascontiguousarray(pictures.picture(row)[::16, ::16]).tobytes())
    return digest.hexdigest()


def _epoch(
    state: State, learning: Pictures, flanks: Ints, recipe: Recipe, epoch: int, rng: np.random.Generator, tell: Tell
) -> Done:  # fmt: skip
    how, network, optimizer = recipe.training, state.network, state.optimizer
    individuals = min(how.individuals, int(flanks.max()) + 1)
    count = how.batches or default_count(flanks, individuals, how.photos)
    network.train()
    total = 0.0
    chosen = batches(
        flanks, learning.encounter, individuals, how.photos, count, rng, learning.kin, min(how.alike, individuals)
    )
    for step, rows in enumerate(chosen):
        share = _learning_rate(epoch + step / count, how.warmup, how.epochs)
        for group in optimizer.param_groups:
            group["lr"] = how.learning_rate * share * group["times"]
        pictures = [augmented(learning.picture(row), recipe.augmentation, rng) for row in rows.tolist()]
        labels = torch.from_numpy(flanks[rows])
        with precision(network, how):
            vectors = network(tensor(network, pictures))
        loss = state.criterion(vectors.float(), labels.to(vectors.device))
        check_loss(float(loss.detach()), epoch)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        state.averaged.update_parameters(network)
        if state.classifier is not None and state.criterion.classifier is not None:
            state.classifier.update_parameters(state.criterion.classifier)
        total += float(loss.detach())
        tell(f"Epoch {epoch + 1}: batches", step + 1, count)
    return Done(total / count, count * individuals * how.photos, 0)


def _finish_epoch(
    folder: Path, state: State, recipe: Recipe, validating: Pictures, epoch: int, done: Done, seconds: float
) -> None:
    """Validate, keep the weights if they are the best, and save what is needed to go on."""
    judged: Embedder = state.averaged.module if recipe.training.way == "batches" else state.network  # type: ignore[assignment]
    rows = _some(validating, np.random.default_rng(recipe.training.seed))
    vectors = embed(judged, validating, rows, recipe.training)
    found = verified(vectors, validating.flank[rows], validating.encounter[rows], recipe.model.unit)
    loss = validation_loss(
        vectors, numbered(validating.flank[rows]), recipe.training.margin, np.random.default_rng(recipe.training.seed)
    )
    rate = done.images / seconds
    state.history.append(
        Epoch(epoch, done.loss, loss, found.tpr, found.mean_tpr, found.auc, done.triplets, rate, seconds)
    )
    if state.best_epoch < 0 or _better(state.history[-1], state.history[state.best_epoch], recipe):
        state.best_epoch = epoch
        state.best = copied(judged)
        if state.classifier is not None:
            state.best_classifier = copied(state.classifier.module)
    save(folder, state)


def _better(one: Epoch, other: Epoch, recipe: Recipe) -> bool:
    """In the thesis' way by the validation loss, else by the mean TPR, which jumps less than TPR at FPR 1% alone.

    Where the recipe keeps the last epoch, any later one is.
    """
    if recipe.training.kept == "last":
        return True
    if recipe.training.way == "thesis":
        return one.validation_loss < other.validation_loss
    return (one.mean_tpr, one.auc) > (other.mean_tpr, other.auc)


def _some(pictures: Pictures, rng: np.random.Generator) -> Ints:
    """At most so many rows of each flank."""
    return np.sort(pool(numbered(pictures.flank), VALIDATED, rng))


def _patience_ended(state: State, recipe: Recipe) -> bool:
    return state.best_epoch >= 0 and len(state.history) - 1 - state.best_epoch >= recipe.training.patience


def _learning_rate(epoch: float, warmup: int, epochs: int) -> float:
    """The share of the full rate: rising through the warm-up, then down a cosine to a hundredth."""
    if epoch < warmup:
        return 0.05 + 0.95 * epoch / warmup
    way = (epoch - warmup) / max(epochs - warmup, 1e-9)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(way, 1.0)))
