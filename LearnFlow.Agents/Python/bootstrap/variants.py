"""Tells whether a program does what is expected of it, which of its variants would, and where a wrong result was made.

/job.json holds the program, its variants, what input() gets, what is expected, and how long to try. A line for each finding
goes to standard output, after the mark that /mark holds; what the programs print is kept from it. The module json takes longer
to load than all else here, so the job is read as the Python literal that it also is, and the findings are words.
"""
import io
import sys
import time

import usual

MOST_ROUNDS = 100000
# A variant that goes round ten times as often as the program will not come to an end.
MOST_ROUNDS_MORE = 10
ROUNDS_FREE = 200
MOST_STEPS = 50000
MOST_STEPS_TOLD = 200
MOST_FRAMES = 20
MOST_PROBES = 12
# Of several variants that fit, the one is meant that changes least: so many are compared, and so far apart.
MOST_FITS = 8
FARTHEST_FIT = 50
# Of what was printed, students quote the beginning.
SHORTEST_QUOTED = 2
LONGEST_QUOTED = 20
TRACE_SECONDS = 0.1
NOBODY = -1

usual.wait_for_program()
mark = usual.take_mark()
del sys.modules["usual"]
report = sys.stdout
with open("/job.json", encoding="utf-8") as file:
    job = eval(file.read(), {"true": True, "false": False, "null": None})
end = time.monotonic() + job["seconds"]
rounds = most = 0
limit = MOST_ROUNDS


class Endless(BaseException):
    """A program went round for too long."""


def tick():
    """Every round of a loop asks this first."""
    global rounds, most
    rounds += 1
    most = max(most, rounds)
    if rounds > limit or time.monotonic() > end:
        raise Endless
    return True


def tell(*finding):
    report.write(" ".join((mark, *map(str, finding))) + "\n")
    report.flush()


def in_hex(text):
    return text.encode("utf-8", "replace").hex()


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


def each(items):
    """Every `for` goes over its items through this."""
    for item in items:
        tick()
        yield item


def run(source, watch=None, **names):
    """The program's names and what it prints, and whether it ends with an error."""
    global rounds
    rounds = 0
    space = {"__name__": "__main__", "_tick_": tick, "_each_": each, **names}
    sys.stdin = io.StringIO(job["input"])
    sys.stdout = sys.stderr = printed = io.StringIO()
    try:
        code = compile(source, "main.py", "exec", dont_inherit=True)
        sys.settrace(watch)
        exec(code, space)
        broken = False
    except (Exception, SystemExit, Endless):
        broken = True
    finally:
        sys.settrace(None)
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
            if not passes and value is None and job["printed"]:
                passes = sys.stdout.getvalue().strip() == test["expect"].strip("'\"")
            found.append((passes, repr(value)[:200], None))
        except (Exception, SystemExit, Endless) as error:
            found.append((False, type(error).__name__, error))
    return found


def passed(found):
    return sum(passes for passes, *_ in found)


def story(error):
    """The error with its way through the program, as Python prints it."""
    way, place = [], error.__traceback__
    while place:
        if place.tb_frame.f_code.co_filename == "main.py":
            way.append(f'  File "main.py", line {place.tb_lineno}, in {place.tb_frame.f_code.co_name}')
        place = place.tb_next
    return "\n".join(["Traceback (most recent call last):", *way[-MOST_FRAMES:], f"{type(error).__name__}: {error}"])


def follower(way):
    """Writes down the lines of the program that run, in their order."""
    def watch(frame, event, argument):
        if frame.f_code.co_filename != "main.py":
            return None
        # What an inner call ran comes before the line from which the outer one goes.
        if event == "line" or event == "return" and frame.f_back.f_code.co_filename != "main.py":
            way.append(frame.f_lineno)
            if len(way) > MOST_STEPS:
                raise Endless
        return watch
    return watch


def way_of_call(call):
    """The lines that a call runs, the last one that from which it gives its value back."""
    global rounds
    space, *_ = run(job["program"])
    rounds, way = 0, []
    sys.stdout = io.StringIO()
    sys.settrace(follower(way))
    try:
        eval(call, space)
    except (Exception, SystemExit, Endless):
        return []
    finally:
        sys.settrace(None)
    return way


def way_of_print():
    """The lines that run up to the print that shows what the student gets, or else to the last one."""
    way, prints = [], []

    def show(*values, **how):
        print(*values, **how)
        if values:
            # What its values ran comes before the line that prints them.
            way.append(sys._getframe(1).f_lineno)
            prints.append((len(way), " ".join(map(str, values))))

    run(job["program"], follower(way), print=show)
    # What the program says in so many words is not what it gets wrong.
    prints = [(at, text) for at, text in prints if text not in job["program"]] or prints
    closest = max((shared(text) for _, text in prints), default=0)
    meant = (
        [at for at, text in prints if job["actual"] and job["actual"] in text]
        or [at for at, text in prints if len(text) > SHORTEST_QUOTED and text[:LONGEST_QUOTED] in job["words"]]
        or [at for at, text in prints if shared(text) == closest]
    )
    return way[:meant[-1]] if meant else []


