"""Pictures, sound and film: what is written beside the pixels, and drawings made of records."""

import struct

from .case import case
from .labels import A, keys
from .pixels import chunk, pixel, stored
from .values import *


def xmp(description: str, label: bool = True) -> bytes:
    attributes = "".join(f' pdfx:{k}="{v}"' for k, v in keys(A, "Confidential").items()) if label else ""
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdfx="http://ns.adobe.com/pdfx/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Painter 1.0"{attributes}>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>""".encode()


def tiff(*tags: tuple[int, int, bytes]) -> bytes:
    """One directory of tags that all point behind it."""
    values, entries = b"", b""
    start = 8 + 2 + 12 * len(tags) + 4
    for tag, kind, value in tags:
        value = value.ljust(5, b"\0")
        entries += struct.pack("<HHII", tag, kind, len(value), start + len(values))
        values += value
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + values


def iptc(*sets: tuple[int, str]) -> bytes:
    data = b"\x1c\x01\x5a\0\x03\x1b%G"
    for number, text in sets:
        data += struct.pack(">BBBH", 0x1C, 2, number, len(text.encode())) + text.encode()
    return b"8BIM\x04\x04\0\0" + struct.pack(">I", len(data)) + data + bytes(len(data) % 2)


def jpeg(*segments: tuple[int, bytes]) -> bytes:
    body = b"".join(struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data for marker, data in segments)
    return b"\xff\xd8" + body + b"\xff\xda\0\x02pixels\xff\xd9"


def gif(*extensions: bytes) -> bytes:
    image = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
    return b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff" + b"".join(extensions) + image + b";"


def emf(*records: bytes) -> bytes:
    head = struct.pack("<II", 1, 100) + bytes(32) + b" EMF" + bytes(56)
    return head + b"".join(records) + struct.pack("<IIIII", 14, 20, 0, 0, 20)


def drawn(text: str, x: int, y: int, options: int = 0) -> bytes:
    """EMR_EXTTEXTOUTW with ten units of advance a character."""
    units = text.encode("utf-16-le")
    units += bytes(len(units) % 4)
    at = 76 + len(units)
    head = struct.pack("<II", 84, at + 4 * len(text)) + bytes(28)
    head += struct.pack("<iiIII", x, y, len(text), 76, options) + bytes(16) + struct.pack("<I", at)
    return head + units + struct.pack("<I", 10) * len(text)


def wmf(text: bytes, charset: int) -> bytes:
    def record(function: int, data: bytes) -> bytes:
        return struct.pack("<IH", 3 + len(data) // 2, function) + data

    font = record(0x02FB, bytes(13) + bytes([charset]) + bytes(4)) + record(0x012D, bytes(2))
    out = record(0x0521, struct.pack("<H", len(text)) + text + bytes(len(text) % 2) + struct.pack("<HH", 9, 9))
    return b"\x01\0\x09\0\0\x03" + bytes(12) + font + out + record(0, b"")


def riff(form: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    body = form + b"".join(name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def id3(*frames: tuple[bytes, bytes]) -> bytes:
    body = b"".join(name + struct.pack(">IH", len(data), 0) + data for name, data in frames)
    size = len(body)
    return b"ID3\x03\0\0" + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127]) + body + b"\xff\xfb\x90\0" + bytes(64)


def build() -> None:
    seen = ["gap image_only", "status partial"]
    texts = [chunk(b"tEXt", b"Title\0Payroll of " + KEYWORD.encode()), chunk(b"zTXt", b"Comment\0\0" + stored(f"SSN: {SSN}".encode()))]
    texts.append(chunk(b"iTXt", f"Description\0\0\0de\0\0Straße, card number {VISA}".encode()))
    facts = ["kind image/png", "match us-ssn high 1 part=metadata", "match credit-card-number high 1", "match custom-keyword >=medium 1", f'reads metadata "SSN: {SSN}"']
    case("image/honest/text-chunks.png", pixel(*texts), *facts, "misses pictures image_only", *seen)
    packed = pixel(chunk(b"iTXt", b"XML:com.adobe.xmp\0\x01\0\0\0" + stored(xmp(f"Card number: {VISA}"))))
    facts = [f"label {A} Confidential active", "match credit-card-number high 1", f'reads labels "{A}"', 'not-text "Painter"']
    case("image/honest/xmp.png", packed, *facts, *seen)
    exif = tiff((0x010E, 2, f"Scan of card number {VISA}\0".encode()), (0x8298, 2, b"Contoso\0"), (0x9286, 7, b"UNICODE\0" + f"SSN: {SSN}".encode("utf-16-le")), (0x9C9C, 1, f"IBAN {IBAN_GB}\0".encode("utf-16-le")))
    facts = ["match credit-card-number high 1", "match us-ssn high 1", "match iban high 1", 'reads metadata "Contoso"']
    case("image/honest/exif.jpg", jpeg((0xE1, b"Exif\0\0" + exif)), "kind image/jpeg", *facts, *seen)
    case("image/honest/tags.tif", exif, "kind image/tiff", *facts, *seen)
    caption = iptc((120, f"Straße, card number {VISA}"), (80, "Anna Berg"), (55, "20240305"))
    parts = [(0xED, b"Photoshop 3.0\0" + caption), (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp(f"SSN: {SSN}")), (0xFE, f"IBAN {IBAN_DE}".encode())]
    facts = ["match credit-card-number high 1", "match us-ssn high 1", "match iban high 1", f"label {A} Confidential active", 'text "Anna Berg"', 'text "Straße"', 'not-text "20240305"']
    case("image/honest/iptc-xmp-and-comment.jpg", jpeg(*parts), *facts, *seen)
    long = xmp(f"SSN: {SSN}", label=False)
    more = [(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32 + struct.pack(">II", len(long), at) + long[at : at + 300]) for at in range(0, len(long), 300)]
    case("image/odd/long-xmp.jpg", jpeg(*reversed(more)), "match us-ssn high 1", *seen)
    packet = b"\x21\xff\x0bXMP DataXMP" + xmp(f"SSN: {SSN}") + b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    case("image/honest/comments.gif", gif(b"\x21\xfe\x19" + b"Card number: 4539 and more"[:25] + b"\0", packet), "match us-ssn high 1", f"label {A} Confidential active", 'text "Card number: 4539 and mor"', *seen)
    case("image/honest/chunks.webp", riff(b"WEBP", (b"VP8 ", bytes(9)), (b"EXIF", exif), (b"XMP ", xmp("Nothing"))), "match credit-card-number high 1", f"label {A} Confidential active", *seen)
    heif = struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic" + struct.pack(">I", len(packed) + 8) + b"mdat" + xmp(f"SSN: {SSN}")
    case("image/honest/packet.heic", heif, "kind image/heif", "match us-ssn high 1", f"label {A} Confidential active", *seen)
    psd = b"8BPS\0\x01" + bytes(20) + bytes(4) + struct.pack(">I", len(caption)) + caption + bytes(8) + b"Txt TEXT" + struct.pack(">I", 17) + f"SSN: {SSN}\0".encode("utf-16-be")
    case("image/honest/layers.psd", psd, "match us-ssn high 1", "match credit-card-number high 1", *seen)

    name = "Card number: "
    text = emf(drawn(name, 0, 5), drawn(VISA[:6], 130, 5), drawn(VISA[6:], 190, 5), drawn("next line", 0, 30))
    case("image/honest/drawn-text.emf", text, "kind image/emf", "match credit-card-number high 1 part=body", f'reads body "{VISA}"', "status ok")
    apart = emf(*(drawn(VISA[i : i + 4], i * 30, 5) for i in range(0, 16, 4)), drawn(SSN, 0, 40, options=0x10))
    case("image/odd/text-apart-and-by-glyphs.emf", apart, f'text "{groups(VISA)}"', "no-match us-ssn", "gap image_only")
    bits = struct.pack("<II", 81, 120) + bytes(112)
    case("image/honest/drawing-with-a-bitmap.emf", emf(drawn(f"SSN: {SSN}", 0, 5), bits), "match us-ssn high 1 part=body", *seen)
    case("image/honest/drawn-text-in-cyrillic.wmf", wmf(f"Номер карты {VISA}".encode("cp1251"), 204), "kind image/emf", f'reads body "Номер карты {VISA}"', "status ok")

    tags = id3((b"TIT2", b"\x01\xff\xfe" + f"SSN: {SSN}".encode("utf-16-le")), (b"COMM", b"\x00eng\0Card number: " + VISA.encode()), (b"TLEN", b"\x0012345"))
    facts = ["match us-ssn high 1 part=metadata", "match credit-card-number high 1", "gap unsupported_type", 'not-text "12345"']
    case("image/honest/tags-of-a-song.mp3", tags, *facts)
    case("image/honest/list.wav", riff(b"WAVE", (b"LIST", b"INFOINAM\x10\0\0\0SSN: " + SSN.encode())), "match us-ssn high 1", "gap unsupported_type")

    loop = tiff((0x010E, 2, f"SSN: {SSN}\0".encode()))
    loop = loop[:22] + struct.pack("<I", 8) + loop[26:]
    case("image/hostile/directories-in-a-ring.tif", loop, "match us-ssn high 1", *seen)
    shared = b"II*\0" + struct.pack("<IH", 8, 2000) + struct.pack("<HHII", 0x010E, 2, 20000, 24020) * 2000 + bytes(14) + f"SSN: {SSN}".encode().ljust(20000, b" ")
    case("image/hostile/tags-that-share-a-value.tif", shared, "match us-ssn >=medium 1", *seen)
    case("image/hostile/chunk-longer-than-the-file.png", pixel()[:33] + struct.pack(">I", 0x7FFFFFFF) + f"tEXtTitle\0SSN: {SSN}".encode(), "match us-ssn high 1", *seen)
    case("image/hostile/records-that-lie.emf", emf(drawn(f"SSN: {SSN}", 0, 5), struct.pack("<II", 84, 0x7FFFFFFF)), "match us-ssn high 1", "gap corrupt")
