"""`python -m pocketdev_analytics` is the command line."""

from pocketdev_analytics.cli import main

if __name__ == "__main__":
    main()
