"""Phases: gaps chosen, probed and planned, approved by a person, and applied step by step."""
