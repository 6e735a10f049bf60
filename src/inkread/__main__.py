"""`python -m inkread`, the same as `inkread`."""

from inkread.cli import main

main(prog_name="inkread")
