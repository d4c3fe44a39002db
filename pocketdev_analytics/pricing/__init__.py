"""Pricing: prices and when they held, model names, and the one cost formula."""

from pocketdev_analytics.pricing.book import PriceBook
from pocketdev_analytics.pricing.catalogue import Catalogue, news
from pocketdev_analytics.pricing.client_figures import (
    CLIENT_RUNS,
    TOKEN_DAYS,
    ClientFigures,
    client_folders,
    read_client_figures,
)
from pocketdev_analytics.pricing.formula import KINDS, estimated_output_cost, price
from pocketdev_analytics.pricing.managed import ManagedPrices, read_managed_settings
from pocketdev_analytics.pricing.names import Spelling, spelled
from pocketdev_analytics.pricing.options import MODES, Pricing
from pocketdev_analytics.pricing.prices import (
    CATALOGUE,
    MODEL_PRICING,
    PRICE_COLUMNS,
    CatalogueRow,
    ModelPrice,
    Prices,
)
from pocketdev_analytics.pricing.quote import Quote, RequestKey, quote

__all__ = [
    "CATALOGUE",
    "CLIENT_RUNS",
    "KINDS",
    "MODEL_PRICING",
    "MODES",
    "PRICE_COLUMNS",
    "TOKEN_DAYS",
    "Catalogue",
    "CatalogueRow",
    "ClientFigures",
    "ManagedPrices",
    "ModelPrice",
    "PriceBook",
    "Prices",
    "Pricing",
    "Quote",
    "RequestKey",
    "Spelling",
    "client_folders",
    "estimated_output_cost",
    "news",
    "price",
    "quote",
    "read_client_figures",
    "read_managed_settings",
    "spelled",
]
