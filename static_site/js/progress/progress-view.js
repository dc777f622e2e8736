/** The waiting view: the photo, and the steps on its way. */

import { find } from '../shared/dom.js';
import { fileSize, percent } from '../shared/format.js';

/** @typedef {'opening' | 'sending' | 'waiting' | 'processing'} Stage */

const STAGES = ['sending', 'waiting', 'processing'];
const LONG_WAIT = 8000;

/** @type {Record<Stage, string>} */
const TEXTS = {
  opening: 'Fetching the result',
  sending: 'Sending your photo',
  waiting: 'Waiting for its turn',
  processing: 'Looking at the face',
};

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
  const patience = find(root, '.patience', HTMLElement);
  const cancel = find(root, '#cancel', HTMLButtonElement);
  cancel.addEventListener('click', onCancel);

  return {
    /**
     * @param {Stage} stage
     * @param {{photo?: import('../shared/types.js').Photo | null, waited?: number}} [facts] waited in milliseconds
     */
    setStage(stage, { photo, waited = 0 } = {}) {
      if (title.textContent !== TEXTS[stage]) title.textContent = TEXTS[stage];
      root.classList.toggle('without-photo', !image.src && !photo);
      if (photo && image.src !== photo.url) image.src = photo.url;
      steps.hidden = stage === 'opening';
      markSteps([...steps.children], STAGES.indexOf(stage));
      bar.hidden = stage !== 'sending';
      amount.hidden = bar.hidden;
      cancel.hidden = bar.hidden;
      patience.hidden = waited < LONG_WAIT;
    },
    /**
     * @param {number} sent fraction, 0 to 1
     * @param {number} size bytes
     */
    setSent(sent, size) {
      bar.value = sent;
      amount.textContent = `${percent(sent)} of ${fileSize(size)}`;
    },
    /** Forget the photo of the last time. */
    clear() {
      image.removeAttribute('src');
      bar.value = 0;
      amount.textContent = '';
    },
  };
}

/**
 * @param {Element[]} steps
 * @param {number} now index of the step under way
 */
function markSteps(steps, now) {
  steps.forEach((step, index) => {
    step.className = index < now ? 'past' : index === now ? 'now' : 'next';
    if (index === now) step.setAttribute('aria-current', 'step');
    else step.removeAttribute('aria-current');
  });
}
