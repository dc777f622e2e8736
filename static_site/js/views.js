/** The four views of the page, of which one is visible: start, progress, result and error. */

import { createErrorView } from './progress/error-view.js';
import { createProgressView } from './progress/progress-view.js';
import { createResultView } from './result/result-view.js';
import { createShare } from './result/share.js';
import { describeIdentity } from './result/verdict.js';
import { getResult } from './shared/api.js';
import { find, write } from './shared/dom.js';
import { linkTo } from './shared/route.js';
import { texts } from './shared/texts.js';
import { wordingOf } from './shared/wording.js';
import { animateDotFace } from './start/dot-face.js';

const TOAST_MS = 6000;
const REFRESH_TIMEOUT_MS = 20_000;

/**
 * @typedef {object} Events
 * @property {() => void} onHome
 * @property {() => void} onAnother another photo is wanted
 * @property {(face: number) => void} onFace
 * @property {(faces: number[]) => void} onAllFaces
 * @property {() => void} onResume
 * @property {(result: import('./shared/types.js').Result) => void} onDone a finished result is shown
 */

/** @param {Events} events */
export function createViews({ onHome, onAnother, onFace, onAllFaces, onResume, onDone }) {
  const sections = {
    start: find(document, '#start', HTMLElement),
    progress: find(document, '#progress', HTMLElement),
    failure: find(document, '#failure', HTMLElement),
    result: find(document, '#result', HTMLElement),
  };
  const another = find(document, '#another', HTMLElement);
  const announcer = find(document, '#announcer', HTMLElement);
  const toast = find(document, '#toast', HTMLElement);
  const progress = createProgressView(sections.progress, { onCancel: onHome });
  const failure = createErrorView(sections.failure, { onAnother });
  const result = createResultView(sections.result, { onFace, onAllFaces, onResume, refresh, announce });
  const share = createShare(sections.result, { notify, drawPicture: result.sharePicture });
  let animation = new AbortController();
  let toastTimer = 0;
  /** Shows what is visible once more, in another language. */
  let redraw = () => {};

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

  /**
   * @param {import('./shared/types.js').Result} found
   * @param {import('./shared/types.js').Photo | null} photo
   * @param {import('./shared/types.js').Sample} [sample]
   * @returns {boolean} whether another view was visible before
   */
  function showResult(found, photo, sample) {
    share.setLink(linkTo(location, sample ? `sample-${sample.slug}` : found.id));
    find(document, '#delete', HTMLElement).hidden = sample !== undefined;
    const credit = sample ? texts.start.credit(sample.name, sample.credit) : '';
    write(find(document, '#credit', HTMLElement), credit);
    // The labels are measured, so the section has to be visible first.
    const opened = show(sections.result, describeIdentity(found).title);
    result.show(found, photo);
    return opened;
  }

  /** @type {import('./flow-types.js').Views} */
  const views = {
    start(notice = '') {
      redraw = () => show(sections.start, '');
      redraw();
      animation = new AbortController();
      animateDotFace(animation.signal, find(sections.start, 'canvas', HTMLCanvasElement), sections.start);
      if (notice) notify(notice);
    },
    progress(stage, facts) {
      if (sections.progress.hidden) progress.clear();
      redraw = () => {
        progress.setStage(stage, facts);
        show(sections.progress, texts.progress.titles[stage]);
      };
      redraw();
    },
    sent: progress.setSent,
    faces: result.setFaces,
    interrupted: result.interrupt,
    kept(found) {
      redraw = () => showResult(found, null);
      redraw();
      notify(texts.device.copy);
    },
    error(error, photo, retry) {
      redraw = () => {
        failure.show(error, photo, retry);
        show(sections.failure, error.title);
      };
      redraw();
      announce(`${error.title}. ${error.hint}`);
    },
    result(found, photo, sample) {
      redraw = () => showResult(found, photo, sample);
      const opened = showResult(found, photo, sample);
      const { title, certainty } = describeIdentity(found);
      const name = [title, certainty].filter(Boolean).join('. ');
      if (found.status === 'named') announce(`${name}. ${texts.why.pending}`);
      else announce(opened ? name : `${texts.why.tested} ${wordingOf(found.explanation).sentences[1] ?? ''}`);
      if (found.status === 'done' && !sample) onDone(found);
    },
  };
  return { views, notify, redraw: () => redraw() };
}

/** @param {string} id @returns the result with fresh links, null where it is gone */
async function refresh(id) {
  return getResult(AbortSignal.timeout(REFRESH_TIMEOUT_MS), id).then((answer) => answer.result, () => null);
}
