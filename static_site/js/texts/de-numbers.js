/** Numbers in German. */

export const number = (/** @type {number} */ value) => value.toLocaleString('de');
export const plural = (/** @type {number} */ count, /** @type {string} */ singular, /** @type {string} */ several) =>
  `${number(count)} ${count === 1 ? singular : several}`;
