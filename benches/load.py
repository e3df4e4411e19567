#!/usr/bin/env python3
"""Load on a running `frisk serve`: mixed traffic over HTTP and ICAP at a given rate, every verdict checked.

    benches/load.py --http 127.0.0.1:8344 --icap 127.0.0.1:1344 --rate 200 --minutes 5 --hostile DIR --pid PID

The service needs a policy that blocks card numbers and does not block what cannot be examined, for example

    name = "load"
    on-unscannable = "monitor"
    on-overload = "monitor"
    [[rule]]
    id = "cards"
    action = "block"
    rules = ["credit-card-number"]

Clean documents must pass, documents with a card must be stopped, hostile files must get some verdict. A request starts
when its time has come, whether or not those before it are done, so waiting counts. Ends with 1 if a verdict was wrong or
missing, or if the memory of the process and its workers grew by more than a third after the first quarter of the time.
Python's standard library only.
"""
import argparse
import gzip
import io
import os
import queue
import random
import socket
import sys
import threading
import time
import zipfile

CARD = "Card number: 4539 5787 6362 1486, expires 12/29"
TIMEOUT_S = 60


def docx(text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                         '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                         '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
        package.writestr("_rels/.rels", '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                         '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>')
        paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.splitlines())
        package.writestr("word/document.xml", '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
                         f"<w:body>{paragraphs}</w:body></w:document>")
    return out.getvalue()


def archive(name, data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, data)
    return out.getvalue()


def documents():
    """Name, bytes, and whether a card is in it."""
    words = "the quick brown fox jumps over a lazy dog while nobody counts the sheep in the valley below".split()
    source = random.Random(1)
    made = []
    for size in (300, 3_000, 30_000, 300_000):
        plain = "\n".join(" ".join(source.choices(words, k=12)) for _ in range(size // 60))
        for text, has_card in ((plain, False), (plain + "\n" + CARD, True)):
            kind = "card" if has_card else "clean"
            made.append((f"{kind}-{size}.txt", text.encode(), has_card))
            made.append((f"{kind}-{size}.docx", docx(text), has_card))
            made.append((f"{kind}-{size}.txt.gz", gzip.compress(text.encode()), has_card))
            made.append((f"{kind}-{size}.zip", archive("inner.docx", docx(text)), has_card))
    return made


class Ended(ConnectionError):
    """A kept connection was ended while the next request was on its way: nobody's fault, asked again (RFC 9112, 9.3.1)."""


class Connection:
    """A connection that is kept, and made anew where the service has ended it."""

    def __init__(self, address):
        self.address = address
        self.socket = self.file = None
        self.answered = False

    def open(self):
        if self.socket is None:
            host, port = self.address.rsplit(":", 1)
            self.socket = socket.create_connection((host, int(port)), TIMEOUT_S)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.file = self.socket.makefile("rb")

    def close(self):
        if self.socket is not None:
            self.file.close()
            self.socket.close()
        self.socket = self.file = None
        self.answered = False

    def head(self):
        """First line and fields."""
        try:
            line, fields = self.file.readline(), {}
        except ConnectionResetError:
            line = b""
        if not line:
            raise (Ended if self.answered else ConnectionError)("no answer")
        self.answered = True
        while True:
            field = self.file.readline()
            if field in (b"\r\n", b""):
                return line, fields
            name, _, value = field.partition(b":")
            fields[name.strip().lower()] = value.strip()


def http(connection, name, data):
    """The action that is told."""
    connection.open()
    head = f"POST /v1/scan?name={name} HTTP/1.1\r\nHost: h\r\nContent-Length: {len(data)}\r\n\r\n"
    connection.socket.sendall(head.encode() + data)
    line, fields = connection.head()
    body = connection.file.read(int(fields.get(b"content-length", 0)))
    if fields.get(b"connection", b"").lower() == b"close":
        connection.close()
    if b" 200 " not in line:
        raise ConnectionError(line.decode(errors="replace").strip())
    for action in ("allow", "monitor", "block", "quarantine"):
        if b'"action":"%s"' % action.encode() in body:
            return action
    raise ConnectionError("an answer without an action")


def icap(connection, name, data):
    """`allow` for what passes, `block` for what does not."""
    connection.open()
    request = f"GET http://load.example/{name} HTTP/1.1\r\nHost: load.example\r\n\r\n".encode()
    response = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n"
    head = (f"RESPMOD icap://h/respmod ICAP/1.0\r\nHost: h\r\nAllow: 204\r\nEncapsulated: req-hdr=0, "
            f"res-hdr={len(request)}, res-body={len(request) + len(response)}\r\n\r\n").encode()
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(data[at:at + 65536]), data[at:at + 65536]) for at in range(0, len(data), 65536))
    connection.socket.sendall(head + request + response + chunks + b"0\r\n\r\n")
    line, fields = connection.head()
    if b" 204" in line:
        return "allow"
    if b" 200" not in line:
        connection.close()
        raise ConnectionError(line.decode(errors="replace").strip())
    status, _ = connection.head()
    while True:
        size = int(connection.file.readline().split(b";")[0], 16)
        connection.file.read(size)
        connection.file.readline()
        if size == 0:
            break
    if fields.get(b"connection", b"").lower() == b"close":
        connection.close()
    return "block" if b" 403" in status else "allow"


class Run:
    def __init__(self):
        self.lock = threading.Lock()
        self.latencies, self.counts, self.problems = [], {}, []

    def again(self):
        with self.lock:
            self.counts["asked again"] = self.counts.get("asked again", 0) + 1

    def add(self, kind, latency_s, problem):
        with self.lock:
            self.latencies.append(latency_s)
            self.counts[kind] = self.counts.get(kind, 0) + 1
            if problem and len(self.problems) < 100:
                self.problems.append(problem)
            if problem:
                self.counts["wrong"] = self.counts.get("wrong", 0) + 1


def work(run, jobs, fronts):
    connections = {front: Connection(address) for front, (_, address) in fronts.items()}
    while True:
        job = jobs.get()
        if job is None:
            return
        due, front, (name, data, has_card) = job
        ask = fronts[front][0]
        try:
            try:
                action = ask(connections[front], name, data)
            except (Ended, BrokenPipeError):
                connections[front].close()
                run.again()
                action = ask(connections[front], name, data)
            # Of a hostile file nobody knows what is right; that there is a verdict is.
            stopped = action in ("block", "quarantine")
            problem = None if has_card is None or stopped == has_card else f"{front} {name}: {action}"
        except (OSError, ValueError) as error:
            connections[front].close()
            problem = f"{front} {name}: {type(error).__name__}: {error}"
        kind = "hostile" if has_card is None else "card" if has_card else "clean"
        run.add(kind, time.monotonic() - due, problem)


def memory(pid):
    """Resident bytes of a process and all below it."""
    total, todo = 0, [pid]
    while todo:
        one = todo.pop()
        try:
            with open(f"/proc/{one}/statm") as statm:
                total += int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            for task in os.listdir(f"/proc/{one}/task"):
                with open(f"/proc/{one}/task/{task}/children") as children:
                    todo += [int(child) for child in children.read().split()]
        except OSError:
            continue
    return total


def share(values, part):
    return sorted(values)[min(int(len(values) * part), len(values) - 1)] if values else 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--http", help="host:port of the HTTP listener")
    parser.add_argument("--icap", help="host:port of the ICAP listener")
    parser.add_argument("--rate", type=float, default=100, help="requests a second")
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--hostile", help="folder of hostile files")
    parser.add_argument("--hostile-share", type=float, default=0.05)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--pid", type=int, help="the service, whose memory is looked at")
    args = parser.parse_args()
    fronts = {name: (ask, address) for name, ask, address in
              (("http", http, args.http), ("icap", icap, args.icap)) if address}
    if not fronts:
        parser.error("name --http or --icap")
    good, hostile = documents(), []
    for folder, _, names in os.walk(args.hostile or os.devnull):
        for name in sorted(names):
            with open(os.path.join(folder, name), "rb") as file:
                hostile.append(("".join(c if c.isalnum() or c in ".-_" else "_" for c in name), file.read(64 << 20), None))
    run, jobs, source = Run(), queue.Queue(), random.Random(7)
    threads = [threading.Thread(target=work, args=(run, jobs, fronts), daemon=True) for _ in range(args.connections)]
    for thread in threads:
        thread.start()
    start, end = time.monotonic(), time.monotonic() + args.minutes * 60
    due, samples, look = start, [], start
    while due < end:
        time.sleep(max(due - time.monotonic(), 0))
        is_hostile = hostile and source.random() < args.hostile_share
        # Small ones are many, as in life.
        document = source.choice(hostile) if is_hostile else good[min(int(source.expovariate(4 / len(good))), len(good) - 1)]
        jobs.put((due, source.choice(list(fronts)), document))
        due += 1 / args.rate
        if args.pid and time.monotonic() >= look:
            samples.append(memory(args.pid))
            look = time.monotonic() + 2
    for _ in threads:
        jobs.put(None)
    for thread in threads:
        thread.join(TIMEOUT_S * 2)
    seconds = time.monotonic() - start
    asked = int((end - start) * args.rate)
    answered = len(run.latencies)
    print(f"{answered} requests in {seconds:.0f} s ({answered / seconds:.0f}/s): {run.counts}")
    print(f"from their time to their answer: p50 {share(run.latencies, .5) * 1e3:.1f} ms, "
          f"p99 {share(run.latencies, .99) * 1e3:.1f} ms, longest {max(run.latencies, default=0) * 1e3:.0f} ms")
    failed = bool(run.problems) or answered < asked
    for problem in run.problems[:20]:
        print("wrong:", problem)
    if len(samples) >= 8:
        settled, last = max(samples[len(samples) // 8:len(samples) // 4]), max(samples[-len(samples) // 4:])
        print(f"memory: {settled / 2**20:.0f} MiB after the first quarter, {last / 2**20:.0f} MiB in the last")
        failed |= last > settled * 4 / 3
    sys.exit(failed)


if __name__ == "__main__":
    main()
