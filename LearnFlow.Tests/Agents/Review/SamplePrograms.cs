namespace LearnFlow.Tests.Agents.Review;

/// <summary>Whole programs to review: some a teacher has nothing to say about, and some with many slips.</summary>
internal static class SamplePrograms
{
    public static IReadOnlyList<string> Clean { get; } =
    [
        """"
        """Guess a number between 1 and 100."""
        import random

        LOWEST = 1
        HIGHEST = 100


        def read_guess():
            """Ask until the player types a whole number."""
            while True:
                text = input(f"Guess ({LOWEST}-{HIGHEST}): ")
                try:
                    return int(text)
                except ValueError:
                    print("Please type a whole number.")


        def play():
            """Play one round and return the number of guesses."""
            secret = random.randint(LOWEST, HIGHEST)
            guesses = 1
            guess = read_guess()
            while guess != secret:
                print("Too low" if guess < secret else "Too high")
                guess = read_guess()
                guesses += 1
            return guesses


        if __name__ == "__main__":
            print(f"You needed {play()} guesses.")
        """",
        """"
        """Count the words of a text file."""
        from collections import Counter


        def read_words(path):
            """Return the words of the file in lower case."""
            with open(path, encoding="utf-8") as file:
                return [word.strip(".,!?;:").lower() for line in file for word in line.split()]


        def print_top(words, count=10):
            """Print the most common words, the most common first."""
            for rank, (word, times) in enumerate(Counter(words).most_common(count), start=1):
                print(f"{rank:>2}. {word:<20} {times:>5}")


        def main():
            path = input("File: ")
            try:
                words = read_words(path)
            except FileNotFoundError:
                print(f"There is no file {path!r}.")
            else:
                print_top(words)


        main()
        """",
        """"
        class Account:
            """A bank account that never goes below zero."""

            def __init__(self, owner, balance=0):
                self.owner = owner
                self.balance = balance
                self._history = []

            def deposit(self, amount):
                if amount <= 0:
                    raise ValueError("amount must be positive")
                self.balance += amount
                self._history.append(("deposit", amount))

            def withdraw(self, amount):
                if amount > self.balance:
                    raise ValueError("not enough money")
                self.balance -= amount
                self._history.append(("withdraw", amount))

            @property
            def is_empty(self):
                return self.balance == 0

            def __str__(self):
                return f"{self.owner}: {self.balance:.2f}"


        account = Account("Ada")
        account.deposit(50)
        account.withdraw(20)
        print(account)
        """",
        """"
        def is_prime(number):
            """Tell whether a number has no divisor but 1 and itself."""
            if number < 2:
                return False
            divisor = 2
            while divisor * divisor <= number:
                if number % divisor == 0:
                    return False
                divisor += 1
            return True


        def primes(count):
            """Return the first primes."""
            found = []
            candidate = 2
            while len(found) < count:
                if is_prime(candidate):
                    found.append(candidate)
                candidate += 1
            return found


        print(primes(10))
        print(sum(n for n in range(100) if is_prime(n)))
        """",
        """"
        inventory = {"apple": 3, "pear": 0, "plum": 12}
        prices = {"apple": 0.5, "pear": 0.75, "plum": 0.2}


        def bubble_sort(items):
            """Sort a list in place."""
            for end in range(len(items) - 1, 0, -1):
                for i in range(end):
                    if items[i] > items[i + 1]:
                        items[i], items[i + 1] = items[i + 1], items[i]


        def stock_value():
            """Return what all the fruit in stock is worth."""
            return sum(amount * prices[fruit] for fruit, amount in inventory.items())


        names = list(inventory)
        bubble_sort(names)
        for name in names:
            if not inventory[name]:
                print(f"{name} is sold out")
                continue
            print(name.title(), inventory[name])

        low = [name for name, amount in inventory.items() if amount < 5]
        print("Low:", ", ".join(low) or "nothing")
        print(f"Worth: {stock_value():.2f}")
        """",
        """"
        """A to-do list in the terminal."""
        import json
        import sys
        from pathlib import Path

        FILE = Path("todo.json")


        def load():
            if not FILE.exists():
                return []
            return json.loads(FILE.read_text())


        def save(tasks):
            FILE.write_text(json.dumps(tasks, indent=2))


        def run(command, *words):
            """Carry out one command from the command line."""
            tasks = load()
            match command:
                case "add":
                    tasks.append(" ".join(words))
                case "done" if words:
                    tasks.pop(int(words[0]) - 1)
                case "list":
                    for number, task in enumerate(tasks, start=1):
                        print(f"{number}. {task}")
                case _:
                    sys.exit("usage: todo add TEXT | done NUMBER | list")
            save(tasks)


        if __name__ == "__main__":
            run(*sys.argv[1:])
        """",
    ];

    public static IReadOnlyList<string> Faulty { get; } =
    [
        """
        from tkinter import *
        import os; import sys

        list = [3, 1, 2]
        list = list.sort()

        def addItem(item, items=[]):
            global counter
            counter = 1
            unused = f"nothing"
            if item == None or "x":
                return items
                print("never")
            for i in range(len(items)):
                print(items[i])
            for item in items:
                items.remove(item)
            return items

        def addItem(a, b, c, d, e, l):
            if (a is 5):
                return True
            else:
                return False

        while True:
            print("again")
        """,
        """
        class my_class:
            def show(this):
                try:
                    text = open("C:\data").read()
                except:
                    pass
                try:
                    eval(text)
                except Exception:
                    pass

        def main():
            out = []
            for n in range(5):
                out.append(n * n)
            buttons = []
            for n in out:
                buttons.append(lambda: n)
            k = 0
            for b in buttons:
                print(k, b)
                k += 1
            d = {}
            if "a" in d.keys() or type(d) == dict or d == True:
                d == {}
            else:
                if d:
                    print(d)
            assert (d, "empty")
            for key, value in d.items():
                print(key)
            name = "x"
            name.upper()
            double = lambda z: z * 2

        main
        """,
    ];
}
