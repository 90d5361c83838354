"""Cases that the optimiser is measured on. The data of others is read from a folder and is no part of the project."""
