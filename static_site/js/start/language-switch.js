/** Choosing the page's language. */

import { make } from '../shared/dom.js';
import { readSetting, writeSetting } from '../shared/settings.js';
import { bestLanguage, LANGUAGES, loadLanguage, texts, writeTexts } from '../shared/texts.js';

const SETTING = 'language';

/** Use the language that was chosen here before, otherwise the browser's. */
export async function useLanguage() {
  const chosen = readSetting(SETTING);
  await apply(bestLanguage(chosen ? [chosen] : navigator.languages));
}

/** @param {keyof typeof LANGUAGES} code */
async function apply(code) {
  // Without the other table, offline for instance, the page stays readable in the language that it has.
  await loadLanguage(code).catch(() => undefined);
  document.documentElement.lang = texts.code;
  writeTexts(document);
}

/**
 * @param {HTMLSelectElement} select
 * @param {() => void} onChange the texts of index.html are in the new language; the rest has to follow
 */
export function createLanguageSwitch(select, onChange) {
  const options = Object.entries(LANGUAGES).map(([code, name]) => make('option', { value: code, lang: code }, name));
  select.replaceChildren(...options);
  select.value = texts.code;
  select.addEventListener('change', async () => {
    writeSetting(SETTING, select.value);
    await apply(bestLanguage([select.value]));
    onChange();
  });
}
