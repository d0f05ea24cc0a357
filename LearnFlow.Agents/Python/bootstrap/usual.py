"""What a program takes for granted and this build of Python does not have: time.sleep, and calls a thousand deep."""
import posix
import sys
import time

LONGEST = 2**63 / 10**9
# Advice that means: this interpreter has started and waits for its program.
STARTED = 1


def wait_for_program():
    """Come back as soon as the sandbox has a program for this interpreter; its files are there then."""
    posix.posix_fadvise(0, 0, 0, STARTED)


def take_mark():
    """The mark that our findings begin with; what a program prints cannot, since it is gone before the program runs."""
    with open("/mark", encoding="utf-8") as file:
        mark = file.read()
    posix.remove("/mark")
    return mark


def sleep(seconds, /):
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    if seconds > LONGEST:
        raise OverflowError("timestamp too large to convert to C _PyTime_t")
    # There is nothing to wait for: the sandbox moves its clock by what it takes for advice about standard input.
    posix.posix_fadvise(0, 0, int(seconds * 10**9), 0)


time.sleep = sleep
# A thousand, and the two frames of ours below the program's.
sys.setrecursionlimit(1002)
