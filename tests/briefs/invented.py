"""Good briefs, invented: as a careful colleague would have written them, in the languages there is material for."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any, Final

from tests.briefs.drafts import TIERS, Draft, spoken
from tests.briefs.material import LANGUAGES, Language, language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["TODAY", "coined_parts", "evidence_of", "good_drafts", "many_drafts", "moved", "opening_of", "words_of"]

TODAY: Final = date(2026, 10, 14)

_AUTHORS: Final = ("Lena Hartwig", "Tomasz Zielonka", "Amara Diallo", "Jonas Beck")
_TRADES: Final = ("Works", "Partners", "Nova", "Kontor", "Union", "Vita", "Delta", "Atelier", "Forum", "Werke")
_LATIN: Final = str.maketrans("äöüßşłçéèêàâîôûïñáíóúìòùŞŁÉÀÁøåæńő", "aousslceeeaaiouinaiouiouSLEAAoaano")
_NO_STOPS: Final = str.maketrans("", "", ".,:;?!¿¡«»()")
_TIER_CYCLE: Final = ("full", "full", "full", "full", "short", "full", "conversation", "full")
_ONSETS: Final = ("Br", "K", "L", "Sal", "T", "V", "Gr", "M", "H", "Dor", "F", "St")
_RHYMES: Final = ("and", "el", "en", "ik", "or", "um", "esk", "ovar", "ingen", "ater", "ona", "uvi", "ast", "ebro")
_ENDS: Final = ("au", "berg", "by", "ea", "holt", "mar", "ow", "sted", "ta", "ville", "wick", "zen")


def good_drafts(count: int, seed: int) -> list[Draft]:
    """So many briefs that nobody should refuse, every one about somebody else, in turn of language and topic."""
    dice = Random(seed)  # noqa: S311  # the same briefs every time, no secrets
    topics = [(code, topic) for code in LANGUAGES for topic in range(len(language(code).topics))]
    found = []
    for number in range(count):
        code, topic = topics[number % len(topics)]
        found.append(_draft(dice, code, topic, number, number // len(topics)))
    return [moved(draft, dice) if number % 80 == 40 else draft for number, draft in enumerate(found)]


def many_drafts(count: int, seed: int) -> Iterator[Draft]:
    """Full briefs by the hundred thousand: a sentence of the material a part, beside others that nobody else has.

    Those are words of the language in no order, as frequent as they are: for whoever counts, not for whoever reads.
    """
    dice = Random(seed)  # noqa: S311  # the same briefs every time, no secrets
    for number in range(count):
        yield _mixed_draft(dice, LANGUAGES[number % len(LANGUAGES)], number)


def moved(draft: Draft, dice: Random) -> Draft:
    """The same about somebody who changed employer before the brief was written: it speaks of the new one."""
    assert isinstance(draft.date, date)
    words = language(draft.language)
    former = f"{dice.choice(words.stem)} Solis {dice.choice(words.form)}"
    changed = draft.date - timedelta(days=dice.randint(3, 40))
    how = f"{draft.parts.get('how_we_know', '')} ({spoken(former)} → {spoken(draft.company)})"
    return Draft(
        **{**vars(draft), "former": (former, spoken(former)), "changed_on": changed},
    ).with_parts(**({"how_we_know": how} if "how_we_know" in draft.parts else {}))


def words_of(dice: Random, draft: Draft, place: str, role: str = "", talk: str = "") -> dict[str, Any]:
    """What the sentences of one brief are filled in with; numbers are drawn anew."""
    words = language(draft.language)
    n = dice.randint(3, 480)
    return {
        "full": draft.names[0],
        "given": draft.given,
        "company": spoken(draft.company),
        "role": role,
        "talk": talk,
        "place": place,
        "month": dice.choice(words.month),
        "year": dice.randint(2016, 2024),
        "day": dice.randint(1, 28),
        "n": n,
        "m": n + dice.randint(2, 900),
    }


def evidence_of(
    dice: Random, draft: Draft, filled: dict[str, Any], *, on: date | None = None, undated: bool = False
) -> str:
    """One or two dated facts, each with a link; all of them on a day where one is given."""
    words = language(draft.language)
    facts = []
    for form in (words.evidence, words.other)[: dice.choice((1, 2, 2))]:
        day = on or TODAY - timedelta(days=dice.randint(70, 300))
        link = f"https://{_domain(draft)}/{dice.choice(('news', 'press', 'blog', 'talks'))}/{dice.randint(100, 99_999)}"
        date_text = "" if undated else _date_text(dice, words, day)
        told = form.format(**{**filled, "date": date_text, "link": link, "shows": dice.choice(words.shows)})
        facts.append("- " + told.removeprefix(": "))
    return "\n".join(facts)


def opening_of(dice: Random, draft: Draft, filled: dict[str, Any], lead: str, question: str) -> str:
    """A first sentence about them: greeting with the name, what they said or did, a question."""
    words = language(draft.language)
    hello = dice.choice(words.hello)
    return f"{hello} {lead} {question}".format(**filled)


def _draft(dice: Random, code: str, topic_number: int, number: int, turn: int) -> Draft:
    """The ``turn``-th brief on a topic: no two of a topic share point of view or opening line."""
    words = language(code)
    topic = words.topics[topic_number]
    draft = _person(dice, words, code, number, _TIER_CYCLE[number % len(_TIER_CYCLE)], dice.choice(words.stem))
    filled = words_of(dice, draft, dice.choice(words.place), dice.choice(topic.roles), dice.choice(topic.talk))

    def again(sentence: str) -> str:
        return sentence.format(**{**filled, **_numbers(dice, words)})

    view = [_turn(topic.pov_a, turn), again(dice.choice(words.detail)), _turn(topic.pov_b, turn // len(topic.pov_a))]
    lead, question = _turn(words.lead, turn), _turn(topic.question, turn + turn // len(words.lead))
    parts = {
        "who": again(dice.choice(words.who)),
        "how_we_know": again(dice.choice(words.how)),
        "asked": again(dice.choice(words.asked)),
        "last_conversation": again(dice.choice(words.last)),
        "objective": dice.choice(topic.objective),
        "problem": f"{_turn(topic.problem, turn)} {again(dice.choice(words.detail))}",
        "evidence": evidence_of(dice, draft, filled),
        "point_of_view": " ".join(view[:: -1 if turn % 2 else 1]),
        "solution": dice.choice(topic.solution),
        "example": dice.choice(topic.example),
        "opening_line": opening_of(dice, draft, filled, lead, question),
        "questions": again(_questions(dice, topic.question, question)),
    }
    return draft.with_parts(**{name: parts[name] for name in TIERS[draft.tier]})


def _mixed_draft(dice: Random, code: str, number: int) -> Draft:
    """A full brief whose sentences come from any topic of the language, and more of its own."""
    words = language(code)
    draft = _person(dice, words, code, number, "full", _coined(dice))
    parts, places = coined_parts(dice, draft, hello=dice.choice(words.hello), detail=lambda: _own_words(dice, code))
    filled = words_of(dice, draft, places[0], talk=places[1])
    return draft.with_parts(**parts, evidence=evidence_of(dice, draft, filled))


def _own_words(dice: Random, code: str) -> str:
    return " ".join(dice.choices(_vocabulary(code), k=dice.randint(9, 19))).capitalize() + "."


@cache
def _vocabulary(code: str) -> Sequence[str]:
    """The words of a language's sentences, each as often as it stands there."""
    told = (sentence for topic in language(code).topics for part in vars(topic).values() for sentence in part)
    return [word for sentence in told for word in sentence.lower().translate(_NO_STOPS).split() if "{" not in word]


