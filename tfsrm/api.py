"""The only place that joins the parts: read inputs, open the catalogue, assess, render, run the catalogue's examples."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tfsrm import __version__
from tfsrm.errors import InputError, OutputError, PartialInputError, UsageError
from tfsrm.report.view import View

if TYPE_CHECKING:
    from tfsrm.assess.knowledge import Knowledge
    from tfsrm.model.catalog import Catalog
    from tfsrm.model.checklist import Checklist
    from tfsrm.model.world import Input
    from tfsrm.publish.platform import Given, Tempo
    from tfsrm.publish.sticky import Outcome, Wish
    from tfsrm.sources.hcl import Earlier, Options


class Configuration(msgspec.Struct, frozen=True):
    """What a directory of configuration is read with; ``root`` alone is for plans."""

    variables: tuple[str, ...] = ()
    """``NAME=VALUE``."""
    variable_files: tuple[str, ...] = ()
    workspace: str | None = None
    data: tuple[str, ...] = ()
    """``TYPE.NAME.ATTRIBUTE=VALUE``."""
    environment: bool = False
    """Whether ``TF_VAR_...`` count."""
    project: str | None = None
    """Where local modules may lie."""
    root: str | None = None
    """The directory that a plan was made of: its files and lines go to the evidence."""


class Request(msgspec.Struct, frozen=True):
    """What to analyse, and how."""

    path: str
    mappings: tuple[str, ...] = ()
    today: str | None = None
    fail_on: tuple[str, ...] = ()
    strict: bool = False
    also: tuple[str, ...] = ()
    """Further inputs of the same report."""
    configuration: Configuration = Configuration()


def analyze(request: Request, earlier: Earlier | None = None) -> Checklist:
    """Read the inputs and make their checklist. Raises InputError, UsageError, MappingError, PartialInputError.

    ``earlier`` is what earlier runs made of the one directory that is asked for.
    """
    from tfsrm.assess.compose import checklist
    from tfsrm.model.checklist import ToolInfo

    gates = _gates(request.fail_on)
    knowledge = open_knowledge(request.mappings)
    inputs = read_inputs(request.path, *request.also, configuration=request.configuration, earlier=earlier)
    if request.strict:
        _refuse_parts(inputs)
    found = checklist(
        inputs, knowledge, assessed_on(inputs, request.today), ToolInfo(name="tfsrm", version=__version__)
    )
    return gates(found)


class Wanted(msgspec.Struct, frozen=True):
    """One report of a checklist."""

    format: str
    view: View = View()


class Reports(msgspec.Struct, frozen=True):
    """A checklist, rendered."""

    texts: tuple[str, ...]
    """In the order of what was wanted."""
    tripped: bool
    """Whether a gate says no."""


def reports(request: Request, *wanted: Wanted) -> Reports:
    """Read the inputs and render their checklist; over a directory that has not changed, what an earlier run rendered.

    Raises what ``analyze`` raises, and UsageError for a format or a layer that is not there.
    """
    if request.also or request.mappings or request.configuration.root or not os.path.isdir(request.path):
        return _rendered(request, wanted)
    from tfsrm.sources.hcl import remembered

    day = assessed_on([], request.today)
    of = repr((request, day, wanted)).encode("utf-8", "backslashreplace")
    with remembered(request.path, _options(request.configuration)) as earlier:
        content = earlier.result(of)
        with suppress(msgspec.MsgspecError):
            if content is not None:
                return msgspec.msgpack.decode(content, type=Reports)
        found = _rendered(request, wanted, earlier)
        if day == assessed_on([], request.today):
            earlier.keep_result(of, msgspec.msgpack.encode(found))
        return found


def _rendered(request: Request, wanted: tuple[Wanted, ...], earlier: Earlier | None = None) -> Reports:
    found = analyze(request, earlier)
    layers = [name for name, _, _ in found.layers]
    for name in (name for report in wanted for name in report.view.layers):
        if name not in layers:
            raise UsageError(f"--layer {name}: not a layer\n  Known are {', '.join(layers)}.")
    return Reports(tuple(render(found, report.format, report.view) for report in wanted), bool(found.tripped))


def _gates(asked: tuple[str, ...]) -> Callable[[Checklist], Checklist]:
    """What lets the gates act on a checklist; they are parsed at once, before anything is read. Raises UsageError."""
    if not asked:
        return lambda found: found
    from tfsrm.governance.gates import apply_gates, parse_gate

    gates = [parse_gate(text) for text in asked]
    return lambda found: apply_gates(found, gates)


def read_inputs(*paths: str, configuration: Configuration | None = None, earlier: Earlier | None = None) -> list[Input]:
    """Read files, directories or ``-``; an input that several paths lead to is read once.

    Raises InputError, and UsageError for options that do not fit the inputs.
    """
    from tfsrm.sources import read, read_all

    options = None if configuration is None else _options(configuration)
    inputs = read(paths[0], options=options, earlier=earlier) if len(paths) == 1 else read_all(paths, options)
    if configuration is None or configuration.root is None:
        return inputs
    for source in inputs:
        if source.kind == "hcl":
            raise UsageError(
                f"--hcl-root: {source.path} is configuration itself\n  It is for plans, which have no files and lines."
            )
    from tfsrm.sources.hcl.positions import laid_on, positions

    index = positions(configuration.root, configuration.project)
    return [laid_on(source, index) for source in inputs]


def _options(given: Configuration) -> Options | None:
    """What directories are read with; None where nothing is said but the root of a plan's configuration."""
    if given == Configuration(root=given.root, project=given.project if given.root else None):
        return None
    from tfsrm.sources.hcl import Options

    return Options(
        variables=given.variables,
        variable_files=given.variable_files,
        workspace=given.workspace or "default",
        data=given.data,
        environment={k: v for k, v in os.environ.items() if k.startswith("TF_VAR_")} if given.environment else {},
        project=given.project,
    )


