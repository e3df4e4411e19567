#!/usr/bin/env python3
"""What others feel of a crowd: 1,000 idle connections, 200 that send a byte a second, and more work than there is time for.

    benches/crowd.py --http 127.0.0.1:8344 --icap 127.0.0.1:1344 --large FILE

Asks a running `frisk serve` for a small text, one after the other, alone and then beside the crowd, and prints the median
and the 99th of 100 in milliseconds of both (in turns, three times). Then 64 clients send FILE (a large PDF, say) without a
pause for `--seconds`: how many were examined, how many were answered from the policy's `on-overload` (status 429), how long
those waited, and how long a small text takes right afterwards. `queue` under `[limits]` must be well below 64. The clients
are threads of one interpreter, which take turns: with many of them, times are upper bounds. Python's standard library only.
"""
import argparse
import socket
import statistics
import threading
import time

IDLE, SLOW, CLIENTS = 1000, 200, 64
TEXT = b"Nothing to see here, and no number of any kind. " * 200


def connect(address):
    host, port = address.rsplit(":", 1)
    connection = socket.create_connection((host, int(port)), 60)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


class Client:
    def __init__(self, address):
        self.socket = connect(address)
        self.file = self.socket.makefile("rb")

    def ask(self, name, data):
        """Whether there was room, and how long it took in milliseconds."""
        begun = time.perf_counter()
        head = f"POST /v1/scan?name={name} HTTP/1.1\r\nHost: h\r\nContent-Length: {len(data)}\r\n\r\n"
        self.socket.sendall(head.encode() + data)
        line, length = self.file.readline(), 0
        while (field := self.file.readline()) not in (b"\r\n", b""):
            if field.lower().startswith(b"content-length:"):
                length = int(field.split(b":")[1])
        self.file.read(length)
        status = line.split()[1]
        assert status in (b"200", b"429"), line
        return status == b"200", 1000 * (time.perf_counter() - begun)


def percentiles(times):
    times = sorted(times)
    return f"p50 {statistics.median(times):.2f} ms, p99 {times[int(len(times) * 0.99)]:.2f} ms, highest {times[-1]:.2f} ms"


def small(address, count):
    client = Client(address)
    return [client.ask("small.txt", TEXT)[1] for _ in range(count)]


def crowd(http, icap, stop):
    """Connections that do nothing, and some that send the head of a request byte by byte."""
    idle = [connect(icap if nth % 2 else http) for nth in range(IDLE)]
    slow = [connect(icap if nth % 2 else http) for nth in range(SLOW)]
    begun = [b"RESPMOD icap://h/respmod ICAP/1.0\r\nHost: h\r\nX-Slow: ", b"POST /v1/scan HTTP/1.1\r\nHost: h\r\nX-Slow: "]
    for nth, connection in enumerate(slow):
        connection.sendall(begun[0 if nth % 2 else 1])

    def drip():
        while not stop.is_set():
            for connection in slow:
                try:
                    connection.sendall(b"a")
                except OSError:
                    pass  # It was shut out, as it should be.
            stop.wait(1)
        for connection in idle + slow:
            connection.close()

    thread = threading.Thread(target=drip)
    thread.start()
    return thread


def overload(address, data, seconds):
    until, answers, lock = time.time() + seconds, [], threading.Lock()

    def work():
        client = Client(address)
        while time.time() < until:
            answer = client.ask("large.pdf", data)
            with lock:
                answers.append(answer)

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return answers


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--http", default="127.0.0.1:8344")
    parser.add_argument("--icap", default="127.0.0.1:1344")
    parser.add_argument("--large", required=True)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--requests", type=int, default=1000)
    given = parser.parse_args()
    small(given.http, 50)
    for _ in range(3):
        print(f"alone:            {percentiles(small(given.http, given.requests))}", flush=True)
        stop = threading.Event()
        thread = crowd(given.http, given.icap, stop)
        print(f"beside the crowd: {percentiles(small(given.http, given.requests))}", flush=True)
        stop.set()
        thread.join()
    with open(given.large, "rb") as file:
        answers = overload(given.http, file.read(), given.seconds)
    for room, what in ((True, "examined"), (False, "on-overload")):
        times = [took for had, took in answers if had == room]
        print(f"{what}: {len(times)}" + (f", {percentiles(times)}" if times else ""))
    print(f"right afterwards: {percentiles(small(given.http, 100))}")


if __name__ == "__main__":
    main()
