"""Nobody gets a text that somebody else has had: near-copies are found, the older stands, honest likeness passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.brief import brief_id
from policies.brief.copies import COPIES, near_copies
from policies.brief.likeness import proposed
from policies.errors import TactfulError
from tests.briefs.corpus import BAD, GOOD, corpus
from tests.briefs.invented import good_drafts, many_drafts
from tests.briefs.pooled import copied_from_the_pool, merged_from_the_pool, pooled_drafts
from tests.effort import few
from tests.policies.brief_texts import FULL, SETTINGS
from tests.policies.rulebooks import with_base, workspace

if TYPE_CHECKING:
    from tests.briefs.drafts import Draft

ORIGINAL, OTHER, THIRD = [draft for draft in good_drafts(60, 17) if (draft.language, draft.tier) == ("en", "full")][:3]
TEXTS = pl.Schema(
    {
        "brief_id": pl.String(),
        "person_id": pl.String(),
        "written_on": pl.Date(),
        "text": pl.String(),
        "masks": pl.List(pl.String()),
    }
)


def rows(*drafts: Draft) -> pl.DataFrame:
    """Drafts as what is compared; a person is known by their contact."""
    return pl.DataFrame(
        [
            (
                brief_id(draft.text),
                draft.contact,
                draft.date if isinstance(draft.date, date) else None,
                draft.text,
                [*draft.names, *draft.companies],
            )
            for draft in drafts
        ],
        schema=TEXTS,
        orient="row",
    )


def copy(theirs: Draft, of: Draft, on: date | None = None) -> Draft:
    """All of somebody's parts under another name."""
    return replace(theirs, parts=in_name_of(theirs, of), date=on or theirs.date)


def in_name_of(theirs: Draft, of: Draft) -> dict[str, str]:
    """Every part with name and company exchanged."""
    found = {}
    for name, text in of.parts.items():
        named = text.replace(of.names[0], theirs.names[0]).replace(of.company, theirs.company)
        found[name] = named.replace(of.companies[1], theirs.companies[1])
    return found


def found_in(*drafts: Draft) -> dict[str, str]:
    """Contact of every near-copy to that of its original."""
    names = {brief_id(draft.text): f"{draft.contact} {draft.date}" for draft in drafts}
    pairs = near_copies(rows(*drafts), SETTINGS).select("brief_id", "copy_of").iter_rows()
    return {names[copied]: names[original] for copied, original in pairs}


def test_three_hundred_briefs_hold_the_copies_that_were_put_in_and_no_others() -> None:
    """Each is told with the brief it was taken from, how alike they are, and where."""
    drafts = {brief_id(labelled.draft.text): labelled for labelled in corpus()}
    assert len(drafts) == GOOD + BAD
    found = near_copies(rows(*(labelled.draft for labelled in drafts.values())), SETTINGS)
    assert found.schema == COPIES
    copies = {identifier for identifier, labelled in drafts.items() if labelled.expected == "brief.boilerplate"}
    assert set(found.get_column("brief_id")) == copies
    for row in found.iter_rows(named=True):
        theirs, original = drafts[row["brief_id"]].draft, drafts[row["copy_of"]].draft
        assert original.language == theirs.language
        assert row["similarity"] > 900
        assert "Our point of view" in row["parts"]


def test_honest_likeness_passes() -> None:
    """Colleagues with ten sentences a part, all about one trade: not one of 260 is refused."""
    assert near_copies(rows(*pooled_drafts(GOOD, 5)), SETTINGS).is_empty()


@pytest.mark.parametrize("taken", [2, 3])
def test_half_of_the_sentences_may_be_a_colleagues(taken: int) -> None:
    """Three parts of seven, names exchanged: what is true of one firm of a trade may be true of the next."""
    dice, pool = Random(taken), pooled_drafts(60, 6)  # noqa: S311  # the same briefs every time, no secrets
    pairs = zip(pool[::2], pool[1::2], strict=True)
    theirs = [copied_from_the_pool(original, other, taken, dice) for original, other in pairs]
    assert found_in(*pool[::2], *theirs) == {}