def _refuse_parts(inputs: list[Input]) -> None:
    for source in inputs:
        reasons = [*source.caveats, *(f"{n.what}: {n.because}" for n in source.not_seen)]
        if reasons:
            raise PartialInputError(
                source.path, f"read in part only: {reasons[0]}", "Leave --strict out to analyse what was read."
            )


def assessed_on(inputs: list[Input], today: str | None) -> date:
    """``--today``, else the (first) plan's own time, else today."""
    if today is not None:
        try:
            return date.fromisoformat(today)
        except ValueError:
            raise UsageError(f"--today {today}: not a date\n  Write it as 2026-11-24.") from None
    for source in inputs:
        if source.timestamp:
            try:
                return date.fromisoformat(source.timestamp[:10])
            except ValueError:
                continue
    return datetime.now(tz=UTC).date()


def open_knowledge(mappings: Iterable[str] = ()) -> Knowledge:
    """The shipped catalogue; with the user's mapping folders laid over it where there are any."""
    from tfsrm.assess.knowledge import Knowledge

    return Knowledge(open_catalog(tuple(mappings)))


def open_catalog(mappings: tuple[str, ...] = ()) -> Catalog:
    """The compiled catalogue, or (with extra folders) the one loaded from its YAML files. Raises MappingError."""
    if not mappings:
        from tfsrm.catalog.compiled import open_catalog as open_compiled

        return open_compiled()
    from tfsrm.catalog.load import load

    return load(extra=[Path(m) for m in mappings])


def render(checklist: Checklist, name: str, view: View) -> str:
    """The checklist in a format."""
    from tfsrm.report import render as render_as

    return render_as(checklist, name, view)


class CommentRequest(msgspec.Struct, frozen=True):
    """A comment on a pull request: what it says (inputs to analyse, or a rendered body) and how it gets there."""

    platform: str
    given: Given
    wish: Wish
    analysis: Request | None = None
    body: str | None = None
    whole: str = ""
    """URL of the whole report."""
    tempo: Tempo | None = None


class Commented(msgspec.Struct, frozen=True):
    """What came of it."""

    outcome: Outcome
    summary: bool
    """The token may not comment, and the report is in the job summary instead."""
    tripped: bool


def comment(request: CommentRequest, environ: Mapping[str, str]) -> Commented:
    """Analyse, render for the platform and post. Raises what ``analyze`` raises, and PublishError."""
    from tfsrm.publish import connect
    from tfsrm.publish.platform import Tempo
    from tfsrm.publish.sticky import known_behavior, publish

    platform = connect(request.platform, environ, request.given, request.tempo or Tempo())
    known_behavior(platform, request.wish.behavior)
    body, tripped = request.body or "", False
    if request.analysis is not None:
        view = View(room=room_of(platform.longest), whole=request.whole)
        found = reports(request.analysis, Wanted("markdown" if platform.hides_html else "plain-markdown", view))
        (body,), tripped = found.texts, found.tripped
    outcome = publish(platform, body, request.wish)
    return Commented(outcome, outcome.did == "refused" and _job_summary(outcome.body, environ), tripped)


_LONG_ENOUGH = 200_000
"""Bytes of a comment, where a platform would take more than anybody reads."""


