"""The command line, `analoghop` or `python -m analoghop`; Ctrl-C is heeded while it is being loaded too."""

import sys


def main() -> int:
    """Run the command line of the process and return the exit code."""
    try:
        from analoghop.cli import main as command

        return command()
    except KeyboardInterrupt:  # while modules are being loaded
        sys.stderr.write("analoghop: interrupted\n")
        return 4  # `Exit.INCOMPLETE`, whose module may be the one that was being loaded


if __name__ == "__main__":
    sys.exit(main())
