/** Choosing the page's language. */

import { make } from './dom.js';
import { writeSetting } from './settings.js';
import { bestLanguage, LANGUAGE, LANGUAGES, loadLanguage, preferredLanguage, texts, writeTexts } from './texts.js';

/** @typedef {Parameters<typeof loadLanguage>[1]} LoadMore texts of a page of its own */

/**
 * Use the language that was chosen here before, otherwise the browser's.
 *
 * @param {LoadMore} [loadMore]
 */
export async function useLanguage(loadMore) {
  await loadLanguage(preferredLanguage(), loadMore);
  write();
}

function write() {
  document.documentElement.lang = texts.code;
  writeTexts(document);
}

/**
 * @param {HTMLSelectElement} select
 * @param {() => void} onChange what is not in the document's own keys has to follow
 * @param {LoadMore} [loadMore]
 */
export function createLanguageSwitch(select, onChange, loadMore) {
  const options = Object.entries(LANGUAGES).map(([code, name]) => make('option', { value: code, lang: code }, name));
  select.replaceChildren(...options);
  select.value = texts.code;
  select.addEventListener('change', async () => {
    const code = bestLanguage([select.value]);
    // Without the other table, offline for instance, the page keeps the language that it has.
    await loadLanguage(code, loadMore).catch(() => undefined);
    select.value = texts.code;
    if (code !== texts.code) return;
    writeSetting(LANGUAGE, code);
    onChange();
    write();
  });
}
