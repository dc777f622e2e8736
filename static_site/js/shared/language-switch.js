/** Choosing the page's language. */

import { make } from './dom.js';
import { writeSetting } from './settings.js';
import { bestLanguage, LANGUAGE, LANGUAGES, loadLanguage, preferredLanguage, texts, writeTexts } from './texts.js';

/**
 * Use the language that was chosen here before, otherwise the browser's.
 *
 * @param {() => Promise<void> | void} [prepare] what the document needs before its texts are written
 */
export async function useLanguage(prepare) {
  await apply(preferredLanguage(), prepare);
}

/**
 * @param {keyof typeof LANGUAGES} code
 * @param {() => Promise<void> | void} [prepare]
 */
async function apply(code, prepare) {
  await loadLanguage(code).catch((error) => {
    // Without the other table, offline for instance, the page keeps the language that it has.
    if (!texts) throw error;
  });
  await prepare?.();
  document.documentElement.lang = texts.code;
  writeTexts(document);
}

/**
 * @param {HTMLSelectElement} select
 * @param {() => Promise<void> | void} onChange what is not in the document's own keys has to follow
 */
export function createLanguageSwitch(select, onChange) {
  const options = Object.entries(LANGUAGES).map(([code, name]) => make('option', { value: code, lang: code }, name));
  select.replaceChildren(...options);
  select.value = texts.code;
  select.addEventListener('change', async () => {
    writeSetting(LANGUAGE, select.value);
    await apply(bestLanguage([select.value]), onChange);
  });
}
