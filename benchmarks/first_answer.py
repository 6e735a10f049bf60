"""One competitor in a fresh process: read a picture from standard input, tell the memory used."""

import resource
import sys

from benchmarks.competitors import COMPETITORS

if __name__ == "__main__":
    COMPETITORS[sys.argv[1]]().read(sys.stdin.buffer.read())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in units of 1024 bytes, macOS in bytes.
    print(peak / (1e6 if sys.platform == "darwin" else 1e6 / 1024))
