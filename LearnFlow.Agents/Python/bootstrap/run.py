"""Runs /main.py as `python main.py` would, where that differs in the sandbox."""
import io
import os
import sys

import usual

INPUT = os.environ.pop("SANDBOX_INPUT")
OURS = "/bootstrap/"
BUILT_IN = "/wlr/build-staging/python/v3.11.3-aio/checkout/Lib/"
# The numbers that the same errors have on a student's own machine.
ERRORS = {
    "[Errno 2] Permission denied": "[Errno 13] Permission denied",
    "[Errno 20] File exists": "[Errno 17] File exists",
    "[Errno 31] Is a directory": "[Errno 21] Is a directory",
    "[Errno 44] No such file": "[Errno 2] No such file",
    "[Errno 54] Not a directory": "[Errno 20] Not a directory",
    "[Errno 55] Directory not empty": "[Errno 39] Directory not empty",
    "[Errno 63] Operation not permitted": "[Errno 1] Operation not permitted",
}
NOT_SUPPORTED = {52, 58}
NOT_ALLOWED = {2, 63, 69, 76}

MISSING = {
    "it opens windows, and there is no screen here": (
        "tkinter turtle turtledemo curses pygame matplotlib seaborn plotly arcade kivy PyQt5 PyQt6 PySide6 wx pyautogui"
        " keyboard pynput easygui customtkinter msvcrt winsound webbrowser idlelib IPython"),
    "it needs the network, and there is none here": (
        "ssl requests urllib3 httpx aiohttp flask django fastapi uvicorn selenium bs4 scrapy openai discord telegram"
        " paramiko websockets pymongo mysql psycopg2 sqlalchemy asyncore asynchat smtpd"),
    "it starts other programs, and there are none here": "multiprocessing pty",
    "it reaches into the machine, which a program cannot do here": (
        "ctypes mmap resource fcntl termios tty readline pwd grp syslog winreg psutil"),
    "it does not belong to Python's standard library, which is all that there is here": (
        "numpy pandas scipy sklearn torch tensorflow keras cv2 PIL pytest yaml rich tqdm colorama tabulate sympy networkx"
        " nltk spacy faker dotenv pydantic attr openpyxl docx xlrd simpleeval termcolor pyfiglet"),
}


def own(trace):
    """The trace without our frames."""
    kept = []
    while trace:
        if not trace.tb_frame.f_code.co_filename.startswith(OURS):
            kept.append(trace)
        trace = trace.tb_next
    for one, following in zip(kept, [*kept[1:], None]):
        one.tb_next = following
    return kept[0] if kept else None


def clean(error, seen):
    """Take our frames out of an error and of those that it came from."""
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    error.__traceback__ = own(error.__traceback__)
    for other in (error.__cause__, error.__context__, *getattr(error, "exceptions", ())):
        clean(other, seen)


def traceback_of(error):
    """What Python prints of an error; files have the names that the student gave them."""
    printed, sys.stderr = sys.stderr, io.StringIO()
    try:
        sys.__excepthook__(type(error), error, error.__traceback__)
        text = sys.stderr.getvalue()
    finally:
        sys.stderr = printed
    text = text.replace(f'  File "{BUILT_IN}', '  File "/usr/local/lib/python3.11/')
    for here, elsewhere in ERRORS.items():
        text = text.replace(here, elsewhere)
    for name in os.listdir("/"):
        text = text.replace(f'  File "/{name}"', f'  File "{name}"')
    return text


def note_on(error):
    """What an error means in the sandbox, where it would mean something else elsewhere."""
    if isinstance(error, EOFError):
        return f"input() found nothing to read: the input box is {INPUT}. Write one line there for each input()."
    if isinstance(error, ModuleNotFoundError):
        name = (error.name or "").partition(".")[0]
        module = name.removeprefix("_")
        for reason, names in MISSING.items():
            if module in names.split():
                return f"{module} cannot be used here: {reason}."
        if name in sys.stdlib_module_names:
            return f"{module} belongs to Python, but not to the part of it that is here."
        return f"{module} is not in Python's standard library and not among your files. Is its name right? Packages from elsewhere cannot be used here."
    if isinstance(error, RuntimeError) and "start new thread" in str(error):
        return "Threads cannot be used here: a program does one thing at a time."
    if isinstance(error, AttributeError) and getattr(error.obj, "__name__", None) in ("socket", "_socket"):
        return "The network cannot be used here: there is none."
    if isinstance(error, AttributeError) and getattr(error.obj, "__name__", None) in ("os", "posix", "signal") and error.name:
        return f"{error.name} is not here: a program can start no others and has only its own files."
    if isinstance(error, FileNotFoundError):
        return f"These files are here: {', '.join(sorted(os.listdir('/'))[:20])}."
    if isinstance(error, OSError) and error.errno in NOT_SUPPORTED:
        return "That cannot be done here: there is no network, and there are no other programs."
    if isinstance(error, OSError) and error.errno in NOT_ALLOWED:
        return "That cannot be done here: a program has only its own files."
    return None


def show(error):
    """Print what Python would, and what the student cannot know."""
    clean(error, set())
    if sys.excepthook is not sys.__excepthook__:
        sys.excepthook(type(error), error, error.__traceback__)
        return
    text = traceback_of(error)
    note = note_on(error)
    # Not by sys.stderr, which a program may have closed or sent elsewhere.
    os.write(2, (text + (f"({note})\n" if note else "")).encode("utf-8", "backslashreplace"))


def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass


sys.argv = ["main.py"]
sys.path[0] = "/"
usual.wait_for_program()
del sys.modules["usual"]
with open("/main.py", encoding="utf-8-sig") as file:
    source = file.read()
main = type(sys)("__main__")
main.__file__ = "main.py"
main.__builtins__ = __builtins__
sys.modules["__main__"] = main
status = 0
try:
    exec(compile(source, "main.py", "exec", dont_inherit=True), main.__dict__)
except SystemExit as stop:
    if stop.code is not None and not isinstance(stop.code, int):
        print(stop.code, file=sys.stderr)
    status = 0 if stop.code is None else stop.code if isinstance(stop.code, int) else 1
except BaseException as error:
    flush()
    show(error)
    status = 1
flush()
sys.exit(status)
