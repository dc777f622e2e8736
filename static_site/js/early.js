/**
 * Runs first, and asks for what this language and this address will need, so that it arrives beside the page's other
 * modules instead of after them.
 */

import { askAhead } from './shared/api.js';
import { nextTask } from './shared/next-task.js';
import { idOf, sampleOf } from './shared/route.js';
import { preferredLanguage } from './shared/texts.js';

/** What shows a result, below this folder. */
const RESULT = [
  'result-page',
  'result/fill-when-opened',
  'result/share',
  'result/sentences',
  'shared/heatmap',
];
/** What shows the explanation of one photo. */
const ALONE = [
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
  'shared/cam',
  'shared/geometry',
];
/** What shows the comparison of two: so little that it does not wait until the result says what it is. */
const PAIR = [
  'comparison/comparison-view',
  'comparison/compared-photo',
];
const RESULT_STYLES = ['result', 'picture'];
const TEXTS = ['', '-errors', '-result'];
const FETCHED = { rel: 'preload', as: 'fetch', crossOrigin: 'anonymous' };

/**
 * @param {string} href relative to the page
 * @param {Record<string, string>} [attributes]
 */
function preload(href, attributes = { rel: 'modulepreload' }) {
  document.head.append(Object.assign(document.createElement('link'), { href, ...attributes }));
}

/** @param {string} href */
const preloadImage = (href) => preload(href, { rel: 'preload', as: 'image' });

/** @param {string} name */
const preloadStyle = (name) => preload(`css/${name}.css`, { rel: 'preload', as: 'style' });

/** Asking for a file takes time, and there are many. @param {string[]} names */
async function preloadModules(names) {
  await nextTask();
  for (const name of names) preload(`js/${name}.js`);
}

async function preloadAlone() {
  preloadStyle('checks');
  await preloadModules(ALONE);
}

/** @param {string} id */
async function preloadResult(id) {
  const asked = askAhead(id);
  for (const name of RESULT_STYLES) preloadStyle(name);
  await preloadModules(RESULT);
  await preloadModules(PAIR);
  const { result } = await asked;
  const { cropped, other_cropped: other } = result?.artifacts ?? {};
  for (const url of [cropped, result?.comparison && other]) if (url) preloadImage(url);
  if (result?.comparison) preloadStyle('comparison');
  else await preloadAlone();
}

/** @param {string} slug */
async function preloadSample(slug) {
  preload('samples/index.json', FETCHED);
  preload(`samples/${slug}/result.json`, FETCHED);
  preloadImage(`samples/${slug}/cropped.jpg`);
  for (const name of RESULT_STYLES) preloadStyle(name);
  await preloadModules(RESULT);
  await preloadAlone();
}

const language = preferredLanguage();
for (const part of TEXTS) preload(`js/texts/${language}${part}.js`);
preload('js/texts/numbers.js');
const [id, sample] = [idOf(location), sampleOf(location)];
if (sample) preloadSample(sample);
// Whoever waits for the result hears of its failure.
else if (id) preloadResult(id).catch(() => undefined);
