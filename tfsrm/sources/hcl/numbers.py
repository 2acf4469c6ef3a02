"""Terraform's numbers: binary floats of 512 bits, written with the fewest digits that name them.

Here they are int, or Decimal where they are not whole; each operation rounds as Terraform's does.
"""

from __future__ import annotations

import math
import re
from decimal import Context, Decimal
from fractions import Fraction

from tfsrm.sources.hcl.values import EvaluationError, LimitError, NotComputedError

BITS = 512
DIGITS = 156
"""As many decimal digits tell any two such floats apart."""
EXPONENT_LIMIT = 2_000
"""Larger powers of ten are refused: their text alone would take megabytes."""

Number = int | Decimal

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?")


def parse(text: str) -> Number:
    """The number that a text names; EvaluationError where it names none."""
    if not _NUMBER.fullmatch(text):
        raise EvaluationError("a number is required")
    if len(text) > 2 * EXPONENT_LIMIT:
        raise LimitError("a number with more digits than can be read")
    number = Decimal(text)
    if number and abs(number.adjusted()) > EXPONENT_LIMIT:
        raise LimitError("a number larger or smaller than can be read")
    if len(number.as_tuple().digits) <= DIGITS - 2:
        return plain(number)
    return rounded(Fraction(number))


def plain(number: Decimal) -> Number:
    """int where the number is whole."""
    if number == number.to_integral_value():
        return _computed(int(number))
    return number.normalize(Context(prec=len(number.as_tuple().digits)))


def text_of(number: Number) -> str:
    """The number as Terraform writes it into a text."""
    return str(number) if isinstance(number, int) else format(number, "f")


def add(a: Number, b: Number) -> Number:
    return _computed(a + b) if isinstance(a, int) and isinstance(b, int) else rounded(exact(a) + exact(b))


def subtract(a: Number, b: Number) -> Number:
    return _computed(a - b) if isinstance(a, int) and isinstance(b, int) else rounded(exact(a) - exact(b))


def multiply(a: Number, b: Number) -> Number:
    return _computed(a * b) if isinstance(a, int) and isinstance(b, int) else rounded(exact(a) * exact(b))


def divide(a: Number, b: Number) -> Number:
    """Zero by zero is an error; else division by zero gives Terraform an infinity, which is not computed with here."""
    if b == 0:
        raise NotComputedError("an infinite number") if a else EvaluationError("zero divided by zero")
    return rounded(exact(a) / exact(b))


def modulo(a: Number, b: Number) -> Number:
    """The rest, with the sign of the dividend; with zero as divisor the dividend."""
    if b == 0:
        return a
    dividend, divisor = exact(a), exact(b)
    return rounded(dividend - _binary(divisor * int(_binary(dividend / divisor))))


def power(base: Number, exponent: Number) -> Number:
    """As a double, as Terraform does."""
    try:
        return from_float(math.pow(base, exponent))
    except (ArithmeticError, ValueError):
        raise NotComputedError("a power that is no finite number") from None


def from_float(number: float) -> Number:
    """A double of the host as a number. Beyond 2^53 Terraform writes other digits than it computes with."""
    if not math.isfinite(number) or abs(number) > 2**53:
        raise NotComputedError("a number too large for a double")
    return plain(Decimal(repr(number)))


def floor(number: Number) -> int:
    return int(exact(number).__floor__())


def ceiling(number: Number) -> int:
    return int(exact(number).__ceil__())


def exact(number: Number) -> Fraction:
    """The 512-bit float behind a number."""
    return Fraction(number) if isinstance(number, int) else _binary(Fraction(number))


def _computed(whole: int) -> Number:
    """A whole number of more than 512 bits has other digits in Terraform's texts than in its comparisons."""
    if whole.bit_length() > BITS:
        raise LimitError(f"a number of more than {BITS} bits")
    return whole


def _binary(number: Fraction) -> Fraction:
    """The nearest float of 512 bits (ties to even)."""
    if number == 0:
        return number
    shift = BITS - (abs(number.numerator).bit_length() - number.denominator.bit_length())
    scaled = number * Fraction(2) ** shift
    while abs(scaled) >= 1 << BITS:
        shift -= 1
        scaled /= 2
    while abs(scaled) < 1 << (BITS - 1):
        shift += 1
        scaled *= 2
    return Fraction(round(scaled)) / Fraction(2) ** shift


def rounded(number: Fraction) -> Number:
    """A number from an exact result: rounded to 512 bits, written with the fewest digits that name it."""
    number = _binary(number)
    if number.denominator == 1:
        return _computed(number.numerator)
    if number.denominator.bit_length() > 4 * EXPONENT_LIMIT:
        raise LimitError("a number smaller than can be computed")
    return plain(_shortest(number))


def _shortest(number: Fraction) -> Decimal:
    numerator, denominator = Decimal(number.numerator), Decimal(number.denominator)
    low, high = 1, DIGITS
    while low < high:
        middle = (low + high) // 2
        if _binary(Fraction(Context(prec=middle).divide(numerator, denominator))) == number:
            high = middle
        else:
            low = middle + 1
    return Context(prec=low).divide(numerator, denominator)