def shared(text):
    """How many words of a text the student uses as well."""
    return sum(word in job["words"] for word in set(text.split()) if len(word) > 1)


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


def probes(space, call):
    """Calls much like the one that goes wrong: of them, a change of one slip leaves most as they were."""
    name, _, rest = call.partition("(")
    try:
        values = eval("_values_(" + rest, {**space, "_values_": lambda *values: values})
    except Exception:
        return []
    found = []
    for index, value in enumerate(values):
        if isinstance(value, (list, tuple, str)):
            others = [value[1:], value[:-1], value[::-1], value + value[:1]]
        elif isinstance(value, int) and not isinstance(value, bool):
            others = [value + 1, value - 1, value + 3, value * 10, value // 2, 7]
        else:
            others = []
        found += [(name, (*values[:index], other, *values[index + 1:])) for other in others]
    return found[:MOST_PROBES]


def outcomes(space, calls):
    """What calls give, as text."""
    global rounds
    found = []
    for name, values in calls:
        rounds = 0
        sys.stdout = io.StringIO()
        try:
            found.append(repr(space[name](*(list(value) if isinstance(value, list) else value for value in values)))[:200])
        except (Exception, SystemExit, Endless) as error:
            found.append(type(error).__name__)
    return found


space, before, broken = run(job["program"])
meanings = [(answers(space, tests), choice) for choice, tests in enumerate(job["meanings"])]
known, meaning = max(meanings, key=lambda one: passed(one[0]), default=([], NOBODY))
tests, choice, found = job["stated"], NOBODY, answers(space, job["stated"])
# "top(3) gives 9" may be what they get or what they want: it is the one that it is not.
sure = [index for index, test in enumerate(tests) if not (test["doubtful"] and found[index][0])]
tests, found = [tests[index] for index in sure], [found[index] for index in sure]
if meaning != NOBODY and passed(found) == len(tests) and all(test["expect"] is None for test in tests):
    tests, choice, found = job["meanings"][meaning], meaning, known
    meaning = NOBODY
expects_output = job["expected"] is not None
failing = [(test, value, error) for test, (passes, value, error) in zip(tests, found) if not passes]
# What the student speaks of comes first.
failing.sort(key=lambda one: one[0]["call"].partition("(")[0] not in job["words"])
right = not failing
if expects_output and right:
    # What is expected among other lines says little: who writes that something is wrong may mean the others.
    is_there = holds(before, job["expected"]) and not (job["actual"] and holds(before, job["actual"]))
    right = True if lines(before) == lines(job["expected"]) else None if is_there else False
elif right and all(test["expect"] is None for test in tests):
    # That it ends says nothing of what it gives.
    right = None
tell("right", right, choice != NOBODY, passed(found))
if failing:
    test, value, error = failing[0]
    tell("failed", choice, (job["stated"] if choice == NOBODY else tests).index(test), in_hex(value))
    if isinstance(error, Endless):
        tell("endless")
    elif error is not None:
        tell("raised", in_hex(story(error)))
first = best = None
if right is False and (tests or expects_output):
    extra = [] if meaning == NOBODY else job["meanings"][meaning]
    calls = probes(space, failing[0][0]["call"]) if failing else []
    usually = outcomes(space, calls)
    limit = min(MOST_ROUNDS, MOST_ROUNDS_MORE * most + ROUNDS_FREE)
    fits = 0
    for index, variant in enumerate(job["variants"]):
        if time.monotonic() > end or fits == MOST_FITS or (first is not None and index > first + FARTHEST_FIT):
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
            if not grade:
                continue
            if grade == 2:
                known_now = answers(space, extra)
                if any(was and not still for (was, *_), (still, *_) in zip(known, known_now)):
                    # It breaks what was right.
                    continue
                now = outcomes(space, calls)
                if len(set(now)) == 1 < len(set(usually)):
                    # It gives the same whatever it gets.
                    continue
                fits += 1
                first = index if first is None else first
                rank = (passed(known_now), -sum(a != b for a, b in zip(usually, now)))
                if best is not None and rank <= best:
                    continue
                best = rank
            tell("fits", index, grade == 2)
            if grade == 2 and not calls:
                break
        except (Exception, Endless):
            continue
if best is None and right is not True:
    end = time.monotonic() + TRACE_SECONDS
    way = way_of_call(failing[0][0]["call"]) if failing and failing[0][2] is None else way_of_print() if job["traced"] and not failing else []
    tell("way", *way[-MOST_STEPS_TOLD:])
