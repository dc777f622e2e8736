"""Deutsch."""

from brain.rendering.words.phrases import Hints, Part, Phrases

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
    another="Dann {part}: Ohne {it} fällt sie auf {after}.",
    together="Kein Teil entscheidet allein, aber {parts} zusammen: Ohne sie fällt die Übereinstimmung von"
    " {before} auf {after}.",
    whole="Es braucht das ganze Gesicht: Kein Teil entscheidet allein, doch ohne sie alle fällt die"
    " Übereinstimmung von {before} auf {after}.",
    even="Kein Teil entscheidet allein: Keiner zählt mehr als andere Stellen seiner Größe.",
    none="Kein Teil entscheidet allein: Welcher auch fehlt, die Übereinstimmung bleibt bei"
    " mindestens {after}.",
    idle="Die {cam}-Karte leuchtet auch dort: {parts}. Doch fehlt das, ändert sich die Übereinstimmung kaum.",
    usual="Die {cam}-Karte leuchtet auch dort: {parts}. Doch andere Stellen dieser Größe zählen ebenso viel.",
    brightest="Am hellsten leuchtet die {cam}-Karte dort: {parts}. Ob der Name davon abhängt, wurde nicht"
    " geprüft.",
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
    hints=Hints(
        none_significant="Name und Karten gelten. Für die Gesichtsteile hilft ein größeres, schärferes Foto"
        " von vorn in gleichmäßigem Licht.",
        feature_cascades="Name und Karten gelten. Die Kaskaden für Gesichtsteile laden nicht; prüfen Sie"
        " BRAIN_CASCADES.",
    ),
)
