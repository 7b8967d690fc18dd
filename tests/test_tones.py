"""Every labelled mail in every tone, with Sie and du: whole, covered by what is known, and not like the next one."""

from __future__ import annotations

import itertools
import json
import re

import pytest
from conftest import HERE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drafter.data import read_text
from drafter.plan import LAST_STAGES, make_case, make_plan
from drafter.records import EMOTIONS, SITUATIONS, STAGES, Analysis, Facts, Insult, Intensity, Mail, Question, Situation
from drafter.sources import read_record
from drafter.wishes import Wishes
from drafter.wording import Echoes

MAILS = [read_record(json.loads(line)) for line in (HERE / "gold" / "dev.jsonl").open(encoding="utf-8")]
TONES = ("sachlich", "herzlich", "knapp")
WAYS = [f"{tone}-{register}" for tone in TONES for register in ("sie", "du")]
CUSTOMERS_WORDS = re.compile(r"„[^“]*“|«[^»]*»")
LEFTOVER = re.compile(r"[{}|%<>]|===|\bNone\b|  |Frau/Herr|\(\)|,,|\.\.| [,.;!?]")
WORD = re.compile(r"[^\W\d_]+")
MIN_DIFFERENT = 120
MAX_ECHOING = 16
"""So many of the 160 letters may say twice what a letter should say once: where every wording of a step does."""


@pytest.fixture(scope="module", params=WAYS)
def outcomes(request: pytest.FixtureRequest, remembering_kit):
    tone, register = request.param.split("-")
    drafts = [remembering_kit.draft(mail, Wishes(tone=tone, register=register)) for mail in MAILS]
    return [outcome for outcome in drafts if outcome.draft]


def own_words(body: str) -> str:
    """Leave out what the customer is quoted with."""
    return CUSTOMERS_WORDS.sub("…", body)


def words_of(*texts: str) -> set[str]:
    return {word.lower().replace("ß", "ss") for text in texts for word in WORD.findall(text)}


def test_no_draft_has_an_error_or_anything_left_over(outcomes) -> None:
    errors = [(o.id, f.code, f.message) for o in outcomes for f in o.findings if f.level == "error"]
    left = [(o.id, match[0]) for o in outcomes if (match := LEFTOVER.search(own_words(o.draft.body)))]

    assert (errors, left) == ([], [])


def test_the_learned_check_has_no_doubt_about_our_own_wording(outcomes) -> None:
    assert [(o.id, f.code, f.line) for o in outcomes for f in o.findings if "-sounds-" in f.code] == []


def test_every_word_comes_from_templates_policy_or_mail(outcomes, remembering_kit) -> None:
    files = [remembering_kit.places.file("templates", name) for name in ("words.yaml", "drafter.toml")]
    said = [" ".join(remembering_kit.renderer(tone).templates.vocabulary) for tone in TONES]
    ours = words_of(*said, *map(read_text, files))

    for outcome in outcomes:
        mail = outcome.mail
        facts = outcome.analysis.facts
        bent = words_of(*(f"{product}n" for product in facts.products))  # "mit Ihren Rohren"
        known = ours | bent | words_of(mail.body, mail.subject, mail.from_name, facts.salutation)
        assert words_of(outcome.draft.body) <= known, outcome.id


def test_whatever_can_be_solved_gets_a_choice(outcomes) -> None:
    for outcome in outcomes:
        steps = {step.name for step in outcome.plan.steps}
        if "name_matter" in steps and outcome.plan.stage not in LAST_STAGES:
            listed = re.findall(r"^\d\. ", outcome.draft.body, re.MULTILINE)
            assert len(listed) == len(outcome.plan.options) >= 2, outcome.id


def test_bodies_differ_beyond_names_and_numbers(outcomes) -> None:
    masked = re.compile(r"\d[\d.,'’-]*|\A.*")

    assert len({masked.sub("", own_words(outcome.draft.body)) for outcome in outcomes}) >= MIN_DIFFERENT


