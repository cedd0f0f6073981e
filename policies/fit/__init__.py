"""Who is a target: accounts, aims, who never is one, and a score that shows its parts.

Everything that can be listed stands in ``accounts.toml`` and ``fit.toml`` of the workspace or in the rule data of the
base; this package only compares. A property that no list tells is unknown (null), and the rules say what that means.
"""

from policies.fit.accounts import owners_unknown
from policies.fit.agreed import former_records
from policies.fit.facts import fit_facts
from policies.fit.shown import fit_of

__all__ = ["fit_facts", "fit_of", "former_records", "owners_unknown"]
