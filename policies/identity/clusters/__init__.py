"""Clusters: which records are one human being, from scored pairs and what people said about pairs."""

from __future__ import annotations

from policies.identity.clusters.clustering import Clustering, Clusters, cluster
from policies.identity.clusters.graph import component_labels

__all__ = ["Clustering", "Clusters", "cluster", "component_labels"]
