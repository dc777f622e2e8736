/** The waiting view: the photo, and the steps on the way to a result. */

import { find, write } from '../shared/dom.js';
import { fileSize, percent } from '../shared/format.js';
import { texts } from '../shared/texts.js';

/** @typedef {import('../shared/types.js').Stage} Stage */

const STEPS = ['sending', 'waiting', 'processing'];
/** @type {Partial<Record<Stage, string>>} stages that share a step with another */
const STEP_OF = { preparing: 'sending', comparing: 'processing' };
const SLOW_MS = 8000;

/**
 * @param {HTMLElement} root
 * @param {{onCancel: () => void}} events
 */
export function createProgressView(root, { onCancel }) {
  const title = find(root, 'h1', HTMLElement);
  const image = find(root, 'img', HTMLImageElement);
  const steps = find(root, 'ol', HTMLElement);
  const bar = find(root, 'progress', HTMLProgressElement);
  const amount = find(root, '.amount', HTMLElement);
  const slow = find(root, '.slow', HTMLElement);
  const cancel = find(root, '#cancel', HTMLButtonElement);
  cancel.addEventListener('click', onCancel);

  return {
    /**
     * @param {Stage} stage
     * @param {{photo?: import('../shared/types.js').Photo | null, waited?: number, part?: 1 | 2}} [facts]
     *   waited since the upload, in milliseconds; part: which of two photos
     */
    setStage(stage, { photo, waited = 0, part } = {}) {
      write(find(root, '.eyebrow', HTMLElement), part ? texts.progress.part(part) : '');
      if (title.textContent !== texts.progress.titles[stage]) title.textContent = texts.progress.titles[stage];
      // While the photo is prepared, its place is kept.
      root.classList.toggle('without-photo', !image.src && !photo && stage !== 'preparing');
      if (photo && image.src !== photo.url) image.src = photo.url;
      steps.hidden = stage === 'opening';
      markSteps([...steps.children], STEPS.indexOf(STEP_OF[stage] ?? stage));
      const uploading = stage === 'sending' || stage === 'preparing';
      bar.hidden = !uploading;
      cancel.hidden = !uploading;
      const seconds = Math.round(waited / 1000);
      if (!uploading) amount.textContent = seconds ? texts.progress.waited(seconds) : '';
      slow.hidden = waited < SLOW_MS;
    },
    /**
     * @param {number} sent fraction, 0 to 1
     * @param {number} size bytes
     */
    setSent(sent, size) {
      bar.value = sent;
      amount.textContent = texts.progress.amount(percent(sent), fileSize(size));
    },
    /** Forget the previous photo. */
    clear() {
      image.removeAttribute('src');
      bar.value = 0;
      amount.textContent = '';
    },
  };
}

/**
 * @param {Element[]} steps
 * @param {number} current index of the step under way
 */
function markSteps(steps, current) {
  steps.forEach((step, index) => {
    step.className = index < current ? 'past' : index === current ? 'now' : 'next';
    if (index === current) step.setAttribute('aria-current', 'step');
    else step.removeAttribute('aria-current');
  });
}
