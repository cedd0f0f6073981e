"""The fact table: everything a rule may read, gathered from records, contact points, people and countries."""
