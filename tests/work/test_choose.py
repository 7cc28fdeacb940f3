"""The method is chosen by what names the photos themselves."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from resight.media.table import read_table
from resight.method import INSIDE, MASKED, PLAIN, with_option
from resight.simulate import write_heads
from resight.types import Record
from resight.work.choose import Choice, choose
from resight.work.processes import in_this_process


def crops(folder: Path) -> list[Record]:
    """Pairs of small parts of one texture that overlap: what lies round the spots of both is cut off."""
    rng = np.random.default_rng(1)
    records = []
    for animal in range(16):
        rough = cv2.resize(rng.normal(size=(60, 60)).astype(np.float32), (480, 480), interpolation=cv2.INTER_CUBIC)
        pixels = np.repeat(np.clip(128 + 50 * rough, 0, 255)[..., None], 3, axis=2).astype(np.uint8)
        for sight, (x, y) in enumerate(((150, 150), (214, 206))):
            path = folder / f"{animal}-{sight}.png"
            Image.fromarray(pixels[y : y + 90, x : x + 90]).save(path)
            records.append(Record(path, identity=f"part {animal}", encounter=str(sight)))
    return records


def heads(folder: Path, individuals: int) -> list[Record]:
    tables = write_heads(folder, individuals, passes=2, seed=3)
    entries = [entry for table in tables for entry in read_table(table)]
    return [replace(entry, mask=None) for entry in entries if isinstance(entry, Record)]


def best_of(choice: Choice, ways: list[str]) -> str:
    """Of two that are level the first, but twice the keypoints before all."""
    return max(ways, key=lambda name: (choice.tried[name], "many" in name))


def koi(folder: Path) -> list[Record]:
    """Pairs of photos of 16 animals: every two of them have the same pattern, one in red and one in blue."""
    rng = np.random.default_rng(0)
    records = []
    for animal in range(16):
        if animal % 2 == 0:
            pattern = np.zeros((200, 200, 1), np.float32)
            for x, y, radius in rng.uniform((20, 20, 3), (180, 180, 9), (60, 3)):
                cv2.circle(pattern, (int(x), int(y)), int(radius), 1.0, -1)
        # Equally light: in grey the two are alike.
        colour = np.array([200.0, 74.0, 60.0] if animal % 2 == 0 else [60.0, 120.0, 220.0])
        for sight in range(2):
            pixels = colour * (1 - 0.6 * pattern) + rng.normal(0, 6, (200, 200, 1))
            path = folder / f"{animal}-{sight}.png"
            Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)
            records.append(Record(path, identity=f"koi {animal}", encounter=str(sight)))
    return records


def test_colours_are_looked_at_where_they_tell_the_animals_apart(tmp_path: Path) -> None:
    choice = choose(koi(tmp_path), in_this_process)
    assert list(choice.tried)[:3] == [INSIDE, MASKED, PLAIN]
    assert "colour" in choice.method
    assert choice.tried[choice.method] > choice.tried[PLAIN] + 0.2
    assert not choice.warnings


def test_what_lies_round_a_spot_is_not_looked_at_where_it_is_cut_off(tmp_path: Path) -> None:
    choice = choose(crops(tmp_path), in_this_process)
    assert choice.method.startswith("rootsift")
    wide = choice.method.replace("rootsift", "patches")
    assert choice.tried[choice.method] > choice.tried[wide]


def test_too_few_photos_are_no_ground_for_a_choice(tmp_path: Path) -> None:
    choice = choose(heads(tmp_path, 5), in_this_process)
    assert choice == Choice(MASKED, {})


def test_every_way_is_tried_and_the_best_taken(tmp_path: Path) -> None:
    choice = choose(heads(tmp_path, 16), in_this_process)
    *ways, upright, many, coloured, narrow = choice.tried
    assert ways == [INSIDE, MASKED, PLAIN]
    assert upright == with_option(best_of(choice, ways), "upright")
    assert many == with_option(best_of(choice, [*ways, upright]), "many")
    assert coloured == with_option(best_of(choice, [*ways, upright, many]), "colour")
    assert narrow == best_of(choice, [*ways, upright, many, coloured]).replace("patches", "rootsift")
    assert choice.tried[choice.method] == max(choice.tried.values())
    assert choice.tried[choice.method] > 0.5


def test_the_user_is_warned_where_only_backgrounds_name() -> None:
    driven = Choice(PLAIN, {INSIDE: 0.1, MASKED: 0.2, PLAIN: 0.5})
    assert "Backgrounds drive the matches" in driven.warnings[0]
    assert "50%" in driven.warnings[0]
    assert not Choice(INSIDE, {INSIDE: 0.6, MASKED: 0.5, PLAIN: 0.1}).warnings
    level = Choice(PLAIN, {INSIDE: 0.5, MASKED: 0.49, PLAIN: 0.51})
    assert level.warnings == (
        "Masks were tried: without one 51% of a sample of the named photos are named rightly, with one 50%.",
    )
    assert not Choice(PLAIN, {}).warnings
