"""A service that cannot be imported."""

raise RuntimeError("the shelf fell down")
