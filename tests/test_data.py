"""The digits and the photograph that come with the package."""

from __future__ import annotations

import re
import shutil
import zipfile

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from cnnlab import data
from cnnlab.data import load_digits, load_mnist, load_photo

FILES = {"digits.npz": load_digits, "mnist.npz": load_mnist, "photo.npz": load_photo}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a copy of the data folder that the loaders read from."""
    for name in FILES:
        shutil.copy(data.FOLDER / name, tmp_path)
    monkeypatch.setattr(data, "FOLDER", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("load", "training", "test", "side"), [(load_digits, 1437, 360, 8), (load_mnist, 4400, 600, 28)]
)
def test_the_digits_are_images_in_training_and_test(load, training, test, side):
    digits = load()
    assert [array.shape for array in digits] == [(training, 1, side, side), (training,), (test, 1, side, side), (test,)]
    assert [array.dtype for array in digits] == [np.float64, np.intp] * 2


def test_every_class_has_as_many_test_digits():
    digits = load_digits()
    assert_array_equal(np.bincount(digits.y_test), [36] * 10)
    assert_array_equal(np.bincount(digits.y_train), [142, 146, 141, 147, 145, 146, 145, 143, 138, 144])
    assert_array_equal([np.bincount(labels) for labels in load_mnist()[1::2]], [[440] * 10, [60] * 10])


def test_pixels_are_sixteenths_from_paper_to_ink():
    images = np.concatenate([load_digits().x_train, load_digits().x_test])
    assert_array_equal(np.unique(images * 16), np.arange(17))


@pytest.mark.parametrize(("load", "count"), [(load_digits, 1797), (load_mnist, 5000)])
def test_no_test_digit_is_among_the_training_digits(load, count):
    train, test = ({image.tobytes() for image in images} for images in load()[::2])
    assert len(train) + len(test) == count
    assert not train & test


@pytest.mark.parametrize(("load", "share"), [(load_digits, 0.85), (load_mnist, 0.75)])
def test_digits_of_a_class_look_alike(load, share):
    digits = load()
    means = np.stack([digits.x_train[digits.y_train == label].mean(axis=0) for label in range(10)])
    distances = ((digits.x_test[:, None] - means) ** 2).sum(axis=(2, 3, 4))
    assert (distances.argmin(axis=1) == digits.y_test).mean() > share  # so images and labels belong together


def test_the_photo_is_a_colour_image_of_200_by_200():
    photo = load_photo()
    assert photo.shape == (1, 3, 200, 200)
    assert photo.dtype == np.float64
    assert (photo.min(), photo.max()) == (0, 1)


def test_the_photo_stands_upright_with_red_first():
    red, green, blue = load_photo()[0]
    background, face = np.s_[40:100, 160:195], np.s_[100:120, 70:120]
    assert blue[background].mean() > green[background].mean() > red[background].mean()
    assert red[face].mean() > green[face].mean() > blue[face].mean()


def test_each_call_returns_arrays_of_its_own():
    load_digits().x_train[:] = 7
    load_photo()[:] = 7
    assert load_digits().x_train.max() == load_mnist().x_test.max() == load_photo().max() == 1


@pytest.mark.parametrize(("name", "load"), FILES.items())
def test_a_missing_file_is_named_with_what_to_do(name, load, folder):
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match=rf"{name} must exist: install cnnlab again$"):
        load()


@pytest.mark.parametrize(("name", "load"), FILES.items())
@pytest.mark.parametrize("damage", ["cut short", "one bit", "empty", "text"])
def test_a_damaged_file_is_named_with_what_to_do(name, load, damage, folder):
    whole = (folder / name).read_bytes()
    middle = len(whole) // 2
    damaged = {
        "cut short": whole[:middle],
        "one bit": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "empty": b"",
        "text": b"<html>404</html>",
    }
    (folder / name).write_bytes(damaged[damage])
    with pytest.raises(ValueError, match=rf"{name} must be a whole .npz file \(.+\): install cnnlab again$"):
        load()


def test_other_arrays_in_the_file_are_named_with_both_shapes(folder):
    np.savez(folder / "photo.npz", pixels=np.zeros((3, 10, 10), np.uint8))
    difference = "pixels is uint8 (3, 10, 10) there, uint8 (3, 200, 200) here"
    message = f"photo.npz must hold the data of cnnlab ({difference}): install cnnlab again"
    with pytest.raises(ValueError, match=re.escape(message)):
        load_photo()


def test_an_array_of_another_kind_is_named(folder):
    arrays = dict(np.load(folder / "digits.npz"))
    np.savez(folder / "digits.npz", **{**arrays, "held_out": arrays["held_out"].astype(float)})
    with pytest.raises(ValueError, match=r"held_out is float64 \(1797,\) there, bool \(1797,\) here"):
        load_digits()


def test_what_is_no_array_in_a_file_is_refused(folder):
    with zipfile.ZipFile(folder / "photo.npz", "a") as file:
        file.writestr("README.txt", "hello")
    with pytest.raises(ValueError, match=r"photo\.npz must be a whole \.npz file \(EOF: reading magic string"):
        load_photo()


def test_a_file_with_pickled_objects_is_refused(folder):
    np.savez(folder / "photo.npz", pixels=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match=r"photo.npz must be a whole .npz file \(Object arrays cannot be loaded"):
        load_photo()


def test_the_files_are_small_and_their_sources_and_licences_stand_beside_them():
    sources = (data.FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    assert sum((data.FOLDER / name).stat().st_size for name in FILES) < 1_000_000
    for name in FILES:
        section = sources.split(f"## {name}")[1].split("\n## ")[0]
        assert "- Source: " in section
        assert "- Licence: " in section
