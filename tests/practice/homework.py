"""Briefs as people write them: six people, each looked up on their own, and two who spoke to us."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

__all__ = ["ADA", "ALL", "BEA", "CAL", "DANA", "EVAN", "FIONA", "Homework", "conversation"]

_HEADINGS: Final = {
    "who": "Who they are",
    "how_we_know": "How we know",
    "objective": "Their business objective",
    "problem": "The problem we think they feel",
    "evidence": "Evidence",
    "point_of_view": "Our point of view",
    "solution": "A solution they may not have considered",
    "example": "An example at the ready",
    "opening_line": "Opening line",
    "questions": "Questions to ask",
}


@dataclass(frozen=True)
class Homework:
    """A full brief about one person, part by part; an empty part is left out."""

    contact: str
    name: str
    who: str
    how_we_know: str
    objective: str
    problem: str
    evidence: str
    point_of_view: str
    solution: str
    example: str
    opening_line: str
    questions: str
    date: str = "2026-10-12"

    def but(self, **parts: str) -> Homework:
        """The same with parts written otherwise."""
        return replace(self, **parts)

    def text(self) -> str:
        """The Markdown file to drop."""
        written = [(heading, getattr(self, part)) for part, heading in _HEADINGS.items()]
        body = "\n".join(f"## {heading}\n\n{words}\n" for heading, words in written if words)
        front = f"---\ncontact: {self.contact}\nauthor: Maria Sundqvist\ndate: {self.date}\ntier: full\n---\n"
        return f"{front}\n# {self.name}\n\n{body}"


ADA: Final = Homework(
    contact="ada.okafor@acme.example",
    name="Ada Okafor",
    who="Ada Okafor runs operations at Acme Inc, a distributor of chilled goods with four depots around Chicago.",
    how_we_know="Her profile on the pages of Acme and the speaker page of the summit show the same portrait.",
    objective="Open the fifth depot in Joliet by spring without hiring a second night shift.",
    problem="Every depot writes down temperatures in its own way, so a broken cold chain is found by the customer.",
    evidence="- 2026-09-03: Acme announces the depot in Joliet: https://acme.example/news/joliet",
    point_of_view="A fifth depot multiplies the formats, not the goods. Agreeing on one reading per pallet before the "
    "move is cheaper than reconciling five afterwards.",
    solution="Let the truck's own logger travel with the delivery note, and compare the two at the gate only.",
    example="A flower wholesaler near Rotterdam dropped its night reconciliation within a month of doing so.",
    opening_line="Ada Okafor, your Joliet depot opens in spring: whose thermometer will be right when two disagree?",
    questions="- Who notices first when a reading is missing?\n- What happens to a pallet nobody can vouch for?",
)
BEA: Final = Homework(
    contact="b.ruiz@bolt.example",
    name="Bea Ruiz",
    who="Bea Ruiz leads logistics for Bolt Fasteners, whose screws go to carmakers within two hours of an order.",
    how_we_know="The trade paper interviewed her under her full name and with her title at Bolt Fasteners.",
    objective="Keep the carmakers' two-hour promise while the stock in the outer warehouses shrinks by a third.",
    problem="Counts of small parts drift by a few hundred a week, and nobody believes the number on the screen.",
    evidence="- 2026-08-21: interview, she expects a third less stock: https://tradepaper.example/2026/bolt-ruiz",
    point_of_view="Thin stock forgives no wrong count. Weighing what leaves the shelf tells more about drift than "
    "counting what stays on it, because picks happen every hour and counts every quarter.",
    solution="Treat each pick as a small stocktaking: a scale under the bin, and an alarm on the bin that wanders.",
    example="A maker of dental drills found nine bins out of two thousand that caused half of all its shortages.",
    opening_line="Bea Ruiz, you told the trade paper that stocks shrink by a third: which bins do you trust today?",
    questions="- How is a wrong count discovered now?\n- Which customer hears of it, and how soon?",
)
CAL: Final = Homework(
    contact="cal@copperfield.example",
    name="Cal Whitaker",
    who="Cal Whitaker directs operations at Copperfield Dairy, a cooperative of ninety farms in the Midwest.",
    how_we_know="He signs the cooperative's yearly letter to its farms with name and position.",
    objective="Pay farms by quality from January on, which the members' meeting decided against his advice.",
    problem="Fat and protein come from two laboratories that disagree, and from January each tenth is money.",
    evidence="- 2026-06-30: the meeting's minutes on quality pay: https://copperfield.example/members/minutes-2026",
    point_of_view="The quarrel will not be about milk but about rounding. Whoever publishes how two laboratories are "
    "reconciled before the first payment has the discussion once instead of ninety times.",
    solution="Send every twentieth sample to both laboratories blind, and show the farms the spread each month.",
    example="Beet growers in Lower Saxony settled the same fight with a public page of double measurements.",
    opening_line="Cal Whitaker, ninety farms will read their January slip closely: which laboratory's tenth counts?",
    questions="- Who answers a farmer who doubts a slip?\n- When do both laboratories see the same sample?",
)
DANA: Final = Homework(
    contact="dana.lindqvist@dunmore.example",
    name="Dana Lindqvist",
    who="Dana Lindqvist is head of data at Dunmore Rail, which leases freight cars to eleven railways.",
    how_we_know="Her talk at the summit was announced with her employer, and the recording shows her badge.",
    objective="Bill leases by kilometre instead of by day before the contracts are renewed next summer.",
    problem="Car positions arrive twice from some railways and never from others: a kilometre bill would be contested.",
    evidence="- 2026-09-17: her summit talk 'Where is my car?': https://summit.example/talks/where-is-my-car",
    point_of_view="Missing positions are less harmful than doubled ones, for a gap can be filled in fairly and a "
    "double makes the lessee doubt the whole bill.",
    solution="Publish the gap-filling rule as an annex of the lease, so that both sides compute the same distance.",
    example="A pool of beer kegs went from daily rent to paid journeys with a three-line annex of that kind.",
    opening_line="Dana Lindqvist, in your talk eleven railways reported one car twice: which report goes on the bill?",
    questions="- How many positions arrive twice?\n- What would a lessee accept as proof of a journey?",
)
EVAN: Final = Homework(
    contact="evan.tran@elmstead.example",
    name="Evan Tran",
    who="Evan Tran is chief operating officer of Elmstead Foods and answers for its three canneries.",
    how_we_know="The cannery's recall notice names him, and so does the register of officers.",
    objective="Trace any can to its field within an hour, as the new buyer of half the output demands.",
    problem="Field, truck and batch numbers live in notebooks of three people, and one of them retires in May.",
    evidence="- 2026-07-09: the recall of two batches of beans: https://elmstead.example/recall-july",
    point_of_view="The hour is lost in asking people, not in searching files. What the retiring foreman knows about "
    "trucks and fields is worth writing down before any system is bought.",
    solution="Print the truck's number on the batch label from tomorrow, by hand if need be, and digitise later.",
    example="A mill in Kansas passed its buyer's audit with stickers and a telephone list, eight months early.",
    opening_line="Evan Tran, July's recall took two days to reach the field: who will find it in an hour come May?",
    questions="- What did the July search look like?\n- Who else can read the third notebook?",
)
FIONA: Final = Homework(
    contact="fiona@fernhill.example",
    name="Fiona Marsh",
    who="Fiona Marsh heads operations at Fernhill Textiles, weavers of upholstery for trains and theatres.",
    how_we_know="She wrote the article on dye lots in the weavers' journal under her name and employer.",
    objective="Halve the cloth that is woven twice because two rolls of one colour do not match.",
    problem="Shades are judged by eye at two mills under different lamps, and each mill is sure that it is right.",
    evidence="- 2026-05-12: her article on dye lots: https://weavers.example/journal/dye-lots",
    point_of_view="Lamps age faster than looms. A shade that drifts for a month looks like a dyer's mistake, and no "
    "training of eyes will cure a yellowing tube.",
    solution="Log the lamp hours beside each judgement and look whether disagreements follow the lamps.",
    example="A printer of school atlases learned that one corridor light had cost it four reprints of Africa.",
    opening_line="Fiona Marsh, you wrote that two mills see two blues: has anybody compared the age of their lamps?",
    questions="- How often is a roll woven again?\n- Who settles it when the mills disagree?",
)
ALL: Final = (ADA, BEA, CAL, DANA, EVAN, FIONA)


def conversation(contact: str, *, asked: str, last: str, opening: str, questions: str, date: str = "2026-10-12") -> str:
    """The brief about somebody who spoke to us: what they asked, the last conversation, how to go on."""
    parts = {
        "What they asked or said": asked,
        "Last conversation": last,
        "Opening line": opening,
        "Questions to ask": questions,
    }
    body = "\n".join(f"## {heading}\n\n{words}\n" for heading, words in parts.items())
    return f'---\ncontact: "{contact}"\nauthor: Maria Sundqvist\ndate: {date}\ntier: short\n---\n\n{body}'
