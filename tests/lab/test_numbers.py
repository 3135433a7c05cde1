"""Numbers written and read: as people do it, and in Python as in the browser."""

from __future__ import annotations

import json
import math
import subprocess
from pathlib import Path

import numpy as np
import pytest

from cnnlab.lab.numbers import _ungrouped, format_percent, format_value, means, read_number

FRONT = Path(__file__).parent / "front"
TABLE = json.loads(
    (FRONT / "numbers.json").read_text(encoding="utf-8")
)  # which the front end's tests go through as well
ALPHABET = "0123456789012345678900.,,-−+e/% '’\u00a0_x"


def test_a_number_is_read_as_people_type_it_and_nothing_else_is():
    assert [[text, read_number(text)] for text, _ in TABLE["typed"]] == TABLE["typed"]


def test_a_number_is_written_in_few_digits_with_a_true_minus_sign():
    written = [[value, format_value(value, 3), format_value(value)] for value, *_ in TABLE["written"]]
    assert written == TABLE["written"]
    odd = [math.nan, math.inf, -math.inf, -0.0]
    assert [format_value(value) for value in odd] == ["NaN", "∞", "−∞", "0"]


def test_a_share_is_never_written_as_0_or_100_percent_where_it_is_not():
    shares = [0, 1e-9, 0.0049, 0.005, 0.634, 0.995, 0.9951, 0.99999, 1, math.nan]
    expected = ["0 %", "< 1 %", "< 1 %", "1 %", "63 %", "100 %", "> 99 %", "> 99 %", "100 %", "NaN"]
    assert list(map(format_percent, shares)) == expected


def test_what_is_written_of_a_whole_number_is_read_back():
    numbers = [0, 7, -12, 99_999]
    assert [read_number(format_value(number)) for number in numbers] == numbers


@pytest.mark.parametrize(
    ("text", "number", "same"),
    [
        ("99", 99, True),
        ("99.0", 99, True),
        ("99.4", 99, False),
        ("3/16", 0.1875, True),
        ("0.19", 0.1875, True),
        ("0,19", 0.1875, True),
        ("0.2", 0.1875, False),
        ("0.188", 0.1875, True),
        ("0.18", 0.1875, False),
        ("120.000", 120_000, True),
        ("120.000", 120, True),
        ("120,000", 120, False),
        ("18.75 %", 0.1875, True),
        ("", 0, False),
        ("none", 0, False),
    ],
)
def test_an_answer_means_a_number_in_full_or_rounded_to_two_decimals_or_more(text, number, same):
    assert means(text, number) is same


def test_only_a_whole_number_has_thousands():
    texts = ["1.200", "-1.200.300", "+1.200", "12.5", "0.125", "1.20", "1.2000", "a.200", "1200"]
    assert [_ungrouped(text, ".") for text in texts] == ["1200", "-1200300", "+1200", "", "", "", "", "", ""]


# --- beside the browser -----------------------------------------------------------------------------------------------


def in_the_browser(node, numbers: list[float], texts: list[str]) -> dict:
    text = json.dumps({"numbers": numbers, "texts": texts})
    run = subprocess.run(
        [node, str(FRONT / "numbers.mjs")], input=text, capture_output=True, encoding="utf-8", timeout=60
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_python_and_the_browser_write_and_read_the_same(node, rng):
    powers = 10.0 ** rng.integers(-14, 14, 4000)
    numbers = [
        *(rng.normal(size=4000) * powers),
        *rng.integers(-2000, 2000, 500) / 16,
        *rng.integers(-(10**6), 10**6, 500),
    ]
    numbers += [*10.0 ** np.arange(-12, 12), *np.nextafter(10.0 ** np.arange(-12, 12), 0), 0.005, 0.0005, 0.995]
    numbers = [float(number) for number in numbers]
    texts = ["".join(rng.choice(list(ALPHABET), rng.integers(1, 9))) for _ in range(6000)]
    texts += [f"{number:,}" for number in rng.integers(-(10**7), 10**7, 200).tolist()]
    said = in_the_browser(node, numbers, texts)
    assert said["written"] == [
        [format_value(value, 3), format_value(value), format_percent(value)] for value in numbers
    ]
    read = [read_number(text) for text in texts]
    assert said["read"] == read
    assert sum(number is not None for number in read) > 500  # many of them are numbers


@pytest.mark.parametrize(("text", "number", "expected"), TABLE["means"])
def test_a_text_means_a_number_as_the_table_says(text, number, expected):
    assert means(text, number) is expected
