#!/usr/bin/env python3
"""How long one caller waits: `frisk serve` over HTTP and ICAP, clamd, and a server that only counts what it was sent.

    benches/compare/latency.py --frisk target/release/frisk --files DIR [--requests 200]

DIR holds the single files of the bench data (`inline/`) or any others. All servers are started here and listen on Unix
sockets of their own; HTTP and ICAP are asked over TCP as well, to be compared with each other. They take turns (a quarter
of the requests at a time), on connections that stay open (clamd's do not), by 1 and by 8 clients. Told are the median and
the 99th of 100, in microseconds, and the ratios. clamd looks for card and social security numbers and has no signatures;
without it (Debian's clamav-daemon) its columns are left out. Python's standard library only; its clients are threads of
one interpreter, so with 8 of them all of the answers wait for it.
"""
import argparse
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

CLIENTS = (1, 8)
ROUNDS = 4


def connect(address):
    if isinstance(address, str):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(address)
    else:
        connection = socket.create_connection(address)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


class Asked:
    """A connection that is kept."""

    def __init__(self, address):
        self.socket = connect(address)
        self.file = self.socket.makefile("rb")

    def head(self):
        """First line, and the length of the body where it is told."""
        line, length = self.file.readline(), 0
        while (field := self.file.readline()) not in (b"\r\n", b""):
            if field.lower().startswith(b"content-length:"):
                length = int(field.split(b":")[1])
        return line, length


class Echo(Asked):
    def ask(self, _name, data):
        self.socket.sendall(struct.pack("<Q", len(data)) + data)
        assert len(self.file.read(8)) == 8


class Http(Asked):
    def ask(self, name, data):
        head = f"POST /v1/scan?name={name} HTTP/1.1\r\nHost: h\r\nContent-Length: {len(data)}\r\n\r\n"
        self.socket.sendall(head.encode() + data)
        line, length = self.head()
        assert b" 200 " in line and len(self.file.read(length)) == length, line


class Icap(Asked):
    def ask(self, name, data):
        request = f"GET http://h/{name} HTTP/1.1\r\nHost: h\r\n\r\n".encode()
        response = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n"
        head = (f"RESPMOD icap://h/respmod ICAP/1.0\r\nHost: h\r\nAllow: 204\r\nEncapsulated: req-hdr=0, "
                f"res-hdr={len(request)}, res-body={len(request) + len(response)}\r\n\r\n")
        self.socket.sendall(head.encode() + request + response + b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data))
        line, _ = self.head()
        if b" 204" in line:
            return
        assert b" 200" in line, line
        self.head()
        while (length := int(self.file.readline().split(b";")[0], 16)) > 0:
            self.file.read(length + 2)
        self.file.readline()


class Clamd:
    """A connection for each file: that is clamd's way."""

    def __init__(self, address):
        self.address = address

    def ask(self, _name, data):
        pieces = (data[at:at + 65536] for at in range(0, len(data), 65536))
        stream = b"".join(struct.pack(">I", len(piece)) + piece for piece in pieces)
        with connect(self.address) as connection:
            connection.sendall(b"zINSTREAM\0" + stream + struct.pack(">I", 0))
            answer = b""
            while part := connection.recv(4096):
                answer += part
        assert answer.startswith(b"stream: ") and b"ERROR" not in answer, answer


