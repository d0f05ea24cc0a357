using LearnFlow.Agents.Review;

namespace LearnFlow.Tests.Agents.Review;

/// <summary>Each check finds what it is for, and leaves the nearest innocent program alone.</summary>
public sealed class CodeReviewerCheckTests
{
    [Theory]
    // Conditions
    [InlineData("SIM222", 2, "x = input()\nif x == 'a' or 'b':\n    print(x)\n")]
    [InlineData("LF003", 2, "x = 3\nwhile (x != 1 and 2):\n    x = int(input())\n")]
    [InlineData("SIM222", 2, "x = input()\nif 'a' in x or 'b':\n    print(x)\n")]
    [InlineData("F632", 2, "x = input()\nif x is 'a':\n    print(x)\n")]
    [InlineData("F631", 2, "x = 5\nassert (x > 3, 'too small')\n")]
    [InlineData("B015", 2, "x = 5\nx == 6\n")]
    [InlineData("E711", 2, "x = None\nif x == None:\n    print(x)\n")]
    [InlineData("E711", 2, "x = None\nprint(None != x)\n")]
    [InlineData("E712", 2, "x = True\nif x == True:\n    print(x)\n")]
    [InlineData("E721", 2, "x = 5\nif type(x) == int:\n    print(x)\n")]
    [InlineData("E721", 2, "x = 5\nif int != type(x):\n    print(x)\n")]
    [InlineData("SIM103", 2, "def f(x):\n    if x > 3:\n        return True\n    else:\n        return False\n")]
    [InlineData("SIM103", 2, "def f(x):\n    if x > 3:\n        return False\n    return True\n")]
    [InlineData("PLR5501", 4, "x = 5\nif x > 3:\n    print(1)\nelse:\n    if x > 2:\n        print(2)\n    else:\n        print(3)\n")]
    // Loops
    [InlineData("LF001", 1, "while True:\n    print('again')\n")]
    [InlineData("LF001", 1, "while True:\n    for x in 'ab':\n        if x == 'b':\n            break\n")]
    [InlineData("B909", 4, "xs = [1, 2]\nfor x in xs:\n    if x > 1:\n        xs.remove(x)\n")]
    [InlineData("LF005", 3, "d = {1: 2}\nfor k in d.keys():\n    del d[k]\n")]
    [InlineData("B023", 3, "fs = []\nfor i in range(3):\n    fs.append(lambda: i * 2)\nprint(fs)\n")]
    [InlineData("B023", 1, "fs = [lambda x: x + i for i in range(3)]\nprint(fs)\n")]
    [InlineData("B023", 2, "for name in names:\n    Button(text=name, command=lambda: show(name))\n")]
    [InlineData("C0200", 2, "xs = [1, 2]\nfor i in range(len(xs)):\n    print(xs[i])\n")]
    [InlineData("C0200", 2, "xs = [1, 2]\nfor i in range(len(xs)):\n    print(i + 1, xs[i])\n")]
    [InlineData("SIM113", 5, "xs = [1, 2]\nn = 0\nfor x in xs:\n    print(n, x)\n    n += 1\n")]
    [InlineData("PERF401", 3, "squares = []\nfor n in range(5):\n    squares.append(n * n)\nprint(squares)\n")]
    [InlineData("PERF401", 4, "evens = []\nfor n in range(5):\n    if n % 2 == 0:\n        evens.append(n)\nprint(evens)\n")]
    [InlineData("SIM118", 2, "d = {}\nif 'a' in d.keys():\n    print(d)\n")]
    [InlineData("SIM118", 2, "d = {}\nfor k in d.keys():\n    print(k)\n")]
    [InlineData("LF005", 3, "d = {1: 2}\nfor k, v in d.items():\n    d.pop(k)\n    print(v)\n")]
    [InlineData("LF006", 3, "for i in range(9):\n    print(i)\n    i += 2\n")]
    [InlineData("LF006", 4, "for i in range(9):\n    print(i)\n    if i == 3:\n        i = i + 2\n")]
    [InlineData("LF007", 3, "xs = [1]\nfor i in range(len(xs) + 1):\n    print(xs[i])\n")]
    [InlineData("LF007", 3, "xs = [1]\nfor i in range(0, len(xs) + 1):\n    print(xs[i])\n")]
    [InlineData("LF007", 4, "xs = [1]\ni = 0\nwhile i <= len(xs):\n    print(xs[i])\n    i += 1\n")]
    [InlineData("LF007", 2, "xs = [1]\nprint(xs[len(xs)])\n")]
    [InlineData("LF008", 3, "xs = [1]\ntotal = 0\nfor x in xs:\n    total += x\nprint(total)\n")]
    [InlineData("R1713", 3, "xs = ['a']\ntext = ''\nfor x in xs:\n    text += x\nprint(text)\n")]
    [InlineData("LF004", 2, "age = input()\nif age == 18:\n    print(age)\n")]
    [InlineData("LF004", 3, "age = input('Age? ')\nage = input('Really? ')\nwhile 18 > age:\n    print(age)\n")]
    [InlineData("PLW2901", 2, "for i in range(3):\n    for i in range(5):\n        print(i)\n")]
    [InlineData("PLR2004", 2, "def f(x):\n    if x > 37:\n        return 1\n    return x < 37\n")]
    [InlineData("F821", 1, "print(totl)\n")]
    [InlineData("RET503", 1, "def f(x):\n    if x:\n        return 1\n    print(x)\n")]
    // Functions
    [InlineData("B006", 1, "def f(x, xs=[]):\n    xs.append(x)\n    return xs\n")]
    [InlineData("B006", 1, "def f(x, seen: set = set()):\n    seen.add(x)\n    return seen\n")]
    [InlineData("F811", 3, "def f():\n    return 1\ndef f():\n    return 2\nprint(f())\n")]
    [InlineData("PLW0603", 3, "score = 0\ndef win():\n    global score\n    score += 1\nwin()\n")]
    [InlineData("N805", 2, "class Dog:\n    def bark(this):\n        print(this)\n")]
    [InlineData("PLR0913", 1, "def f(a, b, c, d, e, g):\n    return a + b + c + d + e + g\n")]
    [InlineData("D103", 1, "def f(a):\n    a += 1\n    a += 2\n    a += 3\n    a += 4\n    a += 5\n    a += 6\n    a += 7\n    return a\n")]
    [InlineData("D102", 2, "class Dog:\n    def f(self, a):\n        a += 1\n        a += 2\n        a += 3\n        a += 4\n        a += 5\n        a += 6\n        a += 7\n        return a\n")]
    // Unused code
    [InlineData("LF002", 2, "s = 'a'\ns.upper()\nprint(s)\n")]
    [InlineData("LF002", 2, "s = 'a'\ns.replace('a', 'b')\nprint(s)\n")]
    [InlineData("LF002", 2, "xs = [2, 1]\nsorted(xs)\nprint(xs)\n")]
    [InlineData("E1111", 2, "xs = [2, 1]\nxs = xs.sort()\nprint(xs)\n")]
    [InlineData("E1111", 2, "xs = [2, 1]\nys = xs.append(3)\nprint(xs, ys)\n")]
    [InlineData("B018", 3, "def main():\n    print('hi')\nmain\n")]
    [InlineData("LF009", 1, "board = [[0] * 3] * 3\nprint(board)\n")]
    [InlineData("LF009", 2, "n = 3\nboard = [[]] * n\nprint(board)\n")]
    [InlineData("W0101", 3, "def f(x):\n    return x\n    print(x)\n")]
    [InlineData("W0101", 3, "for x in 'ab':\n    break\n    print(x)\n")]
    [InlineData("F841", 2, "def f(x):\n    tax = x * 2\n    return x\n")]
    [InlineData("F841", 3, "try:\n    print(int(input()))\nexcept ValueError as error:\n    print('no')\n")]
    [InlineData("F401", 1, "import random\nprint('random number')\n")]
    [InlineData("F401", 1, "from math import pi, sqrt as root\nprint(pi)\n")]
    [InlineData("B007", 1, "for name, age in [('a', 1)]:\n    print(name)\n")]
    [InlineData("B007", 2, "for x in 'ab':\n    for y in 'cd':\n        print(x)\n")]
    // Safety
    [InlineData("E722", 3, "try:\n    print(int(input()))\nexcept:\n    print('no')\n")]
    [InlineData("S110", 3, "try:\n    print(int(input()))\nexcept Exception:\n    pass\n")]
    [InlineData("S307", 1, "age = eval(input())\nprint(age)\n")]
    [InlineData("S102", 1, "exec(input())\n")]
    [InlineData("SIM115", 1, "f = open('a.txt')\nprint(f.read())\nf.close()\n")]
    [InlineData("SIM115", 1, "text = open('a.txt').read()\nprint(text)\n")]
    [InlineData("SIM115", 1, "for line in open('a.txt'):\n    print(line)\n")]
    [InlineData("F403", 1, "from math import *\nprint(pi)\n")]
    // Strings
    [InlineData("W605", 1, "print('C:\\games')\n")]
    [InlineData("W605", 2, "print('''a\n\\d''')\n")]
    [InlineData("F541", 1, "print(f'hello')\n")]
    [InlineData("F541", 1, "print(f'{{}}')\n")]
    // Naming
    [InlineData("A001", 1, "list = [1]\nprint(list)\n")]
    [InlineData("A001", 1, "for max in [1]:\n    print(max)\n")]
    [InlineData("A002", 1, "def total(list):\n    return list[0]\n")]
    [InlineData("E741", 1, "l = 1\nprint(l)\n")]
    [InlineData("N801", 1, "class bank_account:\n    pass\n")]
    [InlineData("N802", 1, "def readFile():\n    return 1\n")]
    [InlineData("N803", 1, "def read(fileName):\n    return fileName\n")]
    [InlineData("N806", 2, "def read():\n    fileName = 'a'\n    return fileName\n")]
    [InlineData("N816", 1, "fileName = 'a'\nprint(fileName)\n")]
    [InlineData("E731", 1, "double = lambda n: n * 2\nprint(double(2))\n")]
    // Layout
    [InlineData("W191", 2, "if 1 < 2:\n\tprint(1)\nif 2 < 3:\n    print(2)\n")]
    [InlineData("E702", 1, "x = 1; print(x)\n")]
    [InlineData("E703", 1, "x = 1;\nprint(x)\n")]
    [InlineData("C0325", 2, "x = 1\nif (x > 0):\n    print(x)\n")]
    public async Task AProblemIsFoundOnItsLine(string code, int line, string program)
    {
        var findings = (await Reviewers.ReviewAsync(program)).Findings;

        Assert.Contains((code, line), findings.Select(f => (f.Code, f.Line)));
    }

