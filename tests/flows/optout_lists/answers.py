"""Answers to questions, and what people wrote beside their address."""

from __future__ import annotations

from typing import Final

from tests.flows.optout_lists.model import OptOutList

__all__ = ["ANSWERS"]

_A, _B, _C, _F = "ann.adler@acme.example", "ben@bolt.example", "cem@corax.example", "fay@fern.example"

ANSWERS: Final = (
    OptOutList(
        "a question in free words",
        f"Email,Do you want to hear from us?\n{_A},no thanks\n{_B},Yes please\n{_F},Never again!!\n{_C},sure\n",
        "ann fay",
        holds="cem",
        rejects=1,
    ),
    OptOutList("a German question", f"E-Mail;Möchten Sie weiter Post von uns?\n{_A};Nein\n{_B};Ja, gern\n", "ann"),
    OptOutList("a French question", f"Courriel;Souhaitez-vous nos nouvelles ?\n{_A};Non merci\n{_B};Oui\n", "ann"),
    OptOutList("a Spanish question", f"Correo,¿Quiere recibir noticias?\n{_A},no\n{_B},sí\n", "ann"),
    OptOutList("a question whether to stop", f"Email,Do you want us to stop writing?\n{_A},yes\n{_B},yes\n", "ann ben"),
    OptOutList(
        "what they receive, beside what is disabled",
        f"Email,Receiving emails disabled,Receiving newsletters\n{_A},no,no\n{_B},no,yes\n{_C},yes,yes\n{_F},no,\n",
        "ann cem",
    ),
    OptOutList(
        "opted in or never asked, beside opted out",
        f"Email,Email Opt Out,Email Opt In\n{_A},true,false\n{_B},false,true\n{_C},false,false\n",
        "ann",
        holds="cem",
        rejects=1,
    ),
    OptOutList(
        "an address within a remark",
        f'Email,Comment\n{_A},"Take me off; and write no more to {_B}, please"\n{_C},"{_C} was me"\n',
        "ann cem",
        rejects=1,
    ),
    OptOutList("a question and no plain answer", f"Email,May we write to you?\n{_A},grr\n{_B},hmm\n", "ann ben"),
)
