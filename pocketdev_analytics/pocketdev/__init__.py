"""PocketDev's side: the tables of a live instance, its encrypter, its settings and its `.env`."""

from pocketdev_analytics.pocketdev.address import Address
from pocketdev_analytics.pocketdev.app_settings import AppSettings
from pocketdev_analytics.pocketdev.encryption import Encrypter
from pocketdev_analytics.pocketdev.env import LaravelEnv, read_env
from pocketdev_analytics.pocketdev.reading import Finding, PocketDev, connect, read_pocketdev

__all__ = [
    "Address",
    "AppSettings",
    "Encrypter",
    "Finding",
    "LaravelEnv",
    "PocketDev",
    "connect",
    "read_env",
    "read_pocketdev",
]
