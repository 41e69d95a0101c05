"""nsconsole: the console that an ERP operator lives in."""

__version__ = "0.1.0"
