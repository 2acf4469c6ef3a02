"""Terraform's numbers: binary floats of 512 bits, written with the fewest digits that name them.

Here they are int, or Decimal where they are not whole; each operation rounds as Terraform's does.
"""

from __future__ import annotations

import math
import re
from decimal import Context, Decimal
from fractions import Fraction

from tfsrm.sources.hcl.values import EvaluationError, LimitError

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
        whole = int(number)
        return whole if whole.bit_length() <= BITS else rounded(Fraction(whole))
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
    """Division by zero is an error here (Terraform has an infinity that nothing accepts)."""
    if b == 0:
        raise EvaluationError("division by zero")
    return rounded(exact(a) / exact(b))


def modulo(a: Number, b: Number) -> Number:
    """The rest, with the sign of the dividend."""
    if b == 0:
        raise EvaluationError("division by zero")
    dividend, divisor = exact(a), exact(b)
    return rounded(dividend - divisor * _towards_zero(_binary(dividend / divisor)))


def power(base: Number, exponent: Number) -> Number:
    """Whole powers exactly, others as a double."""
    if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
        if abs(base) > 1 and base.bit_length() * exponent > 4 * EXPONENT_LIMIT:
            raise LimitError("a power larger than can be computed")
        exact_power: int = base**exponent
        if exact_power.bit_length() <= 53:
            return exact_power
    try:
        return from_float(math.pow(base, exponent))
    except (ArithmeticError, ValueError):
        raise EvaluationError("the power is no number") from None


def from_float(number: float) -> Number:
    """A double of the host as a number; EvaluationError for infinities and what is no number."""
    if not math.isfinite(number):
        raise EvaluationError("the result is no number")
    return rounded(Fraction(number))


def floor(number: Number) -> int:
    return int(exact(number).__floor__())


def ceiling(number: Number) -> int:
    return int(exact(number).__ceil__())


def exact(number: Number) -> Fraction:
    """The 512-bit float behind a number."""
    return Fraction(number) if isinstance(number, int) else _binary(Fraction(number))


def _computed(whole: int) -> Number:
    return whole if whole.bit_length() <= BITS else rounded(Fraction(whole))


def _towards_zero(number: Fraction) -> int:
    return int(number)


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
        if abs(number.numerator).bit_length() > 4 * EXPONENT_LIMIT:
            raise LimitError("a number larger than can be computed")
        return number.numerator if abs(number.numerator).bit_length() <= BITS else _whole(number)
    if number.denominator.bit_length() > 4 * EXPONENT_LIMIT:
        raise LimitError("a number smaller than can be computed")
    return plain(_shortest(number))


def _whole(number: Fraction) -> int:
    """Beyond 512 bits the last digits are zeros, as the shortest text has them."""
    return int(_shortest(number))


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
