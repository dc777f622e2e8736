/** The page "How it works": composition root. */

import { find, make } from './shared/dom.js';
import { percent } from './shared/format.js';
import { addTexts, texts } from './shared/texts.js';
import { createLanguageSwitch, useLanguage } from './shared/language-switch.js';

/** @typedef {typeof import('./texts/en-how.js').how} How */
/** @typedef {{name: string, photos: number, top1: number, top5: number, known: number | null, unknown: number | null}} FigureSet */
/**
 * @typedef {object} Figures as `python -m infra.figures` writes them
 * @property {{name: string, people: number}} model
 * @property {FigureSet[]} sets shares from 0 to 1
 * @property {Record<string, number>} stats pairs and auroc as shares, name and all in seconds
 */

/** @returns {Promise<How>} this page's texts in the language of the others */
async function loadHow() {
  const { how } = texts.code === 'de' ? await import('./texts/de-how.js') : await import('./texts/en-how.js');
  addTexts({ how });
  return how;
}

/** @param {How} how */
function writeChapters(how) {
  const chapters = how.chapters.map(({ title, text }) => make('li', {}, make('h2', {}, title), make('p', {}, text)));
  find(document, '#chapters', HTMLElement).replaceChildren(...chapters);
  const cases = how.fails.cases.flatMap(([name, text]) => [make('dt', {}, name), make('dd', {}, text)]);
  find(document, '#fails', HTMLElement).replaceChildren(...cases);
  find(document, '#not', HTMLElement).replaceChildren(...how.not.uses.map((use) => make('li', {}, use)));
  document.title = texts.page.titled(how.title);
}

/** @returns {Promise<Figures | null>} null where nothing was measured */
async function loadFigures() {
  const response = await fetch('figures.json').catch(() => null);
  return response?.ok ? response.json() : null;
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
  const { model, sets, stats } = figures;
  const seconds = (/** @type {number} */ value) => `${value.toLocaleString(texts.code, { maximumFractionDigits: 2 })} s`;
  const share = (/** @type {number} */ value) => `${(value * 100).toLocaleString(texts.code, { maximumFractionDigits: 1 })}\u00a0%`;
  find(root, '#figures-source', HTMLElement).textContent = words.source(model.name, model.people.toLocaleString(texts.code));
  const shown = /** @type {const} */ (['pairs', 'auroc', 'name', 'all']).filter((name) => name in stats);
  find(root, '.stats', HTMLElement).replaceChildren(
    ...shown.map((name) => {
      const value = name === 'name' || name === 'all' ? seconds(stats[name]) : share(stats[name]);
      return make('li', {}, make('strong', {}, value), make('span', {}, words[name]));
    }),
  );
  const columns = [words.set, words.photos, words.top1, words.top5, words.known, words.unknown];
  find(root, 'thead', HTMLElement).replaceChildren(make('tr', {}, ...columns.map((text) => make('th', { scope: 'col' }, text))));
  const optional = (/** @type {number | null} */ value) => (value === null ? '–' : percent(value));
  find(root, 'tbody', HTMLElement).replaceChildren(
    ...sets.map(({ name, photos, top1, top5, known, unknown }) => {
      const cells = [photos.toLocaleString(texts.code), share(top1), share(top5), optional(known), optional(unknown)];
      const label = make('th', { scope: 'row' }, words.sets[name] ?? name);
      return make('tr', {}, label, ...cells.map((text) => make('td', { class: 'number' }, text)));
    }),
  );
}

async function write() {
  const how = await loadHow();
  writeChapters(how);
  writeFigures(how, await figures);
}

const figures = loadFigures();
await useLanguage(write);
createLanguageSwitch(find(document, '#language', HTMLSelectElement), write);
