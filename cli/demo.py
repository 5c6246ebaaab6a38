"""Command that plays the main job on real input: from a walk round a field to a proven licence."""

import time

import typer
from rich.console import Console
from rich.table import Table

from cli.demo_ring.ground import take_place
from cli.demo_ring.ring import Ring
from cli.demo_story import answering, applying, appointing, deciding, others, paying, proving
from cli.demo_story.story import Story
from cli.demo_story.telling import Teller
from cli.options import Folder, folder
from cli.stack import start_stack
from deploy.stack.layout import Mode, Refused, Stack
from deploy.stack.status import standings


def demo(data: Folder = None) -> None:
    """Issue a first licence on a training stack, fact by fact, and show where each is seen."""
    began = time.monotonic()
    stack = training_stack(data)
    with Ring(stack) as ring:
        place = take_place(stack)
        kept = stack.data / "demo" / f"run-{place.number + 1:03d}"
        kept.mkdir(mode=0o700, exist_ok=True)
        story = Story(ring, place, Teller(typer.echo, kept))
        typer.echo(f"TRAINING: nothing here has legal effect. Files of this run: {kept}")
        tell(story)
        show(story)
    typer.echo(f"Done in {time.monotonic() - began:.0f} s. It can be run again on this stack.")


def tell(story: Story) -> None:
    """The whole story, in order."""
    ready = applying.apply(story)
    lodged = applying.lodge(story, ready)
    case = lodged.case
    paying.pay_application_fee(story, case)
    answering.screen(story, case)
    appointing.appoint(story, case)
    answering.look_at_workings(story, case)
    answering.gather_opinions(story, case)
    answering.show_rivals_end(story, lodged.rivals)
    deciding.decide_on_paper(story, case)
    licence = deciding.pay_and_issue(story, case)
    proving.prove(story, case, licence)
    paying.show_books(story, case)
    proving.show_days(story, case)
    others.issue_others(story)


def training_stack(data: Folder) -> Stack:
    """The training stack in the folder, started when it does not run. Raises Refused."""
    where = folder(data)
    if (where / "stack.json").is_file():
        found = Stack.recorded(where)
        if not found.training:
            raise Refused(
                f"{where} holds a {Mode.PRODUCTION} stack, on which nobody plays: name another "
                "folder with --data"
            )
        if all(one.ready for one in standings(found)):
            return found
    return start_stack(where, Mode.TRAINING, None)


def show(story: Story) -> None:
    """Where to look now."""
    ring, tell = story.ring, story.tell
    tell.remember("Every phone and mailbox", ring.address("telecom"))
    tell.remember("Officers' passwords and seeds", str(ring.stack.secrets / "officers.json"))
    for service in ("licensing", "cadastre", "payments", "messages"):
        tell.remember(f"What {service} can be asked", f"{ring.address(service)}/openapi.json")
    table = Table("what", "where", box=None, title="\nWhere to look", title_justify="left")
    for what, address in tell.addresses.items():
        table.add_row(what, address)
    Console(width=160, soft_wrap=True).print(table)
