/** The views of the page, of which one is visible: start, two photos, progress, result and error. */

import { PAIR } from './held-photo.js';
import { createErrorView } from './progress/error-view.js';
import { createProgressView } from './progress/progress-view.js';
import { describeResult } from './result/verdict.js';
import { getResult } from './shared/api.js';
import { find } from './shared/dom.js';
import { pageError } from './shared/errors.js';
import { nextTask } from './shared/next-task.js';
import { once } from './shared/once.js';
import { NEVER, sleep } from './shared/sleep.js';
import { loadStyles } from './shared/styles.js';
import { texts } from './shared/texts.js';
import { sentencesOf } from './shared/wording.js';
import { animateDotFace } from './start/dot-face.js';

const TOAST_MS = 6000;
/** What comes sooner needs no view of its own to wait in. */
const SOON_MS = 300;
const REFRESH_TIMEOUT_MS = 20_000;

/** @typedef {import('./shared/types.js').Enrolment} Enrolment */
/** @typedef {import('./shared/types.js').Photo} Photo */
/** @typedef {import('./shared/types.js').Result} Result */
/** @typedef {import('./shared/types.js').Sample} Sample */

/**
 * @typedef {object} Events
 * @property {() => void} onHome
 * @property {() => void} onStart the start page is shown
 * @property {(partner: string | null) => void} onAnother another photo is wanted; partner: the id of the result that
 *   it is to be compared with
 * @property {(photo: File, other: File) => void} onPair two photos are to be compared
 * @property {(face: number) => void} onFace
 * @property {(faces: number[]) => void} onAllFaces
 * @property {() => void} onResume
 * @property {(result: Result) => void} onDone a finished result is shown
 */

