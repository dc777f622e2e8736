/** Composition root: finds the elements, creates the views, connects them with the flow. */

import { createUpload, deleteResult, getResult } from './shared/api.js';
import { offerCamera } from './upload/camera.js';
import { find, showOnly } from './shared/dom.js';
import { animateDotFace } from './start/dot-face.js';
import { createFlow } from './flow.js';
import { listenForPhotos } from './upload/photo-input.js';
import { createIdentityList } from './start/identities.js';
import { sleep, waitForResult } from './progress/poll.js';
import { createErrorView } from './progress/error-view.js';
import { createProgressView } from './progress/progress-view.js';
import { createResultView } from './result/result-view.js';
import { idOf, linkTo, namesResult } from './shared/route.js';
import { createShare } from './result/share.js';
import { checkPhoto } from './upload/file-type.js';
import { pageError } from './shared/errors.js';
import { sendPhoto } from './upload/send-photo.js';
import { describeIdentity } from './result/verdict.js';

const NAME = document.title;
const sections = {
  start: find(document, '#start', HTMLElement),
  progress: find(document, '#progress', HTMLElement),
  problem: find(document, '#problem', HTMLElement),
  result: find(document, '#result', HTMLElement),
};
const another = find(document, '#another', HTMLElement);
const announcer = find(document, '#announcer', HTMLElement);
const toast = find(document, '#toast', HTMLElement);
let stopDots = new AbortController();
let toastTimer = 0;

/** @param {string} text for screen readers only */
function announce(text) {
  if (announcer.textContent !== text) announcer.textContent = text;
}

/** @param {string} text for everybody, for a while */
function say(text) {
  clearTimeout(toastTimer);
  toast.textContent = text;
  toast.hidden = !text;
  toastTimer = setTimeout(() => (toast.hidden = true), 6000);
}

/**
 * @param {HTMLElement} section
 * @param {string} title of the window; empty for the page's own
 */
function show(section, title) {
  const changed = section.hidden;
  showOnly(Object.values(sections), section);
  another.hidden = section === sections.start;
  document.title = title ? `${title} · BRAIN` : NAME;
  if (!changed) return;
  stopDots.abort();
  window.scrollTo(0, 0);
  find(section, 'h1', HTMLElement).focus({ preventScroll: true });
}

const progress = createProgressView(sections.progress, { onCancel: () => flow.home() });
const chooser = find(document, '#file', HTMLInputElement);
const problem = createErrorView(sections.problem, { onAnother: () => chooser.click() });
const share = createShare(sections.result, say);
const result = createResultView(sections.result, { onFace: (face) => flow.anotherFace(face), refresh, say: announce });

/** @param {string} id */
async function refresh(id) {
  return getResult(AbortSignal.timeout(20_000), id).then((answer) => answer.result, () => null);
}

/** @type {import('./flow.js').Views} */
const views = {
  start(notice = '') {
    show(sections.start, '');
    stopDots = new AbortController();
    animateDotFace(stopDots.signal, find(sections.start, 'canvas', HTMLCanvasElement), sections.start);
    if (notice) say(notice);
  },
  progress(stage, facts) {
    if (sections.progress.hidden) progress.clear();
    progress.setStage(stage, facts);
    show(sections.progress, 'One moment');
    announce(find(sections.progress, 'h1', HTMLElement).textContent ?? '');
  },
  sent: progress.setSent,
  problem(what, photo, retry) {
    problem.show(what, photo, retry);
    show(sections.problem, what.title);
    announce(`${what.title}. ${what.hint}`);
  },
  result(found, photo) {
    const { title, certainty } = describeIdentity(found);
    share.setLink(linkTo(location, found.id));
    // The picture's labels are measured, so the section has to be on the page first.
    show(sections.result, title);
    result.show(found, photo);
    announce(`${title}. ${certainty}`);
  },
};

const flow = createFlow({
  views,
  check: checkPhoto,
  createUpload,
  send: sendPhoto,
  wait: (signal, id, onStatus) =>
    waitForResult(signal, id, {
      getResult,
      sleep,
      now: Date.now,
      onStatus: (status, waited) => onStatus(status === 'processing' ? 'processing' : 'waiting', waited),
    }),
  remove: deleteResult,
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
function follow() {
  const id = idOf(location);
  if (id) flow.open(id);
  else if (namesResult(location)) views.problem(pageError('not-found'), null, null);
  else flow.home();
}

listenForPhotos({
  inputs: [chooser, find(document, '#capture', HTMLInputElement)],
  veil: find(document, '#veil', HTMLElement),
  onPhoto: flow.accept,
  say,
});
offerCamera({
  phone: find(document, '#phone-camera', HTMLElement),
  button: find(document, '#open-camera', HTMLButtonElement),
  dialog: find(document, '#camera', HTMLDialogElement),
  onPhoto: flow.accept,
});
createIdentityList(find(document, '#people', HTMLDetailsElement), (total) => {
  for (const place of document.querySelectorAll('.known-total')) place.textContent = String(total);
});

for (const button of document.querySelectorAll('.start-over')) {
  button.addEventListener('click', (event) => {
    event.preventDefault();
    flow.home();
  });
}
const confirmation = find(document, '#confirm-delete', HTMLDialogElement);
find(document, '#delete', HTMLElement).addEventListener('click', () => {
  confirmation.returnValue = '';
  confirmation.showModal();
});
confirmation.addEventListener('close', () => {
  const id = idOf(location);
  if (!id || confirmation.returnValue !== 'delete') return;
  flow.remove(id).catch((error) => say(`${error.title}. ${error.hint}`));
});

window.addEventListener('popstate', follow);
window.addEventListener('online', () => flow.reconnected());
follow();
