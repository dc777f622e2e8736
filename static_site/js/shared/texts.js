/** The table of texts in the visitor's language, and how it gets into the document. */

import { readSetting } from './settings.js';

/** @typedef {typeof import('../texts/en.js').en} Texts */

/** Name of the visitor's choice. */
export const LANGUAGE = 'language';

/** The languages of the page, each with its own name for itself. The sentences of results have the same. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' };

/** @type {Texts} The table in use, from the first `loadLanguage` on; importing modules see it change. */
export let texts;

/** Attributes of index.html that name a text, and the attribute that the text goes to. */
const TARGETS = { 'data-label': 'aria-label', 'data-alt': 'alt' };

/**
 * @param {readonly string[]} preferred language tags, the favourite first
 * @returns {keyof typeof LANGUAGES}
 */
export function bestLanguage(preferred) {
  for (const tag of preferred) {
    const code = tag.toLowerCase().split('-')[0];
    if (code === 'en' || code === 'de') return code;
  }
  return 'en';
}

/** @returns {keyof typeof LANGUAGES} the language that was chosen here before, otherwise the browser's */
export function preferredLanguage() {
  const chosen = readSetting(LANGUAGE);
  return bestLanguage(chosen ? [chosen] : navigator.languages);
}

/** The language that was asked for last. */
let wanted = '';

/**
 * Use the texts of a language from now on, unless another one is asked for before they are there.
 *
 * @param {keyof typeof LANGUAGES} code
 * @param {(code: string) => Promise<object>} [loadMore] texts of a page of its own
 */
export async function loadLanguage(code, loadMore = async () => ({})) {
  wanted = code;
  const load = async () => (code === 'de' ? (await import('../texts/de.js')).de : (await import('../texts/en.js')).en);
  const [table, more] = await Promise.all([load(), loadMore(code)]);
  if (code === wanted) texts = { ...table, ...more };
}

/**
 * @param {string} key such as `start.title`
 * @returns {string}
 * @throws {Error} there is no such text
 */
export function lookUp(key) {
  /** @type {any} */
  let found = texts;
  for (const part of key.split('.')) found = found?.[part];
  if (typeof found !== 'string') throw new Error(`no text ${key}`);
  return found;
}

/**
 * Write the texts that index.html names by key.
 *
 * @param {ParentNode} root
 */
export function writeTexts(root) {
  for (const element of root.querySelectorAll('[data-text]')) {
    element.textContent = lookUp(element.getAttribute('data-text') ?? '');
  }
  for (const [source, target] of Object.entries(TARGETS)) {
    for (const element of root.querySelectorAll(`[${source}]`)) {
      element.setAttribute(target, lookUp(element.getAttribute(source) ?? ''));
    }
  }
}

/** @param {string} name of a feature in result.json, such as `left eye` @returns {string} for a list or a label */
export function featureName(name) {
  return texts.features.names[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
