"""The files that weights and data stand in: nothing foreign is unpacked, and nothing that was there is lost."""

from __future__ import annotations

import io
import os
import re
import shutil
import stat
import sys
import tracemalloc
import warnings
import zipfile

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from cnnlab.data.npz import _OVERHEAD, check_path, read_npz, write_npz

W, B = np.arange(6.0).reshape(2, 3), np.array([7, 8], np.uint8)
WANTED = {"w": (W.dtype, W.shape), "b": (B.dtype, B.shape)}
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither modes nor pipes of this kind")
HUGE = np.broadcast_to(np.zeros(1), (5000, 1000))  # 40 MB, which deflate makes 40 kB
DEFLATED = zipfile.ZIP_DEFLATED


@pytest.fixture
def path(tmp_path):
    return tmp_path / "arrays.npz"


def npy(array, **options):
    """Return the bytes of an array as they stand in a file."""
    stream = io.BytesIO()
    with warnings.catch_warnings(action="ignore"):
        np.lib.format.write_array(stream, np.asarray(array), **options)
    return stream.getvalue()


def write(path, *members, compression=DEFLATED):
    """Write a zip file of (name, bytes)."""
    with zipfile.ZipFile(path, "w", compression) as file, warnings.catch_warnings(action="ignore"):
        for name, data in members:
            file.writestr(name, data)


def patch_size(path, size):
    """Let the directory of a zip file say that its last member is ``size`` bytes long."""
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = size.to_bytes(4, "little")
    path.write_bytes(data)


# --- reading ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_was_written_is_read_whatever_the_order_and_the_compression(path, save):
    save(path, b=B, w=np.asfortranarray(W))
    arrays = read_npz(path, WANTED, "two arrays")
    assert_array_equal(arrays["w"], W, strict=True)
    assert_array_equal(arrays["b"], B, strict=True)
    arrays["w"][:] = 1  # they are the reader's own


GOOD = ("w.npy", npy(W)), ("b.npy", npy(B))
LONG_HEADER = b"\x93NUMPY\x02\x00" + (2**31).to_bytes(4, "little") + bytes(40_000_000)
FOREIGN = {
    "a larger array": ([("w.npy", npy(HUGE[:9])), GOOD[1]], "(w is float64 (9, 1000) there, float64 (2, 3) here)"),
    "another dtype": ([("w.npy", npy(W.astype("f4"))), GOOD[1]], "(w is float32 (2, 3) there, float64 (2, 3) here)"),
    "another byte order": ([("w.npy", npy(W.astype(">f8"))), GOOD[1]], "(w is >f8 (2, 3) there, float64 (2, 3) here)"),
    "one array more": ([*GOOD, ("v.npy", npy(B))], "(v is uint8 (2,) there, missing here)"),
    "one array less": ([GOOD[1]], "(w is missing there, float64 (2, 3) here)"),
}
LARGE = "what is in it is too large, or not packed as numpy does"
DAMAGED = {
    "an array that goes on behind its end": ([("w.npy", npy(W) + bytes(40_000_000)), GOOD[1]], LARGE),
    "an array that is far too large": ([("w.npy", npy(HUGE)), GOOD[1]], LARGE),
    "an array more that is far too large": ([*GOOD, ("v.npy", npy(HUGE))], LARGE),
    "objects": ([("w.npy", npy(np.array([{}]))), GOOD[1]], "Object arrays cannot be loaded"),
    "a shape beyond its data": (
        [("w.npy", npy(W).replace(b"(2, 3), ", b"(2,3333)")), GOOD[1]],
        "EOF: reading array data",
    ),
    "an array that is cut": ([("w.npy", npy(W)[:-1]), GOOD[1]], "EOF: reading array data"),
    "a header without an end": ([("w.npy", LONG_HEADER[:40_000]), GOOD[1]], "EOF: reading array header"),
    "a header of nothing": ([("w.npy", b""), GOOD[1]], "EOF: reading magic string"),
    "what is no array": ([*GOOD, ("README.txt", b"hello")], "EOF: reading magic string"),
    "a header of Python 2": ([("w.npy", npy(W).replace(b"(2, 3), ", b"(2L, 3),")), GOOD[1]], "Reading `.npy` or"),
}


def check_refused(path, message):
    """See that the file is refused, with this message, in little memory."""
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=re.escape(message)):
            read_npz(path, WANTED, "two arrays")
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("members", "message"), FOREIGN.values(), ids=FOREIGN)
def test_arrays_that_are_not_wanted_are_named(path, members, message):
    write(path, *members)
    check_refused(path, f"{path} must hold two arrays {message}")