def test_a_mail_merge_is_boilerplate() -> None:
    """The same sentences with names, places, months and figures filled in anew for each."""
    dice, pool = Random(8), pooled_drafts(40, 8)  # noqa: S311  # the same briefs every time, no secrets
    merged = [merged_from_the_pool(pool[place : place + 2], dice) for place in range(0, len(pool), 2)]
    assert len(found_in(*(draft for pair in merged for draft in pair))) == len(merged)


@pytest.mark.parametrize(
    "masks_known", [True, False], ids=["the records know the names", "nobody is known under the contact"]
)
def test_two_briefs_that_differ_only_in_names_are_boilerplate(*, masks_known: bool) -> None:
    """Whether the names are on record or not."""
    texts = rows(replace(ORIGINAL, date=date(2026, 9, 1)), copy(OTHER, ORIGINAL, date(2026, 9, 2)))
    masks = pl.col("masks") if masks_known else pl.lit([], dtype=pl.List(pl.String))
    (found,) = near_copies(texts.with_columns(masks.alias("masks")), SETTINGS).to_dicts()
    assert found["brief_id"] == texts.row(1)[0]
    assert found["copy_of"] == texts.row(0)[0]
    assert found["similarity"] >= (1000 if masks_known else 950)


FIRST, SECOND, LATER = date(2026, 9, 1), date(2026, 9, 2), date(2026, 9, 3)
HISTORIES = {
    "the younger one fails": ([(ORIGINAL, FIRST), (OTHER, SECOND)], [1]),
    "whichever came in first": ([(OTHER, SECOND), (ORIGINAL, FIRST)], [0]),
    "copies of a copy fail": ([(ORIGINAL, FIRST), (OTHER, SECOND), (THIRD, LATER)], [1, 2]),
    "a brief without a date is the younger": ([(ORIGINAL, None), (OTHER, LATER)], [0]),
    "who renews their brief copies nobody": ([(ORIGINAL, FIRST), (ORIGINAL, LATER)], []),
    "not even where somebody copied it before": ([(ORIGINAL, FIRST), (OTHER, SECOND), (ORIGINAL, LATER)], [1]),
    "renewing a copy makes it no original": ([(ORIGINAL, FIRST), (OTHER, SECOND), (OTHER, LATER)], [1, 2]),
}


@pytest.mark.parametrize(("history", "failing"), HISTORIES.values(), ids=HISTORIES)
def test_the_older_text_stands(history: list[tuple[Draft, date | None]], failing: list[int]) -> None:
    """Its author's people keep it, whoever else wrote it down later fails."""
    drafts = [replace(copy(theirs, ORIGINAL), date=on) for theirs, on in history]
    assert found_in(*drafts).keys() == {f"{drafts[place].contact} {drafts[place].date}" for place in failing}


def test_of_one_day_exactly_one_stands() -> None:
    """Where no date tells, the lesser id is the older, so that the answer is the same tomorrow."""
    drafts = [copy(theirs, ORIGINAL, FIRST) for theirs in (ORIGINAL, OTHER, THIRD)]
    texts = rows(*drafts)
    stands = texts.get_column("brief_id").sort()[0]
    for known in (texts, texts.with_columns(person_id=pl.lit(None, dtype=pl.String))):
        found = near_copies(known, SETTINGS)
        assert set(found.get_column("brief_id")) == set(texts.get_column("brief_id")) - {stands}


def test_a_mixture_of_two_is_no_copy_of_either() -> None:
    """And who was first is not drawn into the fate of a younger text between them."""
    half = {name: OTHER.parts[name] for name in ("objective", "problem", "questions", "opening_line")}
    between = replace(THIRD, parts={**in_name_of(THIRD, ORIGINAL), **half}, date=LATER)
    assert found_in(replace(ORIGINAL, date=FIRST), replace(OTHER, date=SECOND), between) == {}


