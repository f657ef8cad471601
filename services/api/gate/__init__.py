"""What every request passes before a route sees it: bounds, keys, limits, headers, forms."""
