/** A result: the explanation of one photo or the comparison of two, and what can be done with it. */

import { fillWhenOpened } from './result/fill-when-opened.js';
import { createShare } from './result/share.js';
import { find, write } from './shared/dom.js';
import { pageError } from './shared/errors.js';
import { createQueue } from './shared/next-task.js';
import { once } from './shared/once.js';
import { linkTo } from './shared/route.js';
import { loadStyles } from './shared/styles.js';
import { texts } from './shared/texts.js';

/** @typedef {import('./shared/types.js').Faces} Faces */
/** @typedef {import('./shared/types.js').Photo} Photo */
/** @typedef {import('./shared/types.js').Result} Result */
/** @typedef {import('./shared/types.js').Sample} Sample */
/** @typedef {import('./shared/types.js').ResultView} ResultView */

/** Presigned links are renewed when they are older than this. */
const LINK_AGE_MS = 60_000;

/**
 * @typedef {object} Events
 * @property {(face: number) => void} onFace another face of the same photo is to be shown
 * @property {(faces: number[]) => void} onAllFaces all of them are to be explained
 * @property {() => void} onResume the interrupted wait for the checks is to go on
 * @property {(id: string) => void} onCompare the photo of this result is to be compared with another one
 * @property {(id: string) => Promise<Result | null>} refresh the result with fresh links, null when it is gone
 * @property {(text: string) => void} announce for screen readers
 * @property {(text: string) => void} notify for everybody
 */

/**
 * @param {HTMLElement} root
 * @param {Events} events
 */
