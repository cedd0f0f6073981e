"""A worker that does to itself what is written in the file it is asked about."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path


def main() -> None:
    """End by the signal the file names; or say who one is, and wait."""
    file = Path(json.load(sys.stdin)["path"])
    what = file.read_text()
    if what.startswith("SIG"):
        os.kill(os.getpid(), signal.Signals[what])
    file.with_suffix(".pid").write_text(str(os.getpid()))
    time.sleep(600)


if __name__ == "__main__":
    main()
