/** Affine maps between the photo, the crop and the screen, as 2 x 3 matrices. */

/** @typedef {import('./types.js').Affine} Affine */
/** @typedef {import('./types.js').Box} Box */

/**
 * @param {Affine} matrix
 * @returns {Affine}
 * @throws {RangeError} it has no inverse
 */
export function invert([[a, b, c], [d, e, f]]) {
  const determinant = a * e - b * d;
  if (!determinant) throw new RangeError('a singular matrix');
  const [p, q, r, s] = [e, -b, -d, a].map((value) => value / determinant);
  return [
    [p, q, -(p * c + q * f)],
    [r, s, -(r * c + s * f)],
  ];
}

/**
 * @param {Affine} matrix
 * @param {number} factor
 * @returns {Affine} the matrix, then an enlargement by the factor
 */
export function scaled(matrix, factor) {
  const row = (/** @type {number[]} */ values) => values.map((value) => value * factor);
  return /** @type {Affine} */ (matrix.map(row));
}

/**
 * @param {Affine} matrix
 * @param {Box} box
 * @returns {Box} the smallest upright box around where the matrix puts it
 */
export function boundingBox([[a, b, c], [d, e, f]], { x, y, width, height }) {
  const corners = [[x, y], [x + width, y], [x, y + height], [x + width, y + height]];
  const xs = corners.map(([u, v]) => a * u + b * v + c);
  const ys = corners.map(([u, v]) => d * u + e * v + f);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { x: left, y: top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}
