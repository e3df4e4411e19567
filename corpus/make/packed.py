"""Compressed streams and archives other than zip, gzip and tar, written by hand: packed data is stored wherever the
format lets it be stored, so that no library of the machine has a say."""

import struct
import zlib

from .archives import CARD, PERSON
from .case import case
from .packing import Entry, deflate, tarred, zip_crypto, zipped
from .sealing import Aes, aes_extra, rar4_cipher, rar_seal, seven_zip_key, winzip_aes
from .values import *

PASSWORD, ODD_PASSWORD = "frisk-corpus", "pässwörd 密码"
HIGH, PERSON_HIGH = "match credit-card-number high 1", "match us-ssn high 1"
WORDS = f'"{groups(VISA)}"'

# What bzip2 1.0.8 and XZ Utils 5.4 (raw LZMA with an end marker) make of CARD: neither can store.
BZIP2 = bytes.fromhex("425a6839314159265359aef04d1200000cdf80001040042e700800010036231a00200031468c81a34c8d088d1a69a68069a5d12c67919854222b255024a489ae3ecb1738e6cde7f8bb9229c2848577826890")
LZMA = bytes.fromhex("0021984a465393545fd8249653c784af9eb286f7b7e5adb424ce586da324103668953f80cf47dde663e87f1fffd9fda000")
LZMA_PROPERTIES = struct.pack("<BI", 0x5D, 4096)


def build() -> None:
    streams()
    zip_methods()
    zip_passwords()
    seven_zips()
    cabinets()
    unix()
    discs()
    rars()
    overlays()


def crc(data: bytes) -> bytes:
    return struct.pack("<I", zlib.crc32(data))


