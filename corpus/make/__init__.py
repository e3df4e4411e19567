"""Builders of the corpus, a module a family of formats; `make.py` beside this folder runs them."""
