"""A program of the demo world: the city's hotline, with two cases and an address that is paused.

Nothing is sent anywhere: the address is paused before anything happens.
"""

from __future__ import annotations

from app.complaints.rules.places import PlaceChoice, PlaceKind
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.demo.stage import Stage
from app.interfaces.actions.clients import add_client
from app.interfaces.actions.reports import Incoming, receive
from app.interfaces.actions.webhooks import add_webhook, set_paused
from app.interfaces.queries import clients
from app.interfaces.rules.clients import Reading
from app.interfaces.rules.webhooks import Event

NAME = "12345 热线平台（演示）"
ADDRESS = "https://hotline.example.com/gongzhi"


def load(stage: Stage) -> None:
    """Let the hotline in and take in what it reports, once."""
    community_id, office = stage.community.id, stage.accounts.get("staff")
    if office is None:
        return
    with transaction(Scope(community_id=community_id)):
        if clients.live_name_taken(community_id, NAME):
            return
        client_id, _ = add_client(community_id, NAME, Reading.OWN, made_by=office)
        webhook_id, _ = add_webhook(community_id, client_id, ADDRESS, Event, made_by=office)
        set_paused(community_id, webhook_id, paused=True)
    garden = stage.places.get("garden")
    with transaction(Scope(community_id=community_id)):
        client = clients.client(community_id, client_id)
        if client is None:
            return
        for incoming in (
            Incoming(
                service_code="property.greenery",
                place=PlaceChoice(PlaceKind.COMPOUND, garden) if garden else None,
                address="北门花坛",
                description="来电反映：小区北门的枯树倒向人行道，怕砸到人。",
                foreign_id="HL-20261120-0031",
                contact_name="何女士",
                contact_phone="13800001234",
            ),
            Incoming(
                service_code="parts.traffic",
                place=None,
                address="檀溪路公交站旁",
                description="来电反映：护栏被撞歪，伸到了机动车道上。",
                lat=32_012_345,
                long=112_104_321,
                foreign_id="HL-20261121-0102",
            ),
        ):
            receive(community_id, client, incoming)
