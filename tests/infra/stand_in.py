"""A process that the launcher's tests run in place of ours: says what it was told, then waits, or ends at once."""

import os
import sys
import time

if __name__ == "__main__":
    _, behaviour, *words = sys.argv
    print(*(os.environ.get(word, word) for word in words))  # noqa: T201  its output is what the tests look at
    if behaviour == "fails":
        sys.exit(3)
    time.sleep(600)
