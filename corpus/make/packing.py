"""Deflate, zip, gzip and tar, written by hand: no dependence on the machine's zlib, and every field may lie."""

import dataclasses
import struct
import zlib

DATE, TIME = (2024 - 1980) << 9 | 3 << 5 | 5, 9 << 11 | 12 << 5
EPOCH = 1709629920
_LENGTHS = [(3 + i, 0) for i in range(8)] + [
    (base, bits) for bits, bases in enumerate([(11, 13, 15, 17), (19, 23, 27, 31), (35, 43, 51, 59), (67, 83, 99, 115), (131, 163, 195, 227)], 1) for base in bases
] + [(258, 0)]
_DISTANCES = [(1 + i, 0) for i in range(4)] + [((2 + half << bits) + 1, bits) for bits in range(1, 14) for half in (0, 1)]


class Bits:
    """Bits, least significant first, as deflate packs them."""

    def __init__(self) -> None:
        self.out, self.held, self.count = bytearray(), 0, 0

    def put(self, value: int, bits: int) -> None:
        self.held |= value << self.count
        self.count += bits
        while self.count >= 8:
            self.out.append(self.held & 255)
            self.held >>= 8
            self.count -= 8

    def code(self, value: int, bits: int) -> None:
        """A Huffman code: most significant bit first."""
        self.put(int(f"{value:0{bits}b}"[::-1], 2), bits)

    def done(self) -> bytes:
        if self.count:
            self.put(0, 8 - self.count)
        return bytes(self.out)


def deflate(data: bytes) -> bytes:
    """One block with fixed Huffman codes (RFC 1951), greedy matches of three bytes and more."""
    bits = Bits()
    bits.put(0b011, 3)
    seen: dict[bytes, int] = {}
    at = 0
    while at < len(data):
        before, length = seen.get(data[at : at + 3], -1), 0
        if before >= 0 and at - before <= 32768:
            while length < 258 and at + length < len(data) and data[before + length] == data[at + length]:
                length += 1
        step = length if length >= 3 else 1
        if length >= 3:
            index = max(i for i, (base, _) in enumerate(_LENGTHS) if base <= length)
            _symbol(bits, 257 + index)
            bits.put(length - _LENGTHS[index][0], _LENGTHS[index][1])
            distance = at - before
            index = max(i for i, (base, _) in enumerate(_DISTANCES) if base <= distance)
            bits.code(index, 5)
            bits.put(distance - _DISTANCES[index][0], _DISTANCES[index][1])
        else:
            _symbol(bits, data[at])
        for i in range(at, min(at + step, len(data) - 2)):
            seen[data[i : i + 3]] = i
        at += step
    _symbol(bits, 256)
    packed = bits.done()
    assert zlib.decompress(packed, -15) == data
    return packed


def _symbol(bits: Bits, symbol: int) -> None:
    if symbol < 144:
        bits.code(0x30 + symbol, 8)
    elif symbol < 256:
        bits.code(0x190 + symbol - 144, 9)
    elif symbol < 280:
        bits.code(symbol - 256, 7)
    else:
        bits.code(0xC0 + symbol - 280, 8)


def deflate_zeros(blocks: int) -> bytes:
    """`blocks` * 258 + 1 zero bytes at 2 bits a block of 258: 1:1,032, the most that deflate can do."""
    bits = Bits()
    bits.put(0b101, 3)
    # Literal codes: 0 -> 2 bits, end of block -> 2 bits, 285 (258 bytes) -> 1 bit; one distance code of 1 bit.
    bits.put(286 - 257, 5)
    bits.put(0, 5)
    order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    lengths = {18: 1, 1: 2, 2: 2}
    bits.put(len(order) - 1 - 4, 4)
    for symbol in order[:-1]:
        bits.put(lengths.get(symbol, 0), 3)
    run, one, two = (0b0, 1), (0b10, 2), (0b11, 2)
    bits.code(*two)
    for count in (138, 117):
        bits.code(*run)
        bits.put(count - 11, 7)
    bits.code(*two)
    bits.code(*run)
    bits.put(28 - 11, 7)
    bits.code(*one)
    bits.code(*one)
    bits.code(0b10, 2)
    for _ in range(blocks):
        bits.put(0, 2)
    bits.code(0b11, 2)
    packed = bits.done()
    assert zlib.decompress(packed, -15) == bytes(blocks * 258 + 1)
    return packed


@dataclasses.dataclass
class Entry:
    """A member of a zip; what is None is worked out, what is given is written whether it is true or not."""

    name: str | bytes
    data: bytes = b""
    method: int = 8
    packed: bytes | None = None
    crc: int | None = None
    size: int | None = None
    flags: int = 0
    descriptor: bool = False
    extra: bytes = b""