@pytest.mark.parametrize(
    ("written", "alike"),
    [
        ("evidence", True),
        ("who", True),
        ("point_of_view", False),
    ],
)
def test_what_was_looked_up_excuses_no_copied_thought(written: str, *, alike: bool) -> None:
    """Evidence of one's own under a colleague's words is boilerplate; a thought of one's own is not."""
    theirs = copy(OTHER, ORIGINAL, LATER).with_parts(**{written: OTHER.parts[written]})
    if written == "point_of_view":
        theirs = theirs.with_parts(problem=OTHER.parts["problem"])
    assert bool(found_in(replace(ORIGINAL, date=FIRST), theirs)) is alike


def test_a_short_word_may_be_said_twice() -> None:
    """Who asked us gets an answer and no essay: an opening line by itself is not judged."""
    first, second, *_ = (draft for draft in good_drafts(40, 3) if draft.tier == "conversation")
    assert found_in(replace(first, date=FIRST), copy(second, first, LATER)) == {}


def test_texts_without_blanks_between_words_are_compared_too() -> None:
    """Letter by letter: a Japanese copy is found, another Japanese text is not one."""
    said = "重量が三つあり、どれが正しいかは荷役が止まってから分かります。荷主ごとの癖を見れば、測り直しは減ります。"
    other = "病棟の朝は八時に始まりますが、退院の薬が届くのは昼過ぎです。薬局の時間を早めるだけで、入院は待ちません。"
    written = [replace(draft, date=day) for draft, day in ((ORIGINAL, FIRST), (OTHER, SECOND), (THIRD, LATER))]
    drafts = [replace(draft, parts={"problem": text}) for draft, text in zip(written, (said, said, other), strict=True)]
    assert found_in(*drafts).keys() == {f"{OTHER.contact} {SECOND}"}


@pytest.mark.parametrize(("tier", "alike"), [("short", True), ("conversation", False)])
def test_a_short_text_that_differs_only_in_names_is_boilerplate(tier: str, *, alike: bool) -> None:
    """A problem, an opening line and a question are few words, and copied all the same; one sentence alone is not."""
    parts = {
        "problem": "Every ship brings boxes that nobody believes, and each is weighed twice.",
        "opening_line": f"{ORIGINAL.names[0]}, who reads the second figure of a box?",
        "questions": "- Who sends a box back to the scale?",
    }
    said = parts if tier == "short" else {"opening_line": parts["opening_line"]}
    first = replace(ORIGINAL, tier=tier, parts=said, date=FIRST)
    theirs = copy(replace(OTHER, tier=tier), first, LATER)
    assert bool(found_in(first, theirs)) is alike
    if alike:
        other = theirs.with_parts(problem="Every ship brings boxes that nobody trusts, and each is weighed twice.")
        assert found_in(first, other) == {}


def blast(count: int) -> list[Draft]:
    """A text with a word or two of its own for each of many people, the original the oldest."""
    theirs = (draft for draft in many_drafts(count, 3))
    own = (f"Zeta{chr(0x3B1 + number % 24)} {number % 7 * chr(0x3B1)}." for number in range(count))
    copies = [copy(draft, ORIGINAL, LATER) for draft in theirs]
    told = [
        draft.with_parts(problem=f"{draft.parts['problem']} {word}") for draft, word in zip(copies, own, strict=True)
    ]
    return [replace(ORIGINAL, date=FIRST), *told]


def test_a_text_sent_to_everybody_is_found_in_all_of_them() -> None:
    """All but the oldest fail, whether every word is the same or some are one's own."""
    drafts = blast(300)
    same = rows(*(replace(draft, parts=copy(draft, ORIGINAL).parts) for draft in drafts))
    for texts in (rows(*drafts), same):
        found = near_copies(texts, SETTINGS)
        assert set(found.get_column("brief_id")) == set(texts.get_column("brief_id")[1:])


