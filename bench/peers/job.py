"""The job that every peer does, as the command line names it, and the words in which it answers.

A job: bars (open, high, low, close as raw little-endian doubles, column after column), pairs of
moving-average windows, 100 shares long while the fast average is more than MARGIN above the slow
one, else flat (on a grid of 0.01 two averages are equal or further apart than that, so that no
library's rounding decides), a fee of 1 bp of each fill's notional, 10,000,000 in cash. Each peer
does it for a second, to warm up, and answers with one line: the fills [row, lots, price] and the
final equity of each pair. Then each line on its standard input is one round more, the job done
again until a moment has passed, answered with the mean seconds of one: the library's own work, from
its own form of the bars to its statistics.
"""

import gc
import json
import sys
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

CASH = 10_000_000.0
SHARES = 100
FEE = 0.0001
MARGIN = 0.00001
WARM_UP_SECONDS = 1.0
ROUND_SECONDS = 0.3


@dataclass(frozen=True)
class Job:
    frame: pd.DataFrame
    pairs: list


def read_job() -> Job:
    spec = json.loads(sys.argv[1])
    columns = np.fromfile(spec["file"], dtype="<f8").reshape(4, spec["bars"])
    index = pd.date_range("2000-01-03", periods=spec["bars"], freq=spec["frequency"])
    frame = pd.DataFrame(
        {
            "Open": columns[0],
            "High": columns[1],
            "Low": columns[2],
            "Close": columns[3],
            "Volume": np.full(spec["bars"], 1_000_000.0),
        },
        index=index,
    )
    return Job(frame, [tuple(pair) for pair in spec["pairs"]])


def answer(library, version, work, read):
    """`work()` is timed; `read(result)` gives (fills, equity) per pair."""
    runs = read(work())
    repeated(work, WARM_UP_SECONDS)
    say(
        {
            "library": library,
            "version": version,
            "runs": [{"fills": fills, "equity": equity} for fills, equity in runs],
        }
    )
    for _ in sys.stdin:
        gc.collect()
        say({"seconds": repeated(work, ROUND_SECONDS)})


def repeated(work, at_least):
    """Mean seconds of one job, done again until so many seconds have passed."""
    start = time.perf_counter()
    done = 0
    while True:
        work()
        done += 1
        passed = time.perf_counter() - start
        if passed >= at_least:
            return passed / done


def say(words):
    print(json.dumps(words), flush=True)
