"""The earth cut into cells that have numbers: places are then compared as whole numbers.

Rows are a hundredth of a degree of latitude high (1.1 km), columns a thousandth of a degree of longitude wide (0.1 km at the equator);
cells are numbered row by row, from the south-west.
"""

import math

ROWS = 100
"""Of a degree of latitude."""
COLUMNS = 1_000
"""Of a degree of longitude."""
ROW = 1_000_000
"""Numbers from one row to the next: more than there are columns in it."""


def cell(lat: float, lon: float) -> int:
    """The number of the cell that a point lies in."""
    return row(lat) * ROW + math.floor((lon + 180) * COLUMNS)


def row(lat: float) -> int:
    """The row at a latitude; the pole lies in the last."""
    return min(math.floor((lat + 90) * ROWS), 180 * ROWS - 1)