@pytest.mark.parametrize(("members", "message"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_refused(path, members, message):
    write(path, *members)
    check_refused(path, f"{path} must be a whole .npz file ({message}")


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_unpacks_without_a_limit_is_refused(path, compression):
    write(path, ("w.npy", npy(HUGE)), compression=compression)
    check_refused(path, f"{path} must be a whole .npz file ({LARGE})")


@pytest.mark.parametrize("size", [len(npy(W)), len(npy(W)) - 1, 2**32 - 1])
def test_a_directory_that_lies_about_a_size_does_no_harm(path, size):
    write(path, GOOD[1], ("w.npy", npy(W) + bytes(40_000_000)))
    patch_size(path, size)
    check_refused(path, f"{path} must be a whole .npz file (")


def test_of_an_array_whose_file_goes_on_what_its_header_says_is_read(path):
    write(path, GOOD[1], ("w.npy", npy(W) + bytes(40_000_000)))
    patch_size(path, 10_000)
    tracemalloc.start()
    assert_array_equal(read_npz(path, WANTED, "two arrays")["w"], W, strict=True)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_a_file_that_is_far_too_long_is_not_opened(path):
    most = W.nbytes + B.nbytes + _OVERHEAD
    path.write_bytes(bytes(most + 1))
    check_refused(path, f"must hold two arrays (it has {most + 1:,} bytes, where {most:,} are more than enough)")
    path.write_bytes(bytes(most))
    check_refused(path, "must be a whole .npz file")


def test_a_folder_and_what_is_not_there_are_named(tmp_path, path):
    with pytest.raises(ValueError, match=f"^{re.escape(str(tmp_path))} must be a file$"):
        read_npz(tmp_path, WANTED, "two arrays")
    with pytest.raises(FileNotFoundError, match=f"^{re.escape(str(path))} must exist$"):
        read_npz(path, WANTED, "two arrays")


@POSIX
def test_a_pipe_is_neither_read_nor_written(path):
    os.mkfifo(path)  # to open it would wait for ever
    with pytest.raises(ValueError, match=r"must be a file$"):
        read_npz(path, WANTED, "two arrays")
    with pytest.raises(ValueError, match=r"must be a file that can be written to$"):
        write_npz(path, {"w": W})
    assert stat.S_ISFIFO(path.stat().st_mode)


@pytest.mark.parametrize(
    ("path", "error", "rule"),
    [
        (b"w.npz", TypeError, "path (b'w.npz') must be a str or a Path"),
        (None, TypeError, "path (None) must be a str or a Path"),
        ("a\0b", ValueError, "path ('a\\x00b') must be a name that a file can have"),
    ],
)
def test_what_names_no_file_is_refused(path, error, rule):
    for use in (check_path, lambda path: write_npz(path, {}), lambda path: read_npz(path, {}, "nothing")):
        with pytest.raises(error, match=f"^{re.escape(rule)}$"):
            use(path)


# --- writing ------------------------------------------------------------------------------------------------------


def read(path):
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def test_nobody_else_s_file_is_touched(path):
    others = [path.with_name(name) for name in ("arrays.npz.part", "arrays.npz.tmp", ".arrays.npz.part", "arrays")]
    for other in others:
        other.write_text("mine")
    write_npz(path, {"w": W})
    write_npz(path, {"w": W + 1})
    assert_array_equal(read(path)["w"], W + 1)
    assert [other.read_text() for other in others] == ["mine"] * 4
    assert sorted(path.parent.iterdir()) == sorted([path, *others])


def test_two_that_write_at_once_do_not_meet(path, monkeypatch):
    def interrupted(old, new, copymode=shutil.copymode):
        monkeypatch.setattr(shutil, "copymode", copymode)
        write_npz(path, {"w": W + 1})  # another one, when the first is written and not yet in its place

    write_npz(path, {"w": W - 1})
    monkeypatch.setattr(shutil, "copymode", interrupted)
    write_npz(path, {"w": W})
    assert_array_equal(read(path)["w"], W)
    assert list(path.parent.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_file_that_was_there(path, monkeypatch):
    def interrupt(*paths, **arrays):
        raise KeyboardInterrupt

    write_npz(path, {"w": W})
    before = path.read_bytes()
    for module, name in ((shutil, "copymode"), (np, "savez")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, interrupt)
            with pytest.raises(KeyboardInterrupt):
                write_npz(path, {"w": W + 1})
        assert path.read_bytes() == before
        assert list(path.parent.iterdir()) == [path]


@POSIX
@pytest.mark.parametrize("mode", [0o600, 0o664])
def test_the_mode_of_the_file_that_was_there_stays(path, mode):
    write_npz(path, {"w": W})
    path.chmod(mode)
    write_npz(path, {"w": W + 1})
    assert stat.S_IMODE(path.stat().st_mode) == mode


@POSIX
def test_a_new_file_has_the_mode_that_any_new_file_has(path):
    path.with_name("other").write_text("")
    write_npz(path, {"w": W})
    assert path.stat().st_mode == path.with_name("other").stat().st_mode


def test_a_link_is_followed(path, tmp_path):
    link = tmp_path / "folder" / "link.npz"
    link.parent.mkdir()
    try:
        link.symlink_to(path)
    except OSError:
        pytest.skip("this user may not make links")
    for values in (W, W + 1):  # a link to nothing, then to a file
        write_npz(link, {"w": values})
        assert link.is_symlink()
        assert_array_equal(read(path)["w"], values)
    assert list(link.parent.iterdir()) == [link]


def test_a_file_that_is_protected_stays(path, monkeypatch):
    write_npz(path, {"w": W})
    monkeypatch.setattr(os, "access", lambda *args: False)  # the mode alone does not stop root
    with pytest.raises(ValueError, match=r"must be a file that can be written to$"):
        write_npz(path, {"w": W + 1})
    assert_array_equal(read(path)["w"], W)


def test_a_place_that_holds_no_file_is_named(tmp_path):
    with pytest.raises(ValueError, match=f"^{re.escape(str(tmp_path))} must be a file that can be written to$"):
        write_npz(tmp_path, {"w": W})
    with pytest.raises(FileNotFoundError, match=r"nowhere must exist, and be a folder$"):
        write_npz(tmp_path / "nowhere" / "w.npz", {"w": W})


@pytest.mark.parametrize("value", [np.array([{}]), [1, 2], None, np.array([(1, None)], "i4, O")])
def test_what_could_only_be_pickled_is_not_written(path, value):
    with pytest.raises(TypeError, match=r"^b \(.+\) must be an array of numbers: no object is written to a file$"):
        write_npz(path, {"w": W, "b": value})
    assert not path.exists()