def room_of(longest: int) -> int:
    """Bytes that a report may take where a comment may have ``longest`` characters: the marker and remarks come on top."""
    return min(longest * 9 // 10, _LONG_ENOUGH)


def _job_summary(body: str, environ: Mapping[str, str]) -> bool:
    """Append to the summary of a GitHub job; whether there is one."""
    path = environ.get("GITHUB_STEP_SUMMARY", "")
    if not path:
        return False
    try:
        with Path(path).open("ab") as file:
            file.write(f"{body}\n".encode("utf-8", "replace"))
    except OSError:
        return False
    return True


def write(text: str, output: str | None) -> None:
    """Print a report, or write it to a file whole or not at all. Raises OutputError."""
    data = text.encode("utf-8", "replace")
    if output is None or output == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    target = Path(output)
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)  # a pipe or a device: nothing to replace
            return
        _replace(target, data)
    except OSError as error:
        raise OutputError(f"{output}: {error.strerror or error}\n  Give --output a path that can be written.") from None


def _replace(target: Path, data: bytes) -> None:
    import tempfile

    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def why(address: str, control: str, request: Request) -> str:
    """The chain that led to a verdict, as text. Raises UsageError where there is no such duty."""
    from tfsrm.report.why import render as render_why

    found = analyze(request)
    return render_why(found, address, control)


def explain(name: str, settings: tuple[str, ...], mappings: tuple[str, ...] = ()) -> str:
    """A resource type or a control in words. Raises UsageError for a name that is neither."""
    from tfsrm.report import explain as words

    knowledge = open_knowledge(mappings)
    if name in knowledge.controls:
        return words.control(knowledge.controls[name], knowledge.catalog)
    known = knowledge.of(name)
    if known is None:
        raise UsageError(_unknown(name, knowledge))
    from tfsrm.assess.explain import standing

    choice, owners, model = standing(known, knowledge, settings)
    duties, on_delete = known.duties, known.on_delete
    about = words.Subject(known.service, known.type, known.role, choice, owners, model, tuple(duties), tuple(on_delete))
    return words.resource_type(about, knowledge.catalog)


def _unknown(name: str, knowledge: Knowledge) -> str:
    from difflib import get_close_matches

    names = [*knowledge.controls, *knowledge.catalog.index.types]
    near = get_close_matches(name, names, n=3)
    service = knowledge.service_of_gap(name)
    hint = f"Did you mean {', '.join(near)}?" if near else "tfsrm explain takes a resource type or a control id."
    if service:
        hint = f"It belongs to {service}; its type is not yet catalogued. {hint}"
    return f"{name}: neither a resource type nor a control of the catalogue\n  {hint}"


def coverage(path: str | None = None, by_service: bool = False, configuration: Configuration | None = None) -> str:
    """How much of the AWS provider the catalogue answers; with an input: how it answers each type in it."""
    from tfsrm.report import coverage as words

    if path is not None:
        return words.of_input(analyze(Request(path, configuration=configuration or Configuration())))
    from tfsrm.catalog.coverage import coverage as count
    from tfsrm.catalog.load import load
    from tfsrm.catalog.provider_schema import provider_schema

    return words.render(count(load(), provider_schema()), by_service)


def override(resource_type: str, control: str, folder: str, because: str | None) -> str:
    """Write a local correction of a duty into a mapping folder. Raises UsageError."""
    from tfsrm.catalog.load import load
    from tfsrm.catalog.override import override as write_override

    return write_override(load(), resource_type, control, folder, because)


def catalogue_pages() -> dict[str, str]:
    """The reference pages: path below ``docs/catalogue/`` -> text."""
    from tfsrm.catalog.folder import load_shipped
    from tfsrm.catalog.load import load
    from tfsrm.report.catalogue_pages import pages

    return pages(load(), load_shipped().pieces.frameworks)


class ExampleResult(msgspec.Struct, frozen=True):
    """One example of the catalogue, run."""

    name: str
    problem: str
    """Empty: the example holds in both forms."""


def run_examples(folder: Path | None = None, only: str = "") -> list[ExampleResult]:
    """Run the catalogue's examples, each through the HCL reader and as a plan with unset computed attributes unknown."""
    from tfsrm.assess.examples import verdict_of_example
    from tfsrm.assess.knowledge import Knowledge
    from tfsrm.catalog.examples import as_plan, collect
    from tfsrm.catalog.load import load
    from tfsrm.sources.hcl import read_hcl_text

    knowledge = Knowledge(load(extra=[folder] if folder is not None else []))
    results = []
    for example in collect(knowledge.catalog):
        if only not in example.name:
            continue
        try:
            source = read_hcl_text({"example.tf": example.example.hcl})
        except InputError as error:
            results.append(ExampleResult(example.name, str(error)))
            continue
        problem = ""
        for form, world in (("HCL", source), ("plan", as_plan(source))):
            got = verdict_of_example(world, example, knowledge)
            if got != example.example.verdict:
                problem = f"expected {example.example.verdict}, got {got} as {form}"
                break
        results.append(ExampleResult(example.name, problem))
    return results
