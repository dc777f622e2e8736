/**
 * Runs first, and asks for what this language and this address will need, so that it arrives beside the page's other
 * modules instead of after them.
 */

import { namesResult, sampleOf } from './shared/route.js';
import { preferredLanguage } from './shared/texts.js';

/** What shows the explanation of a photo, below this folder. */
const RESULT = [
  'result-page',
  'result/fill-when-opened',
  'result/share',
  'result/result-view',
  'contrast/contrast-view',
  'contrast/contrast-of',
  'contrast/signed-map',
  'result/candidates',
  'result/feature-effects',
  'result/feature-list',
  'result/feature-summary',
  'result/map-switch',
  'result/picture',
  'result/label-placement',
  'result/overlay',
  'result/sentences',
  'shared/cam',
  'shared/geometry',
  'shared/heatmap',
];
const RESULT_STYLES = ['result', 'picture', 'checks'];
const TEXTS = ['', '-errors', '-result'];

/**
 * @param {string} href relative to the page
 * @param {Record<string, string>} [attributes]
 */
function preload(href, attributes = { rel: 'modulepreload' }) {
  document.head.append(Object.assign(document.createElement('link'), { href, ...attributes }));
}

const language = preferredLanguage();
for (const part of TEXTS) preload(`js/texts/${language}${part}.js`);
preload('js/texts/numbers.js');
const sample = sampleOf(location);
if (sample) {
  const fetched = { rel: 'preload', as: 'fetch', crossOrigin: 'anonymous' };
  preload('samples/index.json', fetched);
  preload(`samples/${sample}/result.json`, fetched);
}
if (sample || namesResult(location)) {
  for (const name of RESULT_STYLES) preload(`css/${name}.css`, { rel: 'preload', as: 'style' });
  for (const name of RESULT) preload(`js/${name}.js`);
}
if (sample) preload(`samples/${sample}/cropped.jpg`, { rel: 'preload', as: 'image' });
