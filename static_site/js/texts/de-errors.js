/** What can go wrong, in German. */

/** @type {typeof import('./en-errors.js').errors} */
export const errors = {
  errors: {
    offline: ['Sie sind offline', 'Nichts geht verloren. Die Seite macht von selbst weiter, sobald die Verbindung wieder da ist.'],
    network: ['Die Verbindung ist abgebrochen', 'Ihr Foto ist noch da. Prüfen Sie die Verbindung und versuchen Sie es noch einmal.'],
    timeout: ['Der Server antwortet nicht', 'Die Verbindung ist sehr langsam. Ihr Foto ist noch da: Versuchen Sie es gleich noch einmal.'],
    slow: ['Das dauert ungewöhnlich lange', 'Ihr Foto ist noch in der Warteschlange. Warten Sie weiter oder kommen Sie später unter dieser Adresse zurück.'],
    busy: ['Gerade sind es zu viele Fotos', 'Der Dienst ist ausgelastet. Warten Sie einen Moment und versuchen Sie es dann noch einmal.'],
    server: ['Bei uns ist etwas schiefgegangen', 'An Ihrem Foto liegt es nicht. Versuchen Sie es in einer Minute noch einmal.'],
    'upload-refused': ['Das Foto wurde nicht angenommen', 'Die Erlaubnis zum Hochladen ist abgelaufen oder wurde verweigert. Versuchen Sie es noch einmal.'],
    'not-found': ['Unter dieser Adresse gibt es nichts', 'Das Ergebnis wurde gelöscht, ist nach 30 Tagen abgelaufen, oder der Link ist unvollständig.'],
    empty: ['Diese Datei ist leer', 'Sie hat keinen Inhalt. Wählen Sie das Foto noch einmal oder ein anderes.'],
    'too-large': ['Dieses Foto ist zu groß', 'Verkleinern Sie es oder verwenden Sie einen Screenshot davon.'],
    'unsupported-type': ['Diese Datei ist kein Foto, das gelesen werden kann', 'Verwenden Sie ein Foto als JPEG, PNG oder WebP. Auch ein Screenshot des Bildes geht.'],
    'unreadable-file': ['Die Datei lässt sich nicht öffnen', 'Vielleicht wurde sie verschoben oder liegt in einem Cloud-Ordner. Kopieren Sie sie auf dieses Gerät und wählen Sie sie noch einmal.'],
    unexpected: ['Etwas Unerwartetes ist passiert', 'Versuchen Sie es noch einmal. Hilft das nicht, laden Sie die Seite neu.'],
  },
  photoErrors: {
    '1 empty': ['Diese Datei ist leer', 'Sie hat keinen Inhalt. Wählen Sie das Foto noch einmal oder ein anderes.'],
    '1 not-an-image': ['Diese Datei ließ sich nicht als Foto lesen', 'Verwenden Sie ein Foto als JPEG, PNG oder WebP. Auch ein Screenshot des Bildes geht.'],
    '1 heic': ['Das ist ein HEIC-Foto', 'iPhones nehmen sie auf. Exportieren Sie es als JPEG oder verwenden Sie einen Screenshot.'],
    '1 avif': ['Das ist ein AVIF-Bild', 'Speichern Sie es als JPEG, PNG oder WebP oder verwenden Sie einen Screenshot.'],
    '1 too-small': ['Dieses Foto ist zu klein', 'Verwenden Sie ein größeres; das Gesicht sollte mindestens 100 Pixel breit sein.'],
    '1 too-large': ['Dieses Foto ist zu groß', 'Verkleinern Sie es oder verwenden Sie einen Screenshot davon.'],
    '1 damaged': ['Diese Datei ließ sich nicht als Foto lesen', 'Sie scheint beschädigt oder unvollständig zu sein. Speichern oder kopieren Sie sie noch einmal, oder verwenden Sie einen Screenshot.'],
    '1 photo-gone': ['Das Foto ist nicht mehr da', 'Es wurde gelöscht, bevor es an der Reihe war. Laden Sie es noch einmal hoch.'],
    '1 photo-replaced': ['Das Foto wurde ersetzt', 'Eine andere Datei trat an seine Stelle, bevor es an der Reihe war. Laden Sie es noch einmal hoch.'],
    '1 not-clean': ['Diese Datei wurde abgewiesen', 'Sie hat die Prüfung auf Schadsoftware nicht bestanden. Verwenden Sie ein anderes Foto.'],
    '3 no-face': ['In diesem Foto wurde kein Gesicht gefunden', 'Verwenden Sie ein Foto, das das Gesicht von vorn zeigt, in gleichmäßigem Licht und ohne Maske.'],
    '3 too-small': ['Das Gesicht ist zu klein', 'Schneiden Sie das Foto auf das Gesicht zu oder verwenden Sie eines aus größerer Nähe.'],
    '3 too-blurred': ['Das Gesicht ist zu unscharf', 'Verwenden Sie ein schärferes Foto: Mehr Licht und eine ruhige Hand helfen.'],
    '3 no-such-face': ['Dieses Gesicht ist nicht im Foto', 'Laden Sie das Foto noch einmal hoch und wählen Sie eines der gefundenen Gesichter.'],
  },
  fileHints: {
    tooLarge: (size, limit) => `Sie hat ${size}; erlaubt sind ${limit}. Verwenden Sie eine kleinere Kopie oder einen Screenshot.`,
    heic: 'Es ist ein HEIC-Foto, wie iPhones sie aufnehmen, und dieser Browser kann es nicht lesen. Exportieren Sie es als JPEG oder verwenden Sie einen Screenshot.',
    avif: 'Es ist ein AVIF-Bild, und dieser Browser kann es nicht lesen. Speichern Sie es als JPEG, PNG oder WebP.',
    gif: 'Es ist ein GIF, und dieser Browser kann es nicht lesen. Speichern Sie ein Bild daraus als JPEG oder PNG.',
    pdf: 'Es ist ein PDF. Machen Sie einen Screenshot des Fotos darin.',
  },
};
