"""Options that several commands share, and help texts with examples."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from drafter.errors import DrafterError
from drafter.messages import _, told


def help_text(text: str, *examples: str) -> str:
    """Put examples below a help text; click keeps their lines because of the mark."""
    return "\n  ".join([text + "\n\n\b\n" + _("Example:"), *examples])


def tell_error(error: DrafterError) -> None:
    """Tell what went wrong and what can be done about it."""
    click.echo(_("Error: {message}").format(message=told(error.message)), err=True)
    if error.remedy:
        click.echo(_("Remedy: {remedy}").format(remedy=told(error.remedy)), err=True)


def together(*decorators: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Make one decorator of several options."""

    def apply(command: Any) -> Any:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return apply


home_option = click.option(
    "--home", type=click.Path(file_okay=False, path_type=Path),
    help=_("Company folder with drafter.toml, templates/ and rules/."),
)  # fmt: skip

kit_options = together(
    home_option,
    click.option("--model", metavar="NAME_OR_PATH", help=_("A spaCy German pipeline instead of the bundled one.")),
)  # fmt: skip


def format_option(*choices: str, about: str = "") -> Callable[[Any], Any]:
    """Make the option --format of a command; the first choice is the default."""
    return click.option("--format", "format_", type=click.Choice(choices), default=choices[0], show_default=True,
                        help=about or _("How to print the result."))  # fmt: skip


history_option = click.option(
    "--history", default="", metavar="URL", help=_("File or postgresql:// address of the history; none for no history.")
)

accept_option = click.option(
    "--accept", is_flag=True, help=_("Remember the draft as accepted: only then it counts for the next one.")
)

wish_options = together(
    click.option("--tone", default="", help=_("Folder of templates, e.g. sachlich.")),
    click.option("--register", type=click.Choice(["auto", "sie", "du"]), default="auto", show_default=True,
                 help=_("How the reply addresses the customer.")),
    click.option("--fault", type=click.Choice(["ours", "unclear", "theirs"]), default="unclear", show_default=True,
                 help=_("Whose fault it is; only 'ours' admits a mistake.")),
)  # fmt: skip

imap_options = together(
    click.option("--ca-file", default="", metavar="FILE", envvar="DRAFTER_IMAP_CA_FILE",
                 help=_("Certificates to trust beside those of the system, for mail servers of your own.")),
    click.option("--timeout", type=click.FloatRange(0.1), default=30.0, show_default=True, metavar="SECONDS",
                 envvar="DRAFTER_IMAP_TIMEOUT", help=_("Give up a mail server that says nothing for so long.")),
    click.option("--insecure", is_flag=True, envvar="DRAFTER_IMAP_INSECURE",
                 help=_("Speak without encryption to a mail server elsewhere that has none.")),
)  # fmt: skip
