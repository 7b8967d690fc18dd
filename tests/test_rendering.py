"""A plan becomes a letter: forms of address, gaps, wordings, and nothing from the mail is ever evaluated."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drafter.confirm import confirmation
from drafter.errors import TemplateError
from drafter.lint.samples import load_variables
from drafter.notes import Notes
from drafter.notice import Delay, delay_notice
from drafter.places import Places, shipped
from drafter.plan import load_steps, make_case, make_plan
from drafter.policy import load_policy
from drafter.records import (
    EMOTIONS,
    SITUATIONS,
    STAGES,
    Analysis,
    Facts,
    Intensity,
    Mail,
    Question,
    Quotable,
    Situation,
)
from drafter.regional import Variant
from drafter.rendering import Renderer
from drafter.sandbox import prepare_source
from drafter.wishes import Wishes
from drafter.workdays import Workdays

POLICY, STEPS = load_policy(Places()), load_steps(Places())
RENDERER = Renderer(Places(), STEPS)
DU_WORDS = {"du", "dich", "dir", "dein", "deine", "deinen", "deinem", "deiner", "ihr", "euch", "euer", "eure", "euren"}


def word(analysis: Analysis, wishes: Wishes = Wishes(), mail: Mail = Mail("x")) -> tuple:  # noqa: B008
    case = make_case(POLICY, analysis, wishes)
    return RENDERER.render(mail, case, make_plan(STEPS, case))


def late(**facts) -> Analysis:
    return Analysis(situations=(Situation("delivery_late", 1.0),), intensity=Intensity(0.75, 3), facts=Facts(**facts))


def test_the_matter_is_named_with_the_customers_facts() -> None:
    facts = {"products": ("Bett",), "order_numbers": ("77-1043",), "order_number_kinds": ("order",)}

    plan, draft = word(late(waiting="drei Wochen", **facts))

    assert "seit drei Wochen auf Ihr Bett (Bestellung 77-1043)" in draft.body
    assert plan.gaps == ("Liefertermin",)
    assert [option.goodwill for option in plan.options].count(True) == 1


def test_a_gap_is_filled_by_its_name() -> None:
    plan, draft = word(late(), Wishes(values={"liefertermin": "5. Juni"}))

    assert "zu einem festen Termin: 5. Juni." in draft.body
    assert plan.gaps == ()


def test_the_same_mail_gives_the_same_draft_and_other_mails_other_wordings() -> None:
    drafts = {word(late(), mail=Mail(f"mail {number}"))[1].body for number in range(30)}

    assert word(late(), mail=Mail("a")) == word(late(), mail=Mail("a"))
    assert len(drafts) > 3


def test_swiss_spelling_has_no_sharp_s_and_no_comma() -> None:
    _, draft = word(late(swiss=True, salutation="Guten Tag Frau Keller"))

    assert "ß" not in draft.body
    assert draft.body.startswith("Guten Tag Frau Keller\n\n")
    assert draft.body.rstrip().endswith("Freundliche Grüsse")


def test_words_of_the_customer_are_values_and_never_source() -> None:
    hostile = "{{ 7*7 }} {% raise %} {Sie|du} ==="
    analysis = Analysis(
        situations=(Situation("question", 1.0),), questions=(Question(0, 1, hostile),), facts=Facts(first_name=hostile)
    )

    _, draft = word(analysis, mail=Mail(hostile, subject=hostile))

    assert "{{ 7*7 }} {% raise %} {Sie|du} ===" in draft.body
    assert "49" not in draft.body


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(SITUATIONS), min_size=1, max_size=3, unique=True),
    st.integers(0, 4),
    st.sampled_from(STAGES),
    st.sampled_from(["sie", "du"]),
    st.sampled_from(["ours", "unclear", "theirs"]),
    st.sampled_from(["", "Bett", "Router", "Waschmaschine", "Schuhe", "Xyzzy"]),
    st.sampled_from(["", "drei Wochen", "neun Tage", "seit dem 3. Mai"]),
)
def test_any_plan_renders_whole_and_in_one_register(names, level, stage, register, fault, product, waiting) -> None:
    facts = Facts(products=(product,) if product else (), waiting=waiting, amounts=("49,90 €",), attempts=level)
    analysis = Analysis(
        situations=tuple(Situation(name, 1.0) for name in names),
        intensity=Intensity(level / 4, level),
        emotions=dict.fromkeys(EMOTIONS, 0) | {"sadness": level % 4},
        facts=facts,
    )

    plan, draft = word(analysis, Wishes(stage=stage, register=register, fault=fault))

    words = set(draft.body.replace(",", " ").replace(".", " ").split())
    assert "{" not in draft.body and "None" not in words and "  " not in draft.body
    assert register == "du" or not DU_WORDS & words - {"ihr"}
    assert register == "sie" or not {"Ihnen", "Ihre", "Ihrer", "Ihren", "Ihrem"} & words
    assert all(paragraph.text[0].isupper() or number == 0 for number, paragraph in enumerate(draft.paragraphs))
    assert len(plan.options) != 1


def test_every_known_variable_is_given_to_templates() -> None:
    case = make_case(POLICY, late(), Wishes())
    letter_only = {"salutation", "salutation_end", "paragraphs", "signature"}
    given_names = {*RENDERER.values.of(Mail("x"), case, Quotable()), *RENDERER._helpers(Mail("x"), None)}

    letters = {*confirmation(Notes(), Mail(""), Workdays()).values}
    letters |= {*delay_notice(Delay(), Mail(""), "", date(2026, 6, 1), Workdays()).values}

    assert set(load_variables(Places())) == given_names | letter_only | letters


def test_a_company_template_overrides_ours_file_by_file(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "sachlich"
    folder.mkdir(parents=True)
    (folder / "fix_in_writing.txt").write_text("Wir schreiben es auf.", encoding="utf-8")
    case = make_case(POLICY, late(), Wishes())

    _, draft = Renderer(Places(tmp_path), STEPS).render(Mail("x"), case, make_plan(STEPS, case))

    assert "Wir schreiben es auf." in draft.body
    assert "auf Ihre Bestellung" in draft.body


@pytest.mark.parametrize(
    "source",
    ["{{ nothing }}", "{{ product.__class__ }}", "{{ ''.join(['a']) }}", "{{ your.__globals__ }}", "{{ 1 / 0 }}",
     "{% include 'missing.txt' %}", "{{ 'x' * 99999999999 }}", "{{ 9 ** 9 ** 9 }}"],
)  # fmt: skip
def test_a_bad_template_is_an_error_with_its_place_and_runs_nothing(tmp_path: Path, source: str) -> None:
    folder = tmp_path / "templates" / "sachlich"
    folder.mkdir(parents=True)
    (folder / "commit_to_act.txt").write_text("Gut.\n" + source, encoding="utf-8")
    case = make_case(POLICY, late(), Wishes())

    with pytest.raises(TemplateError) as error:
        Renderer(Places(tmp_path), STEPS).render(Mail("x"), case, make_plan(STEPS, case))

    assert "commit_to_act.txt:2" in error.value.message or "missing.txt" in error.value.message


def test_an_unknown_tone_is_refused_with_the_known_ones() -> None:
    with pytest.raises(TemplateError) as error:
        Renderer(Places(), STEPS, "../etc")

    assert "sachlich" in error.value.remedy


def test_preparing_keeps_line_numbers() -> None:
    source = "{# x #}\n{Sie|du|ihr}\n===\n{{ product }}\n"

    assert prepare_source(source, "x").count("\n") == source.count("\n")
    assert (shipped("templates") / "sachlich" / "letter.txt").is_file()


@pytest.mark.parametrize(
    ("written", "said"),
    [("drei Wochen", "seit drei Wochen"), ("neun Tage", "seit neun Tagen"), ("Seit gestern", "seit gestern"),
     ("ZWEI WOCHEN", "seit zwei Wochen"), ("einen Monat", "seit einem Monat"), ("seit dem 3. Mai", "seit dem 3. Mai"),
     ("3 wochen", "seit 3 Wochen"), ("eine ganze Woche", "seit einer ganzen Woche")],
)  # fmt: skip
def test_a_duration_is_bent_after_since(written: str, said: str) -> None:
    assert RENDERER.words.since(written) == said


@pytest.mark.parametrize(
    ("noun", "gender"),
    [("Router", "m"), ("Waschmaschine", "f"), ("Gartentisch", "m"), ("Bett", "n"), ("Schuhe", "p"), ("Lieferung", "f"),
     ("WLAN-Router", "m"), ("Xyzzy", ""), ("Mannschaft", "f")],
)  # fmt: skip
def test_the_gender_of_a_noun_is_that_of_its_head(noun: str, gender: str) -> None:
    assert RENDERER.words.gender_of(noun) == gender


@pytest.mark.parametrize("tone", ["sachlich", "herzlich", "knapp"])
def test_the_country_decides_closing_months_and_amounts(tone: str) -> None:
    analysis = late(waiting="seit 3. Januar", amounts=("49,90 Euro",), salutation="Guten Tag Frau Groß", surname="Groß")
    bodies = {}
    for country in ("DE", "AT", "CH"):
        policy = POLICY.model_copy(update={"calendar": POLICY.calendar.model_copy(update={"country": country})})
        case = make_case(policy, analysis, Wishes())
        bodies[country] = Renderer(Places(), STEPS, tone).render(Mail("x"), case, make_plan(STEPS, case))[1].body

    assert all(text in bodies["DE"] for text in ("Januar", "50 €", "Grüße", "Frau Groß,\n"))
    assert all(text in bodies["AT"] for text in ("Jänner", "€ 50", "Mit ", "Grüßen", "Frau Groß,\n"))
    assert all(text in bodies["CH"] for text in ("Januar", "CHF 50", "Grüsse", "Frau Groß\n\n"))
    assert "ß" not in bodies["CH"].replace("Groß", "")


@pytest.mark.parametrize(
    ("written", "region", "said"),
    [("49,90 euro", "DE", "49,90 €"), ("2.400 EUR", "AT", "€ 2.400"), ("89€", "DE", "89 €"), ("24,- €", "DE", "24 €"),
     ("CHF 3'450.–", "CH", "CHF 3’450"), ("Fr. 78.50", "CH", "CHF 78.50"), ("1.012,30 €", "CH", "EUR 1’012.30"),
     ("50 Öcken", "DE", "50 Öcken"), ("1,5 €", "DE", "1,5 €"), ("EUR 5 CHF", "DE", "EUR 5 CHF")],
)  # fmt: skip
def test_an_amount_is_written_as_the_region_does_or_left_as_it_is(written: str, region: str, said: str) -> None:
    assert Variant(region, "EUR").rewrite_amount(written, RENDERER.words) == said


@pytest.mark.parametrize(
    ("register", "several", "wish", "salutation"),
    [("sie", True, "du", "Hallo Birgit und Frank"), ("du", True, "auto", "Hallo Birgit und Frank"),
     ("du", False, "auto", "Hallo Birgit und Frank"), ("sie", True, "auto", "Guten Tag")],
)  # fmt: skip
def test_several_who_sign_are_addressed_as_several(register: str, several: bool, wish: str, salutation: str) -> None:
    facts = Facts(first_name="Birgit und Frank", several=several)
    analysis = Analysis(situations=(Situation("delivery_late", 1.0),), register=register, facts=facts)

    _, draft = word(analysis, Wishes(register=wish))

    assert draft.body.startswith(salutation)
    assert (" euch" in draft.body) == (several and salutation.startswith("Hallo"))


def test_a_wording_that_repeats_what_was_said_is_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "sachlich"
    folder.mkdir(parents=True)
    (folder / "acknowledge_emotion.txt").write_text("Ich kümmere mich darum.", encoding="utf-8")
    (folder / "commit_to_act.txt").write_text("Ich kümmere mich.\n===\nDas läuft.\n", encoding="utf-8")
    case = make_case(POLICY, late(), Wishes())
    renderer = Renderer(Places(tmp_path), STEPS)

    bodies = [renderer.render(Mail(str(n)), case, make_plan(STEPS, case))[1].body for n in range(12)]

    assert all("Das läuft." in body for body in bodies)


@pytest.mark.parametrize(
    ("subject", "reply"),
    [("Bett", "AW: Bett"), ("Re: Bett", "Re: Bett"), ("AW: RE: Bett", "AW: Bett"), ("RE: AW: WG: Bett", "Re: Bett"), ("Fwd: Re[2]: Bett", "AW: Bett"),
     ("Re:", "Re: Ihre Nachricht"), ("", "AW: Ihre Nachricht"), ("Rechnung: Bett", "AW: Rechnung: Bett")],
)  # fmt: skip
def test_the_subject_has_one_prefix_and_keeps_that_of_the_thread(kit, subject, reply):
    outcome = kit.draft(Mail("Das Bett ist immer noch nicht da.", subject=subject, from_address="lena@example.org"))
    assert outcome.draft.subject == reply
