"""The Dead letters screen."""
