"""Whoever refuses in a status or in a remark is heard, in whole sentences too; who only speaks of refusals is not."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from flows.rules_on_disk import load_rulebook
from policies.sources.flag_columns import FlagColumn, flag_columns
from policies.sources.flags import flag_state, flag_states, refusing
from policies.sources.headers import Headers

LISTS: dict[str, Any] = dict(load_rulebook(None).settings["lists"])


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Consent status", ["Denied", "Revoked", "Not given", "nicht erteilt", "niet gegeven", "non dato"]),
        ("Email status", ["complained", "spam complaint"]),
        ("Contact preference", ["No phone calls please", "No email please", "no contact please"]),
        ("Person - Marketing status", ["No consent"]),
        ("Legal basis", ["Objected"]),
        ("Notes", ["take me off your list", "asked to be removed from list", "does not want to be contacted"]),
        ("Notes", ["unsubscribe me please", "On the do not call list", "Doesn't want our newsletter"]),
        ("Notes", ["Bitte aus dem Verteiler nehmen", "möchte nicht mehr kontaktiert werden", "wünscht keinen Kontakt"]),
        ("Notes", ["ne souhaite plus être contacté", "ne veut pas recevoir de mails", "retirer de la liste"]),
        ("Notes", ["no quiere recibir correos", "no desea ser contactada", "darme de baja"]),
        ("Notes", ["non vuole più essere contattato", "non desidera ricevere email", "cancellatemi dalla lista"]),
        ("Notes", ["wil niet meer benaderd worden", "wenst geen e-mails", "van de lijst halen"]),
        ("Notes", ["não quer ser contactado", "não deseja receber e-mails", "remover da lista"]),
        ("Notes", ["vill inte bli kontaktad", "önskar ej kontakt", "ta bort mig från listan"]),
    ],
)
def test_who_refuses_in_a_cell(header: str, cells: list[str]) -> None:
    """Each of them is an opt-out, in eight languages."""
    assert refusing(pl.Series(cells), header, LISTS) == sorted(cells)


@pytest.mark.parametrize(
    "cell",
    [
        *("We help companies with do-not-call compliance", "not on the do not call list", "No email address known"),
        *("no phone", "not unsubscribed", "Did not receive the email", "does not want to buy", "not given", "denied"),
    ],
)
def test_who_only_speaks_of_it(cell: str) -> None:
    """What says nothing about being contacted refuses nothing."""
    assert refusing(pl.Series([cell]), "Notes", LISTS) == []


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        *(("Allow", "no"), ("Do Not Allow", "yes"), ("NO.", "no"), ("Yes.", "yes"), ("yes\u200b", "yes")),
        *(("\ufeffno", "no"), ("n.a.", "blank"), ("k.A.", "blank"), (".", "blank"), ("yes.no", "unknown")),
    ],
)
def test_a_word_is_read_whatever_stands_around_it(cell: str, state: str) -> None:
    """The end of a sentence and signs without width change no word."""
    assert flag_states(pl.Series([cell]), LISTS, {}, positive=False).item(0, "state") == state


@pytest.mark.parametrize(
    ("cell", "email", "phone"),
    [
        *(("Email", "yes", "blank"), ("Phone", "blank", "yes"), ("Both", "yes", "yes"), ("All", "yes", "yes")),
        *(("None", "blank", "blank"), ("yes", "yes", "yes"), ("perhaps", "unknown", "unknown")),
    ],
)
def test_an_opt_out_may_name_its_channel(cell: str, email: str, phone: str) -> None:
    """Under a header that names no channel, the cell may."""
    frame = pl.DataFrame({"Opt Out": [cell]})
    for channel, expected in (("email", email), ("phone", phone)):
        flags = [FlagColumn("Opt Out", channel, broad=True)]
        assert frame.select(flag_state(frame, flags, LISTS).alias("s")).item() == expected
    narrow = [FlagColumn("Opt Out", "phone")]
    assert frame.select(flag_state(frame, narrow, LISTS).alias("s")).item() != "yes" or cell == "yes"


@pytest.mark.parametrize("header", ["Unsubscribed", "Opted out", "Email opted out", "Abgemeldet", "Désinscrit"])
def test_a_day_under_who_unsubscribed(header: str) -> None:
    """Since when somebody is unsubscribed says that they are."""
    flags = flag_columns({}, {}, Headers([header]), (), LISTS)
    frame = pl.DataFrame({header: ["2026-01-31"]})
    assert frame.select(flag_state(frame, flags[:1], LISTS).alias("s")).item() == "yes"
