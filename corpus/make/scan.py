"""A scanned page: letters of a small bitmap font, as gray as a scanner makes them."""

FONT = {
    " ": "",
    "-": "00000 00000 00000 11111",
    ":": "00000 01100 01100 00000 01100 01100",
    "0": "01110 10001 10011 10101 11001 10001 01110",
    "1": "00100 01100 00100 00100 00100 00100 01110",
    "2": "01110 10001 00001 00010 00100 01000 11111",
    "3": "11111 00010 00100 00010 00001 10001 01110",
    "4": "00010 00110 01010 10010 11111 00010 00010",
    "5": "11111 10000 11110 00001 00001 10001 01110",
    "6": "00110 01000 10000 11110 10001 10001 01110",
    "7": "11111 00001 00010 00100 01000 01000 01000",
    "8": "01110 10001 10001 01110 10001 10001 01110",
    "9": "01110 10001 10001 01111 00001 00010 01100",
    "N": "10001 11001 10101 10011 10001 10001 10001",
    "S": "01111 10000 10000 01110 00001 00001 11110",
}
SCALE, EDGE = 4, 40


def scan(text: str) -> tuple[int, int, bytes]:
    """Width, height and gray samples of a line of text."""
    marks = {(EDGE // SCALE + 6 * i + x, EDGE // SCALE + y) for i, c in enumerate(text) for y, row in enumerate(FONT[c].split()) for x, bit in enumerate(row) if bit == "1"}
    width, height = 2 * EDGE + 6 * SCALE * len(text), 2 * EDGE + 7 * SCALE
    rows = [[0 if (x // SCALE, y // SCALE) in marks else 255 for x in range(width)] for y in range(height)]
    for _ in range(2):
        rows = [[_mean(rows, x, y) for x in range(width)] for y in range(height)]
    return width, height, b"".join(bytes(row) for row in rows)


def _mean(rows: list[list[int]], x: int, y: int) -> int:
    near = [row[max(x - 1, 0) : x + 2] for row in rows[max(y - 1, 0) : y + 2]]
    return sum(map(sum, near)) // sum(map(len, near))