/** @param {Events} events */
export function createViews({ onHome, onStart, onAnother, onPair, onFace, onAllFaces, onResume, onDone }) {
  const sections = {
    start: find(document, '#start', HTMLElement),
    pair: find(document, '#pair', HTMLElement),
    progress: find(document, '#progress', HTMLElement),
    failure: find(document, '#failure', HTMLElement),
    result: find(document, '#result', HTMLElement),
  };
  const another = find(document, '#another', HTMLElement);
  const announcer = find(document, '#announcer', HTMLElement);
  const toast = find(document, '#toast', HTMLElement);
  const progress = createProgressView(sections.progress, { onCancel: onHome });
  const failure = createErrorView(sections.failure, { onAnother });
  let animation = new AbortController();
  let toastTimer = 0;
  /** Shows what is visible once more, in another language. */
  let redraw = () => {};
  /** Counts what was shown; whoever waits for modules shows nothing when something else came meanwhile. */
  let turn = 0;
  /** @type {import('./shared/types.js').Faces} */
  let faces = new Map();
  /** @type {ReturnType<typeof import('./result-page.js').createResultPage> | null} */
  let page = null;
  /** The result that is being shown. */
  let opening = Promise.resolve();

  const loadPage = once(async () => {
    const [{ createResultPage }] = await Promise.all([
      import('./result-page.js'),
      loadStyles('result'),
      loadStyles('picture'),
    ]);
    page = createResultPage(sections.result, { onFace, onAllFaces, onResume, onCompare: onAnother, refresh, announce, notify });
    return page;
  });
  const loadPair = once(async () => {
    const [{ createPairView }] = await Promise.all([
      import('./comparison/pair-view.js'),
      import('./pair-flow.js'),
      loadStyles('comparison'),
    ]);
    return createPairView(sections.pair, { onPair });
  });

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
   * @param {() => void} [fill] the section, once it is visible and can be measured
   * @returns {boolean} whether it was hidden before
   */
  function show(section, title, fill) {
    const changed = Boolean(section.hidden);
    for (const other of Object.values(sections)) other.hidden = other !== section;
    another.hidden = section === sections.start || section === sections.pair;
    document.title = title ? texts.page.titled(title) : texts.page.title;
    if (changed) {
      animation.abort();
      if (section !== sections.result) page?.clear();
      window.scrollTo(0, 0);
    }
    fill?.();
    if (changed) find(section, 'h1:not([hidden] *)', HTMLElement).focus({ preventScroll: true });
    return changed;
  }

  /**
   * Show something at once, or once its modules have arrived.
   *
   * @param {() => void} draw
   * @param {(() => Promise<unknown>) | null} load
   */
  async function present(draw, load) {
    turn += 1;
    const own = turn;
    try {
      if (load) {
        await load();
        await nextTask();
      }
    } catch (error) {
      // A module that did not arrive is not asked for again before the page is reloaded.
      if (own === turn) views.error(pageError('network', { detail: String(error) }), null, () => location.reload());
      return;
    }
    if (own !== turn) return;
    redraw = draw;
    draw();
  }

  /**
   * @param {Result} found
   * @param {Photo | null} photo
   * @param {Sample} [sample]
   * @returns {boolean} whether another view was visible before
   */
  function showResult(found, photo, sample) {
    return show(sections.result, describeResult(found).title, () => {
      page?.setFaces(faces);
      page?.show(found, photo, sample);
    });
  }

  /** @param {Result} found @param {boolean} opened whether another view was visible before */
  function announceResult(found, opened) {
    const { title, certainty } = describeResult(found);
    const name = [title, certainty].filter(Boolean).join('. ');
    if (found.status === 'named') announce(`${name}. ${texts.why.pending}`);
    else announce(opened ? name : `${texts.why.tested} ${sentencesOf(found).sentences[1] ?? ''}`);
  }

  /** @param {Enrolment} enrolment */
  function showEnrolment({ person, outcome, photos }) {
    const title = texts.people.enrolled(person);
    const hint = texts.people.outcomes[outcome](photos);
    failure.show({ title, hint, code: null, reason: '', detail: '' }, null, null, null);
    show(sections.failure, title);
  }

  /** @param {Result} found */
  const prepare = async (found) => (await loadPage()).prepare(found);

  /** @type {import('./flow-types.js').Views} */
  const views = {
    start(notice = '') {
      present(() => {
        if (!show(sections.start, '')) return;
        animation = new AbortController();
        onStart();
        animateDotFace(animation.signal, find(sections.start, 'canvas', HTMLCanvasElement), sections.start);
      }, null);
      if (notice) notify(notice);
    },
    pair() {
      present(() => show(sections.pair, texts.comparison.start), loadPair);
    },
    progress(stage, facts) {
      if (sections.progress.hidden) progress.clear();
      // What shows the result that the page is opened with was asked for by early.js.
      const early = turn === 0;
      present(() => {
        progress.setStage(stage, facts);
        show(sections.progress, texts.progress.titles[stage]);
      }, early ? () => sleep(NEVER, SOON_MS) : null);
      // What shows the result loads meanwhile. If it fails, it is tried again when it is needed.
      loadPage()
        .then((result) => (early ? undefined : result.preload(facts.part ? 'pair' : 'alone')))
        .catch(() => undefined);
    },
    sent: progress.setSent,
    resent: () => notify(texts.progress.again),
    faces(known) {
      faces = known;
      page?.setFaces(known);
    },
    interrupted(error) {
      opening.then(() => page?.interrupt(error));
    },
    kept(found) {
      present(() => showResult(found, null), () => prepare(found));
      notify(texts.device.copy);
    },
    error(error, photo, retry, partner = null) {
      present(() => {
        failure.show(error, photo, retry, partner && error.otherAtFault ? PAIR : partner);
        show(sections.failure, error.title);
      }, null);
      announce(`${error.title}. ${error.hint}`);
    },
    result(found, photo, sample) {
      if (found.enrolment) {
        opening = present(() => showEnrolment(/** @type {Enrolment} */ (found.enrolment)), null);
        return;
      }
      let first = true;
      opening = present(() => {
        const opened = showResult(found, photo, sample);
        if (first) announceResult(found, opened);
        if (first && found.status === 'done' && !sample) onDone(found);
        first = false;
      }, () => prepare(found));
    },
  };
  /** @param {File} file @returns {boolean} whether it became one of the two photos that are being chosen */
  function takeForPair(file) {
    if (sections.pair.hidden) return false;
    loadPair().then((view) => view.take(file));
    return true;
  }

  return { views, notify, redraw: () => redraw(), takeForPair };
}

/** @param {string} id @returns the result with fresh links, null where it is gone */
async function refresh(id) {
  return getResult(AbortSignal.timeout(REFRESH_TIMEOUT_MS), id).then((answer) => answer.result, () => null);
}
