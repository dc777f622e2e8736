/** Composition root: finds the elements, creates the views, connects them with the flow. */

import { createFlow } from './flow.js';
import { createErrorView } from './progress/error-view.js';
import { waitForResult } from './progress/poll.js';
import { createProgressView } from './progress/progress-view.js';
import { createResultView } from './result/result-view.js';
import { createShare } from './result/share.js';
import { describeIdentity } from './result/verdict.js';
import { createUpload, deleteResult, getResult } from './shared/api.js';
import { find, write } from './shared/dom.js';
import { pageError } from './shared/errors.js';
import { idOf, linkTo, namesResult, sampleOf } from './shared/route.js';
import { sleep } from './shared/sleep.js';
import { texts, writeTexts } from './shared/texts.js';
import { animateDotFace } from './start/dot-face.js';
import { createIdentityList } from './start/identities.js';
import { openSample, showSamples } from './start/samples.js';
import { offerCamera } from './upload/camera.js';
import { listenForPhotos } from './upload/photo-input.js';
import { preparePhoto, scaleInWorker } from './upload/prepare-photo.js';
import { sendPhoto } from './upload/send-photo.js';

const TOAST_MS = 6000;
const REFRESH_TIMEOUT_MS = 20_000;

const sections = {
  start: find(document, '#start', HTMLElement),
  progress: find(document, '#progress', HTMLElement),
  failure: find(document, '#failure', HTMLElement),
  result: find(document, '#result', HTMLElement),
};
const another = find(document, '#another', HTMLElement);
const announcer = find(document, '#announcer', HTMLElement);
const toast = find(document, '#toast', HTMLElement);
let animation = new AbortController();
let toastTimer = 0;

/** @param {string} text for screen readers only */
function announce(text) {
  if (announcer.textContent !== text) announcer.textContent = text;
}

/** @param {string} text for everybody, for a while */
function notify(text) {
  clearTimeout(toastTimer);
  toast.textContent = text;
  toast.hidden = !text;
  toastTimer = window.setTimeout(() => (toast.hidden = true), TOAST_MS);
}

/**
 * @param {HTMLElement} section
 * @param {string} title of the window; empty for the page's own
 * @returns {boolean} whether it was hidden before
 */
function show(section, title) {
  const changed = section.hidden;
  for (const other of Object.values(sections)) other.hidden = other !== section;
  another.hidden = section === sections.start;
  document.title = title ? texts.page.titled(title) : texts.page.title;
  if (!changed) return false;
  animation.abort();
  if (section !== sections.result) result.clear();
  window.scrollTo(0, 0);
  find(section, 'h1', HTMLElement).focus({ preventScroll: true });
  return true;
}

/** @param {number | null} total people that the model knows */
function showTotal(total) {
  find(document, '#lead', HTMLElement).textContent = texts.start.lead(total);
}

/** @param {string} id */
async function refresh(id) {
  return getResult(AbortSignal.timeout(REFRESH_TIMEOUT_MS), id).then((answer) => answer.result, () => null);
}

writeTexts(document);
showTotal(null);
const chooser = find(document, '#file', HTMLInputElement);
const original = find(document, '#original', HTMLInputElement);
const progress = createProgressView(sections.progress, { onCancel: () => flow.home() });
const failure = createErrorView(sections.failure, { onAnother: () => chooser.click() });
const share = createShare(sections.result, notify);
const result = createResultView(sections.result, {
  onFace: (face) => flow.anotherFace(face),
  onAllFaces: (faces) => flow.allFaces(faces),
  onResume: () => flow.resume(),
  refresh,
  announce,
});

/** @type {import('./flow-types.js').Views} */
const views = {
  start(notice = '') {
    show(sections.start, '');
    animation = new AbortController();
    animateDotFace(animation.signal, find(sections.start, 'canvas', HTMLCanvasElement), sections.start);
    if (notice) notify(notice);
  },
  progress(stage, facts) {
    if (sections.progress.hidden) progress.clear();
    progress.setStage(stage, facts);
    show(sections.progress, texts.progress.titles[stage]);
  },
  sent: progress.setSent,
  interrupted: result.interrupt,
  faces: result.setFaces,
  error(error, photo, retry) {
    failure.show(error, photo, retry);
    show(sections.failure, error.title);
    announce(`${error.title}. ${error.hint}`);
  },
  result(found, photo, sample) {
    const { title, certainty } = describeIdentity(found);
    share.setLink(linkTo(location, sample ? `sample-${sample.slug}` : found.id));
    find(document, '#delete', HTMLElement).hidden = sample !== undefined;
    const credit = sample ? texts.start.credit(sample.name, sample.credit) : '';
    write(find(document, '#credit', HTMLElement), credit);
    // The labels are measured, so the section has to be visible first.
    const opened = show(sections.result, title);
    result.show(found, photo);
    if (found.status === 'named') announce(`${title}. ${certainty}. ${texts.why.pending}`);
    else announce(opened ? `${title}. ${certainty}` : `${texts.why.tested} ${found.explanation?.sentences[1] ?? ''}`);
  },
};

const flow = createFlow({
  views,
  prepare: (signal, file) => preparePhoto(signal, file, { original: original.checked, scale: scaleInWorker }),
  createUpload,
  send: sendPhoto,
  wait: (signal, id, listeners) => waitForResult(signal, id, { getResult, sleep, now: Date.now }, listeners),
  remove: deleteResult,
  openSample,
  go(id) {
    if (idOf(location) !== id || (!id && namesResult(location))) {
      history.pushState(null, '', id ? `#${id}` : location.pathname);
    }
  },
  online: () => navigator.onLine,
  preview: (file) => URL.createObjectURL(file),
  release: (url) => URL.revokeObjectURL(url),
});

/** Show what the address names. */
function followAddress() {
  const [id, sample] = [idOf(location), sampleOf(location)];
  if (sample) flow.openSample(sample);
  else if (id) flow.open(id);
  else if (namesResult(location)) views.error(pageError('not-found'), null, null);
  else flow.home();
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
      if (await flow.remove(id)) flow.home(texts.remove.done);
    } catch (error) {
      const { title, hint } = /** @type {import('./shared/errors.js').PageError} */ (error);
      notify(`${title}. ${hint}`);
    }
  });
}

listenForPhotos({
  inputs: [chooser, find(document, '#capture', HTMLInputElement)],
  dropOverlay: find(document, '#drop-overlay', HTMLElement),
  onPhoto: flow.accept,
  notify,
});
offerCamera({
  phone: find(document, '#phone-camera', HTMLElement),
  button: find(document, '#open-camera', HTMLButtonElement),
  dialog: find(document, '#camera', HTMLDialogElement),
  onPhoto: flow.accept,
});
createIdentityList(find(document, '#people', HTMLDetailsElement), showTotal);
connectDeletion();
showSamples(find(document, '#samples', HTMLElement));
for (const button of document.querySelectorAll('.start-over')) {
  button.addEventListener('click', (event) => {
    event.preventDefault();
    flow.home();
  });
}
window.addEventListener('popstate', followAddress);
window.addEventListener('online', () => flow.resume());
followAddress();
