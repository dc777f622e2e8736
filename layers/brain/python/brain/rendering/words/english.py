"""English."""

from brain.rendering.words.phrases import ComparisonPhrases, Hints, Part, Phrases

PHRASES = Phrases(
    parts={
        "eyes": Part("the eyes", "them", plural=True),
        "left eye": Part("the left eye", "it"),
        "right eye": Part("the right eye", "it"),
        "brows": Part("the brows", "them", plural=True),
        "left brow": Part("the left brow", "it"),
        "right brow": Part("the right brow", "it"),
        "cheeks": Part("the cheeks", "them", plural=True),
        "left cheek": Part("the left cheek", "it"),
        "right cheek": Part("the right cheek", "it"),
        "nose": Part("the nose", "it"),
        "mouth": Part("the mouth", "it"),
        "smile": Part("the smile", "it"),
        "chin": Part("the chin", "it"),
        "forehead": Part("the forehead", "it"),
    },
    join="and",
    strong="Of the people it knows, the network finds this face most like {name} ({match}).",
    weak="The network leans towards {name} ({match}), but it is not sure.",
    nobody="This looks like nobody the network knows; the nearest is {name} ({match}).",
    uncalibrated="The certainty was not calibrated: the match only compares the people whom the network"
    " knows with each other.",
    turned="In the photo the face is turned by {degrees} degrees; it was set upright first.",
    reason="Mostly {part}: without {it} the match falls from {before} to {after}.",
    another="Then {part}: without {it}, {after} is left.",
    together="No part decides alone, but {parts} do together: without them the match falls from {before} to"
    " {after}.",
    whole="It takes the whole face: no single part decides, but without all of them the match falls"
    " from {before} to {after}.",
    even="No single part decides: none counts more than other places of its size.",
    none="No single part decides: whichever is blurred out, the match hardly falls; the lowest is {after}.",
    idle="The {cam} map is bright over {parts} too, but blurring that out hardly changes the match.",
    usual="The {cam} map is bright over {parts} too, but other places of that size count as much.",
    brightest="The {cam} map is brightest over {parts}. Whether the name depends on it was not tested.",
    dull="No part of the face stands out in the {cam} map.",
    empty="The {cam} map is empty: no single region of this photo speaks for the name by itself.",
    next="Next comes {name} ({match}).",
    speak=("speaks", "speak"),
    apart="What tells the two apart: {sides}.",
    side="{parts} {speak} for {name}",
    level="No single part of the face decides between {name} and {other}.",
    careful_evidence="Careful: {share} of the evidence lies on no named part of the face, but on hair, edges"
    " or background.",
    careful_map="Careful: {share} of the {cam} map lies on no named part of the face, but on hair, edges"
    " or background.",
    comparison=ComparisonPhrases(
        verdicts={
            "same": "The same person",
            "probably_same": "Probably the same person",
            "unclear": "It is unclear whether this is one person",
            "probably_different": "Probably two people",
            "different": "Two people",
        },
        chance="{verdict}: of pairs as alike as these two photos, {chance} show one person.",
        mostly="Mostly {part}",
        mostly_against="Mostly {part} {speak} against it",
        then="Then {part}",
        first="the first photo",
        second="the second photo",
        falls="{lead}: without {it} in {photo} the chance falls from {before} to {after}.",
        rises="{lead}: without {it} in {photo} the chance rises from {before} to {after}.",
        falls_both="{lead}: without {it} in {first} the chance falls from {before} to {after}, in"
        " {second} to {other}.",
        rises_both="{lead}: without {it} in {first} the chance rises from {before} to {after}, in"
        " {second} to {other}.",
        together="In {photo} no part decides alone, but {parts} do together: without them the chance"
        " falls from {before} to {after}.",
        together_against="In {photo} no part speaks against it alone, but {parts} do together: without"
        " them the chance rises from {before} to {after}.",
        whole="In {photo} it takes the whole face: no single part decides, but without all of them the"
        " chance falls from {before} to {after}.",
        whole_against="In {photo} the whole face speaks against it: no single part does, but without all"
        " of them the chance rises from {before} to {after}.",
        none="No single part decides: whichever is blurred out in one photo, the chance hardly falls; the"
        " lowest is {after}.",
        none_against="No single part decides: whichever is blurred out in one photo, the chance hardly"
        " rises; the highest is {after}.",
        even="No single part decides: none counts more than other places of its size.",
        bright="The two are most alike in {parts}, as far as the maps tell.",
        bright_against="The two differ most in {parts}, as far as the maps tell.",
    ),
    hints=Hints(
        none_significant="The name and the maps are valid, but no part of the face is bright enough in the"
        " activation map. A larger, sharper photo taken from the front in even light may help.",
        feature_cascades="The name and the maps are valid. The feature cascades do not load; check"
        " BRAIN_CASCADES.",
    ),
)
