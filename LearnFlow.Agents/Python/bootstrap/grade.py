"""Grades /main.py by /tests.json; one line of JSON a test goes to standard output, after the mark that /mark holds.

Each test gets a fresh run of the student's code, so that no test depends on another. What the code prints is dropped.
"""
import io
import json
import os
import sys

import usual

LONGEST = 300

usual.wait_for_program()
mark = usual.take_mark()
report = sys.stdout
with open("/main.py", encoding="utf-8") as file:
    source = file.read()
with open("/tests.json", encoding="utf-8") as file:
    tests = json.load(file)
os.remove("/tests.json")


def tell(**outcome):
    report.write(mark + json.dumps(outcome) + "\n")
    report.flush()


def describe(error):
    return f"{type(error).__name__}: {error}"[:LONGEST]


try:
    code = compile(source, "main.py", "exec", dont_inherit=True)
except (SyntaxError, ValueError) as error:
    tell(broken=describe(error), line=getattr(error, "lineno", None))
    sys.exit(0)

sys.path[0] = "/"
del sys.modules["usual"]
for test in tests:
    space = {"__name__": "main"}
    sys.stdout = sys.stderr = io.StringIO()
    sys.stdin = io.StringIO()
    try:
        exec(code, space)
        exec(test.get("setup") or "", space)
        actual = eval(test["call"], space)
        passed = "raises" not in test and bool(actual == eval(test["expect"], dict(space)))
        tell(passed=passed, actual=repr(actual)[:LONGEST])
    except BaseException as error:
        wanted = test.get("raises")
        passed = wanted is not None and any(base.__name__ == wanted for base in type(error).__mro__)
        tell(passed=passed, actual=None, error=describe(error))
