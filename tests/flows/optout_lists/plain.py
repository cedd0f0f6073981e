"""Lists without a product: named columns, bare ones, phones, domains, encodings, and what people write around them."""

from __future__ import annotations

from typing import Final

from tests.flows.optout_lists.model import OptOutList

__all__ = ["PLAIN"]

PLAIN: Final = (
    OptOutList("bare addresses", "ann.adler@acme.example\nBEN@BOLT.EXAMPLE\n", "ann ben", name="stop.txt"),
    OptOutList(
        "bare and mixed",
        "ann.adler@acme.example\n+442079460103\ndune.example\n@elm.example\n",
        "ann cem dee eva",
        name="mixed.txt",
    ),
    OptOutList(
        "named columns",
        "value,kind,channel,scope\nann.adler@acme.example,objection,any,person\n+49 30 23125105,,phone,\n",
        "ann eva",
    ),
    OptOutList("the registry's own form", "312,5550101\n212,5550102\n", "ann ben", name="dnc.txt"),
    OptOutList("ten digits a line", "3125550101\n2125550102\n4155550199\n", "ann ben", name="dnc.csv"),
    OptOutList(
        "numbers in every spelling", "phone\n(312) 555-0101\n0044 20 7946 0103\n07700900104\n", "ann cem dee", rejects=2
    ),
    OptOutList(
        "national numbers beside their country",
        "telephone;land\n030 23125105;Deutschland\n020 7946 0103;United Kingdom\n",
        "cem eva",
    ),
    OptOutList(
        "area codes in a column of their own",
        "Area Code,Telephone Number\n312,5550101\n212,555-0102\n415,5550190\n",
        "ann ben",
        name="dncl.csv",
    ),
    OptOutList("numbers of no country", "phone\n13125550101.0\n", "ann", rejects=1),
    OptOutList("numbers without their area", "phone\n5550101\n555-0102\n", rejects=2, quarantined="nobody_recognised"),
    OptOutList(
        "a workbook that ate zeros",
        "phone\n2079460103\n7700900104\n",
        "cem dee",
        rejects=2,
    ),
    OptOutList(
        "a workbook that ate digits",
        "phone,email\n4.42079E+11,cem@corax.example\n4.42079E+11,\n442079460103.0,\n",
        "cem",
        rejects=3,
    ),
    OptOutList("domains", "*@acme.example\n@bolt.example\ncorax.example\n*.dune.example\n", "ann ben cem dee"),
    OptOutList("a domain covers what lies below it", "domain\ngull.example\n", "gus"),
    OptOutList("and nothing above it", "domain\nmail.gull.example\nshop.acme.example\n", "gus"),
    OptOutList(
        "domains that many share",
        "value,scope\ngmail.com,\nco.uk,\ngithub.io,\nbtinternet.com,\nben@bolt.example,domain\n"
        "hal.hart@gmail.com,domain\n",
        "ben hal",
        rejects=5,
    ),
    OptOutList("UTF-16", "E-Mail\tGrund\nann.adler@acme.example\tkein Interesse\n", "ann", codec="utf-16"),
    OptOutList(
        "cp1252 and semicolons", "Name;E-Mail;Bemerkung\nMüller;eva@elm.example;möchte nicht\n", "eva", codec="cp1252"
    ),
    OptOutList("a byte order mark", "email\nann.adler@acme.example\n", "ann", codec="utf-8-sig"),
    OptOutList(
        "a preamble and a footer",
        "Unsubscribed contacts\nExported by Marketing on 2026-10-01\n\nEmail,Date\n"
        "ann.adler@acme.example,2026-09-01\n"
        "ben@bolt.example,2026-09-02\n\nTotal: 2\n",
        "ann ben",
    ),
    OptOutList(
        "remarks in a bare list",
        "# people who said no\nann.adler@acme.example\n# and ben\nben@bolt.example\n",
        "ann ben",
    ),
    OptOutList("names around addresses", '"Ann Adler" <ann.adler@acme.example>\nmailto:ben@bolt.example\n', "ann ben"),
    OptOutList("a list in dashes", "- ann.adler@acme.example\n- ben@bolt.example\n", "ann ben", name="list.md.txt"),
    OptOutList("several in a cell", "who\nann.adler@acme.example; ben@bolt.example\n", "ann ben", rejects=1),
    OptOutList(
        "a form in which they say so",
        "Timestamp,Email Address,What would you like to tell us?\n"
        "10/1/2026 9:14:03,ann.adler@acme.example,Please stop\n"
        '10/1/2026 10:20:11,ben@bolt.example,"I never signed up, remove me"\n'
        "10/2/2026 8:01:59,hal.hart@gmail.com,\n",
        "ann ben hal",
        name="Please stop (Responses) - Form Responses 1.csv",
    ),
    OptOutList(
        "who keeps the record is nobody's opt-out",
        "Email,Account Owner,Owner Email,Assigned to\nann.adler@acme.example,Ben,ben@bolt.example,cem@corax.example\n",
        "ann",
    ),
    OptOutList("a host written out beside the address", "email,domain\nann.adler@acme.example,acme.example\n", "ann"),
    OptOutList("another address of the same mailbox", "email\nivy@iris.example\n", "ivy"),
    OptOutList("channel e-mail alone", "email,channel\nfay@fern.example,email\n", "fay"),
    OptOutList(
        "a log without a header",
        "2026-10-01T10:00:00Z UNSUB ann.adler@acme.example ip=192.0.2.1\n"
        "2026-10-01T10:01:00Z UNSUB ben@bolt.example ip=192.0.2.1\n",
        "ann ben",
        name="unsubscribe.log.txt",
        rejects=2,
    ),
    OptOutList(
        "statements of a database",
        "INSERT INTO optouts (email, created) VALUES ('ann.adler@acme.example','2026-01-01'),"
        "('ben@bolt.example','2026-01-02');\n",
        "ann ben",
        name="dump.txt",
        rejects=1,
    ),
    OptOutList(
        "a list by hand, with who keeps it",
        "Datum;Kanal;Kontakt;Grund;Bearbeiter\n"
        "01.10.2026;E-Mail;ann.adler@acme.example;Werbewiderspruch;ben@bolt.example\n"
        "01.10.2026;Telefon;+49 30 23125105;Keine Anrufe mehr;ben@bolt.example\n",
        "ann eva",
    ),
    OptOutList(
        "blocked numbers, with who blocked them",
        "blocked_number,blocked_at,user\n+13125550101,2026-01-01,ben@bolt.example\n",
        "ann",
    ),
    OptOutList(
        "a column of names called contact",
        "Contact,Email\nAnn Adler,ann.adler@acme.example\nBen,ben@bolt.example\n",
        "ann ben",
    ),
)