    [Theory]
    // Conditions
    [InlineData("SIM222", "x = input()\nif len(x or 'b') > 1 or 2 < len(x) or f(x, 3):\n    print(x)\n")]
    [InlineData("SIM222", "x = input()\nif x == 'a' or x == 'b':\n    print(x)\n")]
    [InlineData("SIM222", "x = input() or 'nobody'\nif (x == 'a') or 'b' in x:\n    print(x)\n")]
    [InlineData("F632", "x = None\nif x is None or x is not True:\n    print(x)\n")]
    [InlineData("F631", "x = (1, 2)\nassert (x[0] > 0), 'a, b'\nassert (max(1, 2) > 1)\n")]
    [InlineData("B015", "x = 5\nis_six = x == 6\nprint(is_six, x == 5)\n")]
    [InlineData("E711", "x = None\nprint(x is None, f(a=None))\n")]
    [InlineData("E712", "x = True\nprint(x is True, x == 1)\n")]
    [InlineData("E721", "x = 5\nprint(isinstance(x, int), type(x))\n")]
    [InlineData("SIM103", "def f(n):\n    for d in range(2, n):\n        if n % d == 0:\n            return False\n    return True\n")]
    [InlineData("SIM103", "def f(n):\n    if n < 2:\n        return False\n    if n == 2:\n        return True\n    return n % 2 == 1\n")]
    [InlineData("SIM103", "def f(n):\n    if n < 2:\n        return True\n    elif n > 9:\n        return False\n    return n\n")]
    [InlineData("PLR5501", "x = 5\nif x > 3:\n    print(1)\nelse:\n    if x > 2:\n        print(2)\n    print(3)\n")]
    // Loops
    [InlineData("LF001", "while True:\n    if input() == 'q':\n        break\n")]
    [InlineData("LF001", "def f():\n    while True:\n        if input():\n            return 1\n")]
    [InlineData("LF001", "import sys\nwhile True:\n    if input():\n        sys.exit()\n")]
    [InlineData("LF001", "import time\nwhile True:\n    time.sleep(1)\n")]
    [InlineData("B909", "xs = [1, 2]\nfor x in xs[:]:\n    xs.remove(x)\n")]
    [InlineData("B909", "xs = [1, 2]\nfor x in xs:\n    if x > 1:\n        xs.remove(x)\n        break\n")]
    [InlineData("B909", "xs = [1, 2]\nys = []\nfor x in xs:\n    ys.append(x + 1)\n    print(xs.count(x))\n")]
    [InlineData("B023", "fs = []\nfor i in range(3):\n    fs.append(lambda i=i: i * 2)\nprint(fs)\n")]
    [InlineData("B023", "for i in range(3):\n    print(sorted([(1, 2)], key=lambda p: p[i % 2]))\n")]
    [InlineData("B023", "fs = [lambda x: x + 1 for i in range(3)]\nprint(fs)\n")]
    [InlineData("B023", "fs = []\nfor p in [(1, 2)]:\n    fs.append(lambda x=p[0]: x * 2)\nprint(fs)\n")]
    [InlineData("C0200", "xs = [1, 2]\nfor i in range(len(xs)):\n    xs[i] = xs[i] + 1\n")]
    [InlineData("C0200", "xs = [1, 2]\nfor i in range(len(xs)):\n    xs[i] += 1\n    print(xs[i])\n")]
    [InlineData("C0200", "xs = [1, 2]\nys = [3, 4]\nfor i in range(len(xs)):\n    print(xs[i], ys[i])\n")]
    [InlineData("C0200", "xs = [1, 2]\nfor i in range(len(xs)):\n    print(xs[i] - xs[i - 1])\n")]
    [InlineData("C0200", "xs = [1, 2]\nfor i in range(len(xs)):\n    print(i)\n")]
    [InlineData("SIM113", "xs = [1, 2]\nn = 0\nfor x in xs:\n    if x > 1:\n        n += 1\nprint(n)\n")]
    [InlineData("SIM113", "n = 0\nfor x in 'ab':\n    print(x)\n    n += 1\nprint(n)\n")]
    [InlineData("PERF401", "fib = [1, 1]\nfor n in range(5):\n    fib.append(fib[-1] + fib[-2])\n")]
    [InlineData("PERF401", "evens = []\nfor n in range(5):\n    if n % 2 == 0:\n        evens.append(n)\n    else:\n        print(n)\n")]
    [InlineData("SIM118", "d = {}\nkeys = list(d.keys())\nprint(keys, 'a' in d, 'b' in d.values(), 'c' in d.keys() & {'c'})\n")]
    [InlineData("LF003", "x = input()\nif x != 'a' and x != 'b' and len(x) > 2:\n    print(x)\n")]
    [InlineData("LF004", "age = int(input())\nif age == 18:\n    print(age)\n")]
    [InlineData("LF004", "age = input()\nif age.isdigit():\n    age = int(age)\n    print(age == 18)\n")]
    [InlineData("LF004", "age = input()\nprint(len(age) == 3, age[0] == '1', x.age == 3)\n")]
    [InlineData("LF005", "d = {1: 2}\nfor k in list(d.keys()):\n    del d[k]\n")]
    [InlineData("LF005", "d = {1: 2}\nfor k in d.keys():\n    d[k] += 1\n")]
    [InlineData("LF005", "d = {1: 2}\nfor k in d.keys():\n    del d[k]\n    break\n")]
    [InlineData("LF006", "for i in range(9):\n    i += 1\n    print(i)\n")]
    [InlineData("LF006", "for i in range(9):\n    while i > 0:\n        print(i)\n        i -= 1\n")]
    [InlineData("LF006", "i = 0\nwhile i < 9:\n    i += 1\n")]
    [InlineData("LF007", "xs = [1]\nfor i in range(len(xs)):\n    print(i, xs[i], xs[i - len(xs)])\n")]
    [InlineData("LF007", "xs = [1]\nfor i in range(len(xs) + 1):\n    print(xs[:i])\n")]
    [InlineData("LF007", "xs = [1]\nfor i in range(len(xs) + 1):\n    if i < len(xs):\n        print(xs[i])\n")]
    [InlineData("LF007", "d = {}\nd[len(d)] = 'a'\nprint(d)\n")]
    [InlineData("LF008", "total = 0\nfor i in range(9):\n    total += i\n")]
    [InlineData("LF008", "total = 1\nfor x in [1]:\n    total += x\n")]
    [InlineData("LF008", "total = 0\nfor x in [1]:\n    total += x\n    print(total)\n")]
    [InlineData("R1713", "xs = ['a']\ntext = 'b'\nfor x in xs:\n    text += x\n")]
    [InlineData("PLW2901", "for line in ['a']:\n    line = line.strip()\n    print(line)\n")]
    [InlineData("PLR2004", "def f(x):\n    return 17 if x > 37 else 38\n")]
    [InlineData("RET503", "def f(x):\n    if x:\n        return 1\n    return None\n\n\ndef g(x):\n    while True:\n        if x:\n            return 1\n")]
    // Functions
    [InlineData("B006", "def f(x, xs=None, n=1, t=(), s=str()):\n    return x, xs or [], n, t, s\n")]
    [InlineData("F811", "class A:\n    def f(self):\n        return 1\nclass B:\n    def f(self):\n        return 1\n")]
    [InlineData("F811", "class A:\n    @property\n    def f(self):\n        return 1\n    @f.setter\n    def f(self, x):\n        self.x = x\n")]
    [InlineData("F811", "if input():\n    def f():\n        return 1\nelse:\n    def f():\n        return 2\n")]
    [InlineData("F811", "from typing import overload\n@overload\ndef f(x: int): ...\ndef f(x):\n    return x\n")]
    [InlineData("PLW0603", "def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n    return g\n")]
    [InlineData("N805", "class Dog:\n    @staticmethod\n    def bark(n):\n        print(n)\n    def run(self):\n        return 1\n")]
    [InlineData("PLR0913", "class A:\n    def f(self, a, b, c, d, e, *rest, **more):\n        return a\n")]
    [InlineData("D103", "def f(a):\n    \"\"\"Add a lot.\"\"\"\n    a += 1\n    a += 2\n    a += 3\n    a += 4\n    a += 5\n    a += 6\n    return a\n")]
    [InlineData("D103", "def f(a):\n    return a\n")]
    [InlineData("D102", "class Dog:\n    def __init__(self, a):\n        a += 1\n        a += 2\n        a += 3\n        a += 4\n        a += 5\n        a += 6\n        self.a = a\n")]
    // Unused code
    [InlineData("LF002", "s = 'a'\ns = s.upper()\nprint(s.lower(), sorted(s))\n")]
    [InlineData("LF002", "import turtle\nturtle.title('x')\npath.replace(target)\nturtle.upper()\n")]
    [InlineData("LF002", "class A:\n    def lower(self):\n        self.n = 0\na = A()\na.lower()\n")]
    [InlineData("LF002", "def sorted(xs):\n    print(xs)\nsorted([1])\n")]
    [InlineData("E1111", "xs = [2, 1]\nxs.sort()\nys = sorted(xs)\nx = xs.pop()\nprint(ys, x)\n")]
    [InlineData("LF002", "try:\n    len(x)\nexcept TypeError:\n    print('no')\n")]
    [InlineData("LF002", "import tkinter\nlabel.lower()\n")]
    [InlineData("E1111", "graph = make()\ngraph = graph.reverse()\nprint(graph)\n")]
    [InlineData("E1111", "import numpy as np\nxs = np.append([1], 2)\nprint(xs)\n")]
    [InlineData("B018", "def main():\n    print('hi')\nmain()\n")]
    [InlineData("LF009", "board = [[0] * 3 for _ in range(3)]\nrow = [0] * 3\nflat = [x[0]] * 3\nprint(board, row, flat, [1, 2] * 3, [[0], [1]])\n")]
    [InlineData("W0101", "def f(x):\n    if x:\n        return x\n    print(x)\n    return 1\n")]
    [InlineData("F841", "def f(x):\n    a, b = x\n    total = 0\n    total += a\n    def g():\n        return name\n    name = 1\n    return g, f'{total}'\n")]
    [InlineData("F841", "def f():\n    global state\n    state = 1\n    _ = 2\n")]
    [InlineData("F841", "def f(x):\n    width = 5\n    return f'{x:>{width}}'\n")]
    [InlineData("F401", "import math\nimport os.path\nfrom random import randint as roll\nprint(math.pi, os.path, roll(1, 6))\n")]
    [InlineData("F401", "import random\nprint(f\"{random.random()} {f\"{1}\"}\")\n")]
    [InlineData("F401", "from math import sqrt\n__all__ = ['sqrt']\n")]
    [InlineData("F401", "try:\n    import numpy\nexcept ImportError:\n    numpy = 1\n")]
    [InlineData("B007", "for i in range(3):\n    print('hi')\nfor _ in 'ab':\n    print('hi')\n")]
    // Safety
    [InlineData("E722", "try:\n    print(int(input()))\nexcept:\n    print('no')\n    raise\n")]
    [InlineData("S110", "try:\n    print(int(input()))\nexcept ValueError:\n    pass\n")]
    [InlineData("S307", "model.eval()\nimport ast\nprint(ast.literal_eval(input()))\n")]
    [InlineData("SIM115", "import os\nwith open('a.txt') as f:\n    print(f.read())\nos.open('a')\n")]
    [InlineData("F403", "from math import (pi)\nx = pi * 2\n")]
    // Strings
    [InlineData("W605", "print('\\n \\t \\' \\\\ \\x41 \\u0041 \\\n', r'\\d', rb'\\d')\n")]
    [InlineData("F541", "x = 1\nprint(f'{x}', f'a' f'{x}', 'b')\n")]
    // Naming
    [InlineData("A001", "class Stack:\n    def max(self):\n        self.list = 1\n    def len(self):\n        return self.list\nf(key=max)\n")]
    [InlineData("E741", "i = 1\nprint(lambda x: x, i)\nx.l = 3\n")]
    [InlineData("N801", "class HTTPServer:\n    pass\nclass _Node2:\n    pass\n")]
    [InlineData("N802", "import unittest\nclass MyTest(unittest.TestCase):\n    def setUp(self):\n        self.x = 1\n")]
    [InlineData("N816", "MAX_SIZE = 3\nfirst_name = 'a'\nx.fileName = 1\nPoint = make()\n")]
    [InlineData("E731", "xs = sorted([1], key=lambda n: -n)\nprint(xs)\n")]
    // Layout
    [InlineData("E101", "if 1 < 2:\n\tprint('''\n  text''')\n\tprint([\n    2])\n")]
    [InlineData("E703", "print('a; b')  # c; d\n")]
    [InlineData("C0325", "x = 1\nif (x > 0) and (x < 3):\n    print(x)\nwhile (y := input()):\n    print(y)\nif (x > 1\n        and x < 2):\n    print(x)\n")]
    public async Task ANearbyInnocentProgramIsLeftAlone(string code, string program)
    {
        var findings = (await Reviewers.ReviewAsync(program)).Findings;

        Assert.DoesNotContain(code, findings.Select(f => f.Code));
        Assert.DoesNotContain("E999", findings.Select(f => f.Code));
    }

