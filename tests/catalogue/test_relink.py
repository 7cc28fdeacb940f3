from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from resight.catalogue import lookup, store
from resight.catalogue.folder import Catalogue
from resight.catalogue.relink import relink


def add(catalogue: Catalogue, photos: list[Path]) -> None:
    with catalogue.writing() as session:
        store.add_shard(
            session,
            [
                store.NewPhoto(
                    path=path,
                    sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
                    size_bytes=path.stat().st_size,
                    width=1,
                    height=1,
                    annotations=(store.NewAnnotation(),),
                )
                for path in photos
            ],
        )


def test_moved_photos_are_found_again_by_their_bytes(catalogue: Catalogue, tmp_path: Path, real_photos: Path) -> None:
    originals = sorted(real_photos.glob("four_species/**/*.jp*g"))[:6]
    assert len(originals) == 6
    old = tmp_path / "old"
    old.mkdir()
    photos = [Path(shutil.copy(path, old / f"{number}{path.suffix}")) for number, path in enumerate(originals)]
    add(catalogue, photos)
    new = tmp_path / "new" / "below"
    new.mkdir(parents=True)
    moved = [photo.rename(new / f"renamed {photo.name}") for photo in photos[:4]]
    photos[4].unlink()
    # As long as a lost photo, but another.
    (new / "decoy.jpg").write_bytes(bytes(originals[4].stat().st_size))
    relinked = relink(catalogue, tmp_path / "new")
    assert sorted(relinked.found) == sorted(moved)
    assert relinked.lost == (photos[4],)
    assert relinked.rejected == ()
    assert [found.path for found in lookup.catalogued(catalogue)] == [*moved, *photos[4:]]
    assert relink(catalogue, tmp_path / "new").found == ()


def test_a_folder_that_cannot_be_read_is_named(catalogue: Catalogue, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"pixels")
    add(catalogue, [photo])
    photo.unlink()
    relinked = relink(catalogue, tmp_path / "nowhere")
    assert [rejection.path for rejection in relinked.rejected] == [tmp_path / "nowhere"]
    assert relinked.lost == (photo,)
