"""From a decision to its answer: appended in groups, published, and asked again where the outcome is unknown."""
