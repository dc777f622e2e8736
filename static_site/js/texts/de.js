/** The page's texts in German. */

import { errors } from './de-errors.js';
import { result } from './de-result.js';
import { numbersWith } from './numbers.js';

const { number, plural } = numbersWith('.');

/** @type {typeof import('./en.js').en} */
export const de = {
  code: 'de',
  page: {
    title: 'BRAIN: Wem sieht dieses Gesicht ähnlich, und warum?',
    description:
      'Wählen Sie ein Foto eines Gesichts. BRAIN nennt die ähnlichste der Personen, die es kennt, zeigt, wovon die Ähnlichkeit abhängt, und erklärt sie in geprüften Sätzen.',
    home: 'BRAIN, Startseite',
    another: 'Anderes Foto',
    titled: (title) => `${title} · BRAIN`,
  },
  start: {
    title: 'Wem sieht dieses Gesicht ähnlich?',
    why: 'Und warum?',
    lead: (total) =>
      `Wählen Sie ein Foto. BRAIN nennt die ähnlichste der ${total ? `${number(total)} ` : ''}Personen, die es kennt, zeigt, wovon die Ähnlichkeit abhängt, und erklärt sie in wenigen geprüften Sätzen.`,
    choose: 'Foto wählen',
    otherWays: 'oder irgendwo ablegen oder einfügen',
    formats: 'Jedes Foto, das Ihr Browser anzeigen kann',
    uploaded: 'Was wird hochgeladen?',
    scaled: 'Fotos werden auf diesem Gerät auf 2.560 Pixel verkleinert; mehr nutzt die Erkennung nicht. Ort, Zeit und Angaben zur Kamera werden vor dem Hochladen entfernt.',
    original: 'Die Originaldatei hochladen (JPEG, PNG oder WebP, bis 20\u00a0MB)',
    openCamera: 'Kamera benutzen',
    takePhoto: 'Foto aufnehmen',
    offline: 'Sie sind offline. Ergebnisse, die auf diesem Gerät liegen, lassen sich trotzdem öffnen.',
    drop: 'Foto ablegen, um es erklären zu lassen',
    samples: 'Kein Foto zur Hand? Probieren Sie eines von diesen.',
    credit: (name, credit) => `Beispielfoto: ${name}. ${credit}.`,
    firstOfSeveral: 'Immer nur ein Foto: Das erste wird verwendet.',
  },
  camera: {
    title: 'Kamera benutzen',
    shoot: 'Foto aufnehmen',
    close: 'Schließen',
    starting: 'Die Kamera wird gestartet …',
    ready: 'Schauen Sie gerade in die Kamera, mit Licht auf dem Gesicht.',
    blocked: 'Die Kamera ist gesperrt. Erlauben Sie sie in der Adresszeile des Browsers und öffnen Sie dies noch einmal.',
    absent: 'Keine Kamera gefunden. Schließen Sie eine an oder wählen Sie ein Foto.',
    busy: 'Ein anderes Programm benutzt die Kamera. Schließen Sie es und öffnen Sie dies noch einmal.',
    failed: (detail) => `Die Kamera lässt sich nicht benutzen: ${detail}`,
  },
  progress: {
    photo: 'Ihr Foto',
    steps: { sending: 'Foto hochladen', waiting: 'In der Schlange warten', processing: 'Gesicht erkennen' },
    titles: {
      opening: 'Ergebnis wird geladen',
      preparing: 'Foto wird vorbereitet',
      sending: 'Foto wird hochgeladen',
      waiting: 'In der Warteschlange',
      processing: 'Gesicht wird erkannt',
      comparing: 'Vergleich der Fotos',
    },
    sent: 'Hochgeladen',
    waited: (seconds) => `bisher ${seconds} s`,
    amount: (share, size) => `${share} von ${size}`,
    part: (part) => `Foto ${part} von 2`,
    slow: 'Das dauert länger als sonst. Das erste Foto nach einer ruhigen Zeit muss den Dienst erst starten. Sie können diese Seite offen lassen oder später unter ihrer Adresse zurückkommen.',
    again: 'Das Hochladen ist abgebrochen. Das Foto wird noch einmal gesendet.',
    cancel: 'Abbrechen',
  },
  failure: {
    retry: 'Noch einmal versuchen',
    another: 'Anderes Foto wählen',
    code: (code) => `Fehler ${code}`,
  },
  ...result,
  people: {
    title: 'Personen, die BRAIN kennt',
    sources: 'Wer aufgeführt wird',
    everyone: 'Alle',
    own: 'Hier eingetragen',
    embedded: 'Mitgeliefert',
    ownPerson: 'Eine der hier eingetragenen Personen',
    enrolled: (person) => `Eingetragen: ${person}`,
    outcomes: {
      enrolled: (photos) => `Dieses Foto hilft, die Person zu erkennen; insgesamt ${plural(photos, 'Foto', 'Fotos')}.`,
      'unlike-others': (photos) =>
        `Dieses Gesicht ähnelt den anderen Fotos der Person kaum (insgesamt ${plural(photos, 'Foto', 'Fotos')}) und zählt deshalb wenig. Prüfen Sie, ob es die richtige Person zeigt.`,
    },
    failed: 'Die Liste ließ sich nicht laden. Schließen Sie sie und öffnen Sie sie gleich noch einmal.',
    find: 'Namen suchen',
    none: (query, total) => `Niemand namens „${query}“ unter den ${number(total)}.`,
    matches: (count) => plural(count, 'Treffer', 'Treffer'),
    people: (count) => plural(count, 'Person', 'Personen'),
    first: (known, shown) => `${known}; die ersten ${shown} werden gezeigt.`,
    all: (known) => `${known}.`,
  },
  device: {
    title: 'Ihre Ergebnisse auf diesem Gerät',
    clear: 'Liste leeren',
    keep: 'Ergebnisse auf diesem Gerät behalten',
    copy: 'Es gibt keine Verbindung. Dies ist die Kopie, die auf diesem Gerät liegt.',
  },
  footer: {
    how: 'So funktioniert es, und hier versagt es',
    language: 'Sprache',
    retention: 'Ihr Foto wird nach einem Tag gelöscht, das Ergebnis nach 30 Tagen.',
    key: 'Wer den Link hat, kann das Ergebnis sehen und löschen; sonst niemand.',
    purpose: 'Für Forschung und Lehre. BRAIN nennt die ähnlichste der Personen, die es kennt; es identifiziert niemanden.',
  },
  units: {
    bytes: (count) => plural(count, 'Byte', 'Byte'),
    decimal: ',',
  },
  ...errors,
};
