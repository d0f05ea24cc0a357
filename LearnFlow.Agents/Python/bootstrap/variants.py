"""Tells whether a program does what is expected of it, and which of its variants would.

/job.json holds the program, its variants, what input() gets, what is expected, and how long to try. A line for each finding
goes to standard output, after the mark that /mark holds; what the programs print is kept from it. The module json takes longer
to load than all else here, so the job is read as the Python literal that it also is, and the findings are words.
"""
import io
import sys
import time

import usual

MOST_ROUNDS = 20000
MOST_STEPS = 50000
MOST_FRAMES = 20
MOST_STEPS_TOLD = 200
TRACE_SECONDS = 0.1

usual.wait_for_program()
mark = usual.take_mark()
del sys.modules["usual"]
report = sys.stdout
with open("/job.json", encoding="utf-8") as file:
    job = eval(file.read(), {"true": True, "false": False, "null": None})
end = time.monotonic() + job["seconds"]
rounds = 0


class Endless(BaseException):
    """A program went round for too long."""


def tick():
    """Every `while` asks this first."""
    global rounds
    rounds += 1
    if rounds > MOST_ROUNDS or time.monotonic() > end:
        raise Endless
    return True


def tell(*finding):
    report.write(" ".join((mark, *map(str, finding))) + "\n")
    report.flush()


def same(value, text):
    """Whether a value is the one that a text, written by a student or by us, names."""
    text = text.strip()
    shown = repr(value)
    if text in (shown, str(value)) or text.replace(" ", "") == shown.replace(" ", "") or text.strip("'\"") == value:
        return True
    try:
        number = float(text)
    except ValueError:
        return isinstance(value, str) is False and shown.replace('"', "'") == text.replace('"', "'")
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value - number) < 0.005 * max(1, abs(number)) * ("." in text) + 1e-9


def run(source):
    """The program's names and what it prints, or None where it ends with an error."""
    global rounds
    rounds = 0
    space = {"__name__": "__main__", "_tick_": tick}
    sys.stdin = io.StringIO(job["input"])
    sys.stdout = sys.stderr = printed = io.StringIO()
    try:
        exec(compile(source, "main.py", "exec", dont_inherit=True), space)
        broken = False
    except (Exception, SystemExit, Endless):
        broken = True
    return space, printed.getvalue(), broken


def answers(space, tests):
    """For each test whether it passes, what came instead, and the error that it ended with."""
    global rounds
    found = []
    for test in tests:
        rounds = 0
        sys.stdout = io.StringIO()
        try:
            value = eval(test["call"], space)
            passes = test["expect"] is None or same(value, test["expect"])
            if not passes and value is None:
                passes = sys.stdout.getvalue().strip() == test["expect"].strip("'\"")
            found.append((passes, repr(value)[:200], None))
        except (Exception, SystemExit, Endless) as error:
            found.append((False, type(error).__name__, error))
    return found


def story(error):
    """The error with its way through the program, as Python prints it."""
    way, place = [], error.__traceback__
    while place:
        if place.tb_frame.f_code.co_filename == "main.py":
            way.append(f'  File "main.py", line {place.tb_lineno}, in {place.tb_frame.f_code.co_name}')
        place = place.tb_next
    return "\n".join(["Traceback (most recent call last):", *way[-MOST_FRAMES:], f"{type(error).__name__}: {error}"])


def way_through(space, call):
    """The lines of the function that a call runs, in their order, up to that from which it gives its value back."""
    global rounds
    rounds, steps, way = 0, 0, []

    def watch(frame, event, argument):
        nonlocal steps
        steps += 1
        if steps > MOST_STEPS:
            raise Endless
        if frame.f_code.co_filename != "main.py":
            return None
        if event == "line" and frame.f_back.f_code.co_filename == "<string>":
            way.append(frame.f_lineno)
        return watch

    sys.stdout = io.StringIO()
    sys.settrace(watch)
    try:
        eval(call, space)
    finally:
        sys.settrace(None)
    return way[-MOST_STEPS_TOLD:]