def test_hardly_any_letter_says_the_same_twice(outcomes, remembering_kit) -> None:
    echoes = Echoes(remembering_kit.renderer().words.phrases)
    echoing = 0
    for outcome in outcomes:
        texts = [own_words(paragraph.text) for paragraph in outcome.draft.paragraphs]
        echoing += any(echoes.again(one, other) for one, other in itertools.combinations(texts, 2))

    assert echoing <= MAX_ECHOING


FACTS = st.builds(
    Facts,
    products=st.sampled_from([(), ("Bett",), ("WLAN-Router",), ("Schuhe",), ("Xyzzy",)]),
    order_numbers=st.sampled_from([(), ("77-1043",)]),
    order_number_kinds=st.sampled_from([(), ("order",), ("invoice",)]),
    amounts=st.sampled_from([(), ("49,90 Euro",), ("10 €", "20 €")]),
    waiting=st.sampled_from(["", "drei Wochen", "seit dem 3. Januar"]),
    attempts=st.integers(0, 3),
    first_name=st.sampled_from(["", "Jule", "Birgit und Frank"]),
    several=st.booleans(),
    swiss=st.booleans(),
    harm=st.sampled_from([(), ("verletzt",)]),
)
INSULTS = st.sampled_from([(), ("unfähig", "agent", 1), ("Idiot", "agent", 2), ("Luder", "customer", 2)]).map(
    lambda fields: (Insult(0, 1, *fields, False, "rule", "why"),) if fields else ()
)
ANALYSES = st.builds(
    Analysis,
    register=st.sampled_from(["sie", "du", "ihr", "none"]),
    situations=st.lists(st.sampled_from([Situation(name, 1.0) for name in SITUATIONS]), max_size=3, unique=True).map(
        tuple
    ),
    intensity=st.integers(0, 4).map(lambda level: Intensity(level / 4, level)),
    emotions=st.fixed_dictionaries({name: st.integers(0, 3) for name in EMOTIONS}),
    facts=FACTS,
    insults=INSULTS,
    questions=st.sampled_from([(), (Question(0, 9, "Wann kommt das Bett?"),)]),
)
WISHES = st.builds(
    Wishes,
    register=st.sampled_from(["auto", "sie", "du"]),
    fault=st.sampled_from(["ours", "unclear", "theirs"]),
    stage=st.sampled_from(["", *STAGES]),
)


def test_any_case_becomes_a_whole_letter(kit) -> None:
    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(ANALYSES, WISHES, st.sampled_from(TONES), st.integers(0, 99), st.sampled_from(["DE", "AT", "CH"]))
    def is_whole(analysis: Analysis, wishes: Wishes, tone: str, number: int, country: str) -> None:
        check_letter(kit, analysis, wishes, tone, number, country)

    is_whole()


def check_letter(kit, analysis: Analysis, wishes: Wishes, tone: str, number: int, country: str) -> None:
    calendar = kit.policy.calendar.model_copy(update={"country": country})
    case = make_case(kit.policy.model_copy(update={"calendar": calendar}), analysis, wishes)
    facts = analysis.facts
    told = (str(number), *facts.order_numbers, *facts.amounts, facts.waiting, *(q.text for q in analysis.questions))
    mail = Mail(" ".join(told))

    plan, draft = kit.renderer(tone).render(mail, case, make_plan(kit.steps, case))

    assert not LEFTOVER.search(own_words(draft.body))
    assert [f.message for f in kit.check(mail, case, plan, draft) if f.level == "error"] == []
    assert all(paragraph.text[0].isupper() for paragraph in draft.paragraphs[1:])
    assert ("ß" in draft.body) <= (country != "CH" and not facts.swiss)
    if "offer_options" in {step.name for step in plan.steps}:
        assert len(re.findall(r"^\d\. ", draft.body, re.MULTILINE)) >= 2
