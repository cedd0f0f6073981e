"""How a brief goes wrong: each way takes a good draft nobody has seen and spoils it, one finding at a time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from tests.briefs.drafts import Draft, spoken
from tests.briefs.invented import TODAY, evidence_of, words_of
from tests.briefs.material import LANGUAGES, language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

__all__ = ["FAULTS", "MISTAKES"]

_LINK: Final = re.compile(r"\(?https://[^\s)]+\)?")

if TYPE_CHECKING:
    Spoil = Callable[[Random, Iterator[Draft], Sequence[Draft]], Draft]


def _full(fresh: Iterator[Draft], code: str | None = None) -> Draft:
    """The next full draft, of a language where one is asked for."""
    return next(draft for draft in fresh if draft.tier == "full" and code in (None, draft.language))


def _filled(dice: Random, draft: Draft) -> dict[str, Any]:
    words = language(draft.language)
    return words_of(dice, draft, dice.choice(words.place))


def _without(part: str) -> Spoil:
    return lambda _dice, fresh, _good: _full(fresh).without(part)


def _empty(part: str) -> Spoil:
    return lambda _dice, fresh, _good: _full(fresh).with_parts(**{part: "<!-- -->"})


def _cut(part: str, words: int) -> Spoil:
    def spoil(_dice: Random, fresh: Iterator[Draft], _good: Sequence[Draft]) -> Draft:
        draft = _full(fresh)
        return draft.with_parts(**{part: " ".join(draft.parts[part].split()[:words])})

    return spoil


def _one_question(_dice: Random, fresh: Iterator[Draft], _good: Sequence[Draft]) -> Draft:
    draft = _full(fresh)
    return draft.with_parts(questions=draft.parts["questions"].split("\n")[0])


def _undated(dice: Random, fresh: Iterator[Draft], _good: Sequence[Draft]) -> Draft:
    draft = _full(fresh)
    return draft.with_parts(evidence=evidence_of(dice, draft, _filled(dice, draft), undated=True))


def _day_and_month_in_doubt(_dice: Random, fresh: Iterator[Draft], _good: Sequence[Draft]) -> Draft:
    draft = _full(fresh)
    line = draft.parts["evidence"].split(": ", 1)[1]
    return draft.with_parts(evidence=f"- 03/04/2026: {line}".split("\n- ")[0])


def _stale(days: int) -> Spoil:
    def spoil(dice: Random, fresh: Iterator[Draft], _good: Sequence[Draft]) -> Draft:
        draft = _full(fresh)
        day = TODAY - timedelta(days=days)
        return draft.with_parts(evidence=evidence_of(dice, draft, _filled(dice, draft), on=day))

    return spoil


def _unlinked(_dice: Random, fresh: Iterator[Draft], _good: Sequence[Draft]) -> Draft:
    draft = _full(fresh)
    return draft.with_parts(evidence=_LINK.sub("", draft.parts["evidence"]))


def _opening_from(fault: str, code: str, which: int) -> Spoil:
    """An opening line as the mistakes of a language have it."""

    def spoil(dice: Random, fresh: Iterator[Draft], _good: Sequence[Draft]) -> Draft:
        draft = _full(fresh, code)
        line = language(code).faults[fault][which]
        return draft.with_parts(opening_line=line.format(**_filled(dice, draft)))

    return spoil


def _told_in(part: str, fault: str, code: str, which: int) -> Spoil:
    """A sentence that has no business in a brief, behind what stands there."""

    def spoil(dice: Random, fresh: Iterator[Draft], _good: Sequence[Draft]) -> Draft:
        draft = _full(fresh, code)
        told = language(code).faults[fault][which].format(**_filled(dice, draft))
        return draft.with_parts(**{part: f"{draft.parts[part]} {told}"})

    return spoil


def _misspelled(slip: Callable[[str], str]) -> Spoil:
    """The family name in the opening line with a slip."""

    def spoil(_dice: Random, fresh: Iterator[Draft], _good: Sequence[Draft]) -> Draft:
        draft = next(one for one in fresh if one.tier == "full" and slip(one.family) != one.family)
        greeting, _, rest = draft.parts["opening_line"].partition(" ")
        told = f"{greeting} {rest}".split(",", 1)[1]
        hello = language(draft.language).hello[0].format(full=f"{draft.given} {slip(draft.family)}", given="")
        return draft.with_parts(opening_line=f"{hello}{told}")

    return spoil


def _company_misspelled(_dice: Random, fresh: Iterator[Draft], _good: Sequence[Draft]) -> Draft:
    """Two letters of the company's name change places where the line speaks of it."""
    draft = next(one for one in fresh if one.tier == "full" and len(one.company.split()[0]) > len("Larkfi"))
    name = spoken(draft.company)
    slip = name[:4] + name[5] + name[4] + name[6:]
    line = draft.parts["opening_line"].replace(name, slip)
    if slip not in line:
        line = line.replace("?", f" ({slip})?")
    return draft.with_parts(opening_line=line)


