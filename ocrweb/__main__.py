"""`python -m ocrweb`: the command line."""

from ocrweb.cli.main import main

if __name__ == "__main__":
    main()