def echo(path):
    """Serves in this process for good: reads a length and as many bytes, says that it did."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)

    def serve(connection):
        file = connection.makefile("rb")
        while len(length := file.read(8)) == 8:
            file.read(struct.unpack("<Q", length)[0])
            connection.sendall(length)

    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def start(frisk, folder):
    """The servers, and how each is asked."""
    path = lambda name: os.path.join(folder, name)
    icap, http = free_port(), free_port()
    with open(path("frisk.toml"), "w") as config:
        config.write(f'[listen]\nunix = "{path("frisk.sock")}"\nicap = "127.0.0.1:{icap}"\nhttp = "127.0.0.1:{http}"\n'
                     '[decide]\npolicy = "default"\n')
    servers = [subprocess.Popen([frisk, "serve", "--config", path("frisk.toml")], stdout=subprocess.DEVNULL,
                                stderr=open(path("frisk.log"), "wb")),
               subprocess.Popen([sys.executable, __file__, "--echo", path("echo.sock")])]
    asked = {"echo": (Echo, path("echo.sock")), "http unix": (Http, path("frisk.sock")),
             "http tcp": (Http, ("127.0.0.1", http)), "icap tcp": (Icap, ("127.0.0.1", icap))}
    if clamd := shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin"):
        os.mkdir(path("db"))
        with open(path("db/none.hdb"), "w") as signatures:
            signatures.write("0123456789abcdef0123456789abcdef:1:None\n")
        with open(path("clamd.conf"), "w") as config:
            config.write(f"LocalSocket {path('clamd.sock')}\nDatabaseDirectory {path('db')}\nForeground yes\n"
                         "StructuredDataDetection yes\nStructuredMinCreditCardCount 1\nStructuredMinSSNCount 1\n"
                         f"DisableCache yes\nMaxThreads 8\nLogFile {path('clamd.log')}\n"
                         + ("User root\n" if os.getuid() == 0 else ""))
        servers.append(subprocess.Popen([clamd, "-c", path("clamd.conf")], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL))
        asked["clamd"] = (Clamd, path("clamd.sock"))
    return servers, asked


def wait_for(asked):
    for kind, address in asked.values():
        for _ in range(300):
            try:
                kind(address).ask("a.txt", b"nothing")
                break
            except (OSError, AssertionError):
                time.sleep(0.1)
        else:
            sys.exit(f"no answer from {address}")


def measure(asked, name, data, clients, requests):
    times = {who: [] for who in asked}
    for _ in range(ROUNDS):
        for who, (kind, address) in asked.items():
            # clamd takes long for large files.
            share = requests // ROUNDS // (4 if who == "clamd" and len(data) > 50_000 else 1)

            def work():
                connection = kind(address)
                connection.ask(name, data)
                for _ in range(max(share // clients, 3)):
                    begun = time.perf_counter()
                    connection.ask(name, data)
                    times[who].append(time.perf_counter() - begun)

            threads = [threading.Thread(target=work) for _ in range(clients)]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
    micros = {who: sorted(1e6 * second for second in all_) for who, all_ in times.items()}
    return {who: (all_[len(all_) // 2], all_[int(len(all_) * 0.99)]) for who, all_ in micros.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frisk", default="target/release/frisk")
    parser.add_argument("--files", help="a folder")
    parser.add_argument("--requests", type=int, default=200, help="of each client, for each file")
    parser.add_argument("--echo", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.echo:
        return echo(given.echo)
    if not given.files:
        parser.error("--files: which?")
    with tempfile.TemporaryDirectory() as folder:
        servers, asked = start(os.path.abspath(given.frisk), folder)
        try:
            wait_for(asked)
            print("| file, clients | " + " | ".join(asked) + " | http : echo | icap : http | clamd : http, p50 | p99 |")
            print("|---" * (len(asked) + 5) + "|")
            for name in sorted(os.listdir(given.files)):
                with open(os.path.join(given.files, name), "rb") as file:
                    data = file.read()
                for clients in CLIENTS:
                    took = measure(asked, name, data, clients, given.requests)
                    times = [f"{middle:.0f} / {high:.0f}" for middle, high in took.values()]
                    http = took["http unix"]
                    ratios = [http[0] / took["echo"][0], took["icap tcp"][0] / took["http tcp"][0]]
                    ratios += [took["clamd"][i] / http[i] for i in (0, 1)] if "clamd" in took else []
                    cells = [f"{name}, {clients}", *times, *(f"{ratio:.1f}" for ratio in ratios)]
                    print("| " + " | ".join(cells) + " |", flush=True)
        finally:
            for server in servers:
                server.terminate()
                server.wait()


if __name__ == "__main__":
    main()
