"""A load in a process of its own that stops between staging and publishing: `python killed_load.py MAPPING LAKE`."""

import sys
import time
from pathlib import Path

from tests.warehouse.ingest.sample import SECRET, TODAY
from yuelao.warehouse.ingest import stage
from yuelao.warehouse.lake import Lake

if __name__ == "__main__":
    with stage(Path(sys.argv[1]), Lake(Path(sys.argv[2])), secret=SECRET, today=TODAY):
        print("staged", flush=True)
        time.sleep(120)
