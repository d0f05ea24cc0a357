"""Runs /main.py as `python main.py` would, where that differs in the sandbox."""
import sys
import time

LONGEST_SLEEP = 2**63 / 10**9

def sleep(seconds):
    """WASI has no sleep: wait on the clock; the sandbox's time limit ends a long one."""
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    if seconds > LONGEST_SLEEP:
        raise OverflowError("timestamp too large to convert to C _PyTime_t")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def show(error):
    """Print a traceback as CPython does, without the frames of this file."""
    trace = error.__traceback__
    while trace and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    sys.__excepthook__(type(error), error.with_traceback(trace), trace)


time.sleep = sleep
sys.argv = ["main.py"]
sys.path[0] = "/"
with open("/main.py", encoding="utf-8") as file:
    source = file.read()
main = type(sys)("__main__")
main.__file__ = "main.py"
sys.modules["__main__"] = main
status = 0
try:
    exec(compile(source, "main.py", "exec", dont_inherit=True), main.__dict__)
except SystemExit as stop:
    if isinstance(stop.code, str):
        print(stop.code, file=sys.stderr)
    status = 0 if stop.code is None else stop.code if isinstance(stop.code, int) else 1
except EOFError as error:
    show(error)
    print("(input() found nothing to read: write what it should get into the input box.)", file=sys.stderr)
    status = 1
except BaseException as error:
    show(error)
    status = 1
for stream in (sys.stdout, sys.stderr):
    try:
        stream.flush()
    except (OSError, ValueError):
        pass
sys.exit(status)
