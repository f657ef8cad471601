"""`python -m quiethire.monitoring`, from the project's directory: write what is made from code."""

from pathlib import Path

from quiethire.monitoring.files import write

if __name__ == "__main__":
    write(Path())
