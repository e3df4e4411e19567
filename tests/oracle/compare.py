#!/usr/bin/env python3
"""Compares frisk's checks with python-stdnum on random candidates.

    pip install python-stdnum
    cargo build --release --example checks
    python3 tests/oracle/compare.py target/release/examples/checks [--only PREFIX] [--count N] [--write docs/oracle.md]

Each line of tests/oracle/*.tsv names a pair:

    CHECK <tab> STDNUM MODULE (below stdnum) <tab> SHAPE <tab> EXPLAINED <tab> WHY

SHAPE is a mould for candidates: `9` a digit, `A` a letter, `X` either, `[...]` one of a set, `{yymmdd}` (any order and
length of yy/yyyy, mm, dd) a date that exists, mostly; every other character stands for itself.
EXPLAINED is a Python expression of `v` (the value) and `ours` (our answer): where it is true, a different answer is
meant, for the reason WHY. Both may be left out. A `#` begins a comment.
Exits 1 if any disagreement is not explained.
"""
import argparse
import calendar
import glob
import importlib
import os
import random
import re
import subprocess
import sys

TOKEN = re.compile(r"\{([ymd]+)\}|\[([^\]]*)\]|(.)")
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"


def members(spec):
    """The characters of a set such as `A-CEG-J`."""
    out, i = "", 0
    while i < len(spec):
        if i + 2 < len(spec) and spec[i + 1] == "-":
            out += "".join(chr(c) for c in range(ord(spec[i]), ord(spec[i + 2]) + 1))
            i += 3
        else:
            out += spec[i]
            i += 1
    return out


def date(rng, form):
    year, month = rng.randint(1900, 2025), rng.randint(1, 12)
    day = rng.randint(1, calendar.monthrange(year, month)[1])
    if rng.random() < 0.1:  # some that do not exist
        month, day = rng.randint(0, 19), rng.randint(0, 39)
    out = form.replace("yyyy", "%04d" % year).replace("yy", "%02d" % (year % 100))
    return out.replace("mm", "%02d" % month).replace("dd", "%02d" % day)


def candidate(rng, shape):
    out = []
    for form, spec, char in TOKEN.findall(shape):
        if form:
            out.append(date(rng, form))
        elif spec:
            out.append(rng.choice(members(spec)))
        elif char == "9":
            out.append(rng.choice(DIGITS))
        elif char == "A":
            out.append(rng.choice(UPPER))
        elif char == "X":
            out.append(rng.choice(DIGITS + UPPER))
        else:
            out.append(char)
    return "".join(out)


def pairs(only):
    folder = os.path.dirname(os.path.abspath(__file__))
    for path in sorted(glob.glob(os.path.join(folder, "*.tsv"))):
        for line in open(path, encoding="utf-8"):
            line = line.rstrip("\n")
            if line.strip() and not line.startswith("#"):
                fields = (line.split("\t") + ["", ""])[:5]
                if fields[0].startswith(only):
                    yield fields


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the built example `checks`")
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--only", default="", help="checks whose names begin with this")
    parser.add_argument("--write", help="write the result as a Markdown table")
    args = parser.parse_args()
    rows, bad = [], 0
    for check, module, shape, explained, why in pairs(args.only):
        rng = random.Random(check + module + shape)
        values = [candidate(rng, shape) for _ in range(args.count)]
        theirs = importlib.import_module("stdnum." + module).is_valid
        lines = "".join("%s\t%s\n" % (check, v) for v in values)
        answer = subprocess.run([args.program], input=lines, capture_output=True, text=True, check=True).stdout.split()
        if "?" in answer:
            sys.exit("no such check: " + check)
        passed = agree = meant = 0
        wrong = []
        for v, a in zip(values, answer):
            ours = a == "1"
            passed += ours
            if ours == bool(theirs(v)):
                agree += 1
            elif explained and eval(explained, {"v": v, "ours": ours}):
                meant += 1
            else:
                wrong.append((v, ours))
        bad += len(wrong)
        rows.append((check, module, shape, len(values), passed, meant, len(wrong), why))
        print("%-24s %-16s %-28s passed %5d, explained %5d, unexplained %5d" % (check, module, shape, passed, meant, len(wrong)))
        for v, ours in wrong[:5]:
            print("    %s: %s here, %s there" % (v, ours, not ours))
    if args.write:
        with open(args.write, "w", encoding="utf-8") as out:
            out.write("# Checks compared with python-stdnum\n\n")
            out.write("Made by `tests/oracle/compare.py` (run by hand); random candidates of the shape, `9` a digit, `A` a letter.\n\n")
            out.write("| check | stdnum module | shape | candidates | passed here | explained differences | unexplained | why they differ |\n")
            out.write("|---|---|---|---|---|---|---|---|\n")
            for check, module, shape, n, passed, meant, wrong, why in rows:
                out.write("| %s | %s | `%s` | %d | %d | %d | %d | %s |\n" % (check, module, shape.replace("|", "\\|"), n, passed, meant, wrong, why))
    print("%d pairs, %d unexplained disagreements" % (len(rows), bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