def lines(text):
    return [line.strip() for line in text.strip().splitlines()]


def shows(before, after):
    """Whether the output is now the expected one: 2 for certain, 1 where it only holds it, 0 if not."""
    expected, actual = job["expected"], job["actual"]
    if lines(after) == lines(expected):
        return 2
    if "\n" in expected.strip():
        return 0
    if job["also"]:
        return 2 if holds(after, expected) and all(holds(after, other) for other in job["also"]) else 0
    if actual and any(lines(wanted) == lines(after) for wanted in replaced(before, actual, expected)):
        return 2
    missing = not holds(before, expected) or (actual and actual in lines(before))
    return 1 if missing and holds(after, expected) else 0


def holds(text, part):
    """Whether a part stands in a text by itself."""
    return part in lines(text) or any(True for _ in places(text, part))


def places(text, part):
    """Where a part stands in a text, and not within a word or a number."""
    at = text.find(part)
    while part and at >= 0:
        end = at + len(part)
        if not inside(text[at - 1:at], part[0]) and not inside(text[end:end + 1], part[-1]) and not (text[end:end + 1] == "." and text[end + 1:end + 2].isdigit()):
            yield at
        at = text.find(part, at + 1)


def inside(beside, edge):
    """Whether a character next to a part belongs to the same word or number."""
    return edge.isalnum() and (beside.isalnum() or beside in ("_", "-", ".") and edge.isdigit() and beside != "")


def differences(before, after):
    """How many lines of the output are others than before."""
    return sum(a != b for a, b in zip(lines(before), lines(after)))


def replaced(text, part, other):
    """The text with the part replaced: at each place alone."""
    return [text[:at] + other + text[at + len(part):] for at in places(text, part)]


space, before, broken = run(job["program"])
rounds = 0
choices = [(answers(space, tests), choice) for choice, tests in enumerate(job["tests"])] or [([], None)]
found, choice = max(choices, key=lambda one: sum(passes for passes, *_ in one[0]))
tests = [] if choice is None else job["tests"][choice]
expects_output = job["expected"] is not None
failing = [(index, value, error) for index, (passes, value, error) in enumerate(found) if not passes]
right = not failing
if expects_output and right:
    # What is expected among other lines says little: who writes that something is wrong may mean the others.
    is_there = holds(before, job["expected"]) and not (job["actual"] and holds(before, job["actual"]))
    right = True if lines(before) == lines(job["expected"]) else None if is_there else False
elif right and all(test["expect"] is None for test in tests):
    # That it ends says nothing of what it gives.
    right = None
tell("right", right)
if failing:
    index, value, error = failing[0]
    tell("failed", choice, index, value.encode("utf-8", "replace").hex())
    if isinstance(error, Endless):
        tell("endless")
    elif error is not None:
        tell("raised", story(error).encode("utf-8", "replace").hex())
fits = False
if right is False and (tests or expects_output):
    for index, variant in enumerate(job["variants"]):
        if time.monotonic() > end:
            break
        try:
            space, after, broken = run(variant)
            grade = 2
            if tests:
                grade = 2 if all(passes for passes, *_ in answers(space, tests)) else 0
            if grade and tests and not broken and differences(before, after) > len(tests):
                # It changes more than the student complains of: perhaps there is a better one.
                grade = 1
            if expects_output and grade:
                grade = 0 if broken else min(grade, shows(before, after))
        except (Exception, Endless):
            continue
        if grade:
            tell("fits", index, grade == 2)
            fits = grade == 2
            if fits:
                break
if failing and failing[0][2] is None and not fits:
    end = time.monotonic() + TRACE_SECONDS
    space, *_ = run(job["program"])
    try:
        tell("way", *way_through(space, tests[failing[0][0]]["call"]))
    except (Exception, SystemExit, Endless):
        pass
