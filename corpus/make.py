#!/usr/bin/env python3
"""Writes the corpus: documents of our own and, beside each, what frisk must say of it.

    python3 corpus/make.py            write every document and every .expect file
    python3 corpus/make.py --check    write them to a temporary folder and compare with what is here

Standard library only, no clock, no randomness, no system zlib: the same bytes on every machine.
"""

import argparse
import filecmp
import pathlib
import sys
import tempfile

from make import archives, bad, biff, data, docx, epub, images, labels, macros, mail, markup, nests, odf, onenote
from make import outlook, packed, pdf, plain, ppt, pptx, publisher, rtf, sealed, tables, visio, word, wordml, xlsx
from make.case import CASES

HERE = pathlib.Path(__file__).resolve().parent
CLASSES = ("honest", "odd", "hostile")
MODULES = [plain, tables, markup, docx, xlsx, pptx, pdf, archives, nests, labels, bad]
MODULES += [word, biff, ppt, publisher, macros, mail, outlook, rtf, packed, sealed]
MODULES += [odf, epub, visio, wordml, data, onenote, images]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    arguments = parser.parse_args()
    for module in MODULES:
        module.build()
    if not arguments.check:
        for path in documents(HERE) - set(CASES):
            (HERE / path).unlink()
            (HERE / path).with_suffix(".expect").unlink(missing_ok=True)
        write(HERE)
        print(f"{len(CASES)} documents")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        fresh = pathlib.Path(folder)
        write(fresh)
        wrong = sorted(differences(fresh))
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


def write(root: pathlib.Path) -> None:
    for path, case in CASES.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(case.content)
        expect = expectation(root, path)
        expect.write_text("".join(f"{fact}\n" for fact in case.facts), encoding="utf-8", newline="\n")


def expectation(root: pathlib.Path, path: str) -> pathlib.Path:
    return (root / path).with_suffix(".expect")


def documents(root: pathlib.Path) -> set[str]:
    """Documents that are there: everything in a format's folders but the expectations."""
    files = (f for c in CLASSES for f in root.glob(f"*/{c}/*") if f.suffix != ".expect")
    return {f.relative_to(root).as_posix() for f in files}


def differences(fresh: pathlib.Path):
    for path in sorted(documents(HERE) | set(CASES)):
        for name in (path, expectation(pathlib.Path(), path).as_posix()):
            if not (HERE / name).exists():
                yield f"missing: {name}"
            elif not (fresh / name).exists():
                yield f"not made by make.py: {name}"
            elif not filecmp.cmp(HERE / name, fresh / name, shallow=False):
                yield f"differs: {name}"


if __name__ == "__main__":
    sys.exit(main())