@pytest.mark.parametrize("count", [200, 400])
def test_a_text_sent_to_everybody_is_not_compared_with_all_of_them(count: int) -> None:
    """Comparisons grow with the number of texts, not with its square, however alike the texts are."""
    dice = Random(count)  # noqa: S311  # the same texts every time, no secrets
    text = list(range(1, 151))
    copies = {tuple(number if dice.random() > 0.02 else -number for number in text) for _ in range(count)}
    sequences = pl.Series([[abs(n) * 2 + (n < 0) for n in one] for one in sorted(copies)], dtype=pl.List(pl.UInt64))
    pairs = proposed(sequences)
    assert pairs.height <= 16 * len(sequences)
    assert (pairs.get_column("older") < pairs.get_column("younger")).all()
    assert pairs.get_column("younger").n_unique() == len(sequences) - 1


def test_links_comments_and_layout_make_no_other_text() -> None:
    """Line breaks, capitals, a note of the writer's and a link: none of them is a thought."""
    theirs = copy(OTHER, ORIGINAL, LATER)
    dressed = {
        name: f"<!-- mine -->\n{text.upper()}\n\nhttps://kestrel.example/{name}" for name, text in theirs.parts.items()
    }
    assert len(found_in(replace(ORIGINAL, date=FIRST), replace(theirs, parts=dressed))) == 1


@few(12)
@given(st.permutations(range(12)), st.integers(0, 3))
def test_the_order_of_briefs_changes_nothing(order: list[int], copies: int) -> None:
    """Rows in any order, with any number of copies among them: the same rows come out."""
    drafts = good_drafts(9, 23)
    drafts += [copy(drafts[place], drafts[place + 3], LATER) for place in range(copies)]
    drafts += pooled_drafts(12 - len(drafts), 4)
    texts = rows(*drafts)
    found = near_copies(texts, SETTINGS)
    assert found.equals(near_copies(texts[order], SETTINGS))


def test_nothing_is_a_copy_of_nothing() -> None:
    """No briefs, one brief, an unreadable one, one without parts of our own: no error, no finding."""
    assert near_copies(rows(), SETTINGS).schema == COPIES
    broken = pl.DataFrame([("x" * 16, None, None, "no front matter", None)], schema=TEXTS, orient="row")
    bare = rows(replace(ORIGINAL, parts={"who": "Somebody."}))
    for texts in (rows(ORIGINAL), broken, pl.concat([broken, bare]), pl.concat([broken, rows(ORIGINAL)])):
        assert near_copies(texts, SETTINGS).is_empty()


@pytest.mark.parametrize(
    "table", [{}, {"copies": {}}, {"copies": {**SETTINGS["copies"], "parts": ["gossip"]}}, {"copies": 3}]
)
def test_settings_that_cannot_be_read_are_refused(table: dict[str, object]) -> None:
    """With the table's name and the next step."""
    settings = {name: value for name, value in SETTINGS.items() if name != "copies"} | table
    with pytest.raises(TactfulError, match=r"\[brief.copies\]"):
        near_copies(rows(ORIGINAL, OTHER), settings)


def test_a_workspace_may_ask_for_more_of_ones_own() -> None:
    """With a lesser similarity a brief with half a colleague's words fails, which passes otherwise."""
    book = with_base(workspace("[brief.copies]\nsimilarity = 500\nmin_words = 20\n"))
    assert book.settings["brief"]["copies"]["similarity"] == 500
    pool = pooled_drafts(2, 6)
    theirs = copied_from_the_pool(pool[0], pool[1], 4, Random(1))  # noqa: S311  # the same brief every time, no secrets
    stricter = {**SETTINGS, "copies": {**SETTINGS["copies"], "similarity": 500}}
    assert near_copies(rows(pool[0], theirs), SETTINGS).is_empty()
    assert near_copies(rows(pool[0], theirs), stricter).height == 1


def test_the_sample_of_a_good_brief_is_its_own() -> None:
    """The brief other tests spoil is like no invented one."""
    texts = pl.concat([rows(*good_drafts(24, 2)), rows(ORIGINAL).with_columns(text=pl.lit(FULL), brief_id=pl.lit("f"))])
    assert near_copies(texts, SETTINGS).is_empty()
