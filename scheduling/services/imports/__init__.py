"""Bringing a program in from its spreadsheets. The files and columns are described in docs/import.md."""

from scheduling.services.imports.importer import Imported, import_program
from scheduling.services.imports.problems import ImportRefused, Problem

__all__ = ["ImportRefused", "Imported", "Problem", "import_program"]
