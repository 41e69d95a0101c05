"""The inbox: the list of proposals, the one under the cursor in full, and the decision."""
