"""Zip, gzip and tar: the ordinary, the unusual and the lying. What is inside is text."""

import zlib

from .case import case
from .packing import Entry, deflate, deflate_zeros, gzipped, pax, tar_member, tarred, zip_crypto, zip_of, zipped
from .values import *

CARD = f"Card number: {groups(VISA)}, Visa\n"
PERSON = f"Social Security number: {SSN}\n"
ZEROS, ZEROS_SIZE = deflate_zeros(80_000), 80_000 * 258 + 1
ZIP, GZIP, TAR = "kind application/zip", "kind application/gzip", "kind application/x-tar"


def build() -> None:
    zips()
    names()
    gzips()
    tars()


def zips() -> None:
    files = {"card.txt": CARD, "staff/person.txt": PERSON, "staff/empty.txt": ""}
    both = ["match credit-card-number high 1 container=card.txt", "match us-ssn high 1 container=staff/person.txt"]
    shown = [f'reads embedded "{groups(VISA)}"', 'reads names "staff/person.txt"']
    case("zip/honest/text-files.zip", zip_of(files), "status ok", ZIP, *both, *shown)
    stored = zipped([Entry("card.txt", CARD.encode(), method=0), Entry("staff/", b"", method=0), Entry("staff/person.txt", PERSON.encode(), method=0)])
    case("zip/honest/stored-and-folders.zip", stored, "status ok", *both)
    streamed = zipped([Entry(n, d.encode(), descriptor=True) for n, d in files.items()])
    case("zip/honest/sizes-after-the-data.zip", streamed, "status ok", *both)
    case("zip/honest/zip64.zip", zipped([Entry("card.txt", CARD.encode())], zip64=True), "status ok", both[0])
    case("zip/honest/archive-comment.zip", zipped([Entry("a.txt", b"nothing")], comment=f"SSN: {SSN}".encode()), "match us-ssn high 1", f'reads comments "{SSN}"')
    case("zip/honest/no-members.zip", zipped([]), "status ok", ZIP, "no-match *")
    names = zip_of({"Müller 大和.txt": CARD, f"{EMAIL}.txt": "nothing"})
    case("zip/honest/names-that-tell.zip", names, "match credit-card-number high 1 container=大和", "match email >=low 1 part=filename")
    case("zip/odd/name-in-code-page-437.zip", zipped([Entry("Müller.txt".encode("cp437"), CARD.encode())]), "match credit-card-number high 1")
    case("zip/odd/self-extracting.zip", zipped([Entry("card.txt", CARD.encode())], prefix=b"#!/bin/sh\nexec unzip \"$0\"\n"), both[0])
    twice = zipped([Entry("same.txt", CARD.encode()), Entry("same.txt", PERSON.encode())])
    case("zip/odd/two-members-of-one-name.zip", twice, "match credit-card-number high 1", "match us-ssn high 1")
    climbing = zipped([Entry("../../etc/card.txt", CARD.encode()), Entry("C:\\Users\\person.txt", PERSON.encode())])
    case("zip/hostile/names-that-climb.zip", climbing, "match credit-card-number high 1", "match us-ssn high 1")
    unknown = zipped([Entry("card.txt", CARD.encode()), Entry("odd.bin", b"\0\1\2", method=98)])
    case("zip/odd/unknown-method.zip", unknown, "status partial", "gap unsupported_type odd.bin", both[0])

    packed = deflate(PERSON.encode())
    crc = zlib.crc32(PERSON.encode())
    sealed = Entry("person.txt", PERSON.encode(), packed=zip_crypto(b"frisk corpu" + bytes([crc >> 24]) + packed, b"frisk"), flags=1)
    case("zip/honest/all-encrypted.zip", zipped([sealed]), "gap password_protected person.txt", "protection password_encrypted", "no-match *")
    mixed = zipped([Entry("card.txt", CARD.encode()), sealed])
    case("zip/honest/one-of-two-encrypted.zip", mixed, "status partial", "gap password_protected person.txt", both[0])
    aes = Entry("person.txt", b"", packed=bytes(range(200)), crc=0, size=40, flags=1, method=99, extra=bytes.fromhex("0199070002004145030800"))
    case("zip/odd/aes-encrypted.zip", zipped([aes]), "gap password_protected person.txt")

    wrong = zipped([Entry("card.txt", CARD.encode()), Entry("person.txt", PERSON.encode(), crc=0x12345678)])
    case("zip/hostile/wrong-checksum.zip", wrong, "status partial", "gap corrupt person.txt", *[both[0], "match us-ssn high 1"])
    whole = zip_of(files)
    case("zip/hostile/directory-cut-off.zip", whole[: whole.index(b"PK\x01\x02") + 20], "gap corrupt", *both)
    long = zip_of({"card.txt": CARD, "long.txt": "\n".join(digits(f"line {i}", 40) for i in range(400))})
    case("zip/hostile/cut-in-the-second-member.zip", long[: len(long) // 2], "gap corrupt", both[0])
    broken = zipped([Entry("card.txt", CARD.encode()), Entry("person.txt", PERSON.encode(), packed=b"\xff" * 40)])
    case("zip/hostile/member-is-no-deflate.zip", broken, "status partial", "gap corrupt person.txt", both[0])
    small = zipped([Entry("card.txt", CARD.encode()), Entry("person.txt", PERSON.encode(), size=3)])
    case("zip/hostile/size-lies.zip", small, both[0])
    case("zip/hostile/offset-lies.zip", whole[:-6] + b"\xff\xff\xff\x7f\0\0", ZIP, "gap corrupt", *both)

    bomb = Entry("zeros.bin", b"", packed=ZEROS, crc=zlib.crc32(bytes(ZEROS_SIZE)), size=ZEROS_SIZE)
    case("zip/hostile/ratio.zip", zipped([Entry("card.txt", CARD.encode()), bomb]), "status partial", "gap ratio_exceeded zeros.bin", both[0])
    case("zip/hostile/unpacks-to-too-much.zip", zipped([Entry("card.txt", CARD.encode()), bomb]), "limit unpacked_bytes_max 1000000", "gap expanded_too_large", both[0])
    many = zipped([Entry("card.txt", CARD.encode(), method=0)] + [Entry(f"{i}", b"", method=0) for i in range(60)])
    case("zip/hostile/too-many-members.zip", many, "limit members_max 20", "gap members_exceeded", both[0])
    nest = zip_of({"card.txt": CARD})
    for level in range(20):
        nest = zipped([Entry(f"{level}.zip", nest), Entry(f"{level}.txt", b"nothing")])
    case("zip/hostile/twenty-deep.zip", nest, "status partial", "gap depth_exceeded")
    one = zipped([Entry("a.txt", CARD.encode())])
    overlap = one.replace(b"a.txt", b"b.txt")
    directory = one.index(b"PK\x01\x02")
    second = overlap[overlap.index(b"PK\x01\x02") : overlap.index(b"PK\x05\x06")]
    entry = one[directory : one.index(b"PK\x05\x06")]
    end = bytearray(one[one.index(b"PK\x05\x06") :])
    end[8:12] = b"\2\0\2\0"
    end[12:16] = (len(entry) + len(second)).to_bytes(4, "little")
    case("zip/hostile/two-members-share-their-bytes.zip", one[:directory] + entry + second + bytes(end), "match credit-card-number high 1 container=a.txt")


def names() -> None:
    case("zip/odd/number-in-a-member-name.zip", zip_of({f"SSN {SSN}.txt": "hi"}), "match us-ssn high 1 part=filename")
    plain = zipped([Entry("note.txt", f"SSN: {SSN}".encode())])
    unknown = bytearray(plain)
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        unknown[plain.index(mark) + at : plain.index(mark) + at + 2] = (97).to_bytes(2, "little")
    case("zip/hostile/method-nobody-knows.zip", bytes(unknown), "match us-ssn high 1", "gap corrupt note.txt")


def gzips() -> None:
    high = "match credit-card-number high 1"
    case("gz/honest/text.txt.gz", gzipped(CARD.encode(), "text.txt"), "status ok", GZIP, high, f'reads embedded "{groups(VISA)}"', 'reads names "text.txt"')
    case("gz/honest/no-name.gz", gzipped(CARD.encode()), "status ok", high)
    case("gz/odd/two-members.gz", gzipped(CARD.encode()) + gzipped(PERSON.encode()), high, "match us-ssn high 1")
    case("gz/odd/trailing-bytes.gz", gzipped(CARD.encode()) + b"\0" * 512, high)
    case("gz/hostile/wrong-checksum.gz", gzipped(CARD.encode(), crc=1), "gap corrupt", high)
    case("gz/hostile/truncated.gz", gzipped((CARD + digits("x", 60) * 50).encode())[:-30], "gap corrupt", high)
    bomb = gzipped(b"", "zeros", packed=ZEROS, crc=zlib.crc32(bytes(ZEROS_SIZE)), size=ZEROS_SIZE)
    case("gz/hostile/ratio.gz", bomb, "gap ratio_exceeded", "no-match *")


def tars() -> None:
    files = {"card.txt": CARD, "staff/person.txt": PERSON}
    both = ["match credit-card-number high 1 container=card.txt", "match us-ssn high 1 container=staff/person.txt"]
    case("tar/honest/text-files.tar", tarred(files), "status ok", TAR, *both, f'reads embedded "{groups(VISA)}"', 'reads names "staff/person.txt"')
    name = "a-very-long-folder-name/" * 6 + "Müller.txt"
    case("tar/honest/long-name-in-a-pax-header.tar", tarred({name: CARD}), "match credit-card-number high 1 container=Müller.txt")
    long = tar_member(b"././@LongLink", (b"folder/" * 20) + b"card.txt\0", b"L") + tar_member(b"folder/", CARD.encode()) + bytes(1024)
    case("tar/odd/long-name-the-gnu-way.tar", long, "match credit-card-number high 1 container=card.txt")
    links = tar_member(b"link", b"", b"2", b"/etc/passwd") + tar_member(b"folder/", b"", b"5") + tar_member(b"fifo", b"", b"6") + tar_member(b"card.txt", CARD.encode()) + bytes(1024)
    case("tar/odd/links-folders-pipes.tar", links, both[0])
    case("tar/odd/no-end-blocks.tar", tarred(files)[:-1024], *both)
    whole = tarred({"card.txt": CARD, "long.txt": "nothing\n" * 400})
    case("tar/hostile/truncated.tar", whole[:2200], "gap corrupt", both[0])
    bad = bytearray(tarred(files))
    bad[1024 + 148 : 1024 + 154] = b"777777"
    case("tar/hostile/wrong-header-checksum.tar", bytes(bad), "gap corrupt", both[0])
    lying = tar_member(b"PaxHeader", pax({"size": "99999999999"}), b"x") + tar_member(b"card.txt", CARD.encode()) + bytes(1024)
    case("tar/hostile/size-of-a-hundred-gigabytes.tar", lying, "gap corrupt", "match credit-card-number high 1")
