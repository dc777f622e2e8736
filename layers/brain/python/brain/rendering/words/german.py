"""Deutsch."""

from brain.rendering.words.phrases import ComparisonPhrases, Hints, Part, Phrases

PHRASES = Phrases(
    parts={
        "eyes": Part("die Augen", "sie", plural=True),
        "left eye": Part("das linke Auge", "es"),
        "right eye": Part("das rechte Auge", "es"),
        "brows": Part("die Augenbrauen", "sie", plural=True),
        "left brow": Part("die linke Augenbraue", "sie"),
        "right brow": Part("die rechte Augenbraue", "sie"),
        "cheeks": Part("die Wangen", "sie", plural=True),
        "left cheek": Part("die linke Wange", "sie"),
        "right cheek": Part("die rechte Wange", "sie"),
        "nose": Part("die Nase", "sie"),
        "mouth": Part("der Mund", "ihn"),
        "smile": Part("das Lächeln", "es"),
        "chin": Part("das Kinn", "es"),
        "forehead": Part("die Stirn", "sie"),
    },
    join="und",
    strong="Von allen, die das Netz kennt, ähnelt dieses Gesicht am meisten {name} ({match}).",
    weak="Das Netz neigt zu {name} ({match}), ist sich aber nicht sicher.",
    nobody="Das sieht nach niemandem aus, den das Netz kennt; am nächsten kommt {name} ({match}).",
    uncalibrated="Wie sicher das ist, wurde nicht kalibriert: Die Übereinstimmung vergleicht nur die Personen"
    " miteinander, die das Netz kennt.",
    turned="Auf dem Foto ist das Gesicht um {degrees} Grad gedreht; es wurde zuerst aufgerichtet.",
    reason="Vor allem {part}: Ohne {it} fällt die Übereinstimmung von {before} auf {after}.",
    another="Dann {part}: Ohne {it} sinkt der Wert auf {after}.",
    together="Kein Teil entscheidet allein, aber {parts} zusammen: Ohne sie fällt die Übereinstimmung von"
    " {before} auf {after}.",
    whole="Es braucht das ganze Gesicht: Kein Teil entscheidet allein, doch ohne sie alle fällt die"
    " Übereinstimmung von {before} auf {after}.",
    even="Kein Teil entscheidet allein: Keiner zählt mehr als andere Stellen seiner Größe.",
    none="Kein Teil entscheidet allein: Welcher auch unscharf ist, die Übereinstimmung fällt kaum; der"
    " tiefste Wert ist {after}.",
    idle="Ebenfalls hell in der {cam}-Karte: {parts}. Doch ist das unscharf, ändert sich die Übereinstimmung"
    " kaum.",
    usual="Ebenfalls hell in der {cam}-Karte: {parts}. Doch andere Stellen dieser Größe zählen ebenso viel.",
    brightest="Am hellsten in der {cam}-Karte: {parts}. Ob der Name davon abhängt, wurde nicht geprüft.",
    dull="Kein Teil des Gesichts sticht in der {cam}-Karte hervor.",
    empty="Die {cam}-Karte ist leer: Keine Stelle dieses Fotos spricht für sich allein für den Namen.",
    next="Danach kommt {name} ({match}).",
    speak=("spricht", "sprechen"),
    apart="Was die beiden unterscheidet: {sides}.",
    side="für {name} {speak} {parts}",
    level="Kein einzelner Teil des Gesichts entscheidet zwischen {name} und {other}.",
    careful_evidence="Vorsicht: {share} der Belege liegen auf keinem benannten Teil des Gesichts, sondern auf"
    " Haar, Rändern oder Hintergrund.",
    careful_map="Vorsicht: {share} der {cam}-Karte liegen auf keinem benannten Teil des Gesichts, sondern"
    " auf Haar, Rändern oder Hintergrund.",
    comparison=ComparisonPhrases(
        verdicts={
            "same": "Dieselbe Person",
            "probably_same": "Vermutlich dieselbe Person",
            "unclear": "Ob das dieselbe Person ist, bleibt unklar",
            "probably_different": "Vermutlich zwei verschiedene Personen",
            "different": "Zwei verschiedene Personen",
        },
        chance="{verdict}: Von Paaren, die sich so ähnlich sind wie diese Fotos, zeigen {chance} eine"
        " einzige Person.",
        mostly="Vor allem {part}",
        mostly_against="Dagegen {speak} vor allem {part}",
        then="Dann {part}",
        first="dem ersten Foto",
        second="dem zweiten Foto",
        falls="{lead}: Ohne {it} auf {photo} fällt die Wahrscheinlichkeit von {before} auf {after}.",
        rises="{lead}: Ohne {it} auf {photo} steigt die Wahrscheinlichkeit von {before} auf {after}.",
        falls_both="{lead}: Ohne {it} auf {first} fällt die Wahrscheinlichkeit von {before} auf {after}, auf"
        " {second} auf {other}.",
        rises_both="{lead}: Ohne {it} auf {first} steigt die Wahrscheinlichkeit von {before} auf {after}, auf"
        " {second} auf {other}.",
        together="Auf {photo} entscheidet kein Teil allein, aber {parts} zusammen: Ohne sie fällt die"
        " Wahrscheinlichkeit von {before} auf {after}.",
        together_against="Auf {photo} spricht kein Teil allein dagegen, aber {parts} zusammen: Ohne sie"
        " steigt die Wahrscheinlichkeit von {before} auf {after}.",
        whole="Auf {photo} braucht es das ganze Gesicht: Kein Teil entscheidet allein, doch ohne sie alle"
        " fällt die Wahrscheinlichkeit von {before} auf {after}.",
        whole_against="Auf {photo} spricht das ganze Gesicht dagegen: Kein Teil allein, doch ohne sie alle"
        " steigt die Wahrscheinlichkeit von {before} auf {after}.",
        none="Kein Teil entscheidet allein: Welcher auch auf einem der Fotos unscharf ist, die"
        " Wahrscheinlichkeit fällt kaum; der tiefste Wert ist {after}.",
        none_against="Kein Teil entscheidet allein: Welcher auch auf einem der Fotos unscharf ist, die"
        " Wahrscheinlichkeit steigt kaum; der höchste Wert ist {after}.",
        even="Kein Teil entscheidet allein: Keiner zählt mehr als andere Stellen seiner Größe.",
        bright="Den Karten nach sind sich die beiden hier am ähnlichsten: {parts}.",
        bright_against="Den Karten nach unterscheiden sich die beiden hier am meisten: {parts}.",
    ),
    hints=Hints(
        none_significant="Name und Karten gelten, aber kein Teil des Gesichts ist in der Aktivierungskarte"
        " hell genug. Ein größeres, schärferes Foto von vorn in gleichmäßigem Licht kann helfen.",
        feature_cascades="Name und Karten gelten. Die Kaskaden für Gesichtsteile laden nicht; prüfen Sie"
        " BRAIN_CASCADES.",
    ),
)
