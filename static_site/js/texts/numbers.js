/** Whole numbers, written without the browser's own formatter, which takes a phone long to load. */

/**
 * @param {string} separator between groups of three digits
 */
export function numbersWith(separator) {
  const number = (/** @type {number} */ value) => String(value).replace(/\B(?=(\d{3})+$)/g, separator);
  const plural = (/** @type {number} */ count, /** @type {string} */ singular, /** @type {string} */ several) =>
    `${number(count)} ${count === 1 ? singular : several}`;
  return { number, plural };
}