def zipped(entries: list[Entry], comment: bytes = b"", prefix: bytes = b"", zip64: bool = False) -> bytes:
    """A zip archive (APPNOTE 6.3.10)."""
    out, directory = bytearray(prefix), bytearray()
    for e in entries:
        name = e.name.encode() if isinstance(e.name, str) else e.name
        flags = e.flags | (0x800 if isinstance(e.name, str) and not e.name.isascii() else 0) | (8 if e.descriptor else 0)
        packed = e.packed if e.packed is not None else deflate(e.data) if e.method == 8 else e.data
        crc = zlib.crc32(e.data) if e.crc is None else e.crc
        size = len(e.data) if e.size is None else e.size
        offset = len(out) - len(prefix) if not zip64 else len(out)
        sizes = (0, 0, 0) if e.descriptor else (crc, len(packed), size)
        out += struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, flags, e.method, TIME, DATE, *sizes, len(name), len(e.extra))
        out += name + e.extra + packed
        if e.descriptor:
            out += struct.pack("<IIII", 0x08074B50, crc, len(packed), size)
        external = 0x10 if name.endswith(b"/") else 0
        directory += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, flags, e.method, TIME, DATE, crc, len(packed), size, len(name), len(e.extra), 0, 0, 0, external, offset)
        directory += name + e.extra
    start = len(out) - (len(prefix) if not zip64 else 0)
    out += directory
    count, length, at = len(entries), len(directory), start
    if zip64:
        end = len(out)
        out += struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, length, start)
        out += struct.pack("<IIQI", 0x07064B50, 0, end, 1)
        count, length, at = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
    out += struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, length, at, len(comment)) + comment
    return bytes(out)


def zip_of(files: dict[str, bytes | str]) -> bytes:
    """An ordinary zip of `files`, deflated."""
    return zipped([Entry(name, data.encode() if isinstance(data, str) else data) for name, data in files.items()])


def zip_crypto(data: bytes, password: bytes) -> bytes:
    """Traditional PKWARE encryption of packed `data` (APPNOTE 6.1), with its header of twelve bytes."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def crc(value: int, byte: int) -> int:
        return zlib.crc32(bytes([byte]), value ^ 0xFFFFFFFF) ^ 0xFFFFFFFF

    def update(byte: int) -> None:
        keys[0] = crc(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 255)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = crc(keys[2], keys[1] >> 24)

    for byte in password:
        update(byte)
    out = bytearray()
    for byte in data:
        t = (keys[2] | 2) & 0xFFFF
        out.append(byte ^ (t * (t ^ 1) >> 8 & 255))
        update(byte)
    return bytes(out)


def gzipped(data: bytes, name: str = "", packed: bytes | None = None, crc: int | None = None, size: int | None = None) -> bytes:
    """One gzip member (RFC 1952)."""
    header = struct.pack("<BBBBIBB", 0x1F, 0x8B, 8, 8 if name else 0, EPOCH, 0, 255)
    body = deflate(data) if packed is None else packed
    crc = zlib.crc32(data) if crc is None else crc
    return header + (name.encode("latin-1") + b"\0" if name else b"") + body + struct.pack("<II", crc, len(data) if size is None else size)


def tar_header(name: bytes, size: int, kind: bytes = b"0", link: bytes = b"") -> bytes:
    """One ustar header (POSIX.1-1988)."""
    fields = [name[:100].ljust(100, b"\0"), b"0000644\0", b"0000000\0", b"0000000\0", b"%011o\0" % size, b"%011o\0" % EPOCH]
    header = b"".join(fields) + b" " * 8 + kind + link[:100].ljust(100, b"\0") + b"ustar\x0000" + b"corpus".ljust(32, b"\0") * 2
    header = header.ljust(512, b"\0")
    return header[:148] + b"%06o\0 " % sum(header) + header[156:]


def tar_member(name: bytes, data: bytes, kind: bytes = b"0", link: bytes = b"") -> bytes:
    """A header and its padded content."""
    return tar_header(name, len(data), kind, link) + data + b"\0" * (-len(data) % 512)


def tarred(files: dict[str, bytes | str]) -> bytes:
    """A tar archive; long names in pax headers."""
    out = b""
    for name, data in files.items():
        raw, data = name.encode(), data.encode() if isinstance(data, str) else data
        if len(raw) > 100 or not name.isascii():
            out += tar_member(b"PaxHeader", pax({"path": name}), b"x")
        out += tar_member(raw, data)
    return out + b"\0" * 1024


def pax(fields: dict[str, str]) -> bytes:
    """Records of a pax extended header."""
    out = b""
    for key, value in fields.items():
        record = f" {key}={value}\n".encode()
        length = len(record) + len(str(len(record)))
        length = len(record) + len(str(length))
        out += str(length).encode() + record
    return out
