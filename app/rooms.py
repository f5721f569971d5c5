"""Which rooms the house has: blueprints, jobs, commands and who answers for places."""

from __future__ import annotations

from flask import Flask

from app.communities.commands import communities_commands
from app.communities.directory import Directory
from app.communities.views import blueprint as communities
from app.complaints import figure_jobs as complaint_figure_jobs
from app.complaints import jobs as complaint_jobs
from app.complaints import models as complaint_models
from app.complaints.views import blueprint as complaints
from app.complaints.views.board import blueprint as complaint_board
from app.complaints.views.desk import blueprint as tickets
from app.complaints.views.leads import blueprint as complaint_figures
from app.complaints.views.regions import blueprint as complaint_regions
from app.complaints.views.spots import blueprint as spots
from app.core.audit import jobs as audit_jobs
from app.core.audit.commands import audit_commands
from app.core.config import Config
from app.core.files import jobs as file_jobs
from app.core.files.views import blueprint as files
from app.core.notifications.views import blueprint as notifications
from app.core.outbox.commands import outbox_commands
from app.core.tenancy import register_place_directory
from app.core.web.health import blueprint as health
from app.core.web.preferences import blueprint as preferences
from app.core.web.styleguide import blueprint as styleguide
from app.covenants import jobs as covenant_jobs
from app.covenants import models as covenant_models
from app.covenants.views import blueprint as covenants
from app.coverage import jobs as coverage_jobs
from app.coverage import models as coverage_models
from app.coverage.views import blueprint as coverage
from app.demo.commands import demo_commands, init_demo
from app.desk.platform import blueprint as platform
from app.desk.views import blueprint as desk
from app.interfaces import jobs as interface_jobs
from app.interfaces import models as interface_models
from app.interfaces.api.description import blueprint as description
from app.interfaces.api.georeport import blueprint as open311
from app.interfaces.commands import interfaces_commands
from app.interfaces.views import blueprint as interfaces
from app.maintenance import models as maintenance_models
from app.maintenance.views import blueprint as maintenance
from app.memberships.views import blueprint as memberships
from app.organizations import jobs as organization_jobs
from app.organizations import models as organization_models
from app.organizations.views import blueprint as organizations
from app.people import jobs as people_jobs
from app.people.commands import people_commands
from app.people.identity import init_identity
from app.people.views import blueprint as people
from app.registry import jobs as registry_jobs
from app.registry import models as registry_models
from app.registry.commands import registry_commands
from app.registry.views import blueprint as registry
from app.voting import channel_jobs as voting_channel_jobs
from app.voting import closing_jobs as voting_closing_jobs
from app.voting import jobs as voting_jobs
from app.voting import models as voting_models
from app.voting.views import assemblies_blueprint, voting_blueprint

MODELS = (
    registry_models,
    organization_models,
    maintenance_models,
    complaint_models,
    voting_models,
    covenant_models,
    coverage_models,
    interface_models,
)
JOBS = (
    audit_jobs,
    file_jobs,
    people_jobs,
    registry_jobs,
    organization_jobs,
    complaint_jobs,
    complaint_figure_jobs,
    voting_jobs,
    voting_channel_jobs,
    voting_closing_jobs,
    covenant_jobs,
    coverage_jobs,
    interface_jobs,
)
BLUEPRINTS = (
    health,
    preferences,
    files,
    notifications,
    people,
    communities,
    registry,
    memberships,
    desk,
    platform,
    organizations,
    maintenance,
    complaints,
    complaint_board,
    spots,
    tickets,
    complaint_figures,
    complaint_regions,
    voting_blueprint,
    assemblies_blueprint,
    covenants,
    coverage,
    interfaces,
    open311,
    description,
)
PROGRAMS_POST_TO = (open311,)
"""Doors where a key stands in for the browser's session, so that no form token is asked for."""
COMMANDS = (
    audit_commands,
    outbox_commands,
    people_commands,
    communities_commands,
    registry_commands,
    interfaces_commands,
    demo_commands,
)


def open_rooms(app: Flask, config: Config) -> None:
    """Register everything with the application."""
    register_place_directory(app, Directory())
    init_identity(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for blueprint in PROGRAMS_POST_TO:
        app.extensions["csrf"].exempt(blueprint)
    for group in COMMANDS:
        app.cli.add_command(group)
    if config.demo:
        init_demo(app)
    if config.environment != "production":
        app.register_blueprint(styleguide)
