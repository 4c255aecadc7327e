"""The rules for e-mail addresses: which are taken, and which count as the same."""

import unicodedata

from chatflow.errors import Invalid
from chatflow.process.mail_addresses import mail_address_of

ADDRESS_AT_MOST = 254


def check_address(text: str) -> str:
    """Return the address as it will be stored and shown, or raise Invalid."""
    address = unicodedata.normalize("NFC", text.strip())
    try:
        written = mail_address_of(address)
    except ValueError:
        raise Invalid("email: an e-mail address, as ada@example.com.") from None
    # Without a dot it would be a machine of the operator's own network.
    if "." not in written.domain or max(len(address), len(written.addr_spec)) > ADDRESS_AT_MOST:
        raise Invalid(f"email: an address on the internet, of up to {ADDRESS_AT_MOST} characters.")
    return address


def comparable(address: str) -> str:
    """Return the form in which addresses are compared: neither case nor the script of the domain makes a difference."""
    return mail_address_of(address).addr_spec.lower()
