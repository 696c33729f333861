"""`python -m ocrweb`, and the program `ocrweb`: the command line."""

import sys


def main() -> None:
    """Run this process's command line. Where the libraries that read it are absent, only the doctor comes."""
    try:
        from ocrweb.cli.main import main as run
    except ImportError as failure:
        from ocrweb.cli.bare import bare

        sys.exit(bare(sys.argv[1:], failure))
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
