"""What names look like, so that nobody and no channel takes a name that passes for another.

The form is that of Unicode's security mechanisms (UTS 39): names share it that look alike. Its whole table would be a
dependency of a megabyte.
"""

import re
import unicodedata

from chatflow.protocol.characters import is_invisible

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

# Unicode keeps these for what will be invisible.
RESERVED = re.compile("[\u2065\ufff0-\ufff8\U000e0000-\U000e0fff]")


def look(name: str) -> str:
    """Return what a name shares with those that look like it: not to be shown, and not to sign in by."""
    shown = bare(name).translate(LOOK_ALIKES).casefold()
    return bare(shown).translate(LOOK_ALIKES).replace("rn", "m").replace("vv", "w").strip()


def bare(text: str) -> str:
    """Return the text without what nobody sees and what can be put on any letter, digits of all scripts alike."""
    seen: list[str] = []
    for character in RESERVED.sub("", unicodedata.normalize("NFKC", text)):
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
