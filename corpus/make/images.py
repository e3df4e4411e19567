"""Documents of the corpus."""


def build() -> None:
    pass
