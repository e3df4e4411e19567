#!/usr/bin/env python3
"""Times frisk and other programs on the same files and prints ratios of CPU time. README.md says how to run it."""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SETS = ["text", "dense", "docx", "xlsx", "pptx", "pdf"]
# Exit codes that are answers: frisk and clamscan say 1 when they found something, frisk 3 when something was not examined.
ANSWERS = {0, 1, 3}


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@dataclass
class Cost:
    """What one run took."""

    seconds: float
    peak_mib: float


def run(command: list[str]) -> Cost:
    """CPU time of a process and of what it waited for; peak memory of the largest of them."""
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(child.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        child.returncode = code
        if code not in ANSWERS:
            errors.seek(0)
            tail = errors.read().decode(errors="replace")[-300:]
            raise RuntimeError(f"{command[0]} ended with {code}: {tail}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


@dataclass
class Rival:
    """Another program."""

    name: str
    sets: list[str]
    command: Callable[[Path], list[str]]
    # It is too slow for all files.
    samples: bool = False
    # Why it cannot run.
    missing: Optional[str] = None


@dataclass
class Row:
    """One line of the table."""

    work: str
    rival: str
    ratios: list[float] = field(default_factory=list)
    peaks: tuple[float, float] = (0.0, 0.0)
    megabytes: float = 0.0
    note: str = ""

    def line(self) -> str:
        if not self.ratios:
            return f"| {self.work} | {self.rival} | | skipped: {self.note} | |"
        middle, low, high = statistics.median(self.ratios), min(self.ratios), max(self.ratios)
        mine, other = self.peaks
        return (
            f"| {self.work} | {self.rival} | **{middle:.1f}x** | {low:.1f} to {high:.1f}, {self.megabytes:.1f} MB "
            f"| {mine:.0f} / {other:.0f} MiB |"
        )


def compare(work: str, rival: str, mine: list[str], other: list[str], rounds: int, megabytes: float) -> Row:
    row = Row(work, rival, megabytes=megabytes)
    try:
        run(mine)  # Caches are warm for both.
        for _ in range(rounds):
            a, b = run(mine), run(other)
            row.ratios.append(b.seconds / max(a.seconds, 1e-3))
            row.peaks = (max(row.peaks[0], a.peak_mib), max(row.peaks[1], b.peak_mib))
    except (OSError, RuntimeError) as error:
        row.ratios.clear()
        row.note = str(error).replace("\n", " ").replace("|", "/")
        say(f"SKIPPED {rival} on {work}: {row.note}")
    return row


def size(folder: Path) -> float:
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6


def sample(folder: Path, megabytes: float, scratch: Path) -> Path:
    """The first files of a folder, as links: at least one, no more than `megabytes` together."""
    out = scratch / f"sample-{folder.name}"
    if out.exists():
        return out
    out.mkdir()
    left = megabytes * 1e6
    for number, file in enumerate(sorted(f for f in folder.rglob("*") if f.is_file())):
        length = file.stat().st_size
        if number == 0 and length > left:
            # A text may be cut anywhere.
            with file.open("rb") as whole:
                (out / file.name).write_bytes(whole.read(int(left)))
            break
        if length > left:
            break
        shutil.copy(file, out / file.name)
        left -= length
    return out


def install(environment: Path) -> None:
    """Gets the other programs; each by itself, so that one that fails takes no other along."""
    packages = {"clamscan": "clamav", "pdftotext": "poppler-utils"}
    wanted = [package for program, package in packages.items() if not shutil.which(program)]
    if wanted and shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update"], check=False, **quiet)
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", *wanted], check=False, **quiet)
    elif wanted:
        say(f"to be installed by hand, as root: {' '.join(wanted)}")
    if not (environment / "bin/python").exists():
        venv.create(environment, with_pip=True)
    for package in (HERE / "requirements.txt").read_text().split():
        done = subprocess.run([environment / "bin/python", "-m", "pip", "install", "--quiet", package], check=False)
        if done.returncode != 0:
            say(f"SKIPPED {package}: it cannot be installed")


def rivals(environment: Path, scratch: Path) -> list[Rival]:
    """Every other program, and why it cannot run."""
    python = environment / "bin/python"
    signature = scratch / "one.hdb"
    signature.write_text("44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test-Signature\n")
    clamscan = [
        "clamscan", "-r", "--infected", "--no-summary", f"--database={signature}",
        "--detect-structured=yes", "--structured-ssn-format=2",
        "--structured-ssn-count=1000000000", "--structured-cc-count=1000000000",
        "--max-filesize=2000M", "--max-scansize=2000M", "--max-files=1000000", "--max-recursion=20",
    ]  # fmt: skip

    def program(name: str) -> Optional[str]:
        return None if shutil.which(name) else f"{name} is not installed (--install)"

    def module(name: str) -> Optional[str]:
        if not python.exists():
            return "there is no environment for Python programs (--install)"
        there = subprocess.run([python, "-c", f"import {name}"], capture_output=True, check=False)
        return None if there.returncode == 0 else f"{name} is not in {environment} (--install)"

    def script(name: str) -> Callable[[Path], list[str]]:
        return lambda folder: [str(python), str(HERE / name), str(folder)]

    every_file = 'for f in "$1"/*.pdf; do pdftotext "$f" - || true; done'
    return [
        Rival("ClamAV", SETS + ["start"], lambda folder: [*clamscan, str(folder)], missing=program("clamscan")),
        Rival("Hyperscan", ["text", "dense"], script("hyperscan_scan.py"), missing=module("hyperscan")),
        Rival("Presidio", ["text", "dense"], script("presidio_scan.py"), True, module("presidio_analyzer")),
        Rival("pdftotext", ["pdf"], lambda f: ["sh", "-c", every_file, "sh", str(f)], missing=program("pdftotext")),
        Rival("pypdfium2", ["pdf"], script("pdfium_text.py"), missing=module("pypdfium2")),
        Rival("kreuzberg", ["docx", "xlsx", "pptx", "pdf"], script("kreuzberg_text.py"), True, module("kreuzberg")),
    ]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with a folder for each set")
    parser.add_argument("--frisk", type=Path, default=ROOT / "target/release/frisk", help="the program to compare")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sample", type=float, default=2.0, help="megabytes of a set for slow programs")
    parser.add_argument("--only", action="append", choices=[*SETS, "start"], help="sets to compare (repeatable)")
    parser.add_argument("--rival", action="append", help="programs to compare with (repeatable)")
    parser.add_argument("--venv", type=Path, default=ROOT / "target/compare-venv")
    parser.add_argument("--install", action="store_true", help="get the other programs first")
    return parser.parse_args()


def main() -> int:
    args = arguments()
    if not args.frisk.exists():
        say(f"{args.frisk} is not there: cargo build --release, or --frisk PROGRAM")
        return 2
    if args.install:
        install(args.venv)
    keywords = args.data / "lists/keywords-500.txt"
    words = ["--keywords", str(keywords)] if keywords.exists() else []
    if not words:
        say(f"SKIPPED the keywords: {keywords} is not there")

    def frisk(folder: Path) -> list[str]:
        flags = ["--jobs", "1", "--isolate", "thread", "--format", "jsonl", "--quiet", *words]
        return [str(args.frisk), "scan", str(folder), *flags]

    rows = []
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = Path(scratch_name)
        others = rivals(args.venv, scratch)
        names = {rival.name.lower() for rival in others}
        for name in args.rival or []:
            if name.lower() not in names:
                say(f"no program `{name}`: there are {', '.join(sorted(names))}")
                return 2
        start = scratch / "start"
        start.mkdir()
        (start / "note.txt").write_text("Nothing to see here, or at least very little.\n" * 22)
        for work in args.only or [*SETS, "start"]:
            whole = start if work == "start" else args.data / work
            if not whole.is_dir():
                say(f"SKIPPED {work}: {whole} is not there")
                rows.append(Row(work, "all", note="no such set"))
                continue
            for rival in others:
                if work not in rival.sets or args.rival and rival.name.lower() not in map(str.lower, args.rival):
                    continue
                if rival.missing:
                    say(f"SKIPPED {rival.name} on {work}: {rival.missing}")
                    rows.append(Row(work, rival.name, note=rival.missing))
                    continue
                files = sample(whole, args.sample, scratch) if rival.samples else whole
                # A user who starts it on one file names no flags.
                mine = [str(args.frisk), "scan", str(files)] if work == "start" else frisk(files)
                say(f"{work}: {rival.name}")
                rows.append(compare(work, rival.name, mine, rival.command(files), args.rounds, size(files)))
    print("| files | program | CPU time against frisk | rounds | peak memory, frisk / other |")
    print("|---|---|---|---|---|")
    for row in rows:
        print(row.line())
    return 0


if __name__ == "__main__":
    sys.exit(main())