export function createResultPage(root, events) {
  const files = find(root, '#files', HTMLDetailsElement);
  const modes = find(root, '#modes', HTMLFieldSetElement);
  const pair = find(modes, '[value=pair]', HTMLInputElement);
  const section = { alone: find(root, '#alone', HTMLElement), pair: find(root, '#comparison', HTMLElement) };
  const after = find(root, '.after', HTMLElement);
  const queue = createQueue();
  const share = createShare(root, { notify: events.notify, drawPicture });
  /** @type {{alone?: ResultView, pair?: ResultView}} */
  const views = {};
  /** @type {Result | null} */
  let shown = null;
  /** @type {Photo | null} */
  let held = null;
  /** When the links of each result were new. @type {WeakMap<Result, number>} */
  const linkedAt = new WeakMap();
  /** Those of whose pictures one was lost. @type {WeakSet<Result>} */
  const lost = new WeakSet();
  /** @type {Faces} */
  let faces = new Map();
  /** @type {ReturnType<typeof import('./result/face-choice.js').createFaceChoice> | null} */
  let choice = null;

  const load = {
    alone: once(async () => {
      const [{ createResultView }] = await Promise.all([import('./result/result-view.js'), loadStyles('checks')]);
      views.alone = createResultView(section.alone, { ...events, onImageLost, onLost });
    }),
    pair: once(async () => {
      const [{ createComparisonView }] = await Promise.all([
        import('./comparison/comparison-view.js'),
        loadStyles('comparison'),
      ]);
      views.pair = createComparisonView(section.pair, { onImageLost, onLost });
    }),
    faces: once(async () => {
      const { createFaceChoice } = await import('./result/face-choice.js');
      choice = createFaceChoice(find(root, '#faces', HTMLElement), { onChoose: events.onFace, onAll: events.onAllFaces });
    }),
  };

  /** @param {Result} result @param {boolean} update whether it continues the result that is shown */
  const modeOf = (result, update) => (result.comparison && (!update || pair.checked) ? 'pair' : 'alone');
  /** @returns {'alone' | 'pair'} */
  const chosenMode = () => (pair.checked ? 'pair' : 'alone');

  /** @param {'alone' | 'pair'} mode */
  function choose(mode) {
    find(modes, `[value=${mode}]`, HTMLInputElement).checked = true;
  }

  /** @param {Result} result whose links are new unless it was seen before */
  function noteLinks(result) {
    if (!linkedAt.has(result)) linkedAt.set(result, Date.now());
  }

  /** Links to the files are valid for minutes only; an open page may be older. */
  async function renewLinks() {
    const result = shown;
    if (!result || Date.now() - (linkedAt.get(result) ?? 0) < LINK_AGE_MS) return;
    linkedAt.set(result, Date.now());
    const fresh = await events.refresh(result.id);
    if (!fresh) return;
    // Whoever shows this result again, in another language for instance, has the fresh ones as well.
    Object.assign(result.artifacts, fresh.artifacts);
    if (result !== shown) return;
    await fillFiles();
    views.alone?.setImages(result);
    views.pair?.setImages(result);
  }

  /** The first time, it may have been the line and not the link. */
  function onImageLost() {
    if (shown && !lost.has(shown)) {
      lost.add(shown);
      linkedAt.delete(shown);
    }
    renewLinks();
  }

  async function drawPicture() {
    const view = shown && views[modeOf(shown, true)];
    if (!view) return null;
    const drawing = import('./result/share-picture.js');
    const [picture, { drawSharePicture }] = await Promise.all([view.sharePicture(), drawing]);
    return drawSharePicture(picture);
  }

  /** @param {'alone' | 'pair'} mode @param {boolean} update */
  function showView(mode, update) {
    if (!shown) return;
    section.alone.hidden = mode !== 'alone';
    section.pair.hidden = mode !== 'pair';
    queue.finish();
    const steps = views[mode]?.show(shown, held, update) ?? [];
    after.hidden = !update;
    queue.add([...steps, showAfter]);
    // What is there already is not to be seen half old and half new.
    if (update) queue.finish();
  }

  function showAfter() {
    after.hidden = false;
    fillFiles();
    fillMaking();
  }

  /** @param {Photo | null} photo @returns {Faces} what is known about the faces of the photo at hand, if it is this one */
  const facesOf = (photo) => (photo ? faces : new Map());

  const onLost = () => events.notify(pageError('network').hint);
  const fillFiles = fillWhenOpened(files, async () => {
    const { showFiles } = await import('./result/provenance.js');
    if (shown) showFiles(find(files, 'ul', HTMLElement), shown);
  }, onLost);
  const making = find(root, '#making', HTMLDetailsElement);
  const fillMaking = fillWhenOpened(making, async () => {
    const { showProvenance } = await import('./result/provenance.js');
    if (shown) showProvenance(making, shown);
  }, onLost);

  files.addEventListener('toggle', () => files.open && renewLinks());
  find(root, '#compare-with', HTMLElement).addEventListener('click', () => shown && events.onCompare(shown.id));
  modes.addEventListener('change', async () => {
    const [result, mode] = [shown, chosenMode()];
    try {
      await load[mode]();
    } catch {
      onLost();
      choose(section.pair.hidden ? 'alone' : 'pair');
    }
    if (result === shown && mode === chosenMode()) showView(mode, false);
  });

  return {
    /** Load what a result is going to need, before there is one. @param {'alone' | 'pair'} mode */
    preload: (mode) => load[mode](),
    /**
     * Load what is needed to show a result.
     *
     * @param {Result} result
     */
    async prepare(result) {
      const several = Boolean(result.face?.others.length);
      await Promise.all([load[modeOf(result, shown?.id === result.id)](), several && load.faces()]);
    },
    /**
     * @param {Result} result that was prepared; status named or done
     * @param {Photo | null} photo when it is still on this device
     * @param {Sample} [sample] that it is the result of
     */
    show(result, photo, sample) {
      const update = shown?.id === result.id;
      const mode = modeOf(result, update);
      [shown, held] = [result, photo];
      noteLinks(result);
      root.classList.toggle('pending', result.status === 'named');
      share.setLink(linkTo(location, sample ? `sample-${sample.slug}` : result.id));
      for (const id of ['#delete', '#compare-with']) find(root, id, HTMLElement).hidden = sample !== undefined;
      write(find(root, '#credit', HTMLElement), sample ? texts.start.credit(sample.name, sample.credit) : '');
      modes.hidden = !result.comparison;
      choose(mode);
      find(root, '#faces', HTMLElement).hidden = !result.face?.others.length;
      choice?.show(result, photo);
      choice?.setFaces(facesOf(photo));
      showView(mode, update);
    },
    /** @param {Faces} known what is known about the faces of the photo at hand */
    setFaces(known) {
      faces = known;
      for (const { result } of known.values()) if (result) noteLinks(result);
      choice?.setFaces(facesOf(held));
    },
    /** @param {import('./shared/errors.js').PageError} error the checks were interrupted */
    interrupt(error) {
      views.alone?.interrupt(error);
    },
    /** Forget the result, so that showing it again starts afresh. */
    clear() {
      shown = null;
    },
  };
}
