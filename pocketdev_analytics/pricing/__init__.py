"""What tokens cost: the prices and the one formula."""

from pocketdev_analytics.pricing.formula import MODEL_PRICING, price

__all__ = ["MODEL_PRICING", "price"]
