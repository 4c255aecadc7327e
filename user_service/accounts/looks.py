"""What names look like: nobody takes a name that passes for somebody else's.

The habits are those of Unicode's security mechanisms (UTS 39): scripts in everyday use, not mixed but where they are
written together, and a form that names share which look alike. Its whole table would be a dependency of a megabyte.
"""

import unicodedata

from chatflow.errors import Invalid
from chatflow.protocol.characters import is_invisible

# The first word of a character's name is its script; these are the ones that people write in every day.
EVERYDAY = (
    "ARABIC ARMENIAN BENGALI BOPOMOFO CJK CYRILLIC DEVANAGARI ETHIOPIC GEORGIAN GREEK GUJARATI GURMUKHI HANGUL HEBREW"
    " HIRAGANA KANNADA KATAKANA KHMER LAO LATIN MALAYALAM MYANMAR ORIYA SINHALA TAMIL TELUGU THAANA THAI TIBETAN"
)
SCRIPTS = frozenset(EVERYDAY.split())
TOGETHER = (
    {"LATIN", "HANGUL", "CJK"},
    {"LATIN", "HIRAGANA", "KATAKANA", "CJK"},
    {"LATIN", "BOPOMOFO", "CJK"},
)
OF_EVERY_SCRIPT = frozenset("0123456789._-")
SIGNS_OF = {"IDEOGRAPHIC": "CJK"}  # the 々 of 佐々木

# Pairs of what is shown and what it passes for. As in Unicode's table, I and 1 pass for l, and 0 for o.
LOOK_ALIKES = str.maketrans(
    "I1|0"
    "АВЕІЈКМНОРСТУХЅԚԜӀҺԁавеіјкмнорстухѕԛԝӏһьґүҮ"
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεηικνορτυχςϲϳ"
    "օսհոցզքՕՍ"
    "ıɑɡɩƖǀʙɢʜɪʟɴʀʏᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢꜰꜱ"
    "ニロカエタトハヘリーㅡ\u1173ㅣ\u1175ㅇ\u110b",
    "lllo"
    "ABElJKMHOPCTYXSQWlhdabeijkmhopctyxsqwlhbryY"
    "ABEZHlKMNOPTYXabenikvoptuxccj"
    "ouhngqpOU"
    "iagillbghilnryacdejkmoptuvwzfs"
    "二口力工夕卜八へり一一一lloo",
)


def check_scripts(name: str) -> None:
    """Raise Invalid for a username whose characters no script has together."""
    if any(is_free_mark(character) for character in name):
        raise Invalid("username: an accent has to belong to its letter.")
    scripts = {script_of(character) for character in unicodedata.normalize("NFKC", name)} - {""}
    if len(scripts) > 1 and not any(scripts <= together for together in TOGETHER):
        raise Invalid("username: letters of one script only, or Latin beside Korean, Japanese or Chinese.")
    if not scripts <= SCRIPTS:
        raise Invalid("username: letters that are in everyday use.")


def look(name: str) -> str:
    """Return what a name shares with those that look like it: not to be shown, and not to sign in by."""
    shown = bare(name).translate(LOOK_ALIKES).casefold()
    return bare(shown).translate(LOOK_ALIKES).replace("rn", "m").replace("vv", "w").strip()


def bare(text: str) -> str:
    """Return the text without what nobody sees and what can be put on any letter, digits of all scripts alike."""
    seen: list[str] = []
    for character in unicodedata.normalize("NFKC", text):
        category = unicodedata.category(character)
        # A vowel's mark that is there twice shows as one.
        again = category == "Mn" and seen[-1:] == [character]
        if again or category in {"Cf", "Cc"} or is_invisible(character) or is_free_mark(character):
            continue
        seen.append(str(unicodedata.decimal(character, character)))
    return "".join(seen)


def is_free_mark(character: str) -> bool:
    """Tell a mark that belongs to no script from the vowels that many scripts write as marks."""
    return unicodedata.name(character, "").startswith("COMBINING ")


def script_of(character: str) -> str:
    """Return the script's name, or nothing for what all scripts share."""
    if character in OF_EVERY_SCRIPT:
        return ""
    words = unicodedata.name(character, "UNNAMED").removeprefix("EXTENDED ").replace("-", " ").split()
    return SIGNS_OF.get(words[0], words[0])