def _long(_dice: Random, fresh: Iterator[Draft], _good: Sequence[Draft]) -> Draft:
    """A first sentence that does not stop: objective, problem and solution in one breath."""
    draft = _full(fresh)
    told = " ".join(draft.parts[part] for part in ("opening_line", "problem", "solution", "objective"))
    return draft.with_parts(opening_line=told)


def _generic(_dice: Random, fresh: Iterator[Draft], _good: Sequence[Draft]) -> Draft:
    """Words for any company, which name neither the person nor theirs."""
    draft = _full(fresh, "en")
    generic = language("en").faults["generic"]
    link = f"https://reports.example/{len(draft.family)}"
    return draft.with_parts(
        who="A decision maker with budget in a company of the right size for our offer.",
        how_we_know="Found with the usual search tools under the usual titles.",
        objective=f"{generic['problem']}",
        problem=f"{generic['problem']}",
        evidence=f"- 2026-06-03: an industry report on the state of the market: {link}\n  Shows that the market moves.",
        point_of_view=f"{generic['view']}",
        solution=f"{generic['solution']}",
        opening_line=f"{draft.names[0]}, how do you deal with rising costs and demanding customers these days?",
    )


def _about_somebody_else(dice: Random, fresh: Iterator[Draft], _good: Sequence[Draft]) -> Draft:
    """A colleague's research, filed under the wrong contact: only the greeting was changed."""
    theirs = _full(fresh, "de")
    other = _full(fresh, "de")
    hello = language("de").hello[0].format(full=theirs.names[0])
    question = other.parts["questions"].split("\n")[0].removeprefix("- ")
    line = f"{hello} eine Frage zu {_filled(dice, other)['place']} lässt mich nicht los: {question}"
    return theirs.with_parts(**{**other.parts, "opening_line": line})


def _expired(_dice: Random, fresh: Iterator[Draft], _good: Sequence[Draft]) -> Draft:
    return replace(_full(fresh), date=TODAY - timedelta(days=170))


def _written_for_former(dice: Random, fresh: Iterator[Draft], _good: Sequence[Draft]) -> Draft:
    """The brief speaks of a company they have left since."""
    draft = _full(fresh)
    assert isinstance(draft.date, date)
    words = language(draft.language)
    now = f"{dice.choice(words.stem)} Solis {words.form[0]}"
    written = TODAY - timedelta(days=30)
    named = draft.with_parts(who=f"{draft.parts['who']} ({draft.company})")
    return replace(
        named, date=written, company=now, former=(draft.company, spoken(draft.company)), changed_on=TODAY - timedelta(9)
    )


def _copy(change: Callable[[Draft, Draft], Draft], code: str) -> Spoil:
    """A younger brief that takes from the oldest good one of a language."""

    def spoil(_dice: Random, fresh: Iterator[Draft], good: Sequence[Draft]) -> Draft:
        originals = [one for one in good if one.tier == "full" and one.language == code]
        original = min(originals, key=lambda one: str(one.date))
        return change(replace(_full(fresh, code), date=TODAY), original)

    return spoil


def _in_their_name(theirs: Draft, original: Draft) -> dict[str, str]:
    """Every part of the original with name and company exchanged."""
    found = {}
    for part, text in original.parts.items():
        told = text.replace(original.names[0], theirs.names[0]).replace(original.company, theirs.company)
        told = told.replace(spoken(original.company), spoken(theirs.company))
        found[part] = told.replace(f"{original.given},", f"{theirs.given},")
    return found


def _only_names(theirs: Draft, original: Draft) -> Draft:
    return replace(theirs, parts=_in_their_name(theirs, original))


def _names_and_figures(theirs: Draft, original: Draft) -> Draft:
    """Names and every number; who they are and the evidence were looked up."""
    taken = _in_their_name(theirs, original)
    digits = str.maketrans("123456789", "912345678")
    told = {part: text.translate(digits) for part, text in taken.items()}
    own = {part: theirs.parts[part] for part in ("evidence", "who", "how_we_know")}
    return replace(theirs, parts={**told, **own})


