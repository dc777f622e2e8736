/** The page "How it works" in German. */

/** @type {typeof import('./en-how.js').how} */
export const how = {
  title: 'So funktioniert es',
  try: 'Ausprobieren',
  lead: 'Ein Foto eines Gesichts geht hinein. Ein Name, eine Karte und ein paar Sätze kommen heraus, und jeder Satz wurde an genau diesem Foto geprüft. So geht das.',
  one: {
    title: 'Ein Foto',
    chapters: [
      {
        title: 'Das Gesicht finden',
        text: 'Ein kleines Netz, YuNet, sucht Gesichter und bezeichnet auf jedem fünf Punkte: die Augen, die Nasenspitze und die Mundwinkel. Was es nicht bestätigt, gilt nicht als Gesicht. Das Foto wird dann so gedreht, vergrößert und zugeschnitten, dass diese Punkte immer am selben Ort liegen.',
      },
      {
        title: 'Es mit 128 Zahlen beschreiben',
        text: 'Ein zweites Netz, das Gesichtserkennungsnetz von dlib, macht aus dem Gesicht einen Deskriptor: 128 Zahlen, die für Fotos derselben Person ähnlich und für verschiedene Personen verschieden sind. Andere haben es an Millionen Fotos trainiert; BRAIN verwendet es unverändert.',
      },
      {
        title: 'Mit den bekannten Personen vergleichen',
        text: 'Jede bekannte Person ist der Mittelwert der Deskriptoren ihrer Fotos. Je kleiner der Winkel zwischen zwei Deskriptoren, desto größer die Übereinstimmung. Die Prozente sagen, wie sie sich auf die bekannten Personen verteilt; ob die Person überhaupt bekannt ist, wird gesondert geschätzt. Deshalb kann die Antwort auch „niemand, den BRAIN kennt“ lauten.',
      },
      {
        title: 'Zeichnen, worauf das Netz anspricht',
        text: 'Eine Klassenaktivierungskarte wie LayerCAM oder Grad-CAM bezeichnet die Stellen, deren Merkmale die Bewertung eines Namens heben. Das geht schnell, zeigt aber, worauf das Netz anspricht, nicht wovon die Entscheidung abhängt.',
      },
      {
        title: 'Messen, wovon der Name abhängt',
        text: 'Kleine Stellen überall im Gesicht werden nacheinander unscharf gemacht, und jedes Mal rechnet das Netz neu. Zusammen mit der Aktivierungskarte ergibt das die Karte der Belege: Sie ist dort hell, wo die Bewertung ohne eine Stelle fällt. Dann wird jeder Teil des Gesichts unscharf gemacht, und zum Vergleich gleich große Stellen anderswo. Ein Teil gilt nur dann als Grund, wenn die Übereinstimmung ohne ihn stärker fällt als ohne jede dieser Stellen.',
      },
      {
        title: 'Die Karten selbst prüfen',
        text: 'Stimmt eine Karte, dann muss die Übereinstimmung schnell verschwinden, wenn unscharf wird, was sie bezeichnet, und schnell wiederkommen, wenn es zurückkehrt. Beides wird an Ihrem Foto gemessen und mit einer zufälligen Karte, der umgekehrten und einem Punkt in der Mitte verglichen. Eine Karte, die nicht besteht, sagt es.',
      },
    ],
  },
  two: {
    title: 'Zwei Fotos',
    text: 'Zeigen zwei Fotos dieselbe Person? Dazu muss niemand bekannt sein: Die beiden Gesichter werden miteinander verglichen.',
    chapters: [
      {
        title: 'Die Ähnlichkeit messen',
        text: 'Beide Gesichter werden mit 128 Zahlen beschrieben. Die Ähnlichkeit ist der Kosinus des Winkels zwischen den beiden Deskriptoren: 1, wenn sie in dieselbe Richtung zeigen. Jedes Gesicht gleicht jedem anderen ein wenig; deshalb liegen auch Fotos zweier Personen weit über 0, und auf die kleinen Unterschiede nahe 1 kommt es an.',
      },
      {
        title: 'Sagen, was sie bedeutet',
        text: 'Die Wahrscheinlichkeit ist der Anteil der ebenso ähnlichen Fotopaare, die dieselbe Person zeigen. Sie wurde an Paaren gelernt, von denen die Hälfte dieselbe Person zeigt. Wo kaum ein Paar das tut, etwa in einer Menschenmenge, ist sie in Wirklichkeit kleiner.',
      },
      {
        title: 'Beide Vorzeichen zeichnen',
        text: 'Jedes Foto bekommt zwei Karten, aus Gradienten und daraus, dass Stellen des einen Fotos unscharf werden, während das andere bleibt, wie es ist. Die Karte dessen, was sie ähnlich macht, ist hell, wo die Ähnlichkeit ohne eine Stelle fällt. Die Karte dessen, was dagegen spricht, ist hell, wo sie steigt. Beide haben denselben Maßstab: Eine blasse Karte ist ein schwaches Argument.',
      },
      {
        title: 'Die Teile prüfen',
        text: 'Jeder Teil des Gesichts wird auf einem Foto unscharf gemacht, und zum Vergleich gleich große Stellen anderswo. Ein Teil macht die Gesichter nur dann ähnlich, wenn die Wahrscheinlichkeit ohne ihn stärker fällt als ohne jede dieser Stellen, und spricht nur dann gegen dieselbe Person, wenn sie stärker steigt.',
      },
    ],
  },
  figures: {
    title: 'Wie gut ist es?',
    source: (model, people) =>
      `Gemessen mit brain evaluate und make bench: ${model}, ${people} Personen. Fotos, aus denen die Galerie gebaut wurde, sind ausgenommen.`,
    set: 'Fotos',
    photos: 'Anzahl',
    top1: 'Richtiger Name zuerst',
    top5: 'Unter den ersten fünf',
    known: 'Bekannte benannt',
    unknown: 'Unbekannte benannt',
    sets: { lfw: 'LFW, zurück\u00adgehaltene Pressefotos', foreign: 'Filmbilder und Porträts von anderswo' },
    pairs: (count) => `von ${count} Paaren von LFW-Fotos richtig beurteilt (eine Person oder zwei)`,
    accepted: 'der Paare einer Person werden anerkannt, wenn auch eines von 1.000 Paaren zweier Personen anerkannt wird (TAR bei FAR 0,1\u00a0%)',
    calibration: 'beträgt der mittlere Fehler der Wahrschein\u00adlichkeit (Kalibrierungs\u00adfehler)',
    even: 'ist die Ähnlichkeit, bei der eine Person und zwei gleich wahrschein\u00adlich sind',
    planted: 'der Flicken aus einem anderen Gesicht, eingesetzt in eines von zwei LFW-Fotos, findet die Karte dessen, was dagegen spricht',
    auroc: 'Wahrschein\u00adlichkeit, dass ein bekanntes Gesicht höher bewertet wird als ein unbekanntes (AUROC)',
    name: 'bis der Name da ist, auf einem gewöhnlichen Prozessorkern',
    all: 'bis alles geprüft ist',
  },
  fails: {
    title: 'Wo es versagt',
    text: 'Diese Fälle sind bekannt. Gehört Ihr Foto dazu, trauen Sie weder dem Namen noch dem Vergleich.',
    cases: [
      ['Profile und steile Winkel', 'Die fünf Punkte lassen sich nicht gut setzen, wenn ein Auge verdeckt ist. Ein Profil neben einem Foto von vorn kann für eine andere Person gehalten werden.'],
      ['Sonnenbrillen, Masken, Hände', 'Was verdeckt ist, lässt sich nicht vergleichen; dann entscheiden Haar oder Umriss, und zwei Personen mit Sonnenbrille können ähnlich scheinen.'],
      ['Zwillinge und nahe Verwandte', 'Ihre Deskriptoren sind fast gleich. Das Netz kann sie nicht verlässlich unterscheiden, und ein Vergleich kann sie für eine Person halten.'],
      ['Kinder', 'Die Fotos, an denen die Netze gelernt haben, zeigen fast nur Erwachsene, und Kindergesichter ändern sich: Ein Kind und der Erwachsene, der es wurde, können für zwei Personen gehalten werden.'],
      ['Kleine oder unscharfe Gesichter', 'Unter etwa 100 Pixeln oder ohne Schärfe gibt es zu wenig zu vergleichen.'],
      ['Starkes Make-up, Zeichnungen, Statuen', 'Sie können als Gesichter gefunden und jemandem zugeordnet werden.'],
      ['Menschen, die den bekannten nicht gleichen', 'LFW zeigt Personen des öffentlichen Lebens um das Jahr 2005, meist Männer und meist Weiße. Bei anderen sind Fehler häufiger.'],
    ],
  },
  not: {
    title: 'Wofür es nicht verwendet werden darf',
    text: 'BRAIN ist dazu da zu lernen, was solche Netze tun. Es nennt die ähnlichste der Personen, die es kennt, und irrt sich manchmal.',
    uses: [
      'um herauszufinden, wer eine fremde Person ist, oder um Menschen zu überwachen',
      'um Türen, Konten oder Grenzen zu öffnen',
      'um über einen Menschen zu entscheiden: Arbeit, Kredit, Polizei, Asyl',
      'bei Fotos von Menschen, die nicht zugestimmt haben',
    ],
  },
};
