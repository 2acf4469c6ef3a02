"""The process: runs the command line, turns errors into messages and exit codes. Alone decides how it ends."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

from tfsrm import __version__
from tfsrm.errors import TfsrmError


def main() -> NoReturn:
    """The command line, every error of which becomes one message and an exit code."""
    # A run is short and makes few cycles: looking for garbage would cost a tenth of the start-up.
    gc.disable()
    if sys.argv[1:] == ["--version"]:
        print(f"tfsrm {__version__}")
        raise SystemExit(0)
    try:
        from tfsrm.cli import application

        application(sys.argv[1] if len(sys.argv) > 1 else None)()
    except TfsrmError as error:
        _fail(str(error), error.exit_code)
    except BrokenPipeError:
        # The reader went away (``| head``): nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        _fail("interrupted", 130)
    except Exception as error:  # noqa: BLE001 (the last line of defence: no traceback reaches a user)
        _defect(error)
    raise SystemExit(0)


def _fail(message: str, code: int) -> NoReturn:
    from tfsrm.report.plain import clean, log_line

    lines = [log_line(clean(line)) for line in message.split("\n")]
    print("tfsrm: " + "\n".join(lines), file=sys.stderr)
    raise SystemExit(code)


def _defect(error: Exception) -> NoReturn:
    """A defect of tfsrm: where it is, never the values that were at hand."""
    frame = error.__traceback__
    where = "?"
    while frame is not None:
        name = frame.tb_frame.f_code.co_filename
        if "tfsrm" in name.split(os.sep):
            where = f"{os.path.basename(name)}:{frame.tb_lineno}"
        frame = frame.tb_next
    if os.environ.get("TFSRM_TRACEBACK"):
        raise error
    message = f"a defect of tfsrm itself: {type(error).__name__} in {where}\n"
    message += (
        "  Please report it with this line, the command and the version; TFSRM_TRACEBACK=1 shows more (values too)."
    )
    _fail(message, 70)


def run() -> NoReturn:
    """The console script: ``main``, then the end at once. Taking a finished interpreter apart costs a tenth of a run."""
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        pass  # nobody reads any more
    os._exit(code)


if __name__ == "__main__":
    run()
