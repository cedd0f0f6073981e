"""Source contracts: read, judged, proposed, and used to understand the columns of a list."""

from policies.sources.parsing import (
    ColumnMapping,
    FlagColumn,
    SourceContract,
    contract_facts,
    expectations,
    likely_columns,
    map_columns,
    parse_source_contract,
    parse_source_contracts,
    refused_membership,
    template,
)

__all__ = [
    "ColumnMapping",
    "FlagColumn",
    "SourceContract",
    "contract_facts",
    "expectations",
    "likely_columns",
    "map_columns",
    "parse_source_contract",
    "parse_source_contracts",
    "refused_membership",
    "template",
]
