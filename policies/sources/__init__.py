"""Source contracts: read, judged, proposed, and used to understand the columns of a list."""

from policies.sources.column_mapping import ColumnMapping, likely_columns, map_columns
from policies.sources.contract import SourceContract
from policies.sources.countries import country_codes
from policies.sources.facts import contract_facts, refused_membership
from policies.sources.flag_columns import FlagColumn
from policies.sources.parsing import expectations, parse_source_contract, parse_source_contracts
from policies.sources.template import template

__all__ = [
    "ColumnMapping",
    "FlagColumn",
    "SourceContract",
    "contract_facts",
    "country_codes",
    "expectations",
    "likely_columns",
    "map_columns",
    "parse_source_contract",
    "parse_source_contracts",
    "refused_membership",
    "template",
]
