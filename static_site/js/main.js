/** Composition root: creates the views and connects them with the flow. */

import { createDeviceList, keepsResults } from './device/device-list.js';
import { createKeptResults } from './device/kept-results.js';
import { prepareForOffline } from './device/offline.js';
import { createFlow } from './flow.js';
import { PAIR } from './held-photo.js';
import { waitForResult } from './progress/poll.js';
import { describeResult } from './result/verdict.js';
import { createUpload, deleteResult, getResult } from './shared/api.js';
import { find } from './shared/dom.js';
import { pageError } from './shared/errors.js';
import { createLanguageSwitch, useLanguage } from './shared/language-switch.js';
import { COMPARE, idOf, namesResult, sampleOf } from './shared/route.js';
import { sleep } from './shared/sleep.js';
import { texts } from './shared/texts.js';
import { createIdentityList } from './start/identities.js';
import { openSample, showSamples } from './start/samples.js';
import { offerCamera } from './upload/camera.js';
import { listenForPhotos, listenToInput } from './upload/photo-input.js';
import { preparePhoto, scaleInWorker } from './upload/prepare-photo.js';
import { sendPhoto } from './upload/send-photo.js';
import { createViews } from './views.js';

await useLanguage();
const chooser = find(document, '#file', HTMLInputElement);
const partnerChooser = find(document, '#partner-file', HTMLInputElement);
const original = find(document, '#original', HTMLInputElement);
/** @type {string | null} id of the result that the next chosen photo is compared with */
let partner = null;
const kept = createKeptResults(caches, fetch);
const device = createDeviceList(find(document, '#device', HTMLElement), kept, (result) => describeResult(result).title);

const { views, notify, redraw, takeForPair } = createViews({
  onHome: () => flow.home(),
  onAnother(id) {
    partner = id;
    if (id === PAIR) location.hash = COMPARE;
    else (id ? partnerChooser : chooser).click();
  },
  onPair: (photo, other) => flow.comparePhotos(photo, other),
  onFace: (face) => flow.anotherFace(face),
  onAllFaces: (faces) => flow.allFaces(faces),
  onResume: () => flow.resume(),
  async onDone(result) {
    // A browser without room for it shows the result all the same.
    if (keepsResults()) await kept.save(result).then(device.draw, () => undefined);
  },
});

const flow = createFlow({
  views,
  prepare: (signal, file) => preparePhoto(signal, file, { original: original.checked, scale: scaleInWorker }),
  createUpload,
  send: sendPhoto,
  wait: (signal, id, listeners) => waitForResult(signal, id, { getResult, sleep, now: Date.now }, listeners),
  remove: deleteResult,
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
  preview: (file) => URL.createObjectURL(file),
  release: (url) => URL.revokeObjectURL(url),
});

/** @param {Record<string, Blob>} crops by role @returns {Record<string, string>} */
function linksTo(crops) {
  return Object.fromEntries(Object.entries(crops).map(([role, crop]) => [role, URL.createObjectURL(crop)]));
}

/** Show what the address names. */
function followAddress() {
  const [id, sample] = [idOf(location), sampleOf(location)];
  if (sample) flow.openSample(sample);
  else if (location.hash === COMPARE) flow.pair();
  else if (id) flow.open(id);
  else if (namesResult(location)) views.error(pageError('not-found'), null, null);
  else flow.home();
}

/** @type {number | null} people that the model knows */
let total = null;

/** @param {number | null} [people] */
function showTotal(people = total) {
  total = people;
  find(document, '#lead', HTMLElement).textContent = texts.start.lead(people);
}

/** The dialog that asks before a result is deleted. */
function connectDeletion() {
  const confirmation = find(document, '#confirm-delete', HTMLDialogElement);
  find(document, '#delete', HTMLElement).addEventListener('click', () => {
    confirmation.returnValue = '';
    confirmation.showModal();
  });
  confirmation.addEventListener('close', async () => {
    const id = idOf(location);
    if (!id || confirmation.returnValue !== 'delete') return;
    try {
      if (!(await flow.remove(id))) return;
      await kept.remove(id).then(device.draw, () => undefined);
      flow.home(texts.remove.done);
    } catch (error) {
      const { title, hint } = /** @type {import('./shared/errors.js').PageError} */ (error);
      notify(`${title}. ${hint}`);
    }
  });
}

showTotal();
offerCamera({
  phone: find(document, '#phone-camera', HTMLElement),
  button: find(document, '#open-camera', HTMLButtonElement),
  dialog: find(document, '#camera', HTMLDialogElement),
  onPhoto: flow.accept,
});
connectDeletion();
for (const button of document.querySelectorAll('.start-over')) {
  button.addEventListener('click', (event) => {
    event.preventDefault();
    flow.home();
  });
}
window.addEventListener('popstate', followAddress);
window.addEventListener('online', () => flow.resume());
followAddress();
listenToInput(partnerChooser, (files) => files?.length && flow.accept(files[0], partner));
listenForPhotos({
  inputs: [chooser, find(document, '#capture', HTMLInputElement)],
  dropOverlay: find(document, '#drop-overlay', HTMLElement),
  onPhoto: (file) => takeForPair(file) || flow.accept(file),
  notify,
});
showSamples(find(document, '#samples', HTMLElement));
const people = createIdentityList(find(document, '#people', HTMLDetailsElement), showTotal);
createLanguageSwitch(find(document, '#language', HTMLSelectElement), () => {
  showTotal();
  people.draw();
  device.draw();
  redraw();
});
device.draw();
prepareForOffline().catch(() => undefined);