def _names_and_a_word_or_two(theirs: Draft, original: Draft) -> Draft:
    """Names, and here and there a word left out or put in."""
    found = {}
    for part, text in _in_their_name(theirs, original).items():
        words = text.split(" ")
        del words[len(words) // 2]
        found[part] = text if part in ("evidence", "questions") else " ".join(words)
    return replace(theirs, parts={**found, "problem": f"{found['problem']} {theirs.family}!"})


def _evidence_alone(theirs: Draft, original: Draft) -> Draft:
    """Somebody looked the person up, and then took everything else from a colleague."""
    return _only_names(theirs, original).with_parts(evidence=theirs.parts["evidence"], who=theirs.parts["who"])


def _swapped(name: str) -> str:
    """Two letters in the middle change places."""
    middle = len(name) // 2
    return name[: middle - 1] + name[middle] + name[middle - 1] + name[middle + 1 :]


def _plain(name: str) -> str:
    """Marks above and below letters are lost."""
    return name.translate(str.maketrans("üöäéíñßş", "uoaeinss"))


def _doubled(name: str) -> str:
    return name[:-1] + name[-2:]


FAULTS: Final[Sequence[tuple[str, Spoil]]] = (
    ("brief.part_missing", _without("solution")),
    ("brief.part_missing", _empty("objective")),
    ("brief.part_thin", _cut("point_of_view", 5)),
    ("brief.part_thin", _one_question),
    ("brief.evidence_undated", _undated),
    ("brief.evidence_undated", _day_and_month_in_doubt),
    ("brief.evidence_stale", _stale(500)),
    ("brief.evidence_stale", _stale(1_200)),
    ("brief.evidence_unlinked", _unlinked),
    ("brief.evidence_unlinked", _unlinked),
    ("brief.opening_about_us", _opening_from("about_us", "en", 0)),
    ("brief.opening_about_us", _opening_from("about_us", "fr", 0)),
    ("brief.opening_name", _misspelled(_swapped)),
    ("brief.opening_name", _misspelled(_plain)),
    ("brief.opening_name", _misspelled(_doubled)),
    ("brief.opening_company", _company_misspelled),
    ("brief.opening_company", _company_misspelled),
    ("brief.opening_long", _long),
    ("brief.placeholder", _opening_from("placeholder", "en", 0)),
    ("brief.placeholder", _opening_from("placeholder", "en", 1)),
    ("brief.placeholder", _opening_from("placeholder", "es", 0)),
    ("brief.placeholder", _told_in("problem", "placeholder", "en", 2)),
    ("brief.stop_phrase", _opening_from("stop_phrase", "en", 0)),
    ("brief.stop_phrase", _opening_from("stop_phrase", "de", 0)),
    ("brief.stop_phrase", _opening_from("stop_phrase", "fr", 0)),
    ("brief.not_about_them", _generic),
    ("brief.not_about_them", _about_somebody_else),
    ("brief.private_life", _told_in("who", "private_life", "en", 0)),
    ("brief.private_life", _told_in("who", "private_life", "de", 1)),
    ("brief.private_life", _told_in("how_we_know", "private_life", "nl", 0)),
    ("brief.special_category", _told_in("who", "special_category", "de", 0)),
    ("brief.special_category", _told_in("who", "special_category", "en", 1)),
    ("brief.special_category", _told_in("problem", "special_category", "es", 0)),
    ("brief.boilerplate", _copy(_only_names, "en")),
    ("brief.boilerplate", _copy(_names_and_figures, "de")),
    ("brief.boilerplate", _copy(_names_and_a_word_or_two, "fr")),
    ("brief.boilerplate", _copy(_evidence_alone, "it")),
    ("brief.expired", _expired),
    ("brief.former_employer", _written_for_former),
    ("brief.former_employer", _written_for_former),
)

# Every mistake the material of every language knows, for whoever wants to see more than forty.
_PLACES: Final = {"private_life": "who", "special_category": "who"}
MISTAKES: Final[Sequence[tuple[str, Spoil]]] = tuple(
    (
        "brief.opening_about_us" if fault == "about_us" else f"brief.{fault}",
        _told_in(_PLACES[fault], fault, code, which) if fault in _PLACES else _opening_from(fault, code, which),
    )
    for code in LANGUAGES
    for fault in ("placeholder", "stop_phrase", "about_us", "private_life", "special_category")
    for which in range(len(language(code).faults[fault]))
)