    [Fact]
    public async Task ALineIsTooLongPast100Characters()
    {
        var fits = $"text = '{new string('a', 100 - 9)}'\n";
        var isTooLong = $"text = '{new string('a', 101 - 9)}'\n";
        var address = $"text = 'https://{new string('a', 101)}'\n";

        Assert.Equal((1, "E501"), (await Reviewers.ReviewAsync(isTooLong)).Findings.Select(f => (f.Line, f.Code)).Single());
        Assert.Empty((await Reviewers.ReviewAsync(fits)).Findings);
        Assert.Empty((await Reviewers.ReviewAsync(address)).Findings);
    }

    [Theory]
    [InlineData(12, false)]
    [InlineData(13, true)]
    public async Task MoreThanTwelveBranchesAreTooMany(int branches, bool isFound)
    {
        var program = "def f(x):\n" + string.Concat(Enumerable.Range(0, branches).Select(n => $"    if x > {n}:\n        print({n})\n"));

        Assert.Equal(isFound, (await Reviewers.ReviewAsync(program)).Findings.Any(f => f.Code == "PLR0912"));
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(6, true)]
    public async Task MoreThanFiveNestedBlocksAreTooMany(int blocks, bool isFound)
    {
        var program = "def f():\n"
            + string.Concat(Enumerable.Range(1, blocks).Select(n => new string(' ', n * 4) + $"if input() > '{n}':\n"))
            + new string(' ', (blocks + 1) * 4) + "print()\n";

        Assert.Equal(isFound, (await Reviewers.ReviewAsync(program)).Findings.Any(f => f.Code == "PLR1702"));
    }
}
