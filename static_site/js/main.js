/** Composition root: creates the views and connects them with the flow. */

import { createKeptResults, keepsResults } from './device/kept-results.js';
import { prepareForOffline } from './device/offline.js';
import { createFlow } from './flow.js';
import { PAIR } from './held-photo.js';
import { waitForResult } from './progress/poll.js';
import { describeResult } from './result/verdict.js';
import { createUpload, deleteResult, getResult, searchIdentities } from './shared/api.js';
import { find } from './shared/dom.js';
import { pageError } from './shared/errors.js';
import { createLanguageSwitch, useLanguage } from './shared/language-switch.js';
import { nextTask } from './shared/next-task.js';
import { once } from './shared/once.js';
import { COMPARE, idOf, namesResult, sampleOf } from './shared/route.js';
import { NEVER, sleep } from './shared/sleep.js';
import { texts } from './shared/texts.js';
import { loadPhoto, openSample, showSamples } from './start/samples.js';
import { offerCamera } from './upload/camera.js';
import { listenForPhotos, listenToInput } from './upload/photo-input.js';
import { preparePhoto, scaleInWorker } from './upload/prepare-photo.js';
import { sendPhoto } from './upload/send-photo.js';
import { createViews } from './views.js';

const TIMEOUT_MS = 20_000;
/** What the address names comes first, for so long. */
const HEAD_START_MS = 3000;
/** Then the page's files are kept for later. */
const QUIET_MS = 2000;

await useLanguage();
await nextTask();
const chooser = find(document, '#file', HTMLInputElement);
const partnerChooser = find(document, '#partner-file', HTMLInputElement);
const original = find(document, '#original', HTMLInputElement);
/** @type {string | null} id of the result that the next chosen photo is compared with */
let partner = null;
// A page over plain HTTP has no `caches`.
const kept = createKeptResults(window.caches, (url) => fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }));
const loadDeviceList = once(async () => {
  const { createDeviceList } = await import('./device/device-list.js');
  return createDeviceList(find(document, '#device', HTMLElement), kept, describeResult);
});
const loadIdentityList = once(async () => {
  const { createIdentityList } = await import('./start/identities.js');
  return createIdentityList(find(document, '#people', HTMLDetailsElement));
});

/** List this device's results, where there are any. Without the list, the page works all the same. */
async function drawDevice() {
  const draw = async () => (!keepsResults() || !(await kept.isEmpty())) && (await loadDeviceList()).draw();
  await draw().catch(() => undefined);
}

const isAtHome = () => !find(document, '#start', HTMLElement).hidden;

const { views, notify, redraw, takeForPair } = createViews({
  onHome: () => flow.home(),
  onStart: () => void drawDevice(),
  onAnother(id) {
    partner = id;
    if (id !== PAIR) (id ? partnerChooser : chooser).click();
    else if (location.hash === COMPARE) flow.pair();
    else location.hash = COMPARE;
  },
  onPair: (photo, other) => flow.comparePhotos(photo, other),
  onFace: (face) => flow.anotherFace(face),
  onAllFaces: (faces) => flow.allFaces(faces),
  onResume: () => flow.resume(),
  async onDone(result) {
    // A browser without room for it shows the result all the same.
    if (!keepsResults()) return;
    await kept.save(result).catch(() => undefined);
    // Whoever went home meanwhile sees the list without it.
    if (isAtHome()) await drawDevice();
  },
});

const flow = createFlow({
  views,
  prepare: (signal, file) => preparePhoto(signal, file, { original: original.checked, scale: scaleInWorker }),
  createUpload,
  send: sendPhoto,
  wait: (signal, id, listeners) => waitForResult(signal, id, { getResult, sleep, now: Date.now }, listeners),
  remove: (id) => deleteResult(NEVER, id),
  openSample,
  async kept(id) {
    const copy = await kept.get(id).catch(() => null);
    return copy && { ...copy.result, artifacts: linksTo(copy.crops) };
  },
  go(id) {
    if (idOf(location) !== id || (!id && namesResult(location))) {
      history.pushState(null, '', id ? `#${id}` : location.pathname);
    }
  },
  online: () => navigator.onLine,
  pause: sleep,
  load: loadPhoto,
  preview: (file) => URL.createObjectURL(file),
  release: (url) => URL.revokeObjectURL(url),
});

