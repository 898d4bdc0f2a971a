"""The arrays of rough sets by name."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[Any]
"""One attribute: values as small whole numbers from 0, unsigned of 8, 16 or 32 bits."""

Labels = NDArray[np.uint16]
"""The decision, as whole numbers from 0."""

Places = NDArray[np.int32]
"""Places in another array, or sizes."""

Floats = NDArray[np.float64]
