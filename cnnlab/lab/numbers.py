"""Formatting and parsing of numbers for people. ``front/numbers.js`` does the same in the browser."""

import math
import re
from decimal import ROUND_HALF_UP, Decimal, localcontext

_GROUPS = " \u00a0\u2009\u202f’'"  # thousands separators, besides a comma or a point
_DECIMAL = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.ASCII | re.IGNORECASE)


def format_value(value, digits=2):
    """Return a number with about ``digits`` digits after the point, fewer if it is large.

    Examples
    --------
    >>> format_value(-2.0), format_value(0.125), format_value(0.001), format_value(float("-inf"))
    ('−2', '0.13', '≈0', '−∞')
    >>> format_value(0.9951), format_value(0.9951, 3)
    ('≈1', '0.995')
    >>> format_value(0.125, 3), format_value(123456)
    ('0.125', '1.2e5')
    """
    value = float(value)
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    size = abs(value)
    if 0 < size < 10**-digits / 2 and digits < 3:
        return "≈0"
    exact = Decimal(value) + 0  # adding 0 turns −0 into 0
    with localcontext(rounding=ROUND_HALF_UP):  # as in JavaScript
        if size >= 1e5 or 0 < size < 10**-digits / 2:
            text = f"{exact:.1e}".replace("e+", "e").replace("e-0", "e-")
        else:
            text = f"{float(f'{exact:.{max(0, digits - max(0, exact.adjusted()))}f}'):g}"
            text = f"{int(value)}" if value.is_integer() else text
    almost = "≈" if size < 1 and text in ("1", "-1") and digits < 3 else ""  # tanh and sigmoid never reach 1
    return almost + text.replace("-", "−")


def format_percent(share):
    """Return a fraction of 1 as a percentage: 0 or 100 only if it is exact.

    Examples
    --------
    >>> format_percent(0.634), format_percent(0.999), format_percent(1.0)
    ('63 %', '> 99 %', '100 %')
    """
    if math.isnan(share):
        return "NaN"
    if 0 < share < 0.005:
        return "< 1 %"
    return "> 99 %" if 0.995 < share < 1 else f"{math.floor(100 * share + 0.5)} %"


def read_number(text):
    """Return the finite number that a learner typed, also as a fraction or a percentage, or None.

    Examples
    --------
    >>> read_number(" 99.0 "), read_number("−2"), read_number("0,5"), read_number("3/4"), read_number("ninety")
    (99.0, -2.0, 0.5, 0.75, None)
    >>> read_number("120,000"), read_number("120 000"), read_number("0,125"), read_number("25 %")
    (120000.0, 120000.0, 0.125, 0.25)
    """
    text = text.strip()
    share = 100 if text.endswith("%") else 1
    numerator, slash, denominator = text.removesuffix("%").partition("/")
    divisor = _read_decimal(denominator) if slash else 1.0
    number = _read_decimal(numerator) / divisor / share if divisor else math.nan
    return number if math.isfinite(number) else None


def _read_decimal(text):
    """Return the number in a text, with a decimal point or comma; NaN if it is not a number."""
    plain = text.strip().replace("−", "-")
    plain = _ungrouped(plain, "," + _GROUPS) or plain.replace(",", ".")
    return float(plain) if _DECIMAL.fullmatch(plain) else math.nan


def _ungrouped(text, separators):
    """Return a whole number without its thousands separators; empty if the text is not one.

    Examples
    --------
    >>> _ungrouped("120,000", ","), _ungrouped("0,125", ","), _ungrouped("12,5", ",")
    ('120000', '', '')
    """
    plain = text.strip().replace("−", "-")
    grouped = re.fullmatch(rf"[-+]?[1-9]\d{{0,2}}([{re.escape(separators)}]\d{{3}})+", plain, re.ASCII)
    return re.sub(rf"[{re.escape(separators)}]", "", plain) if grouped else ""


def means(text, number):
    """Return whether a text means a number: exactly, rounded to two decimals or more, or with separators, as 120.000.

    Examples
    --------
    >>> means("-3/16", -0.1875), means("−0.19", -0.1875), means("-0.2", -0.1875), means("120.000", 120000)
    (True, True, False, True)
    """
    given = read_number(text)
    if given is None:
        return False
    grouped = _ungrouped(text, ".")
    if math.isclose(given, number, rel_tol=1e-9) or (grouped and float(grouped) == number):
        return True
    decimals = re.fullmatch(r"\s*[-−+]?\d*[.,](\d{2,})\s*", text)
    return bool(decimals) and abs(given - number) <= 0.5 * 10 ** -len(decimals[1]) * (1 + 1e-9)