/** @param {Record<string, Blob>} crops by role @returns {Record<string, string>} */
function linksTo(crops) {
  return Object.fromEntries(Object.entries(crops).map(([role, crop]) => [role, URL.createObjectURL(crop)]));
}

/** Show what the address names. @returns {Promise<void> | void} when it is known */
function followAddress() {
  const [id, sample] = [idOf(location), sampleOf(location)];
  if (sample) return flow.openSample(sample);
  if (location.hash === COMPARE) return flow.pair();
  if (id) return flow.open(id);
  if (namesResult(location)) return flow.missing();
  return flow.home();
}

/** @type {number | null} people that the model knows */
let total = null;

function showTotal() {
  find(document, '#lead', HTMLElement).textContent = texts.start.lead(total);
}

/** Ask how many people the model knows. The page can do without the number. */
async function loadTotal() {
  const answer = await searchIdentities(AbortSignal.timeout(TIMEOUT_MS), { q: '', limit: 1, source: 'both' }).catch(() => null);
  total = answer && answer.total;
  showTotal();
}

/** Say on the start page that there is no connection, while there is none. */
function showConnection() {
  find(document, '#offline', HTMLElement).hidden = navigator.onLine;
}

/** The dialog that asks before a result is deleted. */
function connectDeletion() {
  const confirmation = find(document, '#confirm-delete', HTMLDialogElement);
  /** @type {string | null} of the result that the question is about */
  let id = null;
  find(document, '#delete', HTMLElement).addEventListener('click', () => {
    id = idOf(location);
    confirmation.returnValue = '';
    confirmation.showModal();
  });
  window.addEventListener('popstate', () => confirmation.close());
  confirmation.addEventListener('close', () => id && confirmation.returnValue === 'delete' && remove(id));
}

/** @param {string} id of the result that the visitor wants deleted */
async function remove(id) {
  try {
    await flow.remove(id);
  } catch (error) {
    const { title, hint } = /** @type {import('./shared/errors.js').PageError} */ (error);
    notify(`${title}. ${hint}`);
    return;
  }
  await kept.remove(id).catch(() => undefined);
  if (idOf(location) === id) {
    flow.home(texts.remove.done);
    return;
  }
  // Whoever has gone elsewhere meanwhile stays there.
  notify(texts.remove.done);
  if (isAtHome()) await drawDevice();
}

showTotal();
showConnection();
offerCamera({
  phone: find(document, '#phone-camera', HTMLElement),
  button: find(document, '#open-camera', HTMLButtonElement),
  dialog: find(document, '#camera', HTMLDialogElement),
  onPhoto: flow.accept,
  onLost: () => notify(pageError('network').hint),
});
window.addEventListener('popstate', followAddress);
for (const change of ['online', 'offline']) window.addEventListener(change, showConnection);
window.addEventListener('online', () => flow.resume());
const opened = followAddress();
await nextTask();
connectDeletion();
for (const button of document.querySelectorAll('.start-over')) {
  button.addEventListener('click', (event) => {
    event.preventDefault();
    flow.home();
  });
}
listenToInput(partnerChooser, (files) => files?.length && flow.accept(files[0], partner));
listenForPhotos({
  inputs: [chooser, find(document, '#capture', HTMLInputElement)],
  dropOverlay: find(document, '#drop-overlay', HTMLElement),
  onPhoto: (file) => takeForPair(file) || flow.accept(file),
  notify,
});
find(document, '#people', HTMLElement).addEventListener('toggle', async ({ currentTarget }) => {
  const details = /** @type {HTMLDetailsElement} */ (currentTarget);
  if (details.open) await loadIdentityList().then((list) => list.show(), () => notify(texts.people.failed));
});
createLanguageSwitch(find(document, '#language', HTMLSelectElement), () => {
  showTotal();
  drawDevice();
  loadIdentityList.loaded()?.then((list) => list.draw(), () => undefined);
  redraw();
});
await Promise.race([opened, sleep(NEVER, HEAD_START_MS)]);
showSamples(find(document, '#samples', HTMLElement));
loadTotal();
await sleep(NEVER, QUIET_MS);
prepareForOffline().catch(() => undefined);
