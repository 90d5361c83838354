"""What the data maker and the people who sign in agree on."""

SLUG = "load-medicine"
PASSWORD = "a-password-for-the-load-test"  # noqa: S105 of people who do not exist
RESIDENTS, COORDINATORS = 60, 40
