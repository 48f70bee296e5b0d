"""The command line: what each verb takes and prints. The work is done elsewhere, in the module of the verb's name.

Results go to stdout, notes to stderr. What a verb needs is imported when it runs, so that `kg --help` and
`kg query` start at once.
"""

import gc
import io
import os
import sys
from pathlib import Path

import click

from kg.cli import asking, curating, publishing, releasing, sources, tables, validating
from kg.cli.group import cli, drop_output
from kg.errors import KgError
from kg.terminal.notes import note

__all__ = ["asking", "cli", "curating", "main", "publishing", "releasing", "sources", "tables", "validating"]


def main() -> None:
    """Run the command line and end with its exit code; the only place where an error becomes one."""
    _open_streams()
    try:
        cli(standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.exceptions.Abort:
        sys.exit(130)
    except KgError as error:
        note(str(error))
        if (faults := len(getattr(error, "faults", ()))) > 1:
            note(f"{faults} faults; nothing was written")
        sys.exit(error.exit_code)
    except OSError as error:
        drop_output()
        note(
            f"{error.filename or 'the system'}: {error.strerror or error}; make it readable and writable, and try again"
        )
        sys.exit(3)
    except Exception as error:
        if os.environ.get("KG_DEBUG"):
            raise
        note(f"kg failed, and that is its own fault: {type(error).__name__}: {error}")
        note("please report it with the command you ran; KG_DEBUG=1 shows where it happened")
        sys.exit(3)
    finally:
        gc.freeze()  # a process that ends need not look for cycles first


def _open_streams() -> None:
    """Write UTF-8 to files and pipes whatever the locale; at a terminal, what it cannot show as "?".

    A stream that the caller closed takes what is written and keeps nothing.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  (for as long as the process)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
