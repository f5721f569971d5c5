"""What stands on a ballot: the matters with answers or candidates, before and after ticking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from app.core.access.door import here
from app.kit.refusal import Invalid
from app.voting.forms import ANSWER_PREFIX
from app.voting.models import AssemblyMatter, Candidate
from app.voting.queries import assemblies
from app.voting.rules import NOBODY, Choice, chosen_candidates, online_choice
from app.voting.views import figures

Ticks = Mapping[UUID, Sequence[str]]
CHOICE_ICONS = {
    Choice.FOR: "thumbs-up",
    Choice.AGAINST: "thumbs-down",
    Choice.ABSTAIN: "minus",
}
NOBODY_WORDS = "都不选"


@dataclass(frozen=True, slots=True)
class Paper:
    """The matters of an assembly and the candidates of its elections."""

    matters: Sequence[AssemblyMatter]
    candidates: Mapping[UUID, Sequence[Candidate]]

    def standing(self, matter: AssemblyMatter) -> Sequence[Candidate]:
        """The candidates of an election; nobody for a resolution."""
        return self.candidates.get(matter.id, ())


def paper_of(assembly_id: UUID) -> Paper:
    """What is voted on."""
    place = here().community.id
    matters = assemblies.matters_of(place, assembly_id)
    elects = any(matter.seats is not None for matter in matters)
    return Paper(matters, assemblies.candidates_of(place, assembly_id) if elects else {})


def settle(paper: Paper, ticks: Ticks) -> tuple[dict[UUID, str], dict[UUID, str]]:
    """The answers that can be cast, and what is wrong with the others."""
    answers, errors = {}, {}
    for matter in paper.matters:
        names = [candidate.id for candidate in paper.standing(matter)]
        try:
            answers[matter.id] = online_choice(ticks.get(matter.id, ()), names, matter.seats)
        except Invalid as invalid:
            errors[matter.id] = invalid.sentence
    return answers, errors


def shown(paper: Paper, ticks: Ticks, errors: Mapping[UUID, str]) -> list[dict[str, Any]]:
    """Each matter with what can be ticked and what is."""
    return [
        {
            "field": f"{ANSWER_PREFIX}{matter.id}",
            "title": matter.title,
            "body": matter.body,
            "needs": figures.threshold_words(matter.statute, matter.seats),
            "error": errors.get(matter.id),
            "seats": matter.seats,
            "hint": _hint(paper, matter),
            "items": _items(paper, matter, ticks.get(matter.id, ())),
            "candidates": [
                figures.introduced(candidate)
                for candidate in paper.standing(matter)
                if candidate.statement or candidate.photo_id
            ],
        }
        for matter in paper.matters
    ]


def checked(paper: Paper, answers: Mapping[UUID, str]) -> list[dict[str, Any]]:
    """Each matter with its answer in words, once more before it is cast."""
    return [
        {
            "title": matter.title,
            "field": f"{ANSWER_PREFIX}{matter.id}",
            "choice": answers[matter.id] or NOBODY,
            **_in_words(paper, matter, answers[matter.id]),
        }
        for matter in paper.matters
    ]


def _hint(paper: Paper, matter: AssemblyMatter) -> str | None:
    if matter.seats is None:
        return None
    return f"候选人 {len(paper.standing(matter))} 人，最多选 {matter.seats} 人，可以少选。"


def _items(paper: Paper, matter: AssemblyMatter, ticked: Sequence[str]) -> list[dict[str, Any]]:
    if matter.seats is None:
        return [
            _item(choice.value, choice.label, ticked, icon) for choice, icon in CHOICE_ICONS.items()
        ]
    named = [_person(candidate, ticked) for candidate in paper.standing(matter)]
    nobody = _item(NOBODY, NOBODY_WORDS, ticked, hint="算参与表决，不投给任何候选人")
    return [*named, nobody]


def _person(candidate: Candidate, ticked: Sequence[str]) -> dict[str, Any]:
    """A candidate as one is told from the others: by name, home and face."""
    home = f"{candidate.home}业主" if candidate.home else None
    place: dict[str, Any] = {"community": here().community.code, "file_id": candidate.photo_id}
    face = url_for("files.thumbnail", **place) if candidate.photo_id else None
    return {**_item(str(candidate.id), candidate.name, ticked, hint=home), "face": face}


def _item(
    value: str, label: str, ticked: Sequence[str], icon: str | None = None, hint: str | None = None
) -> dict[str, Any]:
    return {
        "value": value,
        "label": label,
        "checked": value in ticked,
        "icon": icon,
        "hint": hint,
        "face": None,
    }


def _in_words(paper: Paper, matter: AssemblyMatter, answer: str) -> dict[str, Any]:
    if matter.seats is None:
        choice = Choice(answer)
        return {"icon": CHOICE_ICONS[choice], "labels": [choice.label], "note": None}
    chosen = set(chosen_candidates(answer))
    names = [one.name for one in paper.standing(matter) if str(one.id) in chosen]
    if not names:
        return {"icon": "minus", "labels": [NOBODY_WORDS], "note": "算参与，不投给任何候选人"}
    note = f"选了 {len(names)} 人，最多 {matter.seats} 人"
    return {"icon": "user-check", "labels": names, "note": note}
