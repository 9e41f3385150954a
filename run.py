"""Set everything up in a virtual environment, then open the app or run the checks.

::

    python3 run.py app  [--debug] [options of "streamlit run"]
    python3 run.py test [--only lint|types|layers|tests] [options of pytest]

Needs Python 3.11 or newer and nothing else. The environment is ``.venv`` beside this file, or what the
environment variable ``PARALLAX_VENV`` names. pip takes its indexes from its own configuration.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = Path(os.environ.get("PARALLAX_VENV") or ROOT / ".venv").absolute()
INSTALLED = ENVIRONMENT / "installed.txt"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

APP = ("requirements.txt",)
DEVELOPMENT = ("requirements.txt", "requirements-dev.txt")

# import-linter has no "python -m" of its own.
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"

# What Python is to run for each check, the cheap ones first.
CHECKS: dict[str, tuple[tuple[str, ...], ...]] = {
    "lint": (
        ("-m", "ruff", "format", "--check", "--output-format", "concise", "."),
        ("-m", "ruff", "check", "--quiet", "."),
    ),
    "layers": (("-c", LINT_IMPORTS, "--no-logo"),),
    "types": (("-m", "pyright", "--pythonpath", str(PYTHON)),),
    # Two at a time, those of the page after the others: what a browser, its server and a worker do takes long enough.
    "tests": (
        ("-m", "pytest", "--quiet", "-m", "not browser", "--numprocesses", "2", "--dist", "loadfile"),
        ("-m", "pytest", "--quiet", "-m", "browser", "--numprocesses", "2", "--dist", "loadfile"),
    ),
}

NOTHING_TO_RUN = 5
"""Exit status of pytest where no test was chosen, as of the page where the options ask for others."""


def main() -> int:
    """Do what the command line asks for and return the exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the old Python that this is for does not read pyproject.toml
        print("Python 3.11 or newer is needed; this is {}.{}.".format(*sys.version_info), file=sys.stderr)
        return 2
    asked, rest = _parser().parse_known_args()
    try:
        return _app(rest, debug=asked.debug) if asked.command == "app" else _test(asked.only, rest)
    except subprocess.CalledProcessError as error:
        print(f"\nNot set up: {_shown(error.cmd)} ended with status {error.returncode}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py", description="Set everything up, then open the app or run the checks."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    app = commands.add_parser("app", help="open the app; further options go to Streamlit")
    app.add_argument("--debug", action="store_true", help="log more, which may be of what readers hand in")
    test = commands.add_parser("test", help="run all checks; further options go to pytest")
    test.add_argument("--only", choices=CHECKS, help="run one of the checks")
    return parser


def _app(options: list[str], *, debug: bool) -> int:
    _set_up(APP)
    environment = {"STREAMLIT_SERVER_SHOW_EMAIL_PROMPT": "false", **os.environ}
    command = [str(PYTHON), "-m", "streamlit", "run", "app.py", *options, *(["--", "--debug"] if debug else [])]
    return subprocess.call(command, cwd=ROOT, env=environment)


def _test(only: str | None, options: list[str]) -> int:
    """Run the checks up to the first that fails. pytest comes last, and so does its closing line."""
    _set_up(DEVELOPMENT)
    names = [only] if only else list(CHECKS)
    for name in names:
        status = _pytest(options) if name == "tests" else _check(name)
        if status:
            return status
    return 0


def _pytest(options: list[str]) -> int:
    """Run both parts of the tests, and fail where one does or where neither has any."""
    found = [subprocess.call([str(PYTHON), *command, *options], cwd=ROOT) for command in CHECKS["tests"]]
    failed = [status for status in found if status not in {0, NOTHING_TO_RUN}]
    return failed[0] if failed else min(found)


def _check(name: str) -> int:
    """Run one check, silent where it passes."""
    for command in CHECKS[name]:
        done = subprocess.run(
            [str(PYTHON), *command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        if done.returncode:
            sys.stdout.buffer.write(done.stdout)
            print(f"{name}: failed; what comes after it has not run", flush=True)
            return done.returncode
    print(f"{name}: ok", flush=True)
    return 0


def _set_up(requirements: tuple[str, ...]) -> None:
    """Make the environment and install into it, unless that was done for these very files."""
    if PYTHON.exists() and INSTALLED.is_file() and _digest(requirements) in INSTALLED.read_text().split():
        return
    if not (PYTHON.exists() and _same_python()):
        print(f"Making a virtual environment in {ENVIRONMENT}", file=sys.stderr)
        _run(sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT))
    INSTALLED.unlink(missing_ok=True)
    print(f"Installing {requirements[-1]}: some minutes, the first time", file=sys.stderr)
    pip = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install")
    _run(*pip, "-r", requirements[-1])
    _run(*pip, "--quiet", "--no-deps", "--no-build-isolation", "--editable", ".")
    INSTALLED.write_text(f"{_digest(APP)}\n{_digest(requirements)}\n")


def _same_python() -> bool:
    """Tell whether the environment was made by this version of Python and still starts."""
    code = "import sys; print(*sys.version_info[:2])"
    answer = subprocess.run([str(PYTHON), "-c", code], capture_output=True, text=True, check=False)
    return answer.stdout.split() == [str(part) for part in sys.version_info[:2]]


def _digest(requirements: tuple[str, ...]) -> str:
    """Return what changes whenever something else is to be installed."""
    import tomllib  # noqa: PLC0415 - an older Python has none, and is to hear so from main()

    digest = hashlib.sha256()
    for name in requirements:
        digest.update((ROOT / name).read_bytes())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    digest.update(repr(project).encode())
    return digest.hexdigest()


def _run(*command: str) -> None:
    subprocess.run(command, cwd=ROOT, check=True)


def _shown(command: list[str] | tuple[str, ...]) -> str:
    return " ".join(Path(part).name if Path(part).is_absolute() else part for part in command)


if __name__ == "__main__":
    sys.exit(main())
