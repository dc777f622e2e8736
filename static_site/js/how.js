/** The page "How it works": composition root. */

import { find, make } from './shared/dom.js';
import { percent } from './shared/format.js';
import { texts } from './shared/texts.js';
import { createLanguageSwitch, useLanguage } from './shared/language-switch.js';

/** @typedef {typeof import('./texts/en-how.js').how} How */
/** @typedef {{name: string, photos: number, top1: number, top5: number, known: number | null, unknown: number | null}} FigureSet */
/**
 * @typedef {object} Figures as `make bench` writes them
 * @property {{name: string, people: number}} model
 * @property {FigureSet[]} sets shares from 0 to 1
 * @property {Record<string, number>} stats auroc as a share, name and all in seconds
 * @property {Record<string, number>} pairs count, the similarity `even`, the others as shares
 */

/** @param {string} code @returns {Promise<{how: How}>} this page's texts */
function loadHow(code) {
  return code === 'de' ? import('./texts/de-how.js') : import('./texts/en-how.js');
}

/** @returns {How} */
function wordsHere() {
  return /** @type {any} */ (texts).how;
}

/** @param {string} list selector @param {How['one']['chapters']} chapters */
function writeChapters(list, chapters) {
  const items = chapters.map(({ title, text }) => make('li', {}, make('h3', {}, title), make('p', {}, text)));
  find(document, list, HTMLElement).replaceChildren(...items);
}

/** @param {How} how */
function writeTexts(how) {
  writeChapters('#one', how.one.chapters);
  writeChapters('#two', how.two.chapters);
  const cases = how.fails.cases.flatMap(([name, text]) => [make('dt', {}, name), make('dd', {}, text)]);
  find(document, '#fails', HTMLElement).replaceChildren(...cases);
  find(document, '#not', HTMLElement).replaceChildren(...how.not.uses.map((use) => make('li', {}, use)));
  document.title = texts.page.titled(how.title);
}

/** @returns {Promise<Figures | null>} null where nothing was measured */
async function loadFigures() {
  const response = await fetch('figures.json').catch(() => null);
  return response?.ok ? response.json().catch(() => null) : null;
}

/** @param {number} value */
const share = (value) => `${(value * 100).toLocaleString(texts.code, { maximumFractionDigits: 1 })}\u00a0%`;

/** @param {number} value */
const decimal = (value) => value.toLocaleString(texts.code, { maximumFractionDigits: 2 });

/** @param {number} value */
const seconds = (value) => `${decimal(value)}\u00a0s`;

/**
 * @param {string} list selector
 * @param {[number | undefined, (value: number) => string, string][]} stats value, its notation and what it means; what
 *   was not measured is left out
 */
function writeStats(list, stats) {
  const items = stats.flatMap(([value, notation, meaning]) =>
    value === undefined ? [] : [make('li', {}, make('strong', {}, notation(value)), make('span', {}, meaning))],
  );
  find(document, list, HTMLElement).replaceChildren(...items);
}

/** A column for each set of photos. @param {How['figures']} words @param {FigureSet[]} sets */
function writeSets(words, sets) {
  const head = [words.set, ...sets.map(({ name }) => words.sets[name] ?? name)];
  find(document, '#figures thead', HTMLElement).replaceChildren(
    make('tr', {}, ...head.map((text) => make('th', { scope: 'col' }, text))),
  );
  /** @type {[string, (set: FigureSet) => string][]} */
  const rows = [
    [words.photos, ({ photos }) => photos.toLocaleString(texts.code)],
    [words.top1, ({ top1 }) => share(top1)],
    [words.top5, ({ top5 }) => share(top5)],
    [words.known, ({ known }) => (known === null ? '–' : percent(known))],
    [words.unknown, ({ unknown }) => (unknown === null ? '–' : percent(unknown))],
  ];
  find(document, '#figures tbody', HTMLElement).replaceChildren(
    ...rows.map(([label, cell]) =>
      make('tr', {}, make('th', { scope: 'row' }, label), ...sets.map((set) => make('td', { class: 'number' }, cell(set)))),
    ),
  );
}

/**
 * @param {How} how
 * @param {Figures | null} figures
 */
function writeFigures(how, figures) {
  const root = find(document, '#figures', HTMLElement);
  root.hidden = !figures;
  if (!figures) return;
  const words = how.figures;
  const { model, sets, stats, pairs } = figures;
  find(root, '#figures-source', HTMLElement).textContent = words.source(model.name, model.people.toLocaleString(texts.code));
  writeStats('#one-stats', [
    [stats.auroc, share, words.auroc],
    [stats.name, seconds, words.name],
    [stats.all, seconds, words.all],
  ]);
  writeSets(words, sets);
  writeStats('#two-stats', [
    [pairs.accuracy, share, words.pairs((pairs.count ?? 0).toLocaleString(texts.code))],
    [pairs.accepted, share, words.accepted],
    [pairs.calibration, share, words.calibration],
    [pairs.even, decimal, words.even],
    [pairs.planted, share, words.planted],
  ]);
}

function write() {
  writeTexts(wordsHere());
  figures.then((found) => writeFigures(wordsHere(), found));
}

const figures = loadFigures();
await useLanguage(loadHow);
write();
createLanguageSwitch(find(document, '#language', HTMLSelectElement), write, loadHow);