def xz(data: bytes) -> bytes:
    """One XZ stream: LZMA2 with uncompressed chunks, CRC-32."""
    flags = b"\0\1"
    head = b"\xFD7zXZ\0" + flags + crc(flags)
    block = b"\x02\0\x21\x01\x00\0\0\0"
    block += crc(block)
    packed = b"\1" + struct.pack(">H", len(data) - 1) + data + b"\0"
    unpadded = len(block) + len(packed) + 4
    body = block + packed + b"\0" * (-len(packed) % 4) + crc(data)

    def number(value: int) -> bytes:
        return bytes([value & 127 | 128]) + number(value >> 7) if value > 127 else bytes([value])

    index = b"\0" + number(1) + number(unpadded) + number(len(data))
    index += b"\0" * (-len(index) % 4)
    index += crc(index)
    tail = struct.pack("<I", len(index) // 4 - 1) + flags
    return head + body + index + crc(tail) + tail + b"YZ"


def zstd(data: bytes) -> bytes:
    """One Zstandard frame of a raw block (RFC 8878, 3.1.1)."""
    assert len(data) < 256
    return b"\x28\xB5\x2F\xFD\x20" + bytes([len(data)]) + (len(data) << 3 | 1).to_bytes(3, "little") + data


def xxh32(data: bytes) -> int:
    """xxHash of less than sixteen bytes, seed 0: the check of an LZ4 header."""
    assert len(data) < 16
    p = (2654435761, 2246822519, 3266489917, 668265263, 374761393)
    mask = 0xFFFFFFFF
    rotate = lambda v, by: (v << by | v >> 32 - by) & mask
    h, i = (p[4] + len(data)) & mask, 0
    while i + 4 <= len(data):
        h = rotate((h + int.from_bytes(data[i : i + 4], "little") * p[2]) & mask, 17) * p[3] & mask
        i += 4
    for byte in data[i:]:
        h = rotate((h + byte * p[4]) & mask, 11) * p[0] & mask
    for shift, factor in ((15, p[1]), (13, p[2]), (16, 1)):
        h = (h ^ h >> shift) * factor & mask
    return h


def lz4(data: bytes) -> bytes:
    """One LZ4 frame of an uncompressed block."""
    descriptor = b"\x60\x40"
    check = xxh32(descriptor) >> 8 & 255
    return b"\x04\x22\x4D\x18" + descriptor + bytes([check]) + struct.pack("<I", len(data) | 1 << 31) + data + bytes(4)


def lz4_matched(data: bytes, again: int) -> bytes:
    """One LZ4 frame: `data` as literals, then `again` bytes from its start once more, then five literals."""
    def length(value: int) -> tuple[int, bytes]:
        return (value, b"") if value < 15 else (15, b"\xFF" * ((value - 15) // 255) + bytes([(value - 15) % 255]))

    (literals, more), (match, rest) = length(len(data)), length(again - 4)
    block = bytes([literals << 4 | match]) + more + data + struct.pack("<H", len(data)) + rest + b"\x50done\n"
    descriptor = b"\x60\x40"
    return b"\x04\x22\x4D\x18" + descriptor + bytes([xxh32(descriptor) >> 8 & 255]) + struct.pack("<I", len(block)) + block + bytes(4)


def compress(data: bytes) -> bytes:
    """The .Z format: LZW; short enough for codes of nine bits."""
    table, codes, held = {bytes([i]): i for i in range(256)}, [], b""
    for byte in data:
        longer = held + bytes([byte])
        if longer in table:
            held = longer
        else:
            codes.append(table[held])
            table[longer] = len(table) + 1
            held = bytes([byte])
    codes.append(table[held])
    assert len(codes) < 250
    bits = sum(code << 9 * i for i, code in enumerate(codes))
    return b"\x1F\x9D\x90" + bits.to_bytes((9 * len(codes) + 7) // 8, "little")


def lzip() -> bytes:
    data = CARD.encode()
    member = b"LZIP\x01\x0C" + LZMA + crc(data) + struct.pack("<Q", len(data))
    return member + struct.pack("<Q", len(member) + 8)


def streams() -> None:
    data, reads = CARD.encode(), f"reads embedded {WORDS}"
    alone = LZMA_PROPERTIES + b"\xFF" * 8 + LZMA
    for path, content, media in (
        ("bz2/honest/text.txt.bz2", BZIP2, "x-bzip2"),
        ("xz/honest/text.txt.xz", xz(data), "x-xz"),
        ("xz/honest/the-older-format.lzma", alone, "x-lzma"),
        ("xz/honest/the-other-one.lz", lzip(), "x-lzip"),
        ("zst/honest/text.txt.zst", zstd(data), "zstd"),
        ("lz4/honest/text.txt.lz4", lz4(data), "x-lz4"),
        ("lz4/honest/matches.lz4", lz4_matched(data, len(data)), "x-lz4"),
        ("Z/honest/text.txt.Z", compress(data), "x-compress"),
    ):
        count = "2" if "matches" in path else "1"
        case(path, content, "status ok", f"kind application/{media}", f"match credit-card-number high {count}", reads)
    case("xz/honest/tar-inside.tar.xz", xz(tarred({"card.txt": CARD})), "status ok", HIGH + " container=card.txt")
    case("xz/odd/two-streams-and-padding.xz", xz(data) + bytes(8) + xz(PERSON.encode()), "status ok", HIGH, PERSON_HIGH)
    case("zst/odd/frame-to-be-skipped.zst", struct.pack("<II", 0x184D2A53, len(PERSON)) + PERSON.encode() + zstd(data), "status ok", HIGH, PERSON_HIGH)
    case("bz2/odd/text-behind-the-data.bz2", BZIP2 + PERSON.encode(), HIGH, PERSON_HIGH)
    case("lz4/odd/legacy-frame.lz4", b"\x02\x21\x4C\x18" + struct.pack("<I", len(data) + 2) + b"\xF0" + bytes([len(data) - 15]) + data, "status ok", HIGH)
    case("bz2/hostile/cut-off.bz2", BZIP2[:-20], "gap corrupt")
    case("xz/hostile/cut-off.xz", xz(data)[:-30], "gap corrupt", HIGH)
    case("zst/hostile/cut-in-the-second-block.zst", zstd(data)[:5].replace(b"\x20", b"\0") + b"\x58" + (len(data) << 3).to_bytes(3, "little") + data + b"\x09", "gap corrupt", HIGH)
    case("lz4/hostile/cut-off.lz4", lz4(data)[:-6], "gap corrupt", HIGH)
    huge = b"\x28\xB5\x2F\xFD\0\xA8" + zstd(data)[6:]
    case("zst/hostile/window-of-gigabytes.zst", huge, "gap memory", "no-match *")
    case("xz/hostile/dictionary-of-gigabytes.lzma", struct.pack("<BI", 0x5D, 1 << 31) + b"\xFF" * 8 + LZMA, "gap memory", "no-match *")
    case("Z/hostile/code-that-is-not-made-yet.Z", b"\x1F\x9D\x90" + (ord("a") | 400 << 9).to_bytes(3, "little") + bytes(8), "gap corrupt")


def zip_methods() -> None:
    data = CARD.encode()
    lzma = b"\x09\x14\x05\0" + LZMA_PROPERTIES + LZMA
    packed = [("deflate64", 9, deflate(data), 0), ("bzip2", 12, BZIP2, 0), ("lzma", 14, lzma, 2), ("zstd", 93, zstd(data), 0), ("xz", 95, xz(data), 0)]
    for name, method, content, flags in packed:
        entry = Entry("card.txt", data, method=method, packed=content, flags=flags)
        case(f"zip/odd/packed-by-{name}.zip", zipped([entry]), "status ok", HIGH + " container=card.txt")
    cut = Entry("card.txt", data, method=95, packed=xz(data)[:-28])
    case("zip/hostile/xz-member-is-cut-off.zip", zipped([cut]), "gap corrupt card.txt", HIGH)
    imploded = Entry("card.txt", data, method=6, packed=bytes(range(1, 60)))
    case("zip/odd/packed-by-implode.zip", zipped([imploded]), "gap unsupported_type card.txt", "no-match *")
    locator = bytearray(zipped([Entry("card.txt", data)], zip64=True))
    at = locator.index(b"PK\x06\x07") + 16
    locator[at : at + 4] = bytes(4)
    case("zip/odd/zip64-on-no-disk-at-all.zip", bytes(locator), "status ok", HIGH)


def zip_passwords() -> None:
    data = CARD.encode()
    check = zlib.crc32(data) >> 24
    for name, password in (("", PASSWORD.encode()), ("-in-utf-8", ODD_PASSWORD.encode())):
        sealed = zip_crypto(b"frisk corpu" + bytes([check]) + deflate(data), password)
        entry = Entry("card.txt", data, packed=sealed, flags=1)
        case(f"zip/honest/password{name}.zip", zipped([entry]), "status ok", HIGH, f"reads passwords {WORDS}")
    # Traditional encryption checks a password by one byte: this one takes the first password of the list for right.
    for number in range(100_000):
        trial = b"unknown-%d" % number
        sealed = zip_crypto(b"frisk corpu" + bytes([check]) + deflate(data), trial)
        if _opens(sealed, PASSWORD.encode()) == check:
            break
    entry = Entry("card.txt", data, packed=sealed, flags=1)
    case("zip/odd/password-that-only-seems-right.zip", zipped([entry]), "gap password_protected card.txt", "no-match *")
    for version, strength in ((1, 1), (2, 2), (2, 3)):
        method = 0 if version == 1 else 8
        packed = winzip_aes(data if method == 0 else deflate(data), PASSWORD, strength)
        extra = aes_extra(version, strength, method)
        entry = Entry("card.txt", data, packed=packed, crc=None if version == 1 else 0, flags=1, method=99, extra=extra)
        case(f"zip/honest/aes-{64 + 64 * strength}.zip", zipped([entry]), "status ok", HIGH)
    packed = winzip_aes(deflate(data), "nobody gave this one", 3)
    entry = Entry("card.txt", data, packed=packed, crc=0, flags=1, method=99, extra=aes_extra(2, 3, 8))
    case("zip/honest/aes-with-another-password.zip", zipped([entry]), "gap password_protected card.txt", "no-match *")


def _opens(sealed: bytes, password: bytes) -> int:
    """The last byte of the header of ZipCrypto, decrypted with `password`."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte: int) -> None:
        step = lambda value, b: zlib.crc32(bytes([b]), value ^ 0xFFFFFFFF) ^ 0xFFFFFFFF
        keys[0] = step(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 255)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = step(keys[2], keys[1] >> 24)

    for byte in password:
        update(byte)
    plain = 0
    for byte in sealed[:12]:
        t = (keys[2] | 2) & 0xFFFF
        plain = byte ^ (t * (t ^ 1) >> 8 & 255)
        update(plain)
    return plain


# ---- 7z ------------------------------------------------------------------------------------------------------------


def number(value: int) -> bytes:
    """A number of 7z."""
    for more in range(8):
        if value < 1 << 7 * (more + 1):
            first = (0xFF00 >> more & 0xFF) | value >> 8 * more
            return bytes([first]) + (value & (1 << 8 * more) - 1).to_bytes(more, "little")
    return b"\xFF" + value.to_bytes(8, "little")


def seven_zip(files: dict[str, str], coders: list[bytes], packed: bytes, lengths: list[int], comment: str = "", crcs: bool = True) -> tuple[bytes, bytes]:
    """Packed stream and header of an archive of one folder. `coders` in the order of the header, each bound to the next."""
    datas = [data.encode() for data in files.values() if data]
    folder = number(len(coders)) + b"".join(coders) + b"".join(number(i) + number(i + 1) for i in range(len(coders) - 1))
    header = b"\1\4\6" + number(0) + number(1) + b"\x09" + number(len(packed)) + b"\0"
    header += b"\7\x0B" + number(1) + b"\0" + folder + b"\x0C" + b"".join(number(n) for n in lengths) + b"\0"
    header += b"\x08\x0D" + number(len(datas)) + b"\x09" + b"".join(number(len(d)) for d in datas[:-1])
    header += (b"\x0A\1" + b"".join(crc(d) for d in datas) if crcs else b"") + b"\0\0"
    names = b"\0" + b"".join(name.encode("utf-16le") + b"\0\0" for name in files)
    header += b"\5" + number(len(files))
    if any(not data for data in files.values()):
        bits = "".join("0" if data else "1" for data in files.values()).ljust(8, "0")
        header += b"\x0E\1" + bytes([int(bits, 2)])
    header += b"\x11" + number(len(names)) + names
    if comment:
        field = b"\0" + comment.encode("utf-16le")
        header += b"\x16" + number(len(field)) + field
    return packed, header + b"\0\0"


def seven_zip_file(packed: bytes, header: bytes) -> bytes:
    start = struct.pack("<QQ", len(packed), len(header)) + crc(header)
    return b"7z\xBC\xAF\x27\x1C\0\4" + crc(start) + start + packed + header


def lzma2(data: bytes) -> bytes:
    return b"\1" + struct.pack(">H", len(data) - 1) + data + b"\0"


def encrypted(data: bytes, password: str) -> tuple[bytes, bytes]:
    """`data` under AES, and the coder that undoes it."""
    salt, vector = b"salt", b"vector of 16 B.."
    key = seven_zip_key(password, salt, 10)
    properties = bytes([0x80 | 0x40 | 10, (len(salt) - 1) << 4 | 15]) + salt + vector
    return Aes(key).chained(data, vector), b"\x24\x06\xF1\x07\x01" + number(len(properties)) + properties


def seven_zips() -> None:
    files = {"card.txt": CARD, "staff/person.txt": PERSON, "empty.txt": ""}
    data = (CARD + PERSON).encode()
    both = [HIGH + " container=card.txt", PERSON_HIGH + " container=staff/person.txt"]
    copy, lzma2_coder = b"\1\0", b"\x21\x21\x01\x10"
    plain = seven_zip_file(*seven_zip(files, [copy], data, [len(data)]))
    case("7z/honest/stored.7z", plain, "status ok", "kind application/x-7z-compressed", *both, f"reads embedded {WORDS}", 'reads names "staff/person.txt"')
    packed = lzma2(data)
    header = seven_zip(files, [lzma2_coder], packed, [len(data)], comment=f"SSN: {SSN_2}")
    case("7z/honest/lzma2-and-comment.7z", seven_zip_file(*header), "status ok", *both[:1], f'reads comments "{SSN_2}"')
    one = {"card.txt": CARD}
    for name, coder, content in (
        ("lzma", b"\x23\3\1\1\5" + LZMA_PROPERTIES, LZMA),
        ("bzip2", b"\3\4\2\2", BZIP2),
        ("deflate", b"\3\4\1\x08", deflate(CARD.encode())),
        ("zstandard", b"\4\4\xF7\x11\1", zstd(CARD.encode())),
    ):
        case(f"7z/honest/{name}.7z", seven_zip_file(*seven_zip(one, [coder], content, [len(CARD)])), "status ok", HIGH)
    delta = bytes((b - a) & 255 for a, b in zip(b"\0" + CARD.encode(), CARD.encode()))
    filtered = seven_zip(one, [b"\x21\3\1\0", copy], delta, [len(CARD), len(CARD)])
    case("7z/odd/filtered.7z", seven_zip_file(*filtered), "status ok", HIGH)

    def packed_header(header: bytes, at: int, coders: list[bytes], content: bytes, lengths: list[int]) -> bytes:
        out = b"\x17\6" + number(at) + number(1) + b"\x09" + number(len(content)) + b"\0\7\x0B" + number(1) + b"\0" + number(len(coders))
        out += b"".join(coders) + b"".join(number(i) + number(i + 1) for i in range(len(coders) - 1))
        return out + b"\x0C" + b"".join(number(n) for n in lengths) + b"\x0A\1" + crc(header) + b"\0\0"

    content, header = seven_zip(files, [copy], data, [len(data)])
    outer = packed_header(header, len(content), [copy], header, [len(header)])
    case("7z/honest/packed-header.7z", seven_zip_file(content + header, outer), "status ok", *both)

    for name, password in (("", PASSWORD), ("-in-other-letters", ODD_PASSWORD)):
        sealed, aes = encrypted(lzma2(data), password)
        header = seven_zip(files, [lzma2_coder, aes], sealed, [len(data), len(lzma2(data))])
        case(f"7z/honest/password{name}.7z", seven_zip_file(*header), "status ok", *both, f"reads passwords {WORDS}")
    sealed, aes = encrypted(LZMA, ODD_PASSWORD)
    header = seven_zip(one, [b"\x23\3\1\1\5" + LZMA_PROPERTIES, aes], sealed, [len(CARD), len(LZMA)])
    case("7z/honest/password-over-lzma.7z", seven_zip_file(*header), "status ok", HIGH)
    sealed, aes = encrypted(lzma2(data), "nobody gave this one")
    content, header = seven_zip(files, [lzma2_coder, aes], sealed, [len(data), len(lzma2(data))])
    case("7z/honest/another-password.7z", seven_zip_file(content, header), "gap password_protected card.txt", 'reads names "card.txt"', "no-match *", "protection password_encrypted")
    for name, password, facts in (("", PASSWORD, ["status ok", *both]), ("-with-another-password", "nobody", ["gap password_protected", "protection password_encrypted", "no-match *"])):
        sealed, aes = encrypted(lzma2(data), password)
        content, header = seven_zip(files, [lzma2_coder, aes], sealed, [len(data), len(lzma2(data))])
        hidden, header_aes = encrypted(header, password)
        outer = packed_header(header, len(content), [copy, header_aes], hidden, [len(header), len(header)])
        case(f"7z/odd/names-encrypted{name}.7z", seven_zip_file(content + hidden, outer), *facts)

    case("7z/hostile/cut-off.7z", seven_zip_file(*seven_zip(files, [lzma2_coder], packed, [len(data)]))[: 32 + len(packed)], "gap corrupt", HIGH)
    wrong = plain.replace(crc(CARD.encode()), b"\1\2\3\4")
    case("7z/hostile/wrong-checksum.7z", wrong, "gap corrupt card.txt", *both)
    case("7z/hostile/method-nobody-knows.7z", seven_zip_file(*seven_zip(files, [b"\3\x7F\x7F\x7F"], data, [len(data)])), "gap unsupported_type card.txt", 'text "staff/person.txt"')
    wide = seven_zip(files, [b"\x21\x21\x01\x27"], packed, [1 << 40])
    case("7z/hostile/dictionary-of-gigabytes.7z", seven_zip_file(*wide), "gap memory card.txt")
    ring = seven_zip(files, [copy] * 3, data, [len(data)] * 3)
    broken = ring[1].replace(copy * 3 + b"\0\1\1\2", copy * 3 + b"\0\1\1\1")
    case("7z/hostile/coders-in-a-ring.7z", seven_zip_file(ring[0], broken), "gap corrupt card.txt")


# ---- cabinets, Unix, discs ------------------------------------------------------------------------------------------


def cabinet(files: dict[str, str], method: int, blocks: list[tuple[bytes, int]]) -> bytes:
    """A cabinet of one folder (MS-CAB)."""
    names = {name: name.encode("utf-8") + b"\0" for name in files}
    start = 36 + 8 + sum(16 + len(name) for name in names.values())
    data = b"".join(struct.pack("<IHH", 0, len(packed), length) + packed for packed, length in blocks)
    out = struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, start + len(data), 0, 44, 0, 3, 1, 1, len(files), 0, 7, 0)
    out += struct.pack("<IHH", start, len(blocks), method)
    offset = 0
    for name, content in files.items():
        out += struct.pack("<IIHHHH", len(content), offset, 0, 0x5865, 0x4800, 0x20 if name.isascii() else 0xA0) + names[name]
        offset += len(content)
    return out + data


def cabinets() -> None:
    files = {"card.txt": CARD, "staff\\Müller.txt": PERSON}
    data = (CARD + PERSON).encode()
    facts = [HIGH + " container=card.txt", PERSON_HIGH + " container=staff/Müller.txt"]
    case("cab/honest/stored.cab", cabinet(files, 0, [(data, len(data))]), "status ok", "kind application/vnd.ms-cab-compressed", *facts, f"reads embedded {WORDS}", 'reads names "staff/Müller.txt"')
    zipped_blocks = [(b"CK" + deflate(data[:30]), 30), (b"CK" + deflate(data[30:]), len(data) - 30)]
    case("cab/honest/mszip.cab", cabinet(files, 1, zipped_blocks), "status ok", *facts)
    case("cab/odd/quantum.cab", cabinet(files, 0x0412, [(b"quantum", len(data))]), "gap unsupported_type card.txt", 'text "staff/Müller.txt"')
    program = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + bytes(200)
    case("cab/odd/self-extracting.exe", program + cabinet(files, 1, zipped_blocks), *facts)
    case("cab/hostile/cut-off.cab", cabinet(files, 0, [(data, len(data))])[:-20], "gap corrupt", 'text "card.txt"')


def ar(members: list[tuple[str, bytes]]) -> bytes:
    out = b"!<arch>\n"
    for name, data in members:
        out += f"{name:<16}{1709629920:<12}0     0     100644  {len(data):<10}`\n".encode() + data + b"\n" * (len(data) % 2)
    return out


def cpio(files: dict[str, str]) -> bytes:
    out = b""
    for name, content in [*files.items(), ("TRAILER!!!", "")]:
        data, mode = content.encode(), 0o100644 if content else 0
        fields = [0, mode, 0, 0, 1, 1709629920, len(data), 0, 0, 0, 0, len(name) + 1, 0]
        out += b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
        out += b"\0" * (-len(out) % 4) + data
        out += b"\0" * (-len(out) % 4)
    return out


def rpm(payload: bytes, texts: dict[int, str]) -> bytes:
    def header(texts: dict[int, str]) -> bytes:
        index, store = b"", b""
        for tag, text in texts.items():
            index += struct.pack(">IIII", tag, 6, len(store), 1)
            store += text.encode() + b"\0"
        return b"\x8E\xAD\xE8\x01" + bytes(4) + struct.pack(">II", len(texts), len(store)) + index + store

    lead = struct.pack(">4sBBHH66sHH16s", b"\xED\xAB\xEE\xDB", 3, 0, 0, 1, b"frisk-corpus-1.0-1", 1, 5, b"")
    signature = header({267: "none"})
    return lead + signature + b"\0" * (-len(signature) % 8) + header(texts) + payload


def unix() -> None:
    files = {"card.txt": CARD, "staff/person.txt": PERSON}
    both = [HIGH + " container=card.txt", PERSON_HIGH + " container=staff/person.txt"]
    library = ar([("//", b"a-name-longer-than-sixteen.txt/\n"), ("card.txt/", CARD.encode()), ("/0", PERSON.encode())])
    case("ar/honest/long-names.a", library, "status ok", "kind application/x-archive", both[0], PERSON_HIGH + " container=a-name-longer-than-sixteen.txt", f"reads embedded {WORDS}", 'reads names "card.txt"')
    package = ar([("debian-binary", b"2.0\n"), ("control.tar.xz", xz(tarred({"./control": f"Maintainer: {EMAIL}\n"}))), ("data.tar.zst", zstd_long(tarred(files)))])
    case("ar/honest/package.deb", package, "status ok", *both)
    case("ar/hostile/cut-off.a", library[:-20], "gap corrupt", both[0])
    case("cpio/honest/new-format.cpio", cpio(files), "status ok", "kind application/x-cpio", *both, f"reads embedded {WORDS}", 'reads names "staff/person.txt"')
    case("cpio/hostile/cut-off.cpio", cpio(files)[:300], "gap corrupt", both[0])
    case("rpm/honest/package.rpm", rpm(xz(cpio(files)), {1000: "frisk-corpus", 1005: f"Maintainer's SSN: {SSN_2}"}), "status ok", "kind application/x-rpm", *both, f"reads embedded {WORDS}", "unique us-ssn 2")
    case("rpm/hostile/no-payload.rpm", rpm(b"", {1000: "frisk-corpus"}), "gap corrupt", 'text "frisk-corpus"')


def zstd_long(data: bytes) -> bytes:
    """One Zstandard frame of raw blocks, in a window of two megabytes."""
    blocks, step = b"", 100_000
    for i in range(0, len(data), step):
        piece = data[i : i + step]
        blocks += (len(piece) << 3 | (1 if i + step >= len(data) else 0)).to_bytes(3, "little") + piece
    return b"\x28\xB5\x2F\xFD\0\x58" + blocks


def disc(files: dict[str, str], rock_ridge: bool = False, joliet: bool = False, hidden: str = "") -> bytes:
    """An ISO 9660 image: primary (and Joliet) descriptor, one folder, files of a sector each."""
    sector = 2048

    def both(value: int, size: int) -> bytes:
        return value.to_bytes(size, "little") + value.to_bytes(size, "big")

    def record(name: bytes, at: int, length: int, flags: int, system: bytes = b"") -> bytes:
        body = b"\0" + both(at, 4) + both(length, 4) + bytes([124, 3, 5, 9, 12, 0, 0]) + bytes([flags, 0, 0]) + both(1, 2) + bytes([len(name)]) + name
        body += b"\0" * (1 - len(name) % 2) + system
        body += b"\0" * ((len(body) + 1) % 2)
        return bytes([len(body) + 1]) + body

    folder_at, wide_at = 19, 20
    place = {name: 21 + i for i, name in enumerate(files)}

    def folder(at: int, wide: bool) -> bytes:
        share = b"SP\x07\x01\xBE\xEF\0" if rock_ridge and not wide else b""
        out = record(b"\0", at, sector, 2, share) + record(b"\1", at, sector, 2)
        for index, (name, content) in enumerate(files.items()):
            system = b""
            if wide:
                short = f"{name};1".encode("utf-16be")
            else:
                short = f"FILE{index}.TXT;1".encode()
                long = name.encode()
                system = b"NM" + bytes([5 + len(long), 1, 0]) + long if rock_ridge else b""
            out += record(short, place[name], len(content.encode()), 0, system)
        return out.ljust(sector, b"\0")

    count = 21 + len(files) + bool(hidden)

    def descriptor(kind: int, escape: bytes, root: int) -> bytes:
        out = bytes([kind]) + b"CD001\1\0" + b" " * 32 + b"FRISK".ljust(32) + bytes(8) + both(count, 4) + escape.ljust(32, b"\0")
        out += both(1, 2) + both(1, 2) + both(sector, 2) + both(10, 4) + struct.pack("<II", 0, 0) + struct.pack(">II", 0, 0)
        return (out + record(b"\0", root, sector, 2)[:34]).ljust(sector, b"\0")

    image = bytes(16 * sector) + descriptor(1, b"", folder_at)
    image += descriptor(2, b"%/E", wide_at) if joliet else bytes([255]) + b"CD001\1".ljust(sector - 1, b"\0")
    image += (bytes([255]) + b"CD001\1").ljust(sector, b"\0")
    image += folder(folder_at, False) + folder(wide_at, True)
    for content in files.values():
        image += content.encode().ljust(sector, b"\0")
    return image + (hidden.encode().ljust(sector, b"\0") if hidden else b"")


def discs() -> None:
    files = {"card number.txt": CARD, "大和 person.txt": PERSON}
    case("iso/honest/short-names.iso", disc({"card.txt": CARD}), "status ok", "kind application/x-iso9660-image", HIGH + " container=FILE0.TXT", f"reads embedded {WORDS}", 'reads names "FILE0.TXT"')
    both = [HIGH + ' "container=card number.txt"', PERSON_HIGH + ' "container=大和 person.txt"']
    case("iso/honest/joliet.iso", disc(files, joliet=True), "status ok", *both)
    case("iso/honest/rock-ridge.iso", disc(files, rock_ridge=True), "status ok", *both)
    case("iso/odd/file-in-no-folder.iso", disc({"card.txt": CARD}, hidden=PERSON), HIGH, PERSON_HIGH)
    case("iso/hostile/cut-off.iso", disc(files, joliet=True)[: 21 * 2048 + 1000], "gap corrupt", both[0])
    udf = bytearray(disc({"card.txt": CARD}))
    udf[0x8800:0x9000] = (b"\0BEA01\1").ljust(2048, b"\0")
    udf[0x9000:0x9800] = (b"\0NSR02\1").ljust(2048, b"\0")
    case("iso/odd/udf-beside.iso", bytes(udf), "gap unsupported_type", HIGH)


# ---- RAR -----------------------------------------------------------------------------------------------------------


def vint(value: int) -> bytes:
    return bytes([value & 127 | 128]) + vint(value >> 7) if value > 127 else bytes([value])


def rar5(*headers: bytes) -> bytes:
    return b"Rar!\x1A\x07\1\0" + rar5_header(1, vint(0)) + b"".join(headers) + rar5_header(5, vint(0))


def rar5_header(kind: int, fields: bytes, extra: bytes = b"", data: bytes = b"") -> bytes:
    body = vint(kind) + vint((1 if extra else 0) | (2 if data else 0))
    body += (vint(len(extra)) if extra else b"") + (vint(len(data)) if data else b"") + fields + extra
    sized = vint(len(body)) + body
    return crc(sized) + sized + data


def rar5_file(name: str, data: bytes, packed: bytes | None = None, method: int = 0, extra: bytes = b"", kind: int = 2) -> bytes:
    packing = vint(method << 7 | 1 << 10)
    fields = vint(4) + vint(len(data)) + vint(0x20) + crc(data) + packing + vint(1) + vint(len(name.encode())) + name.encode()
    return rar5_header(kind, fields, extra, data if packed is None else packed)


def rar4(*blocks: bytes) -> bytes:
    return b"Rar!\x1A\x07\0" + rar4_block(0x73, 0, bytes(6)) + b"".join(blocks) + rar4_block(0x7B, 0x4000, b"")


def rar4_block(kind: int, flags: int, fields: bytes, data: bytes = b"") -> bytes:
    body = bytes([kind]) + struct.pack("<HH", flags, 7 + len(fields)) + fields
    return struct.pack("<H", zlib.crc32(body) & 0xFFFF) + body + data


def rar4_file(name: bytes, data: bytes, method: int = 0x30, version: int = 29, packed: bytes | None = None, salt: bytes = b"") -> bytes:
    packed = data if packed is None else packed
    fields = struct.pack("<IIBIIBBHI", len(packed), len(data), 2, zlib.crc32(data), 0x58654800, version, method, len(name), 0x20) + name + salt
    return rar4_block(0x74, 0x8404 if salt else 0x8000, fields, packed)


class HighBits:
    """Bits, most significant first."""

    def __init__(self) -> None:
        self.bits = ""

    def put(self, value: int, count: int) -> None:
        self.bits += f"{value:0{count}b}" if count else ""

    def lengths(self, *runs: tuple[int, int]) -> None:
        """Twenty lengths of the code for lengths, then (count, length) of the codes: all codes of one table are as long."""
        used = sorted({length for _, length in runs})
        width = 2 if len(used) > 2 else 1
        for length in range(20):
            self.put(width if length in used else 0, 4)
        for count, length in runs:
            for _ in range(count):
                self.put(used.index(length), width)

    def bytes(self) -> bytes:
        return int(self.bits.ljust(-(-len(self.bits) // 8) * 8, "0"), 2).to_bytes(-(-len(self.bits) // 8), "big")


def repeats(data: bytes):
    """Literals (as numbers) and matches (distance, length of 4 to 9) of `data`."""
    at = 0
    while at < len(data):
        length = 9
        while length >= 4 and (at + length > len(data) or data.rfind(data[at : at + length], 0, at + length - 1) < 0):
            length -= 1
        start = data.rfind(data[at : at + length], 0, at + length - 1) if length >= 4 else -1
        if start >= 0 and at - start <= 200:
            yield at - start, length
            at += length
        else:
            yield data[at]
            at += 1


def rar5_pack(data: bytes) -> bytes:
    """One block of RAR 5: codes of equal length, literals and matches."""
    bits = HighBits()
    bits.lengths((306, 9), (64, 6), (16, 4), (44, 6))
    for item in repeats(data):
        if isinstance(item, int):
            bits.put(item, 9)
            continue
        distance, length = item
        bits.put(262 + length - 2, 9)
        _distance(bits, distance - 1, 4)
    body = bits.bytes()
    assert len(body) < 256
    flags = 0xC0 | (len(bits.bits) - 1) % 8
    return bytes([flags, 0x5A ^ flags ^ len(body), len(body)]) + body


def _distance(bits: HighBits, value: int, low_bits: int) -> None:
    """A distance less one: its class, further bits, and the lowest four by a code of their own."""
    if value < 4:
        return bits.put(value, 6)
    more = value.bit_length() - 2
    bits.put(2 * (more + 1) + (value >> more & 1), 6)
    rest = value & (1 << more) - 1
    if more < 4:
        bits.put(rest, more)
    else:
        bits.put(rest >> 4, more - 4)
        bits.put(rest & 15, low_bits)


def rar3_pack(data: bytes) -> bytes:
    """One block of RAR 3: no PPMd, no codes kept, codes of equal length, literals and matches, the end of the member."""
    bits = HighBits()
    bits.put(0, 2)
    bits.lengths((299, 9), (60, 6), (17, 5), (28, 5))
    for item in repeats(data):
        if isinstance(item, int):
            bits.put(item, 9)
            continue
        distance, length = item
        bits.put(271 + length - 3, 9)
        _distance(bits, distance - 1, 5)
    bits.put(256, 9)
    bits.put(0, 2)
    return bits.bytes()


def rars() -> None:
    card, person = CARD.encode(), PERSON.encode()
    both = [HIGH + " container=card.txt", PERSON_HIGH + " container=staff/Müller.txt"]
    reads = [f"reads embedded {WORDS}", 'reads names "staff/Müller.txt"']
    comment = rar5_file("CMT", f"SSN: {SSN_2}".encode(), kind=3)
    five = rar5(comment, rar5_file("card.txt", card), rar5_file("staff/Müller.txt", person))
    case("rar/honest/stored.rar", five, "status ok", "kind application/vnd.rar", *both, *reads, f'reads comments "{SSN_2}"')
    old = rar4(rar4_file(b"card.txt", card), rar4_file("staff\\Müller.txt".encode("cp437"), person))
    case("rar/honest/stored-by-version-4.rar", old, "status ok", *both)
    sealed = rar5(rar5_file("card.txt", card), rar5_file("person.txt", person, packed=bytes(range(48)), extra=b"\2\1\0"))
    text = (CARD * 3 + "The same card, said three times.\n").encode()
    case("rar/honest/packed-by-version-5.rar", rar5(rar5_file("card.txt", text, packed=rar5_pack(text), method=3)), "status ok", "match credit-card-number high 3")
    case("rar/honest/packed-by-version-3.rar", rar4(rar4_file(b"card.txt", text, method=0x33, packed=rar3_pack(text))), "status ok", "match credit-card-number high 3")
    cut = rar5(rar5_file("card.txt", text, packed=rar5_pack(text), method=3))[:-30]
    case("rar/hostile/packed-and-cut-off.rar", cut, "gap corrupt card.txt", "match credit-card-number high >=1")
    cipher, vector, told = rar_seal(PASSWORD, 6, True)
    record = vint(len(told) + 1) + b"\1" + told
    opened = rar5(rar5_file("card.txt", card, packed=cipher.chained(card, vector), extra=record))
    case("rar/honest/password.rar", opened, "status ok", HIGH, f"reads passwords {WORDS}")
    cipher, vector, told = rar_seal(ODD_PASSWORD, 6, False)
    hide = lambda header: vector + cipher.chained(header, vector)
    hidden = b"".join(hide(header) for header in (rar5_header(1, vint(0)), rar5_file("empty.txt", b""), rar5_file("card.txt", b"", packed=b"")))
    ends = hide(rar5_header(5, vint(0)))
    member = rar5_file("card.txt", card)
    hidden += hide(member[: -len(card)]) + card + ends
    case("rar/odd/names-encrypted-and-opened.rar", b"Rar!\x1A\x07\1\0" + rar5_header(4, told) + hidden, "status ok", HIGH + " container=card.txt")
    case("rar/honest/one-of-two-encrypted.rar", sealed, "gap password_protected person.txt", both[0], 'text "person.txt"')
    case("rar/odd/names-encrypted.rar", rar4_hidden(), "gap password_protected", "protection password_encrypted")
    cipher, vector = rar4_cipher(ODD_PASSWORD, b"8 octets")
    salted = rar4_file(b"card.txt", text, method=0x33, packed=cipher.chained(rar3_pack(text), vector), salt=b"8 octets")
    case("rar/honest/password-of-version-4.rar", rar4(salted), "status ok", "match credit-card-number high 3")
    cipher, vector = rar4_cipher(PASSWORD, b"8 octets")
    hidden = b"".join(b"8 octets" + cipher.chained(block[: len(block) - len(tail)], vector) + tail for block, tail in ((rar4_file(b"card.txt", card), card), (rar4_block(0x7B, 0x4000, b""), b"")))
    opened = b"Rar!\x1A\x07\0" + rar4_block(0x73, 0x80, bytes(6)) + hidden
    case("rar/odd/names-encrypted-by-version-4.rar", opened, "status ok", HIGH + " container=card.txt")
    packed = rar4(rar4_file(b"card.txt", bytes(range(60)), method=0x33, version=20), rar4_file(b"person.txt", person))
    case("rar/odd/packed-by-version-2.rar", packed, "gap unsupported_type", 'text "card.txt"', PERSON_HIGH)
    case("rar/hostile/cut-off.rar", five[:-60], "gap corrupt", both[0])
    case("rar/hostile/checksum.rar", five.replace(card, card.replace(b"Visa", b"visa")), "gap corrupt card.txt", HIGH)


def rar4_hidden() -> bytes:
    """The headers of all members are encrypted: nothing can be told."""
    return b"Rar!\x1A\x07\0" + rar4_block(0x73, 0x80, bytes(6)) + bytes(range(8)) + bytes((i * 37) & 255 for i in range(96))


# ---- two things in one file ----------------------------------------------------------------------------------------


def png() -> bytes:
    chunk = lambda name, data: struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    pixels = b"\x78\1\1\2\0\xFD\xFF\0\x7F" + struct.pack(">I", zlib.adler32(b"\0\x7F"))
    return b"\x89PNG\r\n\x1A\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def gif() -> bytes:
    return b"GIF89a\1\0\1\0\x80\0\0" + bytes(3) + b"\xFF" * 3 + b"\x2C" + bytes(4) + b"\1\0\1\0\0\2\2\x4C\1\0\x3B"


def jpeg() -> bytes:
    return b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xFF\xDA\0\x08\1\1\0\0\x3F\0\x55\xFF\0\xAA\xFF\xD9"


def bmp() -> bytes:
    return b"BM" + struct.pack("<IIIIiiHHIIiiII", 58, 0, 54, 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0) + bytes(4)


def overlays() -> None:
    card, archive = CARD.encode(), zipped([Entry("card.txt", CARD.encode())])
    program = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + bytes(200)
    seven = seven_zip_file(*seven_zip({"card.txt": CARD}, [b"\1\0"], card, [len(card)]))
    script = b";!@Install@!UTF-8!\nTitle=\"frisk\"\n;!@InstallEnd@!"
    inside = HIGH + " container=(appended)"
    for name, content in (
        ("text-behind-a-picture.png", png() + b"\r\n" + card),
        ("text-behind-a-photo.jpg", jpeg() + card),
        ("text-behind-a-bitmap.bmp", bmp() + card),
        ("zip-behind-an-animation.gif", gif() + archive),
        ("7z-behind-a-photo.jpeg", jpeg() + seven),
        ("self-extracting-zip.exe", program + archive),
        ("self-extracting-7z.exe", program + script + seven),
        ("self-extracting-rar.exe", program + rar5(rar5_file("card.txt", card))),
    ):
        case(f"nest/hostile/{name}", content, inside)
    page = b"<html><body>nothing</body></html>\n" + archive
    case("nest/hostile/zip-behind-a-page.html", page, HIGH + " container=card.txt", 'text "nothing"', "suspicion trailing_data")
    front = f"Social Security number: {SSN}, in front of the archive\n".encode()
    case("nest/hostile/text-in-front-of-a-zip.zip", front + archive, HIGH + " container=card.txt", PERSON_HIGH + ' "container=(in front)"', "suspicion trailing_data")
    case("nest/honest/picture-with-zeros-behind.png", png() + bytes(100), "gap image_only", 'not-text "appended"')
    case("nest/odd/two-photos-in-one.mpo.jpg", jpeg() + jpeg(), "gap image_only", 'not-text "appended"')