def coined_parts(
    dice: Random, draft: Draft, hello: str, detail: Callable[[], str] | None = None
) -> tuple[dict[str, str], Sequence[str]]:
    """All parts but the evidence, out of sentences from any topic of the language; and the places they speak of.

    ``detail`` adds a sentence to a part; left out: one of the material, with places of its own.
    """
    words = language(draft.language)
    places = [_coined(dice) for _ in range(4)]
    filled = words_of(dice, draft, places[0], dice.choice(dice.choice(words.topics).roles), ", ".join(places[1:3]))

    def one(part: str) -> str:
        found: str = dice.choice(getattr(dice.choice(words.topics), part))
        return found

    def more() -> str:
        return detail() if detail else _coined_detail(dice, words, filled)

    question = one("question")
    lead = f"{dice.choice(words.lead)} {places[2]} {places[3]}, {filled['m']}."
    parts = {
        "who": words.who[0].format(**filled),
        "how_we_know": words.how[0].format(**filled),
        "objective": f"{one('objective')} {more()}",
        "problem": f"{one('problem')} {more()}",
        "point_of_view": f"{one('pov_a')} {more()} {one('pov_b')} {more()}",
        "solution": f"{one('solution')} {more()}",
        "example": one("example"),
        "opening_line": f"{hello} {lead} {question}".format(**filled),
        "questions": _questions(dice, dice.choice(words.topics).question, question),
    }
    return parts, places


def _person(dice: Random, words: Language, code: str, number: int, tier: str, stem: str) -> Draft:
    """Somebody at a company of their own."""
    given, family = dice.choice(words.given), dice.choice(words.family)
    company = f"{stem} {dice.choice(_TRADES)} {dice.choice(words.form)}"
    domain = f"{_ascii(stem)}-{number}.example"
    contact = f"{_ascii(given)[:1]}.{_ascii(family)}@{domain}"
    written = TODAY - timedelta(days=dice.randint(0, 60))
    return Draft(code, contact, dice.choice(_AUTHORS), written, tier, given, family, company, {})


def _numbers(dice: Random, words: Language) -> dict[str, Any]:
    n = dice.randint(3, 480)
    return {"n": n, "m": n + dice.randint(2, 900), "month": dice.choice(words.month)}


def _turn(sentences: Sequence[str], turn: int) -> str:
    return sentences[turn % len(sentences)]


def _questions(dice: Random, questions: Sequence[str], first: str) -> str:
    others = [question for question in questions if question != first]
    return "\n".join(f"- {question}" for question in dice.sample(others, min(len(others), dice.choice((2, 3)))))


def _coined(dice: Random) -> str:
    """A place or project that is nowhere."""
    return dice.choice(_ONSETS) + dice.choice(_RHYMES) + dice.choice(_ENDS)


def _coined_detail(dice: Random, words: Language, filled: dict[str, Any]) -> str:
    """A detail with places of its own, so that no two are the same."""
    told = dice.choice(words.detail).format(**{**filled, **_numbers(dice, words), "place": _coined(dice)})
    return f"{told} ({_coined(dice)}, {_coined(dice)}, {dice.randint(10, 9_999)})"


def _date_text(dice: Random, words: Language, day: date) -> str:
    month = words.month[day.month - 1]
    forms = (day.isoformat(), day.isoformat(), words.dated.format(day=day.day, month=month, year=day.year))
    return dice.choice(forms)


def _domain(draft: Draft) -> str:
    return draft.contact.rpartition("@")[2]


def _ascii(text: str) -> str:
    plain = text.lower().translate(_LATIN)
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())
